"""Four weeks at a glance beside the times, on screens that are wide enough; others never ask for them."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from edge.reading import read_date
from scheduling.engine import find_window
from scheduling.selectors.availability.free_times import get_availability
from scheduling.types import AvailabilityQuery
from web.booking.draft import recall_hold
from web.booking.flow import StepKey, load_flow, make_link
from web.booking.pages import keep_private, while_bookings_are_taken
from web.parts.pickers import MAX_AHEAD_DAYS, make_days

WEEKS = 4
DAYS = 7 * WEEKS
PAGE = "calendar_weeks"


@open_to_anyone
@require_safe
@while_bookings_are_taken
def show_calendar(request: HttpRequest) -> HttpResponse:
    """Answer the four weeks that hold ``on``; ``chosen`` is the day whose times are shown.

    They begin as the country's calendars do.
    """
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.TIME):
        return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    chosen = read_date(request.GET.get("chosen", "")) or flow.today
    first, before, after = find_four_weeks(
        read_date(request.GET.get("on", "")) or chosen,
        today=flow.today,
        first_weekday=flow.formats.local.first_week_day,
        window_days=find_window(flow.chosen),
    )
    held = recall_hold(flow.draft, now=flow.now)
    query = AvailabilityQuery(
        flow.wish,
        from_on=first,
        to_on=first + timedelta(days=DAYS - 1),
        moving_booking_id=held.hold_id if held and held.hold_id else None,
    )
    found = get_availability(query=query, now=flow.now)
    days = make_days(found, chosen, is_person_chosen=flow.draft.resource_id is not None)
    sealed = flow.seal()
    context = {
        "flow": flow,
        "weekdays": [day.on for day in days[:7]],
        "days": days,
        "first": days[0].on,
        "last": days[-1].on,
        "day_url": make_link(StepKey.TIME, sealed, on=""),
        "before_url": _link(sealed, chosen, before),
        "after_url": _link(sealed, chosen, after),
    }
    return keep_private(render(request, "booking/calendar.html", context))


def find_four_weeks(
    asked: date, *, today: date, first_weekday: int, window_days: int | None = None
) -> tuple[date, date | None, date | None]:
    """Return the first day of the four weeks that hold ``asked``, and of those before and after; None where none are.

    They begin on ``first_weekday`` (0 is Monday), are counted from this week on, and go as far as one may book.
    """
    this_week = today - timedelta(days=(today.weekday() - first_weekday) % 7)
    last_on = today + timedelta(days=MAX_AHEAD_DAYS if window_days is None else min(window_days, MAX_AHEAD_DAYS))
    asked = min(max(asked, today), last_on)
    first = this_week + timedelta(days=(asked - this_week).days // DAYS * DAYS)
    after = first + timedelta(days=DAYS)
    before = first - timedelta(days=DAYS) if first > this_week else None
    return first, before, after if after <= last_on else None


def _link(sealed: str, chosen: date, on: date | None) -> str:
    return "" if on is None else make_link(PAGE, sealed, chosen=chosen.isoformat(), on=on.isoformat())
