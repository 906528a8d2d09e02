"""Customers write with the link, staff answers in the booking, and nobody waits unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Message
from scheduling.errors import BookingNotFound, RequestInvalid, TokenUnknown, TooManyLines
from scheduling.models import ConversationLine
from scheduling.selectors.aftercare.conversations import list_conversation, list_waiting
from scheduling.services.aftercare.conversations import (
    MOST_A_DAY,
    settle_conversation,
    write_as_customer,
    write_as_staff,
)
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.integration.scheduling.aftercare.conftest import STAFF
from tests.integration.scheduling.messages.conftest import NOW, handle_events

MINUTE = timedelta(minutes=1)


@pytest.fixture
def booking(book):
    return book()


@pytest.fixture
def link(booking) -> str:
    return make_manage_token(booking)


def find_last_line() -> int:
    return ConversationLine.objects.latest("pk").pk


def test_staff_reads_what_a_customer_writes_and_answers(booking, link):
    assert write_as_customer(token=link, text="¿A qué hora estaría listo?", now=NOW)
    handle_events(NOW)
    assert [(each.booking_id, each.text, each.count) for each in list_waiting()] == [
        (booking.id, "¿A qué hora estaría listo?", 1)
    ]

    seen = find_last_line()
    assert write_as_staff(booking_id=booking.id, text="A las 10:30.", seen_line_id=seen, now=NOW + MINUTE, by=STAFF)
    handle_events(NOW + MINUTE)

    assert list_waiting() == ()
    said = [(each.author.value, each.text) for each in list_conversation(booking_id=booking.id)]
    assert said == [("customer", "¿A qué hora estaría listo?"), ("staff", "A las 10:30.")]
    told = Message.objects.filter(template__in=["business_customer_wrote", "conversation_answer"]).order_by("pk")
    assert [(each.template, each.to) for each in told] == [
        ("business_customer_wrote", "owner@taller.example"),
        ("conversation_answer", "ana@example.com"),
    ]
    assert "«A las 10:30.»" in told[1].body_text
    assert f"/b/{link}/messages/" in told[1].body_text


def test_a_second_click_writes_nothing(booking, link):
    assert write_as_customer(token=link, text="Hola", now=NOW)
    assert not write_as_customer(token=link, text="Hola", now=NOW + MINUTE)

    assert ConversationLine.objects.count() == 1


def test_nothing_waits_that_needs_no_answer(booking, link):
    write_as_customer(token=link, text="Gracias", now=NOW)

    assert settle_conversation(booking_id=booking.id, seen_line_id=find_last_line(), now=NOW)
    assert not settle_conversation(booking_id=booking.id, seen_line_id=find_last_line(), now=NOW)

    assert list_waiting() == ()


def test_what_came_while_somebody_typed_waits_on(booking, link):
    write_as_customer(token=link, text="¿A qué hora?", now=NOW)
    seen = find_last_line()
    write_as_customer(token=link, text="¿Y cuánto cuesta?", now=NOW)

    write_as_staff(booking_id=booking.id, text="A las diez.", seen_line_id=seen, now=NOW + MINUTE, by=STAFF)
    assert [(each.text, each.count) for each in list_waiting()] == [("¿Y cuánto cuesta?", 1)]
    assert not settle_conversation(booking_id=booking.id, seen_line_id=seen, now=NOW + MINUTE)
    assert [each.text for each in list_waiting()] == ["¿Y cuánto cuesta?"]

    (waiting,) = list_waiting()
    assert settle_conversation(booking_id=booking.id, seen_line_id=waiting.last_line_id, now=NOW + MINUTE)
    assert list_waiting() == ()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001, "a\x00b"])
def test_what_says_nothing_is_refused(booking, link, text):
    with pytest.raises(RequestInvalid):
        write_as_customer(token=link, text=text, now=NOW)
    with pytest.raises(RequestInvalid):
        write_as_staff(booking_id=booking.id, text=text, seen_line_id=0, now=NOW, by=STAFF)

    assert ConversationLine.objects.count() == 0


def test_strangers_write_nowhere(booking):
    with pytest.raises(TokenUnknown):
        write_as_customer(token="x" * 14, text="Hola", now=NOW)
    with pytest.raises(BookingNotFound):
        write_as_staff(booking_id=booking.id + 1000, text="Hola", seen_line_id=0, now=NOW, by=STAFF)

    assert ConversationLine.objects.count() == 0


def test_too_many_lines_in_a_day(booking, link):
    for number in range(MOST_A_DAY):
        write_as_customer(token=link, text=f"Mensaje {number}", now=NOW)

    with pytest.raises(TooManyLines):
        write_as_customer(token=link, text="Uno más", now=NOW)

    assert ConversationLine.objects.count() == MOST_A_DAY
