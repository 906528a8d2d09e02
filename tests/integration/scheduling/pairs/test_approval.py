"""Bookings that staff approves, with what else a booking can be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import Strategy
from scheduling.enums import DepositKind
from scheduling.errors import HoldUsed, SlotTaken, TransitionRefused
from scheduling.models import Booking, TimeOff
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.transitions import accept_payment, approve, decline
from scheduling.services.writing.expiry import expire_hold
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    limit,
    list_offered,
    list_taken,
    make_add_on,
    move,
    override,
    read_ledger,
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
    service_id, _ = make_shop(approval="request", price_minor=1000, deposit_kind=DepositKind.FULL)
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

    assert book((instant, asked)).status == "pending_approval"
    assert book((asked, instant), hours_later(2)).status == "pending_approval"


def test_approval_with_reschedule(tenant):
    service_id, _ = make_shop(approval="request")
    made = book(service_id)

    move(made, hours_later(26))

    assert Booking.objects.get(pk=made.booking_id).hold_expires_at == NOW + timedelta(days=1)
    expire_hold(made.booking_id, LATER)
    approve(booking_id=made.booking_id, now=LATER, by=STAFF)
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


def test_approval_with_add_ons(tenant):
    service_id, _ = make_shop(approval="request", price_minor=1000)
    extra = make_add_on(service_id, minutes=30, price_minor=500)

    made = book(service_id, add_on_ids=(extra,))

    assert (made.status, check_offer(service_id)) == ("pending_approval", list(range(11, 17)))
    approve(booking_id=made.booking_id, now=LATER, by=STAFF)
    seen = get_booking(booking_id=made.booking_id)
    assert (seen.status, seen.ends_at, seen.price_minor) == ("confirmed", hours_later(1.5), 1500)
    assert check_offer(service_id, now=LATER) == list(range(11, 17))


def test_approval_with_choice(tenant):
    service_id, (one, two) = make_shop(2, approval="request")
    kept, refused = book(service_id, resource_ids=(two,)), book(service_id, hours_later(1), resource_ids=(two,))
    assert check_offer(service_id, resource_ids=(two,)) == list(range(11, 17))

    approve(booking_id=kept.booking_id, now=LATER, by=STAFF)
    decline(booking_id=refused.booking_id, now=LATER, by=STAFF)

    assert list_taken(kept.booking_id) == [(two, 9, 10)]
    assert check_offer(service_id, resource_ids=(two,), now=LATER) == REST
    assert check_offer(service_id, resource_ids=(one,), now=LATER) == ALL


def test_approval_with_buffers(tenant):
    service_id, _ = make_shop(approval="request", buffer_before_minutes=15, buffer_after_minutes=15)
    made = book(service_id, hours_later(1))
    around = [12, 13, 14, 15, 16]
    assert check_offer(service_id) == around

    approve(booking_id=made.booking_id, now=LATER, by=STAFF)
    assert check_offer(service_id, now=LATER) == around
    cancel_booking(booking_id=made.booking_id, reason="Ya no", now=LATER, by=STAFF)

    assert check_offer(service_id, now=LATER) == ALL


def test_approval_with_several_resources(tenant):
    place = make_place()
    person, bay = make_resource(place), make_resource(place, "Bahía")
    both, only_bay = make_service((person,), (bay,), approval="request"), make_service((bay,))
    first, second = book(both), book(both, hours_later(1))
    assert check_offer(only_bay) == list(range(11, 17))

    approve(booking_id=first.booking_id, now=LATER, by=STAFF)
    decline(booking_id=second.booking_id, now=LATER, by=STAFF)

    assert list_taken(first.booking_id) == [(person, 9, 10), (bay, 9, 10)]
    assert check_offer(only_bay, now=LATER) == check_offer(both, now=LATER) == REST


def test_approval_with_closed_day(tenant):
    service_id, (person,) = make_shop(approval="request")
    kept, refused = book(service_id), book(service_id, hours_later(1))
    TimeOff.objects.create(resource_id=person, starts_at=MONDAY, ends_at=hours_later(4))

    # Who asked before the day was closed is for staff to decide; nobody else can ask.
    approve(booking_id=kept.booking_id, now=LATER, by=STAFF)
    decline(booking_id=refused.booking_id, now=LATER, by=STAFF)

    assert (status_of(kept), check_offer(service_id, now=LATER)) == ("confirmed", [13, 14, 15, 16])


def test_approval_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, approval="request", strategy=Strategy.ROUND_ROBIN)

    requests = [book(service_id, hours_later(hour)) for hour in range(3)]
    for each in requests:
        approve(booking_id=each.booking_id, now=LATER, by=STAFF)

    # A turn comes with the request; the approval is no second one.
    assert [list_taken(each.booking_id)[0][0] for each in requests] == [one, two, one]
    assert read_ledger(service_id) == {one: 2, two: 1}
