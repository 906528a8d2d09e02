"""Every door that shows times for a booking or a wish takes exactly those: pages, workspace, API.

The workshop of the tests has its own clock, so a shop here keeps the same hours in its zone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from devtools.drill.offers.checks import check_door
from devtools.drill.offers.doors import CustomerMove, CustomerPage, OpenCalls, OpenMoveCalls, StaffMove, StaffNew
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import SlotRequest, SubmittedBooking, Wish
from tests.factories.feature_pairs import make_add_on
from tests.factories.scheduling import DETAILS, STAFF, make_place, make_resource, make_service, make_shop, make_wish

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def sunday(tenants):
    with time_machine.travel(SUNDAY, tick=True):
        yield


def at(hour: float) -> datetime:
    return datetime(2026, 11, 25, tzinfo=UTC) + timedelta(hours=hour)


def book(wish: Wish, hour: float = 9) -> SubmittedBooking:
    return book_slot(request=SlotRequest(wish, at(hour)), details=DETAILS, now=SUNDAY, source="workspace", by=STAFF)


@pytest.fixture(params=["customer", "staff", "api"])
def move_door(request, customer_client, owner_client):
    """Each way to give a booking another time."""

    def make(made: SubmittedBooking):
        return {
            "customer": lambda: CustomerMove(customer_client, made.manage_token),
            "staff": lambda: StaffMove(owner_client, made.booking_id),
            "api": lambda: OpenMoveCalls(customer_client, made.manage_token),
        }[request.param]()

    return make


@pytest.fixture(params=["customer", "api"])
def open_door(request, customer_client):
    """Each way for customers to book."""
    return lambda wish: {"customer": CustomerPage, "api": OpenCalls}[request.param](customer_client, wish)


def hours(door, others=range(8, 18)) -> list[float]:
    """List the hours that a door offers, after each was taken, and each other one was refused."""
    check = check_door(door, DAY, others=[at(hour) for hour in others])
    assert (check.refused, check.hidden) == ((), ())
    return [starts_at.astimezone(UTC).hour for starts_at in check.offered]


def test_a_move_keeps_the_extras(tenant, move_door):
    service_id, _ = make_shop()
    extra = make_add_on(service_id, minutes=60)
    book(make_wish(service_id), 13)
    made = book(make_wish(service_id, add_on_ids=(extra,)))

    assert hours(move_door(made)) == [9, 10, 11, 14, 15]


def test_a_move_keeps_all_services(tenant, move_door):
    one, (person,) = make_shop()
    two = make_service((person,), duration_minutes=120)
    book(make_wish(one), 13)
    made = book(make_wish((one, two)))

    assert hours(move_door(made)) == [9, 10, 14]


def test_a_move_keeps_the_party(tenant, move_door):
    place = make_place()
    room = make_resource(place, capacity=3)
    service_id = make_service((room,), max_party_size=3)
    book(make_wish(service_id), 11)
    made = book(make_wish(service_id, party_size=3))

    assert hours(move_door(made)) == [9, 10, 12, 13, 14, 15, 16]


def test_a_move_keeps_a_party_that_only_staff_could_book(tenant, move_door):
    room = make_resource(make_place(), capacity=3)
    service_id = make_service((room,), max_party_size=1)
    made = book(make_wish(service_id, party_size=3))

    assert hours(move_door(made)) == list(range(9, 17))


def test_a_move_keeps_the_chosen_person(tenant, move_door):
    service_id, (carlos, _) = make_shop(2)
    book(make_wish(service_id, resource_ids=(carlos,)), 12)
    made = book(make_wish(service_id, resource_ids=(carlos,)))

    assert hours(move_door(made)) == [9, 10, 11, 13, 14, 15, 16]


def test_the_page_and_the_api_offer_what_can_be_held(tenant, open_door):
    place = make_place()
    people = [make_resource(place, name, capacity=2, is_customer_choosable=True) for name in ("Carlos", "Eva")]
    service_id = make_service(tuple(people), max_party_size=2)
    extra = make_add_on(service_id, minutes=60)
    book(make_wish(service_id, resource_ids=(people[0],)), 12)
    wish = make_wish(service_id, add_on_ids=(extra,), resource_ids=(people[0],), location_id=place)

    assert hours(open_door(wish)) == list(range(9, 16))
    assert hours(open_door(replace(wish, party_size=2))) == [9, 10, 13, 14, 15]


def test_staff_is_offered_what_they_can_book(tenant, owner_client):
    place = make_place()
    people = [make_resource(place, name) for name in ("Carlos", "Eva")]
    service_id = make_service(tuple(people))
    book(make_wish(service_id, resource_ids=(people[0],)), 12)

    assert hours(StaffNew(owner_client, make_wish(service_id))) == list(range(9, 17))
    assert hours(StaffNew(owner_client, make_wish(service_id, resource_ids=(people[0],)))) == [
        9,
        10,
        11,
        13,
        14,
        15,
        16,
    ]
