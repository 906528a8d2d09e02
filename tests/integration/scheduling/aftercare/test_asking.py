"""Customers are asked once how it was, as the trade does; who was completed by mistake or wants none is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Message
from scheduling.enums import BookingStatus
from scheduling.services.aftercare import asking
from scheduling.services.aftercare.feedback import give_feedback
from scheduling.services.bookings.transitions import complete_visit
from scheduling.services.bookings.undoing import undo_step
from scheduling.types.aftercare.views import GivenFeedback
from tenants.errors import RetryLater
from tenants.models import DueWork
from tests.integration.scheduling.aftercare.conftest import STAFF, complete
from tests.integration.scheduling.messages.conftest import handle_events
from verticals.contract import FeedbackAsk

ASKED = "feedback_request"
DAY = timedelta(days=1)


def find_due(booking):
    return DueWork.objects.filter(kind=ASKED, row_id=booking.id).values_list("due_at", flat=True).first()


def count_asked() -> int:
    return Message.objects.filter(template=ASKED).count()


def test_a_workshop_asks_two_hours_later(visited):
    due_at = find_due(visited)
    assert due_at is not None
    assert due_at >= visited.ends_at + timedelta(hours=2)

    asking.ask_customer(visited.id, due_at)

    (message,) = Message.objects.filter(template=ASKED)
    assert (message.channel, message.to) == ("email", "ana@example.com")
    assert "/feedback/" in message.body_text
    assert "Preguntamos, como mucho, una vez al mes." in message.body_text


def test_who_is_completed_twice_is_asked_once(visited):
    due_at = find_due(visited)
    asking.ask_customer(visited.id, due_at)
    again_at = due_at + timedelta(minutes=5)
    undo_step(booking_id=visited.id, status=BookingStatus.COMPLETED, now=again_at, by=STAFF)
    complete_visit(booking_id=visited.id, now=again_at, by=STAFF)
    handle_events(again_at)

    asking.ask_customer(visited.id, find_due(visited))

    assert count_asked() == 1


def test_who_comes_every_week_is_asked_once_a_month(visited, book):
    asking.ask_customer(visited.id, find_due(visited))
    again, other = (
        complete(book(now=visited.ends_at + 5 * DAY, starts_after=visited.ends_at + 7 * DAY, **person))
        for person in ({}, {"name": "Berta Luna", "email": "berta@example.com", "phone": None})
    )

    asking.ask_customer(again.id, find_due(again))
    asking.ask_customer(other.id, find_due(other))

    assert again.customer_id == visited.customer_id
    assert list(Message.objects.filter(template=ASKED).order_by("pk").values_list("to", flat=True)) == [
        "ana@example.com", "berta@example.com",
    ]  # fmt: skip


def test_who_comes_after_a_month_is_asked_again(visited, book):
    asked_at = find_due(visited)
    asking.ask_customer(visited.id, asked_at)
    later = complete(book(now=asked_at + 10 * DAY, starts_after=asked_at + 12 * DAY))
    Message.objects.filter(template=ASKED).update(created_at=asked_at - 20 * DAY)

    asking.ask_customer(later.id, find_due(later))

    assert count_asked() == 2


def test_who_was_completed_by_mistake_is_not_asked(visited):
    due_at = find_due(visited)
    undo_step(booking_id=visited.id, status=BookingStatus.COMPLETED, now=visited.ends_at, by=STAFF)

    asking.ask_customer(visited.id, due_at)

    assert count_asked() == 0


def test_who_has_said_it_is_not_asked(visited, token):
    give_feedback(token=token, given=GivenFeedback(5), now=visited.ends_at)

    asking.ask_customer(visited.id, find_due(visited))

    assert count_asked() == 0


def test_question_that_an_outage_delayed_does_not_come_by_night(visited):
    due_at = find_due(visited)
    night = due_at.replace(hour=5, minute=30) + DAY  # 23:30 there
    morning = night.replace(hour=14, minute=0)

    with pytest.raises(RetryLater) as raised:
        asking.ask_customer(visited.id, night)
    assert (raised.value.at, count_asked()) == (morning, 0)

    asking.ask_customer(visited.id, morning)
    assert count_asked() == 1


def test_question_does_not_come_early(visited):
    with pytest.raises(RetryLater):
        asking.ask_customer(visited.id, visited.ends_at)

    assert count_asked() == 0


def test_question_is_dropped_after_days(visited):
    asking.ask_customer(visited.id, find_due(visited) + asking.LATEST + timedelta(minutes=1))

    assert count_asked() == 0


def test_who_wants_no_messages_is_not_asked(book):
    booking = complete(book(wants_reminders=False))

    assert find_due(booking) is None


def test_business_that_asks_nobody(book, monkeypatch):
    monkeypatch.setattr(asking, "find_ask", lambda: FeedbackAsk.OFF)

    booking = complete(book())

    assert find_due(booking) is None
