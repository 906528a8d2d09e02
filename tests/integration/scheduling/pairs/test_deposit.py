"""Bookings that wait for a deposit, with what else a booking can be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import Strategy
from scheduling.enums import DepositKind
from scheduling.errors import HoldExpired, TransitionRefused
from scheduling.models import Booking, TimeOff
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.transitions import accept_payment
from scheduling.services.writing.expiry import expire_hold
from tests.factories.feature_pairs import (
    WITHOUT_DEPOSIT,
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


def test_deposit_with_hold(tenant):
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FULL)
    held = hold(service_id)
    assert held.deposit_minor == 1000

    made = submit(held)

    assert (made.status, list_offered(service_id)) == ("pending_payment", REST)
    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)
    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)
    assert (status_of(made), check_offer(service_id, now=LATER)) == ("confirmed", REST)


def test_deposit_with_expired_hold(tenant):
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FULL)
    held = hold(service_id)
    made = submit(held, now=LATER)
    assert made.status == "pending_payment"

    # The deposit does not come either: the place is free at once, and a payment is refused.
    much_later = LATER + timedelta(minutes=30)
    assert check_offer(service_id, now=much_later) == ALL
    with pytest.raises(HoldExpired):
        accept_payment(booking_id=made.booking_id, now=much_later, by=STAFF)
    expire_hold(made.booking_id, much_later)
    assert status_of(made) == "expired"


def test_deposit_with_override(tenant):
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FULL)
    waiting = book(service_id)

    assert override(service_id, deposit=WITHOUT_DEPOSIT).status == "confirmed"

    accept_payment(booking_id=waiting.booking_id, now=NOW, by=STAFF)
    assert check_offer(service_id) == REST


def test_deposit_with_rule(tenant):
    service_id, _ = make_shop(2, price_minor=1000, deposit_kind=DepositKind.FULL)
    limit(service_id, 1)

    book(service_id)

    assert check_offer(service_id) == []
    assert check_offer(service_id, now=LATER) == ALL


def test_deposit_with_add_ons(tenant):
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.PERCENT, deposit_percent=50)
    extra = make_add_on(service_id, price_minor=500)

    held = hold(service_id, add_on_ids=(extra,))

    assert (held.price_minor, held.deposit_minor) == (1500, 750)


def test_deposit_with_several_services(tenant):
    person = make_resource(make_place())
    free = make_service((person,), price_minor=300)
    paid = make_service((person,), price_minor=1000, deposit_kind=DepositKind.FULL)

    # Each service asks for its own part, in whatever order they are booked.
    assert hold((free, paid)).deposit_minor == 1000
    assert hold((paid, free), hours_later(2)).deposit_minor == 1000
    assert book((free, paid), hours_later(4)).status == "pending_payment"


def test_deposit_with_reschedule(tenant):
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FULL)
    made = book(service_id)
    with pytest.raises(TransitionRefused):
        move(made, hours_later(2))
    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)

    moved = move(made, hours_later(2))

    seen = Booking.objects.get(pk=made.booking_id)
    assert (moved.status, seen.deposit_minor, seen.starts_at) == ("confirmed", 1000, hours_later(2))


def test_deposit_with_party(tenant):
    bay = make_resource(make_place(), capacity=3)
    service_id = make_service((bay,), max_party_size=3, price_minor=1000, deposit_kind=DepositKind.FULL)
    held = hold(service_id, party_size=2)
    made = submit(held)

    # Both wait for one payment of the price that was shown, and both go when it does not come.
    assert (made.status, held.deposit_minor) == ("pending_payment", held.price_minor)
    assert check_offer(service_id, party_size=2) == REST
    assert check_offer(service_id, party_size=1) == ALL
    assert check_offer(service_id, party_size=3, now=LATER) == ALL


def test_deposit_with_choice(tenant):
    service_id, (_, two) = make_shop(2, price_minor=1000, deposit_kind=DepositKind.FULL)
    paid, unpaid = book(service_id, resource_ids=(two,)), book(service_id, hours_later(1), resource_ids=(two,))
    assert check_offer(service_id, resource_ids=(two,)) == list(range(11, 17))

    accept_payment(booking_id=paid.booking_id, now=NOW, by=STAFF)

    assert (list_taken(paid.booking_id), status_of(unpaid)) == ([(two, 9, 10)], "pending_payment")
    assert check_offer(service_id, resource_ids=(two,), now=LATER) == REST


def test_deposit_with_buffers(tenant):
    service_id, _ = make_shop(price_minor=1000, deposit_kind=DepositKind.FULL, buffer_after_minutes=30)
    made = book(service_id)
    assert check_offer(service_id) == list(range(11, 17))
    assert check_offer(service_id, now=LATER) == ALL

    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)

    assert check_offer(service_id, now=LATER) == list(range(11, 17))


def test_deposit_with_several_resources(tenant):
    place = make_place()
    person, bay = make_resource(place), make_resource(place, "Bahía")
    both, only_bay = (
        make_service((person,), (bay,), price_minor=1000, deposit_kind=DepositKind.FULL),
        make_service((bay,)),
    )
    paid, _unpaid = book(both), book(both, hours_later(1))
    assert check_offer(only_bay) == list(range(11, 17))

    accept_payment(booking_id=paid.booking_id, now=NOW, by=STAFF)

    assert list_taken(paid.booking_id) == [(person, 9, 10), (bay, 9, 10)]
    assert check_offer(only_bay, now=LATER) == check_offer(both, now=LATER) == REST


def test_deposit_with_closed_day(tenant):
    service_id, (person,) = make_shop(price_minor=1000, deposit_kind=DepositKind.FULL)
    paid, unpaid = book(service_id), book(service_id, hours_later(1))
    TimeOff.objects.create(resource_id=person, starts_at=MONDAY, ends_at=hours_later(4))

    # Who pays in time gets what was agreed; what lapses does not come back to a closed morning.
    accept_payment(booking_id=paid.booking_id, now=NOW, by=STAFF)
    expire_hold(unpaid.booking_id, LATER)

    assert (status_of(paid), status_of(unpaid)) == ("confirmed", "expired")
    assert check_offer(service_id, now=LATER) == [13, 14, 15, 16]


def test_deposit_with_round_robin(tenant):
    service_id, (one, two) = make_shop(
        2, price_minor=1000, deposit_kind=DepositKind.FULL, strategy=Strategy.ROUND_ROBIN
    )

    waiting = [book(service_id, hours_later(hour)) for hour in range(3)]
    for each in waiting:
        accept_payment(booking_id=each.booking_id, now=NOW, by=STAFF)

    # A turn comes with the booking; the payment is no second one.
    assert [list_taken(each.booking_id)[0][0] for each in waiting] == [one, two, one]
    assert read_ledger(service_id) == {one: 2, two: 1}
