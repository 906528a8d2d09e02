"""Approval, deposit, hold, expired hold and override, with one another and with what is booked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import Measure
from scheduling.enums import Strategy
from scheduling.errors import HoldExpired, HoldUsed, SlotTaken, TransitionRefused
from scheduling.models import Booking, RuleUsage
from scheduling.selectors.bookings import get_booking
from scheduling.selectors.history import list_history
from scheduling.services.cancellations import cancel_booking
from scheduling.services.expiry import expire_hold
from scheduling.services.transitions import accept_payment, approve, decline
from scheduling.types import OverrideReason
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    limit,
    list_offered,
    list_taken,
    make_add_on,
    move,
    open_only,
    override,
    read_ledger,
    submit,
)
from tests.factories.scheduling import (
    CUSTOMER,
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

FULL = {"deposit_kind": "full"}
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
    service_id, _ = make_shop(approval="request", price_minor=1000, extra=FULL)
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


def test_deposit_with_hold(tenant):
    service_id, _ = make_shop(price_minor=1000, extra=FULL)
    held = hold(service_id)
    assert held.deposit_minor == 1000

    made = submit(held)

    assert (made.status, list_offered(service_id)) == ("pending_payment", REST)
    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)
    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)
    assert (status_of(made), check_offer(service_id, now=LATER)) == ("confirmed", REST)


def test_deposit_with_expired_hold(tenant):
    service_id, _ = make_shop(price_minor=1000, extra=FULL)
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
    service_id, _ = make_shop(price_minor=1000, extra=FULL)
    waiting = book(service_id)

    assert override(service_id).status == "confirmed"

    accept_payment(booking_id=waiting.booking_id, now=NOW, by=STAFF)
    assert check_offer(service_id) == REST


def test_deposit_with_rule(tenant):
    service_id, _ = make_shop(2, price_minor=1000, extra=FULL)
    limit(service_id, 1)

    book(service_id)

    assert check_offer(service_id) == []
    assert check_offer(service_id, now=LATER) == ALL


def test_deposit_with_add_ons(tenant):
    service_id, _ = make_shop(price_minor=1000, extra={"deposit_kind": "percent", "deposit_percent": 50})
    extra = make_add_on(service_id, price_minor=500)

    held = hold(service_id, add_on_ids=(extra,))

    assert (held.price_minor, held.deposit_minor) == (1500, 750)


def test_deposit_with_several_services(tenant):
    person = make_resource(make_place())
    free = make_service((person,), price_minor=300)
    paid = make_service((person,), price_minor=1000, extra=FULL)

    # Each service asks for its own part, in whatever order they are booked.
    assert hold(free, further_service_ids=(paid,)).deposit_minor == 1000
    assert hold(paid, hours_later(2), further_service_ids=(free,)).deposit_minor == 1000
    assert book(free, hours_later(4), further_service_ids=(paid,)).status == "pending_payment"


def test_deposit_with_reschedule(tenant):
    service_id, _ = make_shop(price_minor=1000, extra=FULL)
    made = book(service_id)
    with pytest.raises(TransitionRefused):
        move(made, hours_later(2))
    accept_payment(booking_id=made.booking_id, now=NOW, by=STAFF)

    moved = move(made, hours_later(2))

    seen = Booking.objects.get(pk=made.booking_id)
    assert (moved.status, seen.deposit_minor, seen.starts_at) == ("confirmed", 1000, hours_later(2))


def test_hold_with_override(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)

    forced = override(service_id)
    submit(held)
    cancel_booking(booking_id=forced.booking_id, reason="Ya no", now=NOW, by=STAFF)

    assert check_offer(service_id) == REST


def test_hold_with_rule(tenant):
    service_id, _ = make_shop(2)
    limit(service_id, 1)

    held = hold(service_id)
    assert check_offer(service_id) == []
    assert submit(held).status == "confirmed"

    assert list(RuleUsage.objects.values_list("used", "quota")) == [(1, 1)]


def test_hold_with_add_ons(tenant):
    service_id, _ = make_shop()
    extra = make_add_on(service_id, minutes=30)

    hold(service_id, add_on_ids=(extra,))

    assert check_offer(service_id) == list(range(11, 17))


def test_hold_with_several_services(tenant):
    one, two = (make_resource(place, name) for place in [make_place()] for name in ("Eva", "Leo"))
    first, second = make_service((one,)), make_service((two,))

    made = submit(hold(first, further_service_ids=(second,)))

    assert list_taken(made.booking_id) == [(one, 9, 10), (two, 10, 11)]
    assert check_offer(second) == [9, *range(11, 17)]


def test_hold_with_party(tenant):
    service_id = make_service((make_resource(make_place(), capacity=3),), max_party_size=3)

    hold(service_id, party_size=2)

    assert check_offer(service_id, party_size=1) == ALL
    assert check_offer(service_id, party_size=2) == REST


def test_hold_with_choice(tenant):
    service_id, (one, two) = make_shop(2)
    held = hold(service_id, resource_id=two)

    assert check_offer(service_id, resource_id=two) == REST
    assert list_taken(submit(held).booking_id) == [(two, 9, 10)]
    assert list_taken(book(service_id).booking_id) == [(one, 9, 10)]


def test_hold_with_reschedule(tenant):
    service_id, _ = make_shop()
    made, held = book(service_id), hold(service_id, hours_later(1))

    with pytest.raises(SlotTaken):
        move(made, hours_later(1))

    assert move(made, hours_later(1), now=held.expires_at).status == "confirmed"
    with pytest.raises(HoldExpired):
        submit(held, now=held.expires_at)


def test_hold_with_buffers(tenant):
    service_id, _ = make_shop(buffer_after_minutes=15)

    hold(service_id)

    assert check_offer(service_id) == list(range(11, 17))


def test_hold_with_several_resources(tenant):
    place = make_place()
    person, bay = make_resource(place), make_resource(place, "Bahía")
    both, only_bay = make_service((person,), (bay,)), make_service((bay,))

    held = hold(both)

    assert check_offer(only_bay) == REST
    assert check_offer(only_bay, now=held.expires_at) == ALL


def test_hold_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)

    first, second = hold(service_id), hold(service_id)

    assert [list_taken(each.id)[0][0] for each in (first, second)] == [one, two]
    submit(first)
    assert read_ledger(service_id) == {one: 1, two: 1}


def test_expired_hold_with_rule(tenant):
    service_id, _ = make_shop(2)
    limit(service_id, 60, Measure.MINUTES)
    held = hold(service_id)

    # Nobody swept: the counter still holds what the hold used, and it does not count.
    assert check_offer(service_id, now=LATER) == ALL
    book(service_id, hours_later(3), now=LATER)

    assert list(RuleUsage.objects.values_list("used", flat=True)) == [60]
    with pytest.raises(HoldExpired):
        submit(held, now=LATER)


def test_expired_hold_with_override(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)

    forced = override(service_id, now=LATER)

    # The place was free: nothing had to be forced.
    assert list(Booking.objects.get(pk=forced.booking_id).allocations.values_list("is_override")) == [(False,)]
    with pytest.raises(HoldExpired):
        submit(held, now=LATER)


def test_expired_hold_with_choice(tenant):
    service_id, (_, two) = make_shop(2)
    held = hold(service_id, resource_id=two)
    book(service_id, resource_id=two, now=LATER)

    # The other one is free, but was not chosen.
    with pytest.raises(HoldExpired) as refusal:
        submit(held, now=LATER)
    assert [slot.starts_at for slot in refusal.value.alternatives] == [hours_later(hour) for hour in (1, 2, 3)]


def test_expired_hold_with_several_resources(tenant):
    place = make_place()
    people, bays = ([make_resource(place, f"{kind} {n}") for n in range(2)] for kind in "PB")
    service_id = make_service(tuple(people), tuple(bays))
    held = hold(service_id)
    book(service_id, now=LATER)

    made = submit(held, now=LATER)

    assert (made.status, list_taken(made.booking_id)) == ("confirmed", [(people[1], 9, 10), (bays[1], 9, 10)])
    assert check_offer(service_id, now=LATER) == REST


def test_expired_hold_with_buffers(tenant):
    service_id, _ = make_shop(buffer_after_minutes=30)
    hold(service_id)

    assert check_offer(service_id) == list(range(11, 17))
    assert check_offer(service_id, now=LATER) == ALL


def test_expired_hold_with_closed_day(tenant):
    from scheduling.models import TimeOff

    service_id, (person,) = make_shop()
    held = hold(service_id)
    TimeOff.objects.create(resource_id=person, starts_at=MONDAY, ends_at=hours_later(8))

    with pytest.raises(HoldExpired):
        submit(held, now=LATER)
    assert check_offer(service_id, now=LATER) == []


def test_override_with_rule(tenant):
    service_id, _ = make_shop(2)
    limit(service_id, 1)
    made = book(service_id)

    forced = override(service_id, hours_later(2))
    assert check_offer(service_id) == []
    cancel_booking(token=made.manage_token, now=NOW, by=CUSTOMER)

    # What staff forced still counts: one of one.
    assert check_offer(service_id) == []
    cancel_booking(booking_id=forced.booking_id, reason="Ya no", now=NOW, by=STAFF)
    assert check_offer(service_id) == ALL


def test_override_with_add_ons(tenant):
    service_id, _ = make_shop()
    extra = make_add_on(service_id, minutes=60)
    book(service_id)

    override(service_id, add_on_ids=(extra,))

    assert check_offer(service_id) == list(range(11, 17))


def test_override_with_several_services(tenant):
    place = make_place()
    one, two = make_resource(place, "Eva"), make_resource(place, "Leo")
    first, second = make_service((one,)), make_service((two,))
    book(second, hours_later(1))

    made = override(first, further_service_ids=(second,))

    assert list_taken(made.booking_id) == [(one, 9, 10), (two, 10, 11)]
    assert check_offer(second) == [9, *range(11, 17)]


def test_override_with_party(tenant):
    service_id = make_service((make_resource(make_place(), capacity=2),), max_party_size=2)

    override(service_id, party_size=5)

    assert check_offer(service_id) == REST


def test_override_with_choice(tenant):
    service_id, (_, two) = make_shop(2)
    book(service_id, resource_id=two)

    made = override(service_id, resource_id=two)

    assert list_taken(made.booking_id) == [(two, 9, 10)]
    assert check_offer(service_id) == ALL


def test_override_with_reschedule(tenant):
    service_id, _ = make_shop()
    book(service_id)
    forced = override(service_id)

    move(forced, hours_later(3), by=STAFF)

    seen = Booking.objects.get(pk=forced.booking_id)
    assert list(seen.allocations.filter(is_active=True).values_list("is_override")) == [(False,)]
    # The new place is regular: the reason was one for the old place, where history has it.
    assert (seen.override_reason, seen.overridden_by_id) == ("", None)
    assert [step.reason for step in list_history(booking_id=seen.pk)] == ["Urgencia", ""]
    assert check_offer(service_id) == [10, 11, 13, 14, 15, 16]


def test_override_with_reschedule_when_staff_forces_the_new_time_too(tenant):
    service_id, _ = make_shop()
    for hour in range(2):
        book(service_id, hours_later(hour))
    forced = override(service_id)

    move(forced, hours_later(1), by=STAFF, override=OverrideReason(reason="Se alargó", user_id=8))

    seen = Booking.objects.get(pk=forced.booking_id)
    assert (seen.override_reason, seen.overridden_by_id) == ("Se alargó", 8)
    assert list(seen.allocations.filter(is_active=True).values_list("is_override")) == [(True,)]
    assert check_offer(service_id) == list(range(11, 17))


def test_override_with_buffers(tenant):
    service_id, _ = make_shop(buffer_after_minutes=30)
    book(service_id)

    made = override(service_id, hours_later(1))

    assert [(row[1], row[2]) for row in list_taken(made.booking_id)] == [(10, 11.5)]
    assert check_offer(service_id) == list(range(12, 17))


def test_override_with_several_resources(tenant):
    place = make_place()
    person, bay = make_resource(place), make_resource(place, "Bahía")
    both, only_bay = make_service((person,), (bay,)), make_service((bay,))
    book(only_bay)

    made = override(both)

    assert list_taken(made.booking_id) == [(person, 9, 10), (bay, 9, 10)]
    assert check_offer(both) == REST


def test_override_with_closed_day(tenant):
    service_id = make_service((make_resource(make_place(), overrides=open_only(9, 12)),))

    override(service_id, hours_later(5))

    assert check_offer(service_id) == [9, 10, 11]


def test_override_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)

    for _ in range(2):
        override(service_id)

    assert read_ledger(service_id) == {one: 1, two: 1}
    assert check_offer(service_id) == REST
