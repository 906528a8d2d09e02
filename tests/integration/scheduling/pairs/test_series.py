"""A recurring booking, together with every other feature."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import RulePeriod, Strategy
from scheduling.enums import ConflictChoice, DepositKind
from scheduling.errors import SeriesConflict
from scheduling.models import Booking
from tests.factories.feature_pairs import (
    check_offer,
    hold,
    limit,
    list_outcomes,
    list_taken,
    make_add_on,
    move,
    open_only,
    override,
    read_ledger,
    repeat,
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

TUESDAY = hours_later(24)


def read(field):
    return list(Booking.objects.filter(series__isnull=False).order_by("starts_at").values_list(field, flat=True))


@pytest.mark.parametrize(("by", "status"), [(CUSTOMER, "pending_approval"), (STAFF, "confirmed")])
def test_series_with_approval(tenant, by, status):
    service_id, _ = make_shop(approval="request")

    assert list_outcomes(repeat(service_id, by=by)) == ["booked"] * 3

    assert read("status") == [status] * 3
    assert check_offer(service_id) == list(range(10, 17))


def test_series_with_hold(tenant):
    service_id, _ = make_shop()
    hold(service_id, TUESDAY)

    assert list_outcomes(repeat(service_id)) == ["booked", "skipped", "booked"]

    with pytest.raises(SeriesConflict):
        repeat(service_id, choice=ConflictChoice.FAIL, starts_at=TUESDAY)


def test_series_with_override(tenant):
    service_id, _ = make_shop()
    book(service_id, TUESDAY)
    override(service_id, TUESDAY)

    report = repeat(service_id, choice=ConflictChoice.MOVE)

    assert [each.starts_at for each in report.dates] == [MONDAY, hours_later(25), hours_later(48)]


def test_series_with_rule(tenant):
    service_id, _ = make_shop()
    limit(service_id, 2, period=RulePeriod.WEEK)

    assert list_outcomes(repeat(service_id, choice=ConflictChoice.MOVE)) == ["booked", "booked", "skipped"]

    assert check_offer(service_id) == []


@pytest.mark.parametrize("by", [CUSTOMER, STAFF])
def test_series_with_deposit(tenant, by):
    service_id, _ = make_shop(price_minor=900, deposit_kind=DepositKind.PERCENT, deposit_percent=50)

    repeat(service_id, by=by)

    assert (read("status"), read("deposit_minor")) == (["pending_payment"] * 3, [450] * 3)


def test_series_with_add_ons(tenant):
    service_id, _ = make_shop(price_minor=1000)
    extra = make_add_on(service_id, minutes=30, price_minor=500)

    repeat(service_id, add_on_ids=(extra,))

    assert read("price_minor") == [1500] * 3
    assert read("ends_at") == [hours_later(24 * day + 1.5) for day in range(3)]
    assert check_offer(service_id) == list(range(11, 17))


def test_series_with_several_services(tenant):
    place = make_place()
    person = make_resource(place)
    one, two = make_service((person,)), make_service((person,), name="Barba", duration_minutes=30)
    book(two, hours_later(25))

    assert list_outcomes(repeat((one, two))) == ["booked", "skipped", "booked"]

    assert read("ends_at") == [hours_later(1.5), hours_later(49.5)]


def test_series_with_party(tenant):
    place = make_place()
    service_id = make_service((make_resource(place, capacity=3),), max_party_size=3)
    book(service_id, TUESDAY, party_size=2)

    assert list_outcomes(repeat(service_id, party_size=2)) == ["booked", "skipped", "booked"]

    assert check_offer(service_id, party_size=2) == list(range(10, 17))
    assert check_offer(service_id, party_size=1) == list(range(9, 17))


def test_series_with_choice(tenant):
    service_id, (one, two) = make_shop(2)
    book(service_id, TUESDAY, resource_ids=(two,))

    assert list_outcomes(repeat(service_id, resource_ids=(two,))) == ["booked", "skipped", "booked"]
    assert list_outcomes(repeat(service_id, resource_ids=(one,))) == ["booked"] * 3

    assert check_offer(service_id) == list(range(10, 17))


def test_series_with_reschedule(tenant):
    service_id, _ = make_shop()
    first = repeat(service_id).dates[0]

    move(first, hours_later(25))

    assert read("starts_at") == [TUESDAY, hours_later(25), hours_later(48)]
    assert check_offer(service_id) == list(range(9, 17))


def test_series_with_buffers(tenant):
    service_id, _ = make_shop(buffer_before_minutes=30, buffer_after_minutes=30, step_minutes=30)
    book(service_id, hours_later(25))

    report = repeat(service_id, choice=ConflictChoice.MOVE)

    # 9:00 needs an hour (both buffers) before the visit at 10:00, and 12:00 is the next that has one.
    assert [each.starts_at for each in report.dates] == [MONDAY, hours_later(27), hours_later(48)]


def test_series_with_several_resources(tenant):
    place = make_place()
    people = [make_resource(place, name) for name in ("Eva", "Leo")]
    bay = make_resource(place, "Bahía")
    repair, wash = make_service(tuple(people), (bay,)), make_service((bay,))
    book(wash, TUESDAY)

    report = repeat(repair)

    assert list_outcomes(report) == ["booked", "skipped", "booked"]
    assert list_taken(report.dates[0].booking_id) == [(people[0], 9, 10), (bay, 9, 10)]


def test_series_with_expired_hold(tenant):
    service_id, _ = make_shop()
    hold(service_id, TUESDAY, now=NOW - timedelta(hours=1))

    assert list_outcomes(repeat(service_id)) == ["booked"] * 3


@pytest.mark.parametrize(
    ("hours", "outcomes"), [((0, 0), ["booked", "skipped", "booked"]), ((12, 14), ["booked", "moved", "booked"])]
)
def test_series_with_closed_day(tenant, hours, outcomes):
    overrides = open_only(*hours, day=TUESDAY.date())
    service_id = make_service((make_resource(make_place(), overrides=overrides),))

    assert list_outcomes(repeat(service_id, choice=ConflictChoice.MOVE)) == outcomes


def test_series_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)

    report = repeat(service_id, rule="FREQ=DAILY;COUNT=4")

    assert [list_taken(each.booking_id)[0][0] for each in report.dates] == [one, two, one, two]
    assert read_ledger(service_id) == {one: 2, two: 2}


def test_series_keeps_the_wall_time_of_the_location_that_serves_it(tenant):
    # The workshop's first location is in Mexico, where clocks do not change.
    service_id = make_service((make_resource(make_place("Europe/Madrid")),))

    report = repeat(service_id, rule="FREQ=WEEKLY;COUNT=12")

    # 10:00 in Madrid, before and after the clocks change on 29 March.
    assert list_outcomes(report) == ["booked"] * 12
    assert [each.starts_at.hour for each in report.dates] == [9] * 11 + [8]
