"""What reports count of bookings equals what a plain statement counts that knows nothing of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from scheduling.enums import ReportDoor
from scheduling.models import Allocation, Booking, Customer, Location, Resource, Service
from scheduling.selectors.bookings.views import list_bookings
from scheduling.selectors.reports.bookings import (
    tally_days,
    tally_doors,
    tally_lead,
    tally_services,
    tally_visitors,
)
from scheduling.services.bookings.walk_ins import book_walk_in
from scheduling.types import BookingFilters
from scheduling.types.reports import BookingTally, LeadTally, NamedTally, ReportDays, ReportFilters, VisitorTally
from tests.factories.reports import make_bookings, make_row
from tests.factories.scheduling import DETAILS, MONDAY, NOW, STAFF, book, make_shop, make_wish

ALL = ReportFilters()
NEW_YORK, CHATHAM, SANTIAGO = "America/New_York", "Pacific/Chatham", "America/Santiago"
REAL = """is_test = false AND is_sample = false
  AND status IN ('confirmed', 'arrived', 'in_progress', 'completed', 'no_show', 'cancelled')"""
COUNTS = """count(*), count(*) FILTER (WHERE status = 'cancelled'),
  count(*) FILTER (WHERE status = 'cancelled' AND cancelled_by = 'customer'),
  count(*) FILTER (WHERE status <> 'cancelled' AND starts_at <= %(now)s),
  count(*) FILTER (WHERE status = 'no_show' AND starts_at <= %(now)s),
  count(*) FILTER (WHERE source IN ('page', 'widget'))"""
WALK_IN = "source = 'workspace' AND arrived_at IS NOT DISTINCT FROM created_at"


def ask(sql: str, days: ReportDays, **parameters) -> list[tuple]:
    told = {"zone": days.timezone, "first": days.first, "last": days.last, "now": NOW} | parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return cursor.fetchall()


def list_by_day(days: ReportDays, condition: str = "true") -> dict[date, tuple]:
    """The counts of each day that has any, by the database's own zones."""
    sql = f"""SELECT (starts_at AT TIME ZONE %(zone)s)::date AS day, {COUNTS} FROM scheduling_booking
        WHERE {REAL} AND {condition} AND (starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
        GROUP BY 1"""
    return {row[0]: row[1:] for row in ask(sql, days)}


def flatten(tally: BookingTally) -> tuple:
    return (tally.booked, tally.cancelled, tally.by_customer, tally.due, tally.no_show, tally.online)


@pytest.fixture
def month(tenant) -> ReportDays:
    """Bookings of two services at two places, around a month."""
    make_shop(people=2)
    make_shop(people=1)
    days = ReportDays(date(2026, 1, 1), date(2026, 1, 31), NEW_YORK)
    make_bookings(days.since, days=31, count=900)
    return days


