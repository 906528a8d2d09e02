"""What somebody typed on a page about many bookings: the time it is about, and what becomes of each booking."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext

from edge.reading import read_date
from kernel.ids import read_row_id
from kernel.iso import NotIso, parse_date, parse_instant, parse_time
from scheduling.enums import BulkOutcome
from scheduling.selectors.bulk.touching import find_span
from scheduling.types import LocationView, ResourceView
from scheduling.types.bulk import BulkPlan
from web.workspace.bookings.forms import from_wall_clock

ROW, SEEN, TO, AT = "row-", "seen-", "to-", "at-"
OTHER, ASK, CANCEL = "other", "ask", "cancel"
"""Instead of a proposal: a time that is typed beside it, to ask the customer, to cancel."""
MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Period:
    """A time on the clock of a location: whole days, or from and until a time of them.

    Attributes:
        span: When it begins and ends; None: it cannot be, and ``problem`` says why.
    """

    first: date
    last: date
    at: str
    until: str
    span: tuple[datetime, datetime] | None
    problem: str = ""

    @property
    def query(self) -> dict[str, str]:
        """Return it as the fields of an address."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), "at": self.at, "until": self.until}


@dataclass(frozen=True, slots=True)
class TypedRow:
    """What was chosen for a booking, as it stood in the fields."""

    sequence: int
    is_chosen: bool
    to: str
    at: str


def read_period(data: QueryDict, place: LocationView, today: date) -> Period:
    """Read days and times; without any it is today."""
    first, last = read_days(data, today)
    at, until = _read(data, "at"), _read(data, "until")
    if last < first:
        return Period(first, last, at, until, None, gettext("The end is before the beginning."))
    starts_at, ends_at = find_span(location_id=place.id, first=first, last=last)
    try:
        if at:
            starts_at = from_wall_clock(first, parse_time(at), place.timezone)
        if until:
            ends_at = from_wall_clock(last, parse_time(until), place.timezone)
    except (NotIso, ValidationError):
        return Period(first, last, at, until, None, gettext("The clock does not show this time."))
    if ends_at <= starts_at:
        return Period(first, last, at, until, None, gettext("The end is before the beginning."))
    return Period(first, last, at, until, (starts_at, ends_at))


def read_days(data: QueryDict, today: date) -> tuple[date, date]:
    """Read the first and the last of some days; without any it is today."""
    first = read_date(data.get("from")) or today
    return first, read_date(data.get("to")) or first


def find_resource(data: QueryDict, resources: Sequence[ResourceView]) -> ResourceView | None:
    """Return who or what an address names."""
    resource_id = read_row_id(_read(data, "resource"))
    return next((each for each in resources if each.id == resource_id), None)


def read_rows(data: QueryDict) -> dict[int, TypedRow]:
    """Read what was chosen for each booking that the page listed."""
    rows: dict[int, TypedRow] = {}
    for name in data:
        booking_id = read_row_id(name.removeprefix(SEEN)) if name.startswith(SEEN) else None
        seen = _read(data, name)
        if booking_id is None or not (seen.isascii() and seen.isdigit()) or len(rows) >= MOST_ROWS:
            continue
        rows[booking_id] = TypedRow(
            sequence=int(seen[:9]),
            is_chosen=f"{ROW}{booking_id}" in data,
            to=_read(data, f"{TO}{booking_id}"),
            at=_read(data, f"{AT}{booking_id}"),
        )
    return rows


def plan_row(booking_id: int, row: TypedRow, timezone: str) -> BulkPlan | None:
    """Return what is to become of a booking; None: a time has to be chosen."""
    if not row.is_chosen or row.to == ASK:
        return BulkPlan(booking_id, row.sequence, BulkOutcome.KEEP)
    if row.to == CANCEL:
        return BulkPlan(booking_id, row.sequence, BulkOutcome.CANCEL)
    if row.to == OTHER:
        starts_at = read_wall(row.at, timezone)
        return None if starts_at is None else BulkPlan(booking_id, row.sequence, BulkOutcome.MOVE, starts_at)
    at, _, resources = row.to.partition("/")
    ids = tuple(number for each in resources.split(",") if (number := read_row_id(each)) is not None)
    with suppress(NotIso):
        return BulkPlan(booking_id, row.sequence, BulkOutcome.MOVE, parse_instant(at), ids)
    return None


def read_wall(text: str, timezone: str) -> datetime | None:
    """Read a time of the browser's own field for date and time, on a clock; None: there is no such time."""
    on, _, at = text.partition("T")
    with suppress(NotIso, ValidationError, OverflowError):
        return from_wall_clock(parse_date(on), parse_time(at), timezone)
    return None


def _read(data: QueryDict, name: str) -> str:
    return str(data.get(name) or "").strip()
