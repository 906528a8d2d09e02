"""The business is behind: the customer is told once, and what is agreed stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.errors import RequestInvalid, TransitionRefused
from scheduling.models import Booking, ConversationLine
from scheduling.selectors.bookings.board import get_board
from scheduling.selectors.bookings.history import list_history
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.aftercare.delays import announce_delay
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import complete_visit, start_visit
from scheduling.types import Notice
from tenants.context import tenant_scope
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop


@pytest.fixture
def booked(tenant) -> int:
    return book(make_shop()[0]).booking_id


def texts() -> list[str]:
    return [
        each.replace("\xa0", " ") for each in ConversationLine.objects.order_by("pk").values_list("text", flat=True)
    ]


def test_customer_reads_when_it_begins_once_and_nothing_moves(booked):
    before = get_booking(booking_id=booked)

    told = [
        announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF, notice=Notice(line="Perdón,\nfaltó una pieza"))
        for _ in range(2)
    ]

    after = get_booking(booking_id=booked)
    assert told == [True, False]
    assert texts() == [
        "Llevamos unos 20 min de retraso y esperamos empezar hacia las 9:20 a.m.\nPerdón, faltó una pieza"
    ]
    assert (after.starts_at, after.ends_at, after.resources) == (before.starts_at, before.ends_at, before.resources)
    assert after.progress.late_minutes == 20
    assert [each.late_minutes for each in list_history(booking_id=booked)][-1] == 20


def test_customer_reads_the_clock_of_the_business(tenant, booked):
    with tenant_scope(replace(tenant, profile=replace(tenant.profile, clock="24"))):
        announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF)

    assert texts() == ["Llevamos unos 20 min de retraso y esperamos empezar hacia las 9:20."]


def test_visit_that_goes_on_is_told_when_it_is_done(booked):
    start_visit(booking_id=booked, now=MONDAY, by=STAFF)

    announce_delay(booking_id=booked, minutes=40, now=MONDAY, by=STAFF)

    end = get_booking(booking_id=booked).ends_at + timedelta(minutes=40)
    assert texts() == [f"Llevamos unos 40 min de retraso y esperamos terminar hacia las {end.hour}:{end:%M} a.m."]


def test_nobody_is_told_where_staff_does_not_want_it_or_there_is_no_contact(booked):
    announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF, notice=Notice(is_told=False))
    Booking.objects.filter(pk=booked).update(customer_phone="", customer_email="")
    announce_delay(booking_id=booked, minutes=30, now=NOW, by=STAFF)

    assert texts() == []
    assert get_booking(booking_id=booked).progress.late_minutes == 30


def test_what_was_kept_back_is_told_later_once_with_the_same_minutes(booked):
    asked = [Notice(is_told=False), Notice(is_told=False), Notice(line="Ya casi"), Notice(), Notice(is_told=False)]

    new = [announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF, notice=each) for each in asked]

    assert new == [True, False, True, False, False]
    assert [each.partition("\n")[2] for each in texts()] == ["Ya casi"]
    assert [each.late_minutes for each in list_history(booking_id=booked) if each.late_minutes] == [20]


def test_whoever_could_not_be_reached_is_told_once_they_can(booked):
    contact = Booking.objects.values("customer_phone", "customer_email").get(pk=booked)
    Booking.objects.filter(pk=booked).update(customer_phone="", customer_email="")
    announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF)
    Booking.objects.filter(pk=booked).update(**contact)

    assert announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF) is True
    assert len(texts()) == 1


def test_another_time_is_not_late(booked):
    announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF)

    move_booking(booking_id=booked, starts_at=MONDAY + timedelta(hours=2), now=NOW, by=STAFF)

    assert get_booking(booking_id=booked).progress.late_minutes == 0


def test_board_says_at_once_how_late_it_is(booked):
    announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF)
    place = get_booking(booking_id=booked).location_id

    board = get_board(on=MONDAY.date(), now=NOW, location_id=place)

    assert [block.announced_minutes for column in board.columns for block in column.blocks] == [20]


@pytest.mark.parametrize(
    ("minutes", "line", "field"), [(0, "", "minutes"), (481, "", "minutes"), (20, "x" * 10_000, "line")]
)
def test_what_cannot_be_is_refused_and_nothing_is_said(booked, minutes, line, field):
    with pytest.raises(RequestInvalid) as refused:
        announce_delay(booking_id=booked, minutes=minutes, now=NOW, by=STAFF, notice=Notice(line=line))

    assert list(refused.value.errors) == [field]
    assert (texts(), get_booking(booking_id=booked).progress.late_minutes) == ([], 0)


def test_finished_visit_is_not_late(booked):
    start_visit(booking_id=booked, now=MONDAY, by=STAFF)
    complete_visit(booking_id=booked, now=MONDAY, by=STAFF)

    with pytest.raises(TransitionRefused):
        announce_delay(booking_id=booked, minutes=20, now=NOW, by=STAFF)

    assert texts() == []
