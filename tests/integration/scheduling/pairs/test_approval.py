"""Bookings that staff approves, with what else a booking can be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.errors import HoldUsed, SlotTaken, TransitionRefused
from scheduling.models import Booking
from scheduling.selectors.bookings import get_booking
from scheduling.services.expiry import expire_hold
from scheduling.services.transitions import accept_payment, approve, decline
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    limit,
    list_offered,
    move,
    override,
    submit,
)
from tests.factories.scheduling import (
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_shop,
)

LATER = NOW + timedelta(hours=2)
ALL, REST = list(range(9, 17)), list(range(10, 17))


def status_of(made):
    return get_booking(booking_id=made.booking_id).status


def test_approval_with_hold(tenant):
    service_id, _ = make_shop(approval="request")
    held = hold(service_id)

    made = submit(held)

    # The request keeps the place for longer than the hold would have.
    assert (made.status, list_offered(service_id, now=LATER)) == ("pending_approval", REST)
    approve(booking_id=made.booking_id, now=LATER, by=STAFF)
    with pytest.raises(HoldUsed):
        submit(held, now=LATER)
    assert (status_of(made), check_offer(service_id, now=LATER)) == ("confirmed", REST)


def test_approval_with_expired_hold(tenant):
    service_id, _ = make_shop(approval="request")
    held = hold(service_id)

    made = submit(held, now=LATER)

    assert (made.status, check_offer(service_id, now=LATER)) == ("pending_approval", REST)
    decline(booking_id=made.booking_id, now=LATER, by=STAFF)
    assert check_offer(service_id, now=LATER) == ALL


def test_approval_with_override(tenant):
    service_id, _ = make_shop(approval="request")
    request = book(service_id)

    forced = override(service_id)

    assert (status_of(request), status_of(forced)) == ("pending_approval", "confirmed")
    decline(booking_id=request.booking_id, now=NOW, by=STAFF)
    assert check_offer(service_id) == REST


def test_approval_with_rule(tenant):
    service_id, _ = make_shop(2, approval="request")
    limit(service_id, 1)
    made = book(service_id)
    assert check_offer(service_id) == []

    decline(booking_id=made.booking_id, now=NOW, by=STAFF)

    assert check_offer(service_id) == ALL


def test_approval_with_deposit(tenant):
    service_id, _ = make_shop(approval="request", price_minor=1000, extra={"deposit_kind": "full"})
    made = book(service_id)
    assert made.status == "pending_payment"
    with pytest.raises(TransitionRefused):
        approve(booking_id=made.booking_id, now=NOW, by=STAFF)

    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)
    assert (status_of(made), check_offer(service_id, now=LATER)) == ("pending_approval", REST)
    approve(booking_id=made.booking_id, now=LATER, by=STAFF)

    assert status_of(made) == "confirmed"


def test_approval_with_several_services(tenant):
    person = make_resource(make_place())
    instant, asked = make_service((person,)), make_service((person,), approval="request")

    assert book(instant, further_service_ids=(asked,)).status == "pending_approval"
    assert book(asked, hours_later(2), further_service_ids=(instant,)).status == "pending_approval"


def test_approval_with_reschedule(tenant):
    service_id, _ = make_shop(approval="request")
    made = book(service_id)

    move(made, hours_later(26))

    # It waits until its new start, not its old one.
    assert Booking.objects.get(pk=made.booking_id).hold_expires_at == hours_later(26)
    expire_hold(made.booking_id, hours_later(1))
    approve(booking_id=made.booking_id, now=hours_later(1), by=STAFF)
    with pytest.raises(SlotTaken):
        book(service_id, hours_later(26), now=hours_later(1))


def test_approval_with_reschedule_when_the_request_has_ended(tenant):
    service_id, _ = make_shop(approval="request")
    made = book(service_id)

    with pytest.raises(TransitionRefused):
        move(made, hours_later(26), by=STAFF, now=MONDAY)

    assert book(service_id, hours_later(26), now=MONDAY).status == "pending_approval"


def test_approval_with_party(tenant):
    service_id = make_service((make_resource(make_place(), capacity=3),), max_party_size=3, approval="request")
    made = book(service_id, party_size=3)
    assert check_offer(service_id) == REST

    decline(booking_id=made.booking_id, now=NOW, by=STAFF)

    assert check_offer(service_id, party_size=3) == ALL
