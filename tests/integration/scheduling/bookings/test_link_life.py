"""A manage link leads to its booking until 30 days after the visit, whatever became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.errors import LinkEnded, TokenUnknown
from scheduling.models import Booking
from scheduling.policies import LINK_LIFE
from scheduling.selectors.bookings.views import get_booking, get_by_token
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.types import CUSTOMER
from tests.factories.scheduling import NOW, book, hours_later, make_shop

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def made(tenant):
    service_id, _ = make_shop()
    return book(service_id)


@pytest.fixture
def end(made):
    return Booking.objects.get(pk=made.booking_id).ends_at + LINK_LIFE


def test_link_leads_to_the_visit_for_thirty_days(made, end):
    assert timedelta(days=30) == LINK_LIFE
    assert get_by_token(token=made.manage_token, now=end - MICROSECOND).id == made.booking_id
    with pytest.raises(LinkEnded) as refused:
        get_by_token(token=made.manage_token, now=end)

    assert (refused.value.code, refused.value.params) == ("link_ended", {"days": 30})


@pytest.mark.parametrize(
    "act",
    [
        lambda token, now: cancel_booking(token=token, now=now, by=CUSTOMER),
        lambda token, now: confirm_attendance(token=token, now=now),
        lambda token, now: move_booking(token=token, starts_at=now + timedelta(days=3), now=now, by=CUSTOMER),
    ],
    ids=["cancel", "confirm", "move"],
)
def test_nothing_is_done_by_an_ended_link(made, end, act):
    before = Booking.objects.values().get(pk=made.booking_id)

    with pytest.raises(LinkEnded):
        act(made.manage_token, end)

    assert Booking.objects.values().get(pk=made.booking_id) == before


def test_moved_booking_keeps_its_link_as_long_as_the_new_visit_wants_it(made, end):
    move_booking(token=made.manage_token, starts_at=hours_later(3), now=NOW, by=CUSTOMER)

    assert get_by_token(token=made.manage_token, now=end).starts_at == hours_later(3)
    with pytest.raises(LinkEnded):
        get_by_token(token=made.manage_token, now=end + timedelta(hours=3))


def test_cancelled_booking_keeps_its_link_as_long_as_the_visit_would_have(made, end):
    cancel_booking(token=made.manage_token, now=NOW, by=CUSTOMER)

    assert get_by_token(token=made.manage_token, now=end - MICROSECOND).status == "cancelled"
    with pytest.raises(LinkEnded):
        cancel_booking(token=made.manage_token, now=end, by=CUSTOMER)


def test_staff_sees_the_booking_after_its_link_ended(made, end):
    assert get_booking(booking_id=made.booking_id).reference == made.reference
    assert (get_booking(booking_id=made.booking_id).ends_at + LINK_LIFE) == end


def test_guessed_token_never_learns_that_a_link_ended(made, end):
    with pytest.raises(TokenUnknown) as refused:
        get_by_token(token=made.manage_token[:-1], now=end)

    assert type(refused.value) is TokenUnknown
