"""Finding bookings by what staff type: coming ones first, the soonest on top, then past ones, the newest on top."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from database.connection import connection, write_array
from kernel.errors import Invalid
from kernel.identity.search import AskedWord, read_query
from kernel.page import CURSOR_UNKNOWN, limit_rows, read_cursor
from scheduling.models import Booking
from scheduling.types import BookingFilters
from tenants.context import current_tenant

EXACT, SIMILAR = 0, 1
FIRST = (0, datetime(1, 1, 1, tzinfo=UTC), 0)
"""Before every row: phase (1: past), start, id."""

# Keys find and the start orders without a look at bookings, which are wide; of those only the first few are read.
SEARCH_SQL = """
SELECT s.booking_id, s.phase, s.starts_at FROM (
  SELECT k.booking_id, k.starts_at, (k.starts_at < %(now)s::timestamptz)::int4 AS phase,
    CASE WHEN k.starts_at >= %(now)s::timestamptz THEN k.starts_at END AS coming_at
  FROM scheduling_bookingsearch k
  WHERE {words}
    AND CASE WHEN k.starts_at >= %(now)s::timestamptz
        THEN %(phase)s::int4 = 0 AND (k.starts_at, k.booking_id) > (%(last)s::timestamptz, %(last_id)s::int8)
        ELSE %(phase)s::int4 = 0 OR k.starts_at < %(last)s::timestamptz
          OR (k.starts_at = %(last)s::timestamptz AND k.booking_id > %(last_id)s::int8) END
  ORDER BY phase, coming_at, k.starts_at DESC, k.booking_id) s
CROSS JOIN LATERAL (
  SELECT 1 FROM scheduling_booking b WHERE b.id = s.booking_id AND {filters} OFFSET 0) b
ORDER BY s.phase, s.coming_at, s.starts_at DESC, s.booking_id
LIMIT %(limit)s::int4
"""
FILTERS = {
    "statuses": "b.status = ANY(%(statuses)s::text[])",
    "hidden": "b.status <> ALL(%(hidden)s::text[])",
    "service_id": "b.service_id = %(service_id)s::int8",
    "customer_id": "b.customer_id = %(customer_id)s::int8",
    "location_id": "b.location_id = %(location_id)s::int8",
    "starts_after": "b.starts_at >= %(starts_after)s::timestamptz",
    "starts_before": "b.starts_at < %(starts_before)s::timestamptz",
    "resource_id": """EXISTS (SELECT 1 FROM scheduling_allocation a WHERE a.is_active
      AND a.resource_id = %(resource_id)s::int8 AND (a.booking_id = b.id OR a.session_id = b.session_id))""",
}
"""Conditions by the filter that asks for them; a statement has those that were asked for."""

Place = tuple[int, datetime, int]
Hit = tuple[int, int, datetime]


@dataclass(frozen=True, slots=True)
class Found:
    """A booking that matches; ``is_similar``: it is spelled otherwise than what was typed."""

    booking: Booking
    is_similar: bool
    place: Place

    @property
    def cursor_key(self) -> tuple[int | datetime, ...]:
        """Return what names its place in the list."""
        return (SIMILAR if self.is_similar else EXACT, *self.place)


def find_bookings(filters: BookingFilters, *, hidden: Collection[str]) -> tuple[Found, ...]:
    """Return one booking more than the page has, so that one sees whether others follow; two or three queries.

    Every word has to match as it was typed, as a beginning too, in any order; when nothing does, words
    match that are one letter away. Without ``filters.now`` every booking counts as coming. ``hidden`` are
    statuses that are left out unless they are asked for.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    words = read_query(filters.search, country=current_tenant().country)
    if not words:
        return ()
    mode, place = _read_place(filters.cursor)
    hits = _fetch(words, filters, hidden, place, is_similar=mode == SIMILAR)
    if not hits and not filters.cursor:
        mode = SIMILAR
        hits = _fetch(words, filters, hidden, FIRST, is_similar=True)
    rows = Booking.objects.select_related("service", "location").in_bulk([row_id for row_id, _, _ in hits])
    return tuple(
        Found(rows[row_id], mode == SIMILAR, (phase, starts_at, row_id))
        for row_id, phase, starts_at in hits
        if row_id in rows
    )


def explain_search(filters: BookingFilters) -> str:
    """Return the plan that PostgreSQL keeps for a search, whatever is looked for, as text."""
    words = read_query(filters.search, country=current_tenant().country)
    sql, parameters = _compose(words, filters, (), FIRST, is_similar=False)
    numbers = {name: f"${number}" for number, name in enumerate(parameters, start=1)}
    bare = re.sub(r"%\((\w+)\)s", lambda found: numbers[found[1]], sql)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {bare}")
        return "\n".join(line for (line,) in cursor.fetchall())


def _read_place(cursor: str) -> tuple[int, Place]:
    if not cursor:
        return EXACT, FIRST
    mode, phase, starts_at, last_id = read_cursor(cursor, int, int, datetime, int)
    if mode not in {EXACT, SIMILAR} or phase not in {0, 1}:
        raise Invalid(errors={"cursor": (CURSOR_UNKNOWN,)})
    return cast("tuple[int, Place]", (mode, (phase, starts_at, last_id)))


def _fetch(
    words: Sequence[AskedWord], filters: BookingFilters, hidden: Collection[str], place: Place, *, is_similar: bool
) -> list[Hit]:
    sql, parameters = _compose(words, filters, hidden, place, is_similar=is_similar)
    return cast("list[Hit]", connection.fetch_planned(sql, parameters))


def _compose(
    words: Sequence[AskedWord], filters: BookingFilters, hidden: Collection[str], place: Place, *, is_similar: bool
) -> tuple[str, dict[str, object]]:
    phase, last, last_id = place
    keys = {f"word{number}": word.similar if is_similar else word.exact for number, word in enumerate(words)}
    asked = {name: getattr(filters, name, None) for name in FILTERS} | {"statuses": list(filters.statuses)}
    if not filters.statuses and not filters.include_holds:
        asked["hidden"] = list(hidden)
    chosen = {name: value for name, value in asked.items() if value not in (None, [])}
    sql = SEARCH_SQL.format(
        words=" AND ".join(f"k.keys && %({name})s::int4[]" for name in keys),
        filters=" AND ".join(FILTERS[name] for name in chosen) or "true",
    )
    parameters: dict[str, object] = {
        **{name: write_array(each) for name, each in keys.items()},
        **chosen,
        "now": filters.now or FIRST[1],
        "phase": phase,
        "last": last,
        "last_id": last_id,
        "limit": limit_rows(filters.limit) + 1,
    }
    return sql, parameters
