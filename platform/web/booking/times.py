"""The page of free times, also when the time that was wanted is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from kernel.errors import DomainError, NotFound
from scheduling.engine import find_window
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.demand.searches import search_times
from scheduling.types import Availability, AvailabilityQuery, AvailableSlot
from web.booking.draft import HeldTime, forget_hold, recall_hold
from web.booking.flow import Flow, StepKey, make_link
from web.booking.pages import render_step
from web.formats import end_sentence, name_time
from web.parts.pickers import Picker, find_week, last_day, make_picker

ONE_DAY, AROUND = timedelta(days=1), timedelta(days=60)


def render_times(
    request: HttpRequest,
    flow: Flow,
    *,
    asked: date | None = None,
    status: int = 200,
    message: str = "",
    taken: datetime | None = None,
    nearest: tuple[AvailableSlot, ...] = (),
) -> HttpResponse:
    """Render the time step, with what just went wrong on top."""
    held = recall_hold(flow.draft, now=flow.now)
    picker = _find_times(flow, held, asked=asked, taken=taken, nearest=nearest)
    sealed = flow.seal()
    return render_step(
        request,
        "booking/time.html",
        flow,
        StepKey.TIME,
        status=status,
        sealed=sealed,
        picker=picker,
        time_name="starts_at",
        form_url=make_link(StepKey.TIME, sealed),
        day_url=make_link(StepKey.TIME, sealed, on=""),
        anyone_url=make_link(StepKey.TIME, sealed, who="anyone") if flow.draft.resource_id else "",
        places_url=make_link(StepKey.LOCATION, sealed, keep="yes") if len(flow.locations) > 1 else "",
        weeks_url=make_link("calendar_weeks", sealed),
        several_url=make_link("several", sealed) if flow.combinable else "",
        waitlist_url="" if flow.is_test else make_link("waitlist", sealed, on=""),
        held_at=held.starts_at if held else None,
        taken=message,
    )


def _find_times(
    flow: Flow, held: HeldTime | None, *, asked: date | None, taken: datetime | None, nearest: tuple[AvailableSlot, ...]
) -> Picker:
    window = find_window(flow.chosen)
    on = asked or (taken.astimezone(flow.zone).date() if taken else None)
    start, before, after = find_week(on, today=flow.today, window_days=window)
    query = AvailabilityQuery(
        flow.wish, from_on=start, to_on=last_day(start), moving_booking_id=held.hold_id if held else None
    )
    found = search_times(query=query, now=flow.now, is_test=flow.is_test)
    return make_picker(
        complete_first(found, query, today=flow.today, now=flow.now),
        asked=asked,
        today=flow.today,
        pages=(before, after),
        formats=flow.formats,
        taken=taken,
        nearest=nearest,
        is_person_chosen=flow.resource_id is not None,
    )


def complete_first(
    found: Availability, query: AvailabilityQuery, *, today: date, now: datetime, own: datetime | None = None
) -> Availability:
    """Return what was found with a first free time that is one, when the shown days have none.

    It is not ``own``, the time of a visit that moves; and where nothing comes after a later week,
    it is what is free before that week.
    """
    first = found.next_available
    if any(slot.starts_at != own for day in found.days for slot in day.slots) or (first is not None and first != own):
        return found
    places = [] if first is None else [first.date() - ONE_DAY]
    places += [today] if query.from_on > today else []
    for from_on in places:
        around = replace(query, from_on=from_on, to_on=from_on + AROUND)
        other = _find_other(get_availability(query=around, now=now), own)
        if other is not None:
            return replace(found, next_available=other)
    return replace(found, next_available=None)


def _find_other(found: Availability, own: datetime | None) -> datetime | None:
    shown = (slot.starts_at for day in found.days for slot in day.slots)
    return next((at for at in (*shown, found.next_available) if at is not None and at != own), None)


def render_taken(
    request: HttpRequest, flow: Flow, error: DomainError, taken: datetime | None, message: str
) -> HttpResponse:
    """Render the time step after a refusal, with the nearest free times."""
    return render_times(
        request,
        flow,
        status=404 if isinstance(error, NotFound) else 409,
        message=message,
        taken=taken,
        nearest=getattr(error, "alternatives", ()),
    )


def say_taken(flow: Flow, starts_at: datetime) -> str:
    """Say that somebody else took a time."""
    time = name_time(flow.formats, starts_at, flow.timezone)
    return end_sentence(gettext("Someone just took %(time)s") % {"time": time})


def drop_hold(flow: Flow) -> Flow:
    """Return the flow without its hold: it is over."""
    forget_hold(flow.draft)
    return flow.with_draft(replace(flow.draft, hold=None, repeats=(), repeat_every=0))
