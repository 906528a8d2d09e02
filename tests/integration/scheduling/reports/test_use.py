"""Occupancy equals what counting minute by minute gives, also when the clock jumps; and what found no place."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.engine import WeeklyPeriod
from scheduling.models import Allocation, Booking, DateOverride, Location, RefusedDemand, Resource, Service, TimeOff
from scheduling.selectors.reports.hours import cut_week_cells
from scheduling.selectors.reports.refused import tally_refused
from scheduling.selectors.reports.use import measure_use
from scheduling.types.reports import ReportDays, ReportFilters
from scheduling.types.reports.use import RefusedTally, ResourceUse, Use
from tests.factories.reports import make_bookings, make_row
from tests.factories.scheduling import MONDAY, NOW, book, make_place, make_resource, make_service, make_shop

NEW_YORK = "America/New_York"
KEPT = ("confirmed", "arrived", "in_progress", "completed", "no_show")
MINUTE = timedelta(minutes=1)
NIGHT = tuple(WeeklyPeriod(weekday, 30, 270) for weekday in range(7))
"""From half past twelve to half past four, over every change of the clocks."""


def find(resource_id: int, days: ReportDays, **filters) -> ResourceUse:
    return next(each for each in measure_use(days, ReportFilters(**filters)) if each.id == resource_id)


def count_minutes(days: ReportDays, resource_id: int) -> dict[int, int]:
    """The cells of what is taken, minute by minute."""
    zone, found = ZoneInfo(days.timezone), Counter()
    for each in Allocation.objects.filter(resource_id=resource_id, is_active=True).select_related("booking"):
        if each.booking.status not in KEPT or each.booking.is_sample:
            continue
        at = each.starts_at
        while at < each.ends_at:
            wall = at.astimezone(zone)
            if days.first <= wall.date() <= days.last:
                found[wall.weekday() * 24 + wall.hour] += 1
            at += MINUTE
    return dict(found)


@pytest.mark.parametrize(
    ("timezone", "first", "last", "opened"),
    [
        (NEW_YORK, date(2026, 3, 7), date(2026, 3, 9), 3 * 240 - 60),  # the 8th has 23 hours
        (NEW_YORK, date(2026, 10, 31), date(2026, 11, 2), 3 * 240 + 60),  # the 1st has 25
        ("Australia/Lord_Howe", date(2026, 10, 3), date(2026, 10, 5), 3 * 240 - 30),  # half an hour
        ("Asia/Kathmandu", date(2026, 3, 7), date(2026, 3, 9), 3 * 240),  # 5:45 ahead of UTC
    ],
)
def test_taken_and_open_minutes_are_those_of_the_clock(tenant, timezone, first, last, opened):
    place = make_place(timezone)
    person = make_resource(place, "Persona 1", hours=NIGHT)
    make_service((person,))
    days = ReportDays(first, last, timezone)
    make_bookings(days.since, days=3, count=150)

    found = find(person, days)

    taken = {cell: use.taken_minutes for cell, use in enumerate(found.cells) if use.taken_minutes}
    assert taken == count_minutes(days, person)
    assert found.total.open_minutes == opened
    assert len(taken) > 24


def test_open_time_has_no_breaks_closed_days_and_absences_and_counts_every_place(tenant):
    place = make_place()
    person = make_resource(place, "Persona 1", hours=(WeeklyPeriod(0, 540, 1020), WeeklyPeriod(1, 540, 1020)))
    Resource.objects.filter(pk=person).update(capacity=2)
    make_service((person,))
    days = ReportDays(MONDAY.date(), MONDAY.date() + timedelta(days=7), "UTC")  # two Mondays and a Tuesday
    full = find(person, days)
    TimeOff.objects.create(resource_id=person, starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=3))
    DateOverride.objects.create(resource_id=person, on=days.last, periods=[])

    found = find(person, days)

    assert (full.total, found.total) == (Use(0, 2 * 3 * 480), Use(0, 2 * (480 + 300)))
    assert [found.cells[9].open_minutes, found.cells[12].open_minutes, found.cells[24 + 9].open_minutes] == [
        0,
        120,
        120,
    ]
    assert (found.total.share, Use().share) == (0.0, None)


def test_what_is_held_called_off_or_a_sample_takes_nothing_and_a_group_takes_once(tenant):
    service_id, (person,) = make_shop(seats=4)
    days = ReportDays(MONDAY.date(), MONDAY.date(), "UTC")
    book(service_id)
    book(service_id)
    group = find(person, days).total.taken_minutes
    Booking.objects.update(status="held", hold_expires_at=NOW)
    held = find(person, days).total.taken_minutes
    Booking.objects.filter(pk=Booking.objects.first().pk).update(status="no_show", hold_expires_at=None)
    one = find(person, days).total.taken_minutes
    Booking.objects.update(is_sample=True)

    assert (group, held, one, find(person, days).total.taken_minutes) == (60, 0, 60, 0)


def test_filters_leave_their_resources_and_bookings(tenant):
    service_id, (person, other) = make_shop(people=2)
    place = Location.objects.latest("pk")
    days = ReportDays(MONDAY.date(), MONDAY.date(), "UTC")
    service = Service.objects.get(pk=service_id)
    rows = Booking.objects.bulk_create(
        make_row(service, place, MONDAY + timedelta(hours=hour), source=source, arrived_at=arrived)
        for hour, (source, arrived) in enumerate(
            (("page", None), ("workspace", None), ("workspace", MONDAY), ("workspace", NOW))
        )
    )
    Booking.objects.filter(pk=rows[2].pk).update(created_at=MONDAY)
    Allocation.objects.bulk_create(
        Allocation(booking=row, resource_id=person, starts_at=row.starts_at, ends_at=row.ends_at, is_override=True)
        for row in rows
    )

    def take(**filters) -> int:
        return find(person, days, **filters).total.taken_minutes

    assert [take(), take(door="page"), take(door="workspace"), take(door="walk_in")] == [240, 60, 120, 60]
    assert [take(service_id=service_id), take(service_id=0)] == [240, 0]
    found = measure_use(days, ReportFilters(location_id=place.pk))
    assert [each.id for each in found] == [person, other]
    assert [each.id for each in measure_use(days, ReportFilters(resource_id=other))] == [other]
    assert measure_use(days, ReportFilters(location_id=0)) == ()
    assert (found[0].type_name, found[0].is_person, found[0].total.share) == ("Persona", True, 0.5)


def test_hours_of_days_follow_each_other_without_a_gap():
    short = cut_week_cells(ReportDays(date(2026, 3, 8), date(2026, 3, 8), NEW_YORK))
    long = cut_week_cells(ReportDays(date(2026, 11, 1), date(2026, 11, 1), NEW_YORK))

    assert [cell - 144 for cell in short.cells] == [0, 1, *range(3, 24)]
    assert [cell - 144 for cell in long.cells] == [0, 1, 1, *range(2, 24)]
    assert (sum(short.spread([(0, 2**31)])), sum(long.spread([(0, 2**31)]))) == (23 * 60, 25 * 60)
    assert sum(short.spread([(0, 60), (2**30, 2**31)])) == 0


def test_searches_in_vain_are_counted_by_day_hour_and_service(tenant):
    service_id, _ = make_shop()
    other_id, _ = make_shop()
    first, second = (Service.objects.get(pk=each) for each in (service_id, other_id))
    place = Location.objects.latest("pk")
    on = MONDAY.date()
    RefusedDemand.objects.bulk_create(
        RefusedDemand(service=service, on=day, hour=hour, location=where, party_size=size, count=count)
        for service, day, hour, where, size, count in (
            (first, on, 9, None, 1, 3), (first, on, 9, place, 2, 4), (second, on, None, place, 1, 5),
            (first, on - timedelta(days=1), 9, None, 1, 50), (first, on + timedelta(days=2), 9, None, 1, 50),
        )
    )  # fmt: skip
    days = ReportDays(on, on + timedelta(days=1), "UTC")

    found = tally_refused(days, ReportFilters())

    assert found == (RefusedTally(on, 9, first.name, 7, first.pk), RefusedTally(on, None, second.name, 5, second.pk))
    assert tally_refused(days, ReportFilters(location_id=place.pk, service_id=service_id)) == (
        RefusedTally(on, 9, first.name, 4, first.pk),
    )
    assert tally_refused(ReportDays(date(2020, 1, 1), date(2020, 1, 1), "UTC"), ReportFilters()) == ()
