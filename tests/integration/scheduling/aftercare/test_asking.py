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
    assert "Preguntamos una sola vez" in message.body_text


def test_who_is_completed_twice_is_asked_once(visited):
    due_at = find_due(visited)
    asking.ask_customer(visited.id, due_at)
    again_at = due_at + timedelta(minutes=5)
    undo_step(booking_id=visited.id, status=BookingStatus.COMPLETED, now=again_at, by=STAFF)
    complete_visit(booking_id=visited.id, now=again_at, by=STAFF)
    handle_events(again_at)

    asking.ask_customer(visited.id, find_due(visited))

    assert count_asked() == 1


def test_who_was_completed_by_mistake_is_not_asked(visited):
    due_at = find_due(visited)
    undo_step(booking_id=visited.id, status=BookingStatus.COMPLETED, now=visited.ends_at, by=STAFF)

    asking.ask_customer(visited.id, due_at)

    assert count_asked() == 0


def test_who_has_said_it_is_not_asked(visited, token):
    give_feedback(token=token, given=GivenFeedback(5), now=visited.ends_at)

    asking.ask_customer(visited.id, find_due(visited))

    assert count_asked() == 0


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
