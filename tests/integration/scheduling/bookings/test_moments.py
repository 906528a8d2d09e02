"""Rules that limit what is there at the same time, and rules that count only some starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import HoldExpired, SlotTaken
from scheduling.models import Booking, CapacityRule, Location, RuleTake, RuleUsage
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.catalog.entries import get_rule_entry
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot, release_hold
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.catalog.door import archive, restore
from scheduling.services.catalog.rules import NOUN, change_rule
from scheduling.types import AvailabilityQuery, OverrideReason, SlotRequest
from tests.factories.scheduling import (
    DETAILS,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_rule,
    make_shop,
    make_wish,
)


@pytest.fixture
def shop(tenant) -> int:
    return make_shop(4, step_minutes=30)[0]


@pytest.fixture
def two(shop) -> int:
    """Two at the same time."""
    return make_rule(RuleScope.TENANT, RulePeriod.MOMENT, 2)


def count_takes() -> int:
    return RuleTake.objects.count()


def list_starts(service_id, on=MONDAY, **values):
    query = AvailabilityQuery(make_wish(service_id), from_on=on.date(), to_on=on.date(), **values)
    return [slot.starts_at for slot in get_availability(query=query, now=NOW).days[0].slots]


def test_no_minute_has_more_than_the_limit(shop, two):
    book(shop, hours_later(1))
    book(shop, hours_later(1.5))

    starts = list_starts(shop)

    assert [each for each in (hours_later(hour / 2) for hour in range(6)) if each not in starts] == [
        hours_later(1), hours_later(1.5),
    ]  # fmt: skip
    with pytest.raises(SlotTaken):
        book(shop, hours_later(1))
    assert book(shop).status == "confirmed"
    assert book(shop, hours_later(2)).status == "confirmed"
    assert book(shop, hours_later(0.5)).status == "confirmed"
    with pytest.raises(SlotTaken):
        book(shop, hours_later(0.5))
    assert set(RuleTake.objects.values_list("rule_id", "lane")) == {(two, 0), (two, 1)}
    assert count_takes() == 5


def test_cancelling_moving_and_releasing_give_it_back(shop, two):
    first, second = book(shop), book(shop)
    held = hold_slot(request=SlotRequest(make_wish(shop), hours_later(3)), now=NOW, source="page")
    assert count_takes() == 3

    cancel_booking(booking_id=first.booking_id, reason="x", now=NOW, by=STAFF)
    release_hold(hold_id=held.id, token=held.token, now=NOW)
    move_booking(booking_id=second.booking_id, starts_at=hours_later(0.5), now=NOW, by=STAFF)

    assert list(RuleTake.objects.values_list("booking_id", "starts_at", "ends_at")) == [
        (second.booking_id, hours_later(0.5), hours_later(1.5))
    ]


def test_moving_ignores_itself(tenant):
    service_id, _ = make_shop(2, step_minutes=30)
    make_rule(RuleScope.TENANT, RulePeriod.MOMENT, 1)
    made = book(service_id)

    assert hours_later(0.5) in list_starts(service_id, moving_booking_id=made.booking_id)
    move_booking(booking_id=made.booking_id, starts_at=hours_later(0.5), now=NOW, by=STAFF)

    assert list(RuleTake.objects.values_list("starts_at", flat=True)) == [hours_later(0.5)]


def test_ended_hold_is_in_nobodys_way(shop, two):
    request = SlotRequest(make_wish(shop), MONDAY)
    held = [hold_slot(request=request, now=NOW, source="page", hold_minutes=1) for _ in range(2)]
    later = NOW + timedelta(minutes=2)
    with pytest.raises(SlotTaken):
        book(shop)

    made = [book(shop, now=later) for _ in range(2)]

    assert set(RuleTake.objects.values_list("booking_id", flat=True)) == {each.booking_id for each in made}
    with pytest.raises(HoldExpired):
        submit_booking(hold_id=held[0].id, token=held[0].token, details=DETAILS, now=later)


def test_staff_with_a_reason_and_imports_lie_over_it(shop, two):
    made = [book(shop), book(shop)]
    book_slot(
        request=SlotRequest(make_wish(shop), MONDAY), details=DETAILS, now=NOW, source="workspace", by=STAFF,
        override=OverrideReason(reason="Urgente"),
    )  # fmt: skip
    import_booking(service_id=shop, starts_at=hours_later(0.5), resource_ids=(taken_by(made[0]),), now=NOW)

    assert sorted(RuleTake.objects.values_list("lane", flat=True), key=str) == [0, 1, None, None]
    assert hours_later(0.5) not in list_starts(shop)
    cancel_booking(booking_id=made[0].booking_id, reason="x", now=NOW, by=STAFF)
    assert MONDAY not in list_starts(shop)


def taken_by(made) -> int:
    return Booking.objects.get(pk=made.booking_id).allocations.first().resource_id


def test_seats_take_a_lane_each(tenant):
    service_id, _ = make_shop(1, seats=6)
    make_rule(RuleScope.TENANT, RulePeriod.MOMENT, 4, Measure.SEATS)

    book(service_id, party_size=3)
    with pytest.raises(SlotTaken):
        book(service_id, party_size=2)
    book(service_id, party_size=1)

    assert sorted(RuleTake.objects.values_list("lane", flat=True)) == [0, 1, 2, 3]


def test_changed_archived_and_restored_rule_takes_anew(shop, two):
    for _ in range(2):
        book(shop)
    setup = get_rule_entry(rule_id=two).setup

    change_rule(rule_id=two, setup=replace(setup, limit=1), version=1, by=STAFF, now=NOW)
    assert sorted(RuleTake.objects.values_list("lane", flat=True), key=str) == [0, None]
    change_rule(rule_id=two, setup=replace(setup, weekdays=(1,)), version=2, by=STAFF, now=NOW)
    assert (count_takes(), Booking.objects.filter(rule_usage=[]).count()) == (0, 2)
    change_rule(rule_id=two, setup=setup, version=3, by=STAFF, now=NOW)
    archive(NOUN, two, version=4, by=STAFF, now=NOW)
    assert count_takes() == 0
    restore(NOUN, two, version=5, by=STAFF, now=NOW)
    assert count_takes() == 2


def test_postgresql_keeps_lanes_apart(shop, two):
    made = book(shop)
    take = RuleTake.objects.get(booking_id=made.booking_id)

    take.pk = None
    with pytest.raises(IntegrityError, match="scheduling_take_free"):
        take.save(force_insert=True)


def test_availability_asks_as_often_with_a_moment(shop, two, django_assert_num_queries):
    book(shop)
    with django_assert_num_queries(2):
        list_starts(shop)
    for hour in range(1, 7):
        book(shop, hours_later(hour))
    make_rule(RuleScope.TENANT, RulePeriod.MOMENT, 3)
    with django_assert_num_queries(2):
        list_starts(shop)


def test_rule_counts_only_the_starts_that_it_names(shop):
    rule = make_rule(
        RuleScope.TENANT, RulePeriod.DAY, 1, weekdays=(0,), from_minute=600, to_minute=720, valid_to=date(2026, 1, 12)
    )
    book(shop)
    assert not RuleUsage.objects.exists()

    book(shop, hours_later(1))

    assert list(RuleUsage.objects.values_list("rule_id", "used")) == [(rule, 1)]
    with pytest.raises(SlotTaken):
        book(shop, hours_later(2))
    assert book(shop, hours_later(3)).status == "confirmed"
    assert book(shop, hours_later(7 * 24 + 1)).status == "confirmed"
    setup = get_rule_entry(rule_id=rule).setup
    change_rule(rule_id=rule, setup=replace(setup, from_minute=None, to_minute=None), version=1, by=STAFF, now=NOW)
    assert list(RuleUsage.objects.values_list("used", "quota")) == [(3, 3)]


def test_rule_of_a_place_may_count_one_way_to_arrive(shop):
    location = Location.objects.order_by("-pk").values_list("pk", flat=True)[0]
    CapacityRule.objects.create(
        scope=RuleScope.LOCATION, location_id=location, arrival_mode="wait", period="day", measure="bookings", limit=0
    )

    assert book(shop).status == "confirmed"


def test_a_changed_limit_still_counts_a_visit_that_began_long_ago(shop, two):
    book(shop)
    since = NOW - timedelta(days=9)
    Booking.objects.update(starts_at=since, ends_at=NOW + timedelta(days=2))
    entry = get_rule_entry(rule_id=two)

    change_rule(rule_id=two, setup=replace(entry.setup, limit=3), version=entry.version, by=STAFF, now=NOW)

    assert count_takes() == 1
