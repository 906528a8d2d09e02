"""What others did that reception is told at once: a booking came in, its customer moved it, cancelled it or wrote.

The board asks with the events that it heard of and the last one that it knows, so that what
happened while its stream was down is told as well. What a person did is no news to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.reading import read_instant
from kernel.clock import utc_now
from kernel.ids import read_row_id
from kernel.lines import clean_line
from notifications.selectors.events import find_newest_event_id, list_events
from notifications.types.messages import EventView
from scheduling.enums import ActorKind, BookingSource
from scheduling.errors import BookingNotFound
from scheduling.services.aftercare.conversations import CUSTOMER_WROTE
from web.workspace.bookings.changes import describe_times
from web.workspace.bookings.page import BookingPage, load_booking_page

MAX_NEWS = 3
MAX_EVENTS = 30
LONGEST_SAID = 140
"""Characters of what a customer wrote; the booking has all of it."""
NEWEST_HEADER = "Turnero-Newest-Event"

CAME_IN = frozenset({"booking.requested", "booking.confirmed"})
DONE_BY_CUSTOMERS: Mapping[str, tuple[str, str | Promise]] = {
    "booking.changed": ("list-checks", gettext_lazy("The customer changed the booking")),
    "booking.rescheduled": ("calendar-clock", gettext_lazy("The customer moved the booking")),
    "booking.cancelled": ("ban", gettext_lazy("The customer canceled")),
}


@dataclass(frozen=True, slots=True)
class News:
    """One notice; ``change`` is what is different, in short, and ``said`` what the customer wrote."""

    event_id: int
    icon: str
    title: str | Promise
    page: BookingPage
    change: str = ""
    said: str = ""


@requires(Permission.BOARD_VIEW)
@require_safe
def show_news(request: HttpRequest) -> HttpResponse:
    """Show notices for events (``?event=…&event=…``) and for those after the last known one (``&after=…``).

    Without ``after`` only the header says which event is the newest: the board has just been opened.
    """
    after = 0 if request.GET.get("after") == "0" else read_row_id(request.GET.get("after"))
    ids = [each for text in request.GET.getlist("event")[:MAX_EVENTS] if (each := read_row_id(text)) is not None]
    newest = find_newest_event_id()
    events = list_events(
        kinds=[*CAME_IN, *DONE_BY_CUSTOMERS, CUSTOMER_WROTE],
        after_id=newest if after is None else after,
        ids=ids,
        limit=MAX_EVENTS,
    )
    told = [each for each in events if _is_news(each, user_id=request.user.pk or 0)]
    if len(told) > MAX_NEWS:
        messages = sum(each.kind == CUSTOMER_WROTE for each in told)
        context: dict[str, object] = {
            "is_many": True,
            "changes": len(told) - messages,
            "messages": messages,
            "ids": " ".join(str(each.id) for each in told),
        }
    else:
        found = (_describe(each, request.user) for each in told)
        context = {"news": [each for each in found if each is not None]}
    response = render(request, "workspace/news.html", context)
    response[NEWEST_HEADER] = str(newest)
    return response


def _is_news(event: EventView, *, user_id: int) -> bool:
    if event.kind == CUSTOMER_WROTE:
        return True
    by = event.payload.get("by")
    if event.kind in DONE_BY_CUSTOMERS:
        return by == ActorKind.CUSTOMER
    is_own = by == ActorKind.STAFF and event.payload.get("by_user_id") == user_id
    return not is_own and not event.payload.get("was_requested")


def _describe(event: EventView, user: object) -> News | None:
    """Put an event into words; None when its booking is gone, as sample data are in the end, or it was answered."""
    try:
        page = load_booking_page(booking_id=event.subject_id, user=user, now=utc_now())
    except BookingNotFound:
        return None
    if page.booking.is_test:
        return News(event.id, "flask-conical", gettext_lazy("Test booking"), page)
    if event.kind == CUSTOMER_WROTE:
        lines = (each.line for each in page.conversation if each.line.is_waiting)
        waiting = next((line for line in lines if line.id == event.payload.get("line_id")), None)
        said = "" if waiting is None else clean_line(waiting.text, limit=LONGEST_SAID)
        return News(event.id, "message-circle", gettext_lazy("The customer wrote"), page, said=said) if said else None
    if event.kind in DONE_BY_CUSTOMERS:
        icon, title = DONE_BY_CUSTOMERS[event.kind]
        before, after = (read_instant(str(event.payload.get(key))) for key in ("previous_starts_at", "starts_at"))
        change = describe_times(before, after, page.booking.timezone) if before and after else ""
        return News(event.id, icon, title, page, change)
    is_online = page.booking.source in {BookingSource.PAGE, BookingSource.WIDGET}
    title = gettext_lazy("New booking from the web site") if is_online else gettext_lazy("New booking")
    return News(event.id, "calendar-plus", title, page)
