"""Finding bookings by customer, plate or reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.reading import read_date
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.errors import ResourceNotFound
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.catalog.entries import get_resource_entry
from scheduling.types import BookingFilters, BookingRow, Entry, ResourceSetup
from tenants.context import current_tenant
from web.formats import to_local
from web.parts.filters import Filter
from web.parts.lists import PAGE_SIZE, read_query
from web.parts.status_looks import StatusLook, get_look
from web.parts.toasts import is_fragment_asked
from web.workspace.bookings.reported import read_reported


@dataclass(frozen=True, slots=True)
class ListLine:
    """A row of the list."""

    row: BookingRow
    look: StatusLook

    @property
    def is_gone(self) -> bool:
        """Tell whether nobody comes any more."""
        return self.row.status in CALLED_OFF


@dataclass(frozen=True, slots=True)
class DayLines:
    """The rows of one local date that follow each other; ``name`` is set for today and tomorrow."""

    on: date
    name: str | Promise
    lines: tuple[ListLine, ...]


NAMES = (gettext_lazy("Today"), gettext_lazy("Tomorrow"))
BAD_DATE = gettext_lazy("That is not a date. Here is what is coming up.")

QUICK, QUICK_SIZE = "quick", 8
"""Id of the results below the search in the bar of every page, and how many fit there."""

COUNTED = "counted"

STATUS = Filter(
    key="status",
    label=gettext_lazy("Status"),
    choices=(("", gettext_lazy("Any status")), *BookingStatus.choices, (COUNTED, gettext_lazy("What reports count"))),
)


@requires(Permission.BOARD_VIEW)
@require_safe
def list_found(request: HttpRequest) -> HttpResponse:
    """List bookings: those that match, those of a date, or the coming ones; a few for the bar of another page."""
    is_quick = is_fragment_asked(request) and request.headers.get("HX-Target") == QUICK
    query = read_query(request, filters=(STATUS,))
    status, now = query.filters["status"], utc_now()
    on = read_date(request.GET.get("on"))
    is_date_bad = on is None and bool(request.GET.get("on"))
    midnight = datetime.combine(on, time(), tzinfo=ZoneInfo(current_tenant().timezone)) if on else None
    if on:
        query = replace(query, filters={**query.filters, "on": on.isoformat()})
    resource = find_resource(read_row_id(request.GET.get("resource")))
    if resource:
        query = replace(query, filters={**query.filters, "resource": str(resource.id)})
    filters = BookingFilters(
        search=query.search,
        statuses=(status,) if status and status != COUNTED else (),
        resource_id=resource.id if resource else None,
        starts_after=midnight or (None if query.search else now),
        starts_before=midnight + timedelta(days=1) if midnight else None,
        now=now,
        cursor=query.cursor,
        limit=QUICK_SIZE if is_quick else PAGE_SIZE,
    )
    report = None if query.search or on else read_reported(request)
    if report:
        query, filters = report.keep(query), report.narrow(filters)
    page = bookings.list_bookings(filters)
    context = {
        "query": query,
        "status": status,
        "statuses": [choice for choice in STATUS.choices if choice[0] != BookingStatus.HELD],
        "on": on,
        "resource": resource,
        "report": report,
        "notice": BAD_DATE if is_date_bad else "",
        "days": group_days(page.rows, now=now),
        "more_url": query.make_url(cursor=page.next_cursor) if page.next_cursor else "",
    }
    template = "workspace/found.html" if is_fragment_asked(request) else "workspace/list.html"
    if is_quick:
        template = "workspace/quick.html"
    return render(request, template, context)


def find_resource(resource_id: int | None) -> Entry[ResourceSetup] | None:
    """Return whose bookings are asked for, if anybody's that there is."""
    if resource_id is None:
        return None
    try:
        return get_resource_entry(resource_id=resource_id, now=utc_now())
    except ResourceNotFound:
        return None


def group_days(rows: Sequence[BookingRow], *, now: datetime) -> tuple[DayLines, ...]:
    """Put rows under their dates, each on the clock of its place; their order stays."""
    days = groupby(rows, key=lambda row: (to_local(row.starts_at, row.timezone).date(), row.timezone))
    return tuple(
        DayLines(on, _name_day(on, timezone, now), tuple(_make_line(row) for row in each))
        for (on, timezone), each in days
    )


def _name_day(on: date, timezone: str, now: datetime) -> str | Promise:
    away = (on - to_local(now, timezone).date()).days
    return NAMES[away] if 0 <= away < len(NAMES) else ""


def _make_line(row: BookingRow) -> ListLine:
    return ListLine(row, get_look(row.status, is_attendance_confirmed=row.is_attendance_confirmed))
