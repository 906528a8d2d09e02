"""A service that only staff book: customers find it at no door."""

from __future__ import annotations

import pytest

from scheduling.errors import ServiceNotFound
from scheduling.models import Booking, Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.catalog.offer import load_offer
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.demand.searches import search_times
from scheduling.types import AvailabilityQuery, SlotRequest
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, book, hours_later, make_shop, make_wish


@pytest.fixture
def service(tenant) -> int:
    service_id, _ = make_shop()
    Service.objects.filter(pk=service_id).update(is_online=False)
    return service_id


def test_customers_do_not_find_it(service):
    offer = load_offer()

    assert service not in {each.id for each in offer.list_bookable_services()}
    assert offer.find_service(service).is_online is False


@pytest.mark.parametrize("door", ["search", "hold", "book"])
def test_customers_are_refused_at_every_door(service, door):
    query = AvailabilityQuery(make_wish(service), from_on=MONDAY.date(), to_on=MONDAY.date())
    request = SlotRequest(make_wish(service), MONDAY)
    acts = {
        "search": lambda: search_times(query=query, now=NOW),
        "hold": lambda: hold_slot(request=request, now=NOW, source="page"),
        "book": lambda: book_slot(request=request, details=DETAILS, now=NOW, source="page", by=CUSTOMER),
    }

    with pytest.raises(ServiceNotFound):
        acts[door]()

    assert Booking.objects.filter(service_id=service).count() == 0


def test_staff_book_it(service):
    query = AvailabilityQuery(make_wish(service), from_on=MONDAY.date(), to_on=MONDAY.date())

    days = get_availability(query=query, now=NOW, is_staff=True).days
    booked = book_slot(
        request=SlotRequest(make_wish(service), MONDAY), details=DETAILS, now=NOW, source="workspace", by=STAFF
    )

    assert (bool(days[0].slots), Booking.objects.get(reference=booked.reference).service_id) == (True, service)


def test_what_is_booked_can_still_be_moved_by_its_customer(tenant):
    service_id, _ = make_shop()
    booking = Booking.objects.get(reference=book(service_id).reference)
    Service.objects.filter(pk=service_id).update(is_online=False)
    query = AvailabilityQuery(
        make_wish(service_id), from_on=MONDAY.date(), to_on=MONDAY.date(), moving_booking_id=booking.pk
    )

    assert search_times(query=query, now=NOW).days[0].slots
    move_booking(booking_id=booking.pk, starts_at=hours_later(2), by=CUSTOMER, now=NOW)
    assert Booking.objects.get(pk=booking.pk).starts_at == hours_later(2)
