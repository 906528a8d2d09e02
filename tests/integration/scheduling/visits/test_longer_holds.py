"""Keeping a time once longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from scheduling.enums import BookingSource
from scheduling.errors import HoldExtended, HoldOver, HoldUnknown, HoldUsed
from scheduling.models import Allocation, Booking, Service
from scheduling.services.bookings.holds import extend_hold, release_hold
from tenants.models import DueWork
from tests.factories.feature_pairs import hold, list_offered, submit
from tests.factories.scheduling import NOW, hours_later, make_shop

SOON = NOW + timedelta(minutes=8)


def extend(held, *, now=SOON):
    return extend_hold(hold_id=held.id, token=held.token, now=now)


@pytest.mark.parametrize("seats", [None, 3])
def test_a_time_is_kept_once_longer_wherever_it_is_noted(tenant, seats):
    service_id, _ = make_shop(seats=seats)
    held = hold(service_id)

    until = extend(held)

    booking = Booking.objects.get(pk=held.id)
    taken = Allocation.objects.filter(is_active=True).values_list("hold_expires_at", flat=True)
    due = DueWork.objects.get(kind="hold_expiry", row_id=held.id)
    assert until == SOON + timedelta(minutes=10)
    assert (booking.hold_expires_at, booking.hold_extended_at, due.due_at) == (until, SOON, until)
    assert set(taken) == {until}


def test_what_is_kept_longer_is_not_free_and_can_be_booked(tenant):
    service_id, _ = make_shop()
    held = hold(service_id, hours_later(3))
    extend(held)
    late = NOW + timedelta(minutes=15)

    assert 12 not in list_offered(service_id, now=late)
    submit(held, now=late)
    assert Booking.objects.get(pk=held.id).status == "confirmed"


def test_once_is_enough(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)
    until = extend(held)

    with pytest.raises(HoldExtended):
        extend(held, now=SOON + timedelta(minutes=1))
    assert Booking.objects.get(pk=held.id).hold_expires_at == until


def test_what_is_over_is_not_kept_longer(tenant):
    service_id, _ = make_shop()
    ended, given_back, booked = hold(service_id), hold(service_id, hours_later(1)), hold(service_id, hours_later(2))
    release_hold(hold_id=given_back.id, token=given_back.token, now=NOW)
    submit(booked, now=NOW)

    for held, error in ((given_back, HoldOver), (booked, HoldUsed)):
        with pytest.raises(error):
            extend(held)
    with pytest.raises(HoldOver):
        extend(ended, now=NOW + timedelta(minutes=10))
    with pytest.raises(HoldUnknown):
        extend_hold(hold_id=ended.id, token="another", now=SOON)
    assert not Booking.objects.filter(hold_extended_at__isnull=False).exists()


def test_never_past_the_start_and_never_shorter(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)
    Service.objects.filter(pk=service_id).update(hold_minutes=1)

    assert extend(held, now=NOW) == held.expires_at


def test_an_offer_of_the_waitlist_is_not_kept_longer(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)
    Booking.objects.filter(pk=held.id).update(source=BookingSource.WAITLIST)

    with pytest.raises(HoldExtended):
        extend(held)


def test_the_database_refuses_an_extension_of_before_the_hold(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)

    with pytest.raises(IntegrityError, match="scheduling_booking_extended"), transaction.atomic():
        Booking.objects.filter(pk=held.id).update(hold_extended_at=NOW - timedelta(days=1))
