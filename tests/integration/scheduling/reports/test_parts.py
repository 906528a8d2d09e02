"""The list behind a figure has the bookings that a plain statement finds, and as many as the figure says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from scheduling.models import Allocation, Booking, Customer, Location, Resource, Service
from scheduling.selectors.bookings.views import iterate_bookings, list_bookings
from scheduling.selectors.reports.bookings import tally_days, tally_lead, tally_visitors
from scheduling.selectors.reports.use import measure_use
from scheduling.types import BookingFilters
from scheduling.types.reports import BookingTally, FigurePart, ReportDays, ReportFilters, ReportPart
from tests.factories.reports import make_bookings
from tests.factories.scheduling import NOW, book, make_shop

NEW_YORK, CHATHAM, SANTIAGO = "America/New_York", "Pacific/Chatham", "America/Santiago"
REAL = """b.is_test = false AND b.is_sample = false
  AND b.status IN ('confirmed', 'arrived', 'in_progress', 'completed', 'no_show', 'cancelled')
  AND (b.starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s"""
# An hour of the week by the clock of the database: every minute that is taken is looked at by itself.
TAKING = """SELECT DISTINCT b.id FROM scheduling_allocation a JOIN scheduling_resource r ON r.id = a.resource_id
  JOIN scheduling_booking b ON b.id = a.booking_id OR b.session_id = a.session_id,
  LATERAL generate_series(a.starts_at, a.ends_at - interval '1 minute', interval '1 minute') minute
  WHERE a.is_active AND r.is_active AND NOT b.is_test AND NOT b.is_sample
  AND b.status IN ('confirmed', 'arrived', 'in_progress', 'completed', 'no_show')
  AND (minute AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s"""
IN_HOUR = """ AND r.resource_type_id IN (SELECT id FROM scheduling_resourcetype WHERE is_person)
  AND extract(isodow FROM minute AT TIME ZONE %(zone)s) = %(weekday)s + 1
  AND extract(hour FROM minute AT TIME ZONE %(zone)s) = %(hour)s"""
ALL = ReportFilters()


def ask(sql: str, days: ReportDays, **parameters) -> set[int]:
    told = {"zone": days.timezone, "first": days.first, "last": days.last} | parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return {row[0] for row in cursor.fetchall()}


def make_filters(part: FigurePart) -> BookingFilters:
    narrowed = part.filters
    filters = BookingFilters(is_counted=True, part=part, service_id=narrowed.service_id, door=narrowed.door)
    if part.part == ReportPart.TAKING:
        return filters
    return replace(
        filters, location_id=narrowed.location_id, last_of_id=narrowed.resource_id,
        starts_after=part.days.since, starts_before=part.days.until,
    )  # fmt: skip


def find(part: FigurePart) -> set[int]:
    """The rows of the file, which has all of them; a page of the list begins with the same."""
    filters = make_filters(part)
    rows = [row.id for row in iterate_bookings(filters)]
    assert len(rows) == len(set(rows))
    assert [row.id for row in list_bookings(replace(filters, limit=50)).rows] == rows[:50]
    return set(rows)


@pytest.fixture
def month(tenant) -> ReportDays:
    make_shop(people=2)
    make_shop(people=1)
    days = ReportDays(date(2026, 1, 1), date(2026, 1, 31), NEW_YORK)
    make_bookings(days.since, days=31, count=900)
    return days


def test_online_and_lead_lists_equal_plain_statements(month):
    ahead = "greatest(extract(epoch FROM b.starts_at - b.created_at) / 3600, 0)"
    made = f"SELECT b.id FROM scheduling_booking b WHERE {REAL} AND b.source <> 'import'"
    tally = tally_lead(month, ALL)
    steps = ((0, 1), (1, 24), (24, 72), (72, 168), (168, 336), (336, 720), (720, 10**6))

    online = find(FigurePart(ReportPart.ONLINE, month))

    assert online == ask(
        f"SELECT b.id FROM scheduling_booking b WHERE {REAL} AND b.source IN ('page', 'widget')", month
    )
    assert len(online) == sum(tally_days(month, ALL, now=NOW), start=BookingTally()).online
    assert find(FigurePart(ReportPart.MADE, month)) == ask(made, month)
    for step, (low, high) in enumerate(steps):
        found = find(FigurePart(ReportPart.LEAD, month, number=step))
        assert found == ask(f"{made} AND {ahead} >= {low} AND {ahead} < {high}", month)
        assert len(found) == tally.counts[step] > 0
    assert find(FigurePart(ReportPart.LEAD, month, number=999)) == find(FigurePart(ReportPart.LEAD, month, number=6))


@pytest.mark.parametrize("is_narrowed", [False, True])
def test_visitors_lead_to_one_first_visit_each(month, is_narrowed):
    later = ReportDays(date(2026, 1, 10), date(2026, 1, 20), month.timezone)
    quiet = Customer.objects.first()
    Booking.objects.filter(customer=quiet, starts_at__lt=later.since).update(
        status="cancelled", is_active=False, hold_expires_at=None
    )
    service = Service.objects.order_by("pk").last()
    narrowed = ReportFilters(service_id=service.pk) if is_narrowed else ALL
    kept = f"{REAL} AND b.status <> 'cancelled'" + (f" AND b.service_id = {service.pk}" if is_narrowed else "")
    firsts = f"""SELECT (array_agg(b.id ORDER BY b.starts_at, b.id))[1] FROM scheduling_booking b
        WHERE {kept} AND b.customer_id IS NOT NULL GROUP BY b.customer_id
        HAVING %(is_known)s = (b.customer_id IN (SELECT e.customer_id FROM scheduling_booking e
            WHERE e.customer_id IS NOT NULL AND NOT e.is_sample
            AND e.status IN ('confirmed', 'arrived', 'in_progress', 'completed', 'no_show')
            AND (e.starts_at AT TIME ZONE %(zone)s)::date < %(first)s))"""
    tally = tally_visitors(later, narrowed)

    parts = {each: find(FigurePart(each, later, narrowed)) for each in (ReportPart.NEW, ReportPart.RETURNING)}
    unknown = find(FigurePart(ReportPart.UNKNOWN, later, narrowed))

    assert parts[ReportPart.NEW] == ask(firsts, later, is_known=False)
    assert parts[ReportPart.RETURNING] == ask(firsts, later, is_known=True)
    assert unknown == ask(f"SELECT b.id FROM scheduling_booking b WHERE {kept} AND b.customer_id IS NULL", later)
    counts = [len(parts[ReportPart.NEW]), len(parts[ReportPart.RETURNING]), len(unknown)]
    assert counts == [tally.new, tally.returning, tally.unknown]
    assert min(counts) > 0


@pytest.mark.parametrize(
    ("timezone", "first", "last", "cells"),
    [
        (NEW_YORK, date(2026, 3, 7), date(2026, 3, 9), (6 * 24 + 1, 6 * 24 + 2, 6 * 24 + 3)),  # no 2:00 on the 8th
        (NEW_YORK, date(2026, 10, 31), date(2026, 11, 2), (6 * 24 + 1, 6 * 24 + 2)),  # 1:00 twice on the 1st
        (CHATHAM, date(2026, 4, 4), date(2026, 4, 6), (6 * 24 + 1, 6 * 24 + 4)),  # beside 3:45, when it goes back
        (SANTIAGO, date(2026, 9, 5), date(2026, 9, 7), (6 * 24, 6 * 24 + 1)),  # the 6th has no midnight
    ],
)
def test_hours_lead_to_what_takes_them_whatever_the_clock_does(tenant, timezone, first, last, cells):
    make_shop(people=2)
    days = ReportDays(first, last, timezone)
    make_bookings(datetime.combine(first, datetime.min.time(), tzinfo=ZoneInfo(timezone)), days=3, count=400)
    uses = [each for each in measure_use(days, ALL) if each.is_person]

    for cell in cells:
        found = find(FigurePart(ReportPart.TAKING, days, number=cell))

        assert found == ask(TAKING + IN_HOUR, days, weekday=cell // 24, hour=cell % 24)
        assert bool(found) == any(each.cells[cell].taken_minutes for each in uses)
    assert any(find(FigurePart(ReportPart.TAKING, days, number=cell)) for cell in cells)
    assert find(FigurePart(ReportPart.TAKING, days)) == ask(TAKING, days)
    assert find(FigurePart(ReportPart.TAKING, days, number=999)) == set()


def test_what_narrows_occupancy_narrows_its_list(month):
    person, place = Resource.objects.order_by("pk").last(), Location.objects.order_by("pk").last()
    service = Service.objects.order_by("pk").last()
    narrowed = {
        ReportFilters(resource_id=person.pk): f" AND r.id = {person.pk}",
        ReportFilters(location_id=place.pk): f" AND r.location_id = {place.pk}",
        ReportFilters(service_id=service.pk, door="api"): f" AND b.service_id = {service.pk} AND b.source = 'api'",
    }

    for filters, condition in narrowed.items():
        found = find(FigurePart(ReportPart.TAKING, month, filters))
        assert found == ask(TAKING + condition, month)
        assert len(found) > 3


def test_group_takes_its_time_with_all_of_its_bookings(tenant):
    Resource.objects.update(is_active=False)
    service_id, _ = make_shop(seats=4)
    ids = {book(service_id).booking_id, book(service_id).booking_id}
    taken = Allocation.objects.get()
    on = taken.starts_at.date()
    days = ReportDays(on, on, "UTC")
    cell = on.weekday() * 24 + taken.starts_at.hour

    assert find(FigurePart(ReportPart.TAKING, days, number=cell)) == ids
    assert (
        find(FigurePart(ReportPart.TAKING, ReportDays(on - timedelta(days=1), on - timedelta(days=1), "UTC"))) == set()
    )
