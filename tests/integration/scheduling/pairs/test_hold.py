"""Holds, in time and ended, with what else a booking can be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import Measure, Strategy
from scheduling.errors import HoldExpired, SlotTaken, SlotUnavailable
from scheduling.models import Booking, RuleUsage, TimeOff
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import release_hold
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    limit,
    list_taken,
    make_add_on,
    move,
    open_only,
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

    made = submit(hold((first, second)))

    assert list_taken(made.booking_id) == [(one, 9, 10), (two, 10, 11)]
    assert check_offer(second) == [9, *range(11, 17)]


def test_hold_with_party(tenant):
    service_id = make_service((make_resource(make_place(), capacity=3),), max_party_size=3)

    hold(service_id, party_size=2)

    assert check_offer(service_id, party_size=1) == ALL
    assert check_offer(service_id, party_size=2) == REST


def test_hold_with_choice(tenant):
    service_id, (one, two) = make_shop(2)
    held = hold(service_id, resource_ids=(two,))

    assert check_offer(service_id, resource_ids=(two,)) == REST
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
    held = hold(service_id, resource_ids=(two,))
    book(service_id, resource_ids=(two,), now=LATER)

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


def test_hold_with_expired_hold(tenant):
    service_id, _ = make_shop()
    ended = hold(service_id)
    held = hold(service_id, now=LATER)

    with pytest.raises(HoldExpired):
        submit(ended, now=LATER)
    assert check_offer(service_id, now=LATER) == REST
    release_hold(hold_id=held.id, token=held.token, now=LATER)

    # The one who came second gave it back: the first may still have it.
    assert submit(ended, now=LATER).status == "confirmed"
    assert check_offer(service_id, now=LATER) == REST


def test_hold_with_closed_day(tenant):
    person = make_resource(make_place(), overrides=open_only(9, 12))
    service_id = make_service((person,))
    with pytest.raises(SlotUnavailable):
        hold(service_id, hours_later(3))
    held = hold(service_id, hours_later(2))
    TimeOff.objects.create(resource_id=person, starts_at=MONDAY, ends_at=hours_later(8))

    # What was held before the day was closed is kept as long as the hold.
    assert submit(held).status == "confirmed"
    assert check_offer(service_id) == []


def test_expired_hold_with_add_ons(tenant):
    service_id, _ = make_shop(price_minor=1000)
    extra = make_add_on(service_id, minutes=30, price_minor=500)
    first, second = hold(service_id, add_on_ids=(extra,)), hold(service_id, hours_later(3), add_on_ids=(extra,))
    book(service_id, hours_later(4), now=LATER)

    made = submit(first, now=LATER)
    # 12:00 is free for an hour, not for an hour and a half.
    with pytest.raises(HoldExpired):
        submit(second, now=LATER)

    assert [row[1:] for row in list_taken(made.booking_id)] == [(9, 10.5)]
    assert get_booking(booking_id=made.booking_id).price_minor == 1500
    assert check_offer(service_id, now=LATER) == [11, 12, 14, 15, 16]


def test_expired_hold_with_several_services(tenant):
    place = make_place()
    one, two = make_resource(place, "Eva"), make_resource(place, "Leo")
    first, second = make_service((one,)), make_service((two,))
    kept, lost = (hold((first, second), hours_later(hour)) for hour in (0, 3))
    book(second, hours_later(4), now=LATER)

    made = submit(kept, now=LATER)
    with pytest.raises(HoldExpired):
        submit(lost, now=LATER)

    assert list_taken(made.booking_id) == [(one, 9, 10), (two, 10, 11)]
    assert check_offer(first, now=LATER) == REST
    assert check_offer(second, now=LATER) == [9, 11, 12, 14, 15, 16]


@pytest.mark.parametrize(("others", "is_kept"), [(1, True), (2, False)])
def test_expired_hold_with_party(tenant, others, is_kept):
    service_id = make_service((make_resource(make_place(), capacity=3),), max_party_size=3)
    held = hold(service_id, party_size=2)
    book(service_id, party_size=others, now=LATER)

    if is_kept:
        assert submit(held, now=LATER).status == "confirmed"
    else:
        with pytest.raises(HoldExpired):
            submit(held, now=LATER)

    assert check_offer(service_id, party_size=1, now=LATER) == (REST if is_kept else ALL)
    assert check_offer(service_id, party_size=2, now=LATER) == REST


def test_expired_hold_with_reschedule(tenant):
    service_id, _ = make_shop()
    held, made = hold(service_id), book(service_id, hours_later(1))

    move(made, MONDAY, now=LATER)
    with pytest.raises(HoldExpired):
        submit(held, now=LATER)
    move(made, hours_later(2), now=LATER)

    late = submit(held, now=LATER)
    move(late, hours_later(3), now=LATER)
    assert check_offer(service_id, now=LATER) == [9, 10, 13, 14, 15, 16]


def test_expired_hold_with_round_robin(tenant):
    service_id, people = make_shop(2, strategy=Strategy.ROUND_ROBIN)
    held = hold(service_id)

    late, next_one = submit(held, now=LATER), book(service_id, now=LATER)

    assert {list_taken(each.booking_id)[0] for each in (late, next_one)} == {(each, 9, 10) for each in people}
    assert check_offer(service_id, now=LATER) == REST
