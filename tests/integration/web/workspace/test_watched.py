"""The day board says who is late, who has not confirmed, and how full each day is: in words, not by color alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from scheduling.models import Allocation, Booking
from tests.integration.web.workspace.conftest import book, local_day


def ago(minutes: int) -> datetime:
    """Return an instant so long before now, to the second: the clock of the page goes on."""
    return datetime.now(tz=UTC) - timedelta(minutes=minutes)


def put(name: str, starts_at: datetime, **values: object) -> Booking:
    """Let a visit begin then, whatever the calendar says."""
    booking_id = book(name).booking_id
    ends_at = starts_at + timedelta(minutes=30)
    Booking.objects.filter(pk=booking_id).update(starts_at=starts_at, ends_at=ends_at, **values)
    Allocation.objects.filter(booking_id=booking_id).update(starts_at=starts_at, ends_at=ends_at)
    return Booking.objects.select_related("location").get(pk=booking_id)


def read_board(client, booking: Booking) -> str:
    on = local_day(booking.starts_at, booking.location.timezone).isoformat()
    return client.get("/workspace/", {"date": on, "type": "all"}).content.decode()


@pytest.mark.parametrize(
    ("minutes", "status", "said"),
    [
        (12, "confirmed", "12 min tarde"),
        (3, "confirmed", ""),
        (12, "arrived", ""),
        (42, "in_progress", "12 min más de lo previsto"),
        (31, "in_progress", ""),
        (12, "completed", ""),
    ],
)
def test_who_has_not_come_and_what_goes_on_too_long_is_said_with_a_number_to_call(
    owner_client, tenant, minutes, status, said
):
    board = read_board(owner_client, put("Silvia Ponce", ago(minutes), status=status))

    aside = board.partition('class="aside"')[2]
    assert ("Con retraso" in aside, "visit" in board and " late" in board) == (bool(said), bool(said))
    assert (said in aside, 'href="tel:+525512345678"' in aside) == (True, bool(said))


def test_who_has_not_confirmed_is_listed_until_they_do(owner_client, tenant):
    booking = put("Silvia Ponce", ago(-40))

    before = read_board(owner_client, booking)
    Booking.objects.update(attendance_confirmed_at=ago(0))
    after = read_board(owner_client, booking)

    assert ("1 no ha confirmado" in before, "no ha confirmado" in after) == (True, False)


def test_the_load_is_said_in_hours(owner_client, tenant):
    booking = Booking.objects.select_related("location").get(pk=book("Silvia Ponce").booking_id)

    board = read_board(owner_client, booking)

    assert '<div class="load good">' in board
    assert re.search(r'aria-valuetext="45\smin de \d+\sh"', board) is not None
