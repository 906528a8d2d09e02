"""First bookings of one new person at once: one customer, and one of whatever the visits are about."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from threading import Barrier, local

import pytest
from django.db import connection

from kernel.identity.keys import make_key
from scheduling.models import Asset, Booking, Contact, Customer
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.writing import customers, takes
from scheduling.types import CustomerDetails, SlotRequest
from tests.factories.feature_pairs import hold
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, make_shop, make_wish
from tests.integration.scheduling.bookings.test_concurrency import in_scratch, run_at_once

AT_ONCE = 16


@pytest.fixture
def all_look_first(monkeypatch):
    """Let nobody go on before all have looked who the customer is, and found nobody."""
    barrier, seen, find = Barrier(AT_ONCE), local(), customers.find_known

    def find_and_wait(clean):
        found = find(clean)
        if not hasattr(seen, "is_over"):
            seen.is_over = True
            barrier.wait(60)
        return found

    monkeypatch.setattr(customers, "find_known", find_and_wait)
    monkeypatch.setattr(takes, "find_known", find_and_wait)


def book_as(service_id, details, starts_at=MONDAY):
    request = SlotRequest(make_wish(service_id), starts_at)
    return book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER)


def count_people():
    return Customer.objects.count(), Asset.objects.count(), Booking.objects.values("customer_id").distinct().count()


def known_by(*contacts):
    """The details of one and the same Eva, by one of her contacts or both."""
    phone, email = contacts
    return replace(DETAILS, customer=CustomerDetails(name="Eva Ríos", phone=phone, email=email, locale="es"))


@pytest.mark.parametrize("seats", [None, AT_ONCE])
@pytest.mark.usefixtures("all_look_first")
def test_simultaneous_first_bookings_make_one_customer(scratch_tenant, seats):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(AT_ONCE, seats=seats))

    outcomes = run_at_once(scratch_tenant, [partial(book_as, service_id, DETAILS)] * AT_ONCE)

    assert outcomes == {"accepted": AT_ONCE}
    assert in_scratch(scratch_tenant, count_people) == (1, 1, 1)
    assert in_scratch(scratch_tenant, Contact.objects.count) == 2


@pytest.mark.usefixtures("all_look_first")
def test_only_who_makes_the_customer_keeps_others_waiting_while_writing(scratch_tenant, monkeypatch):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(AT_ONCE))
    in_transaction, write = [], takes.write_booking_at_once

    def write_and_note(*args, **kwargs):
        in_transaction.append(connection.in_atomic_block)
        return write(*args, **kwargs)

    monkeypatch.setattr(takes, "write_booking_at_once", write_and_note)

    outcomes = run_at_once(scratch_tenant, [partial(book_as, service_id, DETAILS)] * AT_ONCE)

    assert outcomes == {"accepted": AT_ONCE}
    assert in_transaction.count(True) == 1


@pytest.mark.usefixtures("all_look_first")
def test_simultaneous_first_submissions_of_holds_make_one_customer(scratch_tenant):
    def make():
        service_id, _ = make_shop(AT_ONCE)
        return [hold(service_id) for _ in range(AT_ONCE)]

    held = in_scratch(scratch_tenant, make)
    jobs = [partial(submit_booking, hold_id=each.id, token=each.token, details=DETAILS, now=NOW) for each in held]

    assert run_at_once(scratch_tenant, jobs) == {"accepted": AT_ONCE}
    assert in_scratch(scratch_tenant, count_people) == (1, 1, 1)


def test_one_contact_in_common_is_enough(scratch_tenant):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(AT_ONCE))
    phone, email = "+525512345678", "eva@example.com"
    ways = [known_by(phone, email), known_by(phone, None), known_by(phone, "rios@example.com")]

    outcomes = run_at_once(scratch_tenant, [partial(book_as, service_id, each) for each in ways * 5])

    assert outcomes == {"accepted": 15}
    assert in_scratch(scratch_tenant, count_people) == (1, 1, 1)


@pytest.mark.usefixtures("all_look_first")
def test_different_people_with_one_phone_stay_different(scratch_tenant):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(AT_ONCE))
    people = [replace(DETAILS, customer=replace(DETAILS.customer, name=name)) for name in ("Ana", "Luis")]

    outcomes = run_at_once(scratch_tenant, [partial(book_as, service_id, each) for each in people * 8])

    assert outcomes == {"accepted": AT_ONCE}
    assert in_scratch(scratch_tenant, count_people) == (2, 2, 2)


@pytest.mark.usefixtures("all_look_first")
def test_a_new_vehicle_of_a_known_person_is_made_once(scratch_tenant):
    service_id, _ = in_scratch(scratch_tenant, lambda: make_shop(AT_ONCE))
    in_scratch(
        scratch_tenant,
        lambda: Customer.objects.create(name="Ana Pérez", name_key=make_key("Ana Pérez"), created_at=NOW),
    )
    in_scratch(
        scratch_tenant,
        lambda: Contact.objects.create(customer=Customer.objects.get(), kind="email", value="ana@example.com"),
    )
    other = replace(DETAILS, asset={"make": "Seat", "model": "Ibiza"})

    outcomes = run_at_once(scratch_tenant, [partial(book_as, service_id, other)] * AT_ONCE)

    assert outcomes == {"accepted": AT_ONCE}
    assert in_scratch(scratch_tenant, count_people) == (1, 1, 1)
