"""Groups that get larger or smaller while somebody waits for a place in them, or is offered one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.errors import SlotTaken
from scheduling.models import Booking, Service, Session
from scheduling.selectors.catalog.setups import read_service
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.catalog.services import change_service
from scheduling.services.waitlist.answering import accept_offer, decline_offer
from scheduling.services.waitlist.matching import match_waitlist
from scheduling.types import SlotRequest
from tests.factories.scheduling import NOW, STAFF, book, hours_later, make_wish
from tests.integration.scheduling.waitlist.test_waitlist import MORNING, join, list_standings, offer_of, open_shop
from tests.property.scheduling.recounts import list_drift

START = hours_later(0)


@pytest.fixture
def group(tenant) -> int:
    """A group of two, full."""
    service = open_shop(1, seats=2, max_party_size=2)
    for _ in range(2):
        book(service, START)
    return service


def resize(service: int, seats: int) -> None:
    setup = read_service(Service.objects.get(pk=service))
    change_service(service_id=service, setup=replace(setup, seats=seats), version=None, by=STAFF, now=NOW)


def leave(number: int) -> None:
    booking = Booking.objects.filter(is_active=True).order_by("pk")[number]
    cancel_booking(booking_id=booking.pk, by=STAFF, cause="told", now=MORNING)


def test_a_place_more_is_offered_to_the_first_whom_it_suffices(group):
    join(group, "Berta", party_size=2)
    join(group, "Carla")
    resize(group, 3)

    match_waitlist(1, MORNING)

    assert list_standings() == [("Berta", "waiting", None), ("Carla", "offered", START)]
    resize(group, 5)
    match_waitlist(1, MORNING)
    assert list_standings() == [("Berta", "offered", START), ("Carla", "offered", START)]


def test_who_is_offered_a_place_keeps_it_when_the_group_gets_smaller(group):
    token = join(group, "Berta")
    join(group, "Carla")
    leave(0)
    match_waitlist(1, MORNING)

    resize(group, 1)
    match_waitlist(1, MORNING)
    accept_offer(token=offer_of(token), now=MORNING)

    assert list_standings() == [("Berta", "booked", START), ("Carla", "waiting", None)]
    assert Booking.objects.filter(is_active=True, status="confirmed").count() == 2
    assert (Session.objects.get(is_active=True).seats_taken, list_drift([])) == (2, [])
    with pytest.raises(SlotTaken):
        hold_slot(request=SlotRequest(make_wish(group), START), now=MORNING, source="page")


def test_a_place_that_is_there_no_more_is_not_offered_again(group):
    tokens = [join(group, name) for name in ("Berta", "Carla")]
    leave(0)
    match_waitlist(1, MORNING)

    resize(group, 1)
    decline_offer(token=offer_of(tokens[0]), now=MORNING)
    match_waitlist(1, MORNING)

    assert list_standings() == [("Berta", "waiting", None), ("Carla", "waiting", None)]
    leave(0)
    match_waitlist(1, MORNING)
    assert list_standings() == [("Berta", "waiting", None), ("Carla", "offered", START)]
    assert list_drift([]) == []
