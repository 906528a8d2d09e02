"""Staff books for a customer whom they chose: the visit is that customer's, whatever contact is there or was typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.enums import ActorKind, BookingLevel
from scheduling.errors import CustomerInvalid
from scheduling.models import Asset, Booking, Customer
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.customers.merging import merge_customers
from scheduling.services.customers.records import create_customer
from scheduling.services.writing.customers import find_known
from scheduling.services.writing.inputs import clean_details
from scheduling.types import Actor, CustomerDetails, CustomerSetup, SlotRequest, VisitDetails
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, hours_later, make_shop, make_wish

ME = Actor(kind=ActorKind.STAFF, user_id=7)
NOBODY = CustomerDetails(name="Rosa Luna", locale="es")


def make_rosa(name="Rosa Luna") -> int:
    return create_customer(setup=CustomerSetup(name=name, locale="es"), by=ME, now=NOW)


def book_for(customer_id, service_id, starts_at=MONDAY, *, by=ME, details=None, **values):
    details = replace(details or VisitDetails(customer=NOBODY), customer_id=customer_id)
    request = SlotRequest(make_wish(service_id), starts_at)
    made = book_slot(request=request, details=details, now=NOW, source="workspace", by=by, **values)
    return Booking.objects.get(pk=made.booking_id)


def test_whoever_has_no_contact_is_not_made_anew(tenant):
    service_id, _ = make_shop(2)
    rosa, other = make_rosa(), make_rosa()

    found = [book_for(rosa, service_id).customer_id, book_for(other, service_id).customer_id]

    assert found == [rosa, other]
    assert Customer.objects.count() == 2


def test_whom_staff_chose_counts_more_than_contact_and_name(tenant):
    service_id, _ = make_shop(2)
    rosa = make_rosa()
    known = book_for(None, service_id, details=DETAILS).customer_id

    booking = book_for(rosa, service_id, details=DETAILS)

    assert (booking.customer_id, booking.customer_name) == (rosa, DETAILS.customer.name)
    assert set(Customer.objects.values_list("pk", flat=True)) == {rosa, known}


def test_their_thing_is_theirs_and_is_known_the_next_time(tenant):
    service_id, _ = make_shop(1)
    rosa = make_rosa()
    details = VisitDetails(customer=NOBODY, asset=DETAILS.asset)

    first = book_for(rosa, service_id, details=details)
    second = book_for(rosa, service_id, hours_later(2), details=details)

    assert list(Asset.objects.values_list("pk", "owner_id")) == [(first.asset_id, rosa)]
    assert second.asset_id == first.asset_id


def test_a_merged_record_leads_to_the_one_that_goes_on(tenant):
    service_id, _ = make_shop(1)
    first, second, third = make_rosa(), make_rosa(), make_rosa()
    merge_customers(kept_id=second, gone_id=first, by=ME, now=NOW)
    merge_customers(kept_id=third, gone_id=second, by=ME, now=NOW)

    assert book_for(first, service_id).customer_id == third


@pytest.mark.parametrize("is_erased", [True, False])
def test_whoever_is_not_there_any_more_is_refused_and_nothing_is_booked(tenant, is_erased):
    service_id, _ = make_shop(1)
    rosa = make_rosa()
    if is_erased:
        Customer.objects.update(erased_at=NOW)

    with pytest.raises(CustomerInvalid) as caught:
        book_for(rosa if is_erased else 0, service_id)

    assert list(caught.value.errors) == ["customer"]
    assert (Booking.objects.count(), Customer.objects.filter(erased_at=None).count()) == (0, int(not is_erased))


@pytest.mark.parametrize("has_contact", [True, False])
def test_the_strictest_level_of_whom_is_meant_is_obeyed(tenant, has_contact):
    service_id, _ = make_shop(2)
    rosa = make_rosa()
    known = book_for(None, service_id, details=DETAILS).customer_id
    Customer.objects.filter(pk=rosa).update(booking_level=BookingLevel.MUST_PREPAY, level_reason="Faltó")
    Customer.objects.filter(pk=known).update(booking_level=BookingLevel.REFUSED, level_reason="Faltó")
    details = replace(DETAILS if has_contact else VisitDetails(customer=NOBODY), customer_id=rosa)
    clean = clean_details(details, arrival_modes=(), duration_minutes=60, today=NOW.date(), is_staff=True)

    found = find_known(clean)

    strictest = BookingLevel.REFUSED if has_contact else BookingLevel.MUST_PREPAY
    assert (found.customer_id, found.level) == (rosa, strictest)


def test_a_customer_says_for_no_other_customer_that_they_come(tenant):
    service_id, _ = make_shop(1)
    rosa = make_rosa()

    booking = book_for(rosa, service_id, by=CUSTOMER, details=DETAILS)

    assert booking.customer_id not in {None, rosa}
