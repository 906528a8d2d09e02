"""Finding bookings by customer, plate or reference."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings import views as bookings
from scheduling.types import BookingFilters, BookingRow
from web.parts.assets import describe_search
from web.parts.filters import Filter
from web.parts.lists import PAGE_SIZE, read_query
from web.parts.status_looks import StatusLook, get_look
from web.parts.toasts import is_fragment_asked


@dataclass(frozen=True, slots=True)
class ListLine:
    """A row of the list."""

    row: BookingRow
    look: StatusLook


STATUS = Filter(
    key="status",
    label=gettext_lazy("Status"),
    choices=(("", gettext_lazy("Any status")), *BookingStatus.choices),
)


@requires(Permission.BOARD_VIEW)
@require_safe
def list_found(request: HttpRequest) -> HttpResponse:
    """List bookings: those that match, or the coming ones when nothing was asked."""
    query = read_query(request, filters=(STATUS,))
    status, now = query.filters["status"], utc_now()
    page = bookings.list_bookings(
        BookingFilters(
            search=query.search,
            statuses=(status,) if status else (),
            starts_after=None if query.search else now,
            now=now,
            cursor=query.cursor,
            limit=PAGE_SIZE,
        )
    )
    context = {
        "query": query,
        "search_hint": describe_search(),
        "status": status,
        "statuses": [choice for choice in STATUS.choices if choice[0] != BookingStatus.HELD],
        "lines": [
            ListLine(row, get_look(row.status, is_attendance_confirmed=row.is_attendance_confirmed))
            for row in page.rows
        ],
        "more_url": query.make_url(cursor=page.next_cursor) if page.next_cursor else "",
    }
    template = "workspace/found.html" if is_fragment_asked(request) else "workspace/list.html"
    return render(request, template, context)