@pytest.mark.parametrize(
    ("timezone", "first", "last"),
    [
        (NEW_YORK, date(2026, 3, 7), date(2026, 3, 9)),  # the 8th has 23 hours
        (NEW_YORK, date(2026, 10, 31), date(2026, 11, 2)),  # the 1st has 25
        (CHATHAM, date(2026, 4, 4), date(2026, 4, 6)),  # 13:45 ahead of UTC; the 5th has 25
        (SANTIAGO, date(2026, 9, 5), date(2026, 9, 7)),  # the 6th has no midnight
        ("UTC", date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_days_are_those_of_the_clock_of_the_business(tenant, timezone, first, last):
    make_shop()
    days = ReportDays(first, last, timezone)
    make_bookings(datetime.combine(first, datetime.min.time(), tzinfo=ZoneInfo(timezone)), days=3, count=400)

    found = tally_days(days, ALL, now=NOW)

    expected = list_by_day(days)
    assert [flatten(each) for each in found] == [expected.get(on, (0,) * 6) for on in days.dates]
    assert sum(each.booked for each in found) > 20


def test_every_way_to_share_them_out_equals_plain_statements(month):
    by_service = ask(
        f"""SELECT service_id::text, {COUNTS} FROM scheduling_booking WHERE {REAL}
        AND (starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s GROUP BY 1""",
        month,
    )
    by_door = ask(
        f"""SELECT CASE WHEN {WALK_IN} THEN 'walk_in' ELSE source END, {COUNTS} FROM scheduling_booking WHERE {REAL}
        AND (starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s GROUP BY 1""",
        month,
    )

    services, doors = tally_services(month, ALL, now=NOW), tally_doors(month, ALL, now=NOW)

    assert {each.key: flatten(each.tally) for each in services} == {row[0]: row[1:] for row in by_service}
    assert {each.key: flatten(each.tally) for each in doors} == {row[0]: row[1:] for row in by_door}
    assert ({each.key for each in doors}, len(services)) == (set(ReportDoor.values), 2)
    assert [each.tally.booked for each in doors] == sorted((each.tally.booked for each in doors), reverse=True)


def test_filters_leave_what_they_name(month):
    service, place = Service.objects.order_by("pk").last(), Location.objects.order_by("pk").last()
    person = Resource.objects.order_by("pk").last()
    taken = f"id IN (SELECT booking_id FROM scheduling_allocation WHERE resource_id = {person.pk})"
    narrowed = {
        ReportFilters(service_id=service.pk): f"service_id = {service.pk}",
        ReportFilters(location_id=place.pk): f"location_id = {place.pk}",
        ReportFilters(resource_id=person.pk): taken,
        ReportFilters(door="walk_in"): WALK_IN,
        ReportFilters(door="workspace"): f"source = 'workspace' AND NOT ({WALK_IN})",
        ReportFilters(door="api"): "source = 'api'",
        ReportFilters(service_id=service.pk, location_id=place.pk, door="page"): (
            f"service_id = {service.pk} AND location_id = {place.pk} AND source = 'page'"
        ),
    }

    for filters, condition in narrowed.items():
        expected = list_by_day(month, condition)
        found = tally_days(month, filters, now=NOW)

        assert [flatten(each) for each in found] == [expected.get(on, (0,) * 6) for on in month.dates]
        assert sum(each.booked for each in found) > 5


def test_list_behind_a_figure_has_as_many_rows_as_it_says(month):
    person = Resource.objects.order_by("pk").last()
    for door, status in (("walk_in", ""), ("workspace", "no_show"), ("", "cancelled"), ("", "")):
        narrowed = ReportFilters(resource_id=person.pk, door=door)
        found = sum(tally_days(month, narrowed, now=month.until), start=BookingTally())
        asked = BookingFilters(
            statuses=(status,) if status else (), last_of_id=person.pk, door=door, is_counted=True,
            starts_after=month.since, starts_before=month.until, limit=100,
        )  # fmt: skip
        count = 0
        while page := list_bookings(asked):
            count += len(page.rows)
            if not page.next_cursor:
                break
            asked = replace(asked, cursor=page.next_cursor)
        assert count == {"": found.booked, "no_show": found.no_show, "cancelled": found.cancelled}[status] > 0


def test_lead_times_equal_a_plain_statement(month):
    hours = "greatest(extract(epoch FROM starts_at - created_at) / 3600, 0)"
    real = f"""FROM scheduling_booking WHERE {REAL} AND source <> 'import'
        AND (starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s"""
    counts = [
        ask(f"SELECT count(*) {real} AND {hours} >= {low} AND {hours} < {high}", month)[0][0]
        for low, high in ((0, 1), (1, 24), (24, 72), (72, 168), (168, 336), (336, 720), (720, 10**6))
    ]
    [(median,)] = ask(f"SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY {hours}) {real}", month)

    found = tally_lead(month, ALL)

    assert found == LeadTally(counts=tuple(counts), median_hours=pytest.approx(float(median)))
    assert min(counts) > 0


def test_visitors_equal_a_plain_statement(month):
    later = ReportDays(date(2026, 1, 10), date(2026, 1, 20), month.timezone)
    kept = f"{REAL} AND status <> 'cancelled'"
    inside = "(starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s"
    sql = f"""WITH kept AS (SELECT customer_id, starts_at FROM scheduling_booking WHERE {kept}),
        people AS (SELECT DISTINCT customer_id FROM kept WHERE customer_id IS NOT NULL AND {inside}),
        known AS (SELECT DISTINCT customer_id FROM kept WHERE (starts_at AT TIME ZONE %(zone)s)::date < %(first)s)
        SELECT (SELECT count(*) FROM people WHERE customer_id NOT IN (SELECT customer_id FROM known
                  WHERE customer_id IS NOT NULL)),
               (SELECT count(*) FROM people WHERE customer_id IN (SELECT customer_id FROM known)),
               (SELECT count(*) FROM kept WHERE customer_id IS NULL AND {inside})"""
    Booking.objects.filter(customer=Customer.objects.first(), starts_at__lt=later.since).update(
        status="cancelled", is_active=False, hold_expires_at=None
    )
    [(new, returning, unknown)] = ask(sql, later)

    found = tally_visitors(later, ALL)

    assert found == VisitorTally(new=new, returning=returning, unknown=unknown)
    assert (new > 0, returning > 0, unknown > 0) == (True, True, True)


def test_nothing_is_nothing(tenant):
    days = ReportDays(date(2026, 1, 1), date(2026, 1, 2), "UTC")

    assert tally_days(days, ALL, now=NOW) == (BookingTally(), BookingTally())
    assert (tally_services(days, ALL, now=NOW), tally_doors(days, ALL, now=NOW)) == ((), ())
    assert tally_lead(days, ALL) == LeadTally(counts=(0,) * 7, median_hours=None)
    assert tally_visitors(days, ALL) == VisitorTally(0, 0, 0)
    assert (BookingTally().no_show_share, BookingTally().cancelled_share, BookingTally().online_share) == (None,) * 3
    assert VisitorTally(0, 0, 3).new_share is None


def test_shares_are_of_what_they_say():
    tally = BookingTally(booked=10, cancelled=2, by_customer=1, due=4, no_show=1, online=5)

    assert (tally.cancelled_share, tally.no_show_share, tally.online_share) == (0.2, 0.25, 0.5)
    assert VisitorTally(new=1, returning=3, unknown=9).new_share == 0.25


def test_somebody_who_walks_in_is_told_from_who_phoned(tenant):
    service_id, _ = make_shop()
    book_walk_in(wish=make_wish(service_id), details=DETAILS, now=MONDAY, by=STAFF)
    row = make_row(
        Service.objects.get(pk=service_id), Location.objects.last(), MONDAY + timedelta(hours=5), source="workspace"
    )
    Booking.objects.bulk_create([row])
    days = ReportDays(MONDAY.date(), MONDAY.date(), "UTC")

    found = tally_doors(days, ALL, now=MONDAY + timedelta(days=1))

    one = BookingTally(booked=1, due=1)
    assert found == (NamedTally("walk_in", "", one), NamedTally("workspace", "", one))


def test_group_counts_for_whom_it_is_with_and_a_lost_place_does_not(tenant):
    service_id, (first, second) = make_shop(people=2, seats=4)
    book(service_id)
    book(service_id)
    days = ReportDays(MONDAY.date(), MONDAY.date(), "UTC")
    taken = Allocation.objects.get().resource_id
    free = {first: second, second: first}[taken]

    def count(resource_id: int) -> int:
        return tally_days(days, ReportFilters(resource_id=resource_id), now=NOW)[0].booked

    assert (count(taken), count(free)) == (2, 0)
    Allocation.objects.update(is_active=False)
    assert (count(taken), count(free)) == (2, 0)  # nothing is taken any more: whom they would have met last
    Allocation.objects.create(
        session=Booking.objects.first().session, resource_id=free, starts_at=MONDAY,
        ends_at=MONDAY + timedelta(hours=1), is_override=True,
    )  # fmt: skip
    assert (count(taken), count(free)) == (0, 2)


def test_day_that_has_no_midnight_begins_when_it_begins():
    days = ReportDays(date(2026, 9, 6), date(2026, 9, 6), SANTIAGO)

    assert (days.since, days.until) == (
        datetime(2026, 9, 6, 4, tzinfo=UTC), datetime(2026, 9, 7, 3, tzinfo=UTC)
    )  # fmt: skip
