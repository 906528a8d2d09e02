"""Businesses to measure on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from devtools.scratch.shop import add_service, add_shop
from devtools.scratch.tenant import empty_scheduling
from scheduling.engine import WeeklyPeriod
from tenants.types import TenantInfo

LUNCH = tuple(WeeklyPeriod(weekday, 780, 840) for weekday in range(7))


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a business is.

    Attributes:
        days: Over how many days the bookings are spread.
        minutes: How long a visit lasts.
        busy_minutes: How long each booking that is there already lasts; 0 = as long as a visit.
        past: Bookings before now, on top of the others.
        later: Bookings after those days, three a day for each of the staff.
    """

    staff: int
    bays: int
    bookings: int
    days: int
    minutes: int
    busy_minutes: int = 0
    past: int = 0
    later: int = 0

    @property
    def length(self) -> int:
        """Return how long each booking lasts."""
        return self.busy_minutes or self.minutes

    @property
    def at_once(self) -> int:
        """Return how many bookings fit in at the same time."""
        return min(self.staff, self.bays) if self.bays else self.staff


SHAPES = {
    "A 100": Shape(1, 0, 100, 30, 30),
    "A 400": Shape(1, 0, 400, 30, 30),
    "A 1000": Shape(1, 0, 1000, 30, 30, busy_minutes=15),
    "A 60 days": Shape(1, 0, 200, 60, 30),
    "A past": Shape(1, 0, 100, 30, 30, past=770),
    "A past x13": Shape(1, 0, 100, 30, 30, past=10_000),
    "B": Shape(20, 10, 5000, 30, 45),
    "B double": Shape(40, 20, 10000, 30, 45),
    "C": Shape(100, 0, 33_600, 56, 30, busy_minutes=90, later=66_400),
    "C packed": Shape(100, 0, 100_000, 56, 30),
    "desk of one": Shape(1, 0, 1, 1, 60),
    "desk 30": Shape(12, 0, 30, 1, 30),
    "desk 75": Shape(12, 0, 75, 1, 30),
    "desk 150": Shape(12, 0, 150, 1, 30),
    "desk 300": Shape(12, 0, 300, 1, 15),
    "day 160": Shape(20, 0, 160, 1, 60),
    "day 480": Shape(20, 0, 480, 1, 20),
    "day 960": Shape(20, 0, 960, 1, 10),
}


@dataclass(frozen=True, slots=True)
class Business:
    """What was made."""

    service_id: int
    resource_ids: list[int]


def make_business(tenant: TenantInfo, name: str, *, now: datetime) -> Business:
    """Empty the tenant and fill it with the named business."""
    shape = SHAPES[name]
    empty_scheduling(tenant)
    place, pools = add_shop(staff=shape.staff, bays=shape.bays, breaks=LUNCH)
    service_id = add_service(
        *pools,
        name="Bench",
        duration_minutes=shape.minutes,
        buffer_after_minutes=10 if shape.bays else 0,
        booking_window_days=366,
    )
    _fill(shape, pools, place, service_id, now=now)
    return Business(service_id, [resource_id for pool in pools for resource_id in pool])


def _fill(shape: Shape, pools: list[tuple[int, ...]], place: int, service_id: int, *, now: datetime) -> None:
    """Write bookings straight into the tables: what is measured is reading them."""
    rows = list(_list_starts(shape, now))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_resourcelane (resource_id, number) "
            "SELECT unnest(%s::int8[]), 1 ON CONFLICT DO NOTHING",
            [[each for pool in pools for each in pool]],
        )
        cursor.execute(
            """
            WITH made AS (
              INSERT INTO scheduling_booking (reference, token_hash, token_version, hold_token_hash, ics_uid, sequence,
                service_id, location_id, starts_at, ends_at, party_size, status, is_active, source, rule_usage,
                customer_name, customer_phone, customer_email, customer_locale, wants_reminders, asset_label,
                asset_data, answers, arrival_mode, note, deposit_minor, currency, policy, override_reason, cancelled_by,
                cancelled_reason, created_at, is_sample)
              SELECT 'B' || n, 'h' || n, 1, '', 'u' || n, 0, %(service)s, %(place)s, at, at + %(length)s::interval, 1,
                'confirmed', true, 'import', '[]', '', '', '', 'es', false, '', '{}', '{}', '', '', 0, 'MXN',
                '{}', '', '', '', %(now)s, true
              FROM unnest(%(starts)s::timestamptz[]) WITH ORDINALITY AS s(at, n)
              RETURNING id, starts_at
            ), numbered AS (
              SELECT id, starts_at, row_number() OVER (PARTITION BY starts_at ORDER BY id) AS turn FROM made
            )
            INSERT INTO scheduling_allocation (booking_id, resource_id, lane_id, part_index, starts_at, ends_at,
              is_active, is_override)
            SELECT m.id, l.resource_id, l.id, p.n - 1, m.starts_at, m.starts_at + %(occupied)s::interval, true, false
            FROM numbered m
            CROSS JOIN LATERAL (VALUES (1, %(staff)s::int8[]), (2, %(bays)s::int8[])) AS p(n, pool)
            JOIN scheduling_resourcelane l ON l.resource_id = p.pool[m.turn]
            """,
            {
                "service": service_id,
                "place": place,
                "starts": rows,
                "length": f"{shape.length} minutes",
                "occupied": f"{shape.length + (10 if shape.bays else 0)} minutes",
                "now": now,
                "staff": list(pools[0]),
                "bays": list(pools[1]) if len(pools) > 1 else [],
            },
        )
        cursor.execute("VACUUM (ANALYZE) scheduling_allocation")  # as autovacuum leaves it


def _list_starts(shape: Shape, now: datetime) -> Iterator[datetime]:
    """Spread the bookings evenly, as many at once as there are staff (or bays)."""
    slots = -(-shape.bookings // shape.at_once)
    a_day = -(-slots // shape.days)
    step = timedelta(minutes=shape.length + (10 if shape.bays else 0))
    opens = now.replace(hour=15, minute=0) + timedelta(days=1)
    for number in range(shape.bookings):
        slot = number // shape.at_once
        yield opens + timedelta(days=slot // a_day) + step * (slot % a_day)
    for number in range(shape.past):
        yield now - timedelta(days=1) - step * (number + 1)
    for number in range(shape.later):
        slot = number // shape.at_once
        yield opens + timedelta(days=shape.days + slot // 3) + 2 * step * (slot % 3)
