"""Finding bookings by customer, plate or reference."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings import views as bookings
from scheduling.types import BookingFilters, BookingRow
from web.parts.status_looks import StatusLook, get_look
from web.parts.toasts import is_fragment_asked
from web.workspace.bookings.forms import FilterForm

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ListLine:
    """A row of the list."""

    row: BookingRow
    look: StatusLook


@requires(Permission.BOARD_VIEW)
def list_found(request: HttpRequest) -> HttpResponse:
    """List bookings: those that match, or the coming ones when nothing was asked."""
    form = FilterForm(request.GET)
    form.is_valid()
    typed, status, cursor = (form.cleaned_data.get(name, "") for name in ("q", "status", "cursor"))
    page = bookings.list_bookings(
        BookingFilters(
            search=typed,
            statuses=(status,) if status else (),
            starts_after=None if typed else utc_now(),
            cursor=cursor,
            limit=PAGE_SIZE,
        )
    )
    context = {
        "typed": request.GET.get("q", ""),
        "is_too_long": "q" in form.errors,
        "status": status,
        "statuses": [choice for choice in BookingStatus.choices if choice[0] != BookingStatus.HELD],
        "lines": [
            ListLine(row, get_look(row.status, is_attendance_confirmed=row.is_attendance_confirmed))
            for row in page.rows
        ],
        "more": urlencode({"q": typed, "status": status, "cursor": page.next_cursor}) if page.next_cursor else "",
    }
    template = "workspace/found.html" if is_fragment_asked(request) else "workspace/list.html"
    return render(request, template, context)
