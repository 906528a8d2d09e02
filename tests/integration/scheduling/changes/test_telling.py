"""Whoever has several bookings that one change moves or cancels gets one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from notifications.models import Message
from notifications.services.bundles import LONGEST_WAIT
from notifications.services.delivery import send_message
from scheduling.enums import Outcome
from scheduling.models import Booking
from scheduling.services.bookings.moves import move_booking
from scheduling.types import Decision
from tenants.errors import RetryLater
from tests.factories.scheduling import MONDAY, NOW, make_service
from tests.fakes.mail_server import running_mail_server
from tests.integration.scheduling.changes.conftest import WORDS, book_for, close, move_to_first, review, save
from tests.integration.scheduling.messages.conftest import handle_events

AFTER = NOW + timedelta(seconds=11)
Leave = Callable[..., None]


@pytest.fixture(autouse=True)
def mail_server(settings):
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


@pytest.fixture
def leave(mail_server) -> Leave:
    """Let workers do what is due at a time, in any order."""

    def _leave(at: datetime, *, newest_first: bool = False) -> None:
        for _round in range(3):
            waiting = Message.objects.filter(status__in=("queued", "sending"))
            for message_id in waiting.order_by("-pk" if newest_first else "pk").values_list("pk", flat=True):
                try:
                    send_message(message_id, at)
                except RetryLater:
                    continue

    return _leave


@pytest.fixture
def service_id(eva, leo) -> int:
    return make_service((eva, leo), name="Corte")


@pytest.fixture
def three(service_id, leave) -> list[int]:
    """Two bookings of Ana's and one of Beto's, and everybody knows of theirs."""
    made = [book_for("Ana Ruiz", service_id, hour, email="ana@example.com") for hour in (9, 11)]
    made.append(book_for("Beto Gil", service_id, 10, email="beto@example.com"))
    handle_events(NOW)
    leave(NOW)
    Message.objects.all().update(send_after=NOW - timedelta(days=1))
    return made


def list_told(since: int = 0) -> list[tuple[str, str]]:
    rows = Message.objects.filter(status="sent", pk__gt=since).exclude(provider_id__startswith="with ")
    return sorted(rows.values_list("to", "template"))


def find_last() -> int:
    return Message.objects.order_by("-pk").values_list("pk", flat=True)[0]


@pytest.mark.parametrize("newest_first", [False, True])
def test_each_person_is_told_once_of_everything_that_moved(olga, place, three, leave, newest_first):
    last = find_last()
    save(close(place, olga), olga, move_to_first(review(close(place, olga), olga)))
    handle_events(NOW)
    leave(NOW + timedelta(seconds=9), newest_first=newest_first)
    assert list_told(last) == []

    leave(AFTER, newest_first=newest_first)

    assert list_told(last) == [("ana@example.com", "booking_moved"), ("beto@example.com", "booking_moved")]
    first, second = (Booking.objects.get(pk=booking_id) for booking_id in three[:2])
    mail = Message.objects.get(pk__gt=last, to="ana@example.com", subject_id=first.pk)
    assert "Corte: ahora" in mail.body_text
    assert f"{second.starts_at:%-d} de enero" in mail.body_text
    assert [file["is_alternative"] for file in mail.attachments] == [True, False]
    along = Message.objects.get(pk__gt=last, subject_id=second.pk)
    assert (along.status, along.provider_id, along.attempts) == ("sent", f"with {mail.pk}", 1)


def test_what_is_moved_and_what_is_canceled_is_told_together(olga, place, three, leave):
    last = find_last()
    touched = {each.booking.id: each for each in review(close(place, olga), olga)}
    decisions = move_to_first((touched[three[0]],)) | {each: Decision(Outcome.CANCEL) for each in three[1:]}

    save(close(place, olga), olga, decisions)
    handle_events(NOW)
    leave(AFTER)

    assert list_told(last) == [("ana@example.com", "booking_cancelled"), ("beto@example.com", "booking_cancelled")]
    mail = Message.objects.exclude(provider_id__startswith="with ").get(pk__gt=last, to="ana@example.com")
    assert WORDS.change in mail.body_text
    assert "Corte: ahora" in mail.body_text


def test_whoever_keeps_everything_hears_nothing(olga, place, three, leave):
    last = find_last()

    save(close(place, olga), olga, dict.fromkeys(three, Decision(Outcome.KEEP)))
    handle_events(NOW)
    leave(AFTER)

    assert list_told(last) == []


def test_a_later_move_of_a_booking_that_was_told_along_is_news(olga, place, three, leave):
    save(close(place, olga), olga, move_to_first(review(close(place, olga), olga)))
    handle_events(NOW)
    leave(AFTER)
    last, second = find_last(), three[1]
    told_at = Booking.objects.get(pk=second).starts_at

    move_booking(booking_id=second, starts_at=MONDAY + timedelta(days=3), by=olga, now=AFTER + timedelta(hours=1))
    handle_events(AFTER + timedelta(hours=1))
    leave(AFTER + timedelta(hours=2))

    assert list_told(last) == [("ana@example.com", "booking_moved")]
    assert f"{told_at:%-d} de enero" in Message.objects.get(pk__gt=last, status="sent").body_text


def test_the_first_waits_for_the_others_of_its_bundle_but_not_forever(olga, place, three, leave):
    last = find_last()
    save(close(place, olga), olga, move_to_first(review(close(place, olga), olga)))
    handle_events(NOW)
    Message.objects.filter(pk__gt=last, to="ana@example.com", subject_id=three[1]).delete()

    leave(AFTER)
    assert list_told(last) == [("beto@example.com", "booking_moved")]
    leave(NOW + LONGEST_WAIT)
    assert list_told(last) == [("ana@example.com", "booking_moved"), ("beto@example.com", "booking_moved")]


def test_what_was_told_along_fails_with_the_message_that_told_it(olga, place, three, leave, mail_server):
    last = find_last()
    save(close(place, olga), olga, move_to_first(review(close(place, olga), olga)))
    handle_events(NOW)
    mail_server.answers["ana@example.com"] = ["550 nobody here"]

    leave(AFTER)

    rows = Message.objects.filter(pk__gt=last, to="ana@example.com")
    assert {(row.status, row.reason, row.sent_at) for row in rows} == {("failed", "refused", None)}


def test_what_was_told_along_arrives_with_the_next_try(olga, place, three, leave, mail_server):
    last = find_last()
    save(close(place, olga), olga, move_to_first(review(close(place, olga), olga)))
    handle_events(NOW)
    mail_server.answers["ana@example.com"] = ["451 later"]
    leave(AFTER)

    leave(AFTER + timedelta(minutes=1))

    (lead,) = Message.objects.filter(pk__gt=last, to="ana@example.com").exclude(provider_id__startswith="with ")
    assert (lead.status, lead.attempts) == ("sent", 2)
    assert {each.status for each in Message.objects.filter(pk__gt=last, to="ana@example.com")} == {"sent"}
