"""A booking made by staff: by phone or at the counter, through the same service as the page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from scheduling.enums import BookingSource
from scheduling.errors import HoldExpired, ResourceNotFound, SlotInPast, SlotTaken, SlotUnavailable
from scheduling.selectors.bookings import views as bookings
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.bookings.walk_ins import book_walk_in, next_minute
from scheduling.types import (
    AvailableSlot,
    CustomerDetails,
    SlotRequest,
    SubmittedBooking,
    VisitDetails,
)
from tenants.context import current_tenant
from web.errors import translate_error
from web.parts.assets import describe_desk_search
from web.parts.toasts import Toast, add_triggers, go_on, is_fragment_asked
from web.workspace.actors import make_actor
from web.workspace.bookings.deposits import describe_asked, read_deposit
from web.workspace.bookings.forms import BookingForm, StartForm
from web.workspace.bookings.knowing.views import find_customers
from web.workspace.bookings.obstacles import explain_time
from web.workspace.bookings.times import Times, load_times
from web.workspace.bookings.typed import Typed, read_typed
from web.workspace.bookings.views import describe, read_override, render_booking

LAST_DAY_OFFSET = 365
DRAWER = "panel-body"
"""Id of what is beside a page (`templates/workspace/panel.html`)."""
FIELD_OF = {"contact": "phone"}
"""Where the page shows a finding of the service under another name."""


@requires(Permission.BOOKING_MANAGE)
def make_booking(request: HttpRequest) -> HttpResponse:
    """Show the form, show it again with other times, or book; what was typed is never lost."""
    now = utc_now()
    typed = read_typed(request.POST if request.method == "POST" else request.GET, now)
    if request.POST.get("do") != "book":
        return _render_form(request, typed, typed.make_form(), typed.make_start_form())
    form, start = typed.make_form(request.POST), typed.make_start_form(request.POST)
    is_now = _is_now(typed)
    if not (form.is_valid() & (is_now or start.is_valid())) or typed.wish is None:
        return _render_form(request, typed, form, start, status=422)
    asked = SlotRequest(typed.wish, next_minute(now) if is_now else start.cleaned_data["start"])
    try:
        booked = _book(request, typed, asked, form, now)
    except Invalid as error:
        form.refuse(error, names=FIELD_OF)
        return _render_form(request, typed, form, start, status=422)
    except DomainError as error:
        reasons = _explain(error, typed, asked, now)
        return _render_form(
            request,
            typed,
            form,
            start,
            status=get_status(error),
            error=gettext("This time is not free.") if reasons else translate_error(error),
            alternatives=error.alternatives if isinstance(error, SlotTaken | SlotUnavailable | HoldExpired) else (),
            reasons=reasons,
        )
    booking = bookings.get_booking(booking_id=booked.booking_id)
    title = gettext("Walk-in booked") if typed.is_walk_in else gettext("Booking made")
    toast = Toast(title=title, text=describe_asked(booking) or describe(booking))
    if is_drawer_asked(request):
        return add_triggers(render_booking(request, booking.id), toast)
    return go_on(request, toast, to=reverse("workspace:booking", args=[booking.id]))


def _is_now(typed: Typed) -> bool:
    """Tell whether the visit of somebody who is here begins at once: no other time was chosen or typed."""
    return typed.is_walk_in and typed.at is None and not typed.values.get("at")


def _book(request: HttpRequest, typed: Typed, asked: SlotRequest, form: BookingForm, now: datetime) -> SubmittedBooking:
    data = form.cleaned_data
    details = VisitDetails(
        customer=CustomerDetails(
            name=data["name"],
            phone=data["phone"] or None,
            email=data["email"] or None,
            locale=data["locale"] or current_tenant().locale,
        ),
        asset=form.asset,
        answers=form.answers,
        arrival_mode=data.get("arrival_mode") or None,
        note=data["note"],
        customer_id=typed.customer_id,
    )
    override = read_override(request, data["override_reason"])
    by = make_actor(request)
    if typed.is_walk_in:
        return book_walk_in(
            wish=asked.wish, starts_at=asked.starts_at, details=details, now=now, override=override, by=by
        )
    return book_slot(
        request=asked,
        details=details,
        now=now,
        source=BookingSource.WORKSPACE,
        override=override,
        deposit=read_deposit(data, now=now),
        by=by,
    )


def _explain(error: DomainError, typed: Typed, asked: SlotRequest, now: datetime) -> tuple[str, ...]:
    """Say who is in the way: what stood there all the time was not taken a moment ago."""
    if isinstance(error, SlotInPast) or not isinstance(error, SlotTaken | SlotUnavailable | ResourceNotFound):
        return ()
    return explain_time(
        request=asked,
        timezone=typed.timezone,
        now=now,
        resource_name=typed.resource_name,
        service_name=typed.service_name,
    )


def _render_form(
    request: HttpRequest,
    typed: Typed,
    form: BookingForm,
    start: StartForm,
    *,
    status: int = 200,
    error: str = "",
    reasons: tuple[str, ...] = (),
    alternatives: tuple[AvailableSlot, ...] = (),
) -> HttpResponse:
    now = utc_now()
    times = _load_times(typed, now)
    asked = typed.values.get("who", "") if typed.values.get("do") == "find" else ""
    now_obstacles = _explain_now(typed, now)
    context = {
        "now": now,
        "now_obstacles": now_obstacles,
        "is_now": _is_now(typed) and not now_obstacles,
        "typed": typed,
        "known": typed.known,
        "who_label": describe_desk_search(),
        "who": typed.values.get("who", ""),
        "customers_asked": asked,
        "customers": find_customers(asked),
        "form": form,
        "start": start,
        "times": times,
        "obstacles": () if error else times.obstacles,
        "last_day": typed.today + timedelta(days=LAST_DAY_OFFSET),
        "error": error,
        "reasons": reasons,
        "alternatives": alternatives,
    }
    return render(request, _find_template(request), context, status=status)


def _find_template(request: HttpRequest) -> str:
    """Tell what is asked for: the page, the drawer beside the board, or what of either changes with a choice."""
    if not is_fragment_asked(request):
        return "workspace/new_booking.html"
    return "workspace/new_booking_drawer.html" if is_drawer_asked(request) else "workspace/new_booking_form.html"


def is_drawer_asked(request: HttpRequest) -> bool:
    """Tell whether the form stands beside the board."""
    return is_fragment_asked(request) and request.headers.get("HX-Target") == DRAWER


def _explain_now(typed: Typed, now: datetime) -> tuple[str, ...]:
    """Say who is in the way of a visit that begins now."""
    if not typed.is_walk_in or typed.wish is None:
        return ()
    return explain_time(
        request=SlotRequest(typed.wish, next_minute(now)),
        timezone=typed.timezone,
        now=now,
        resource_name=typed.resource_name,
        service_name=typed.service_name,
    )


def _load_times(typed: Typed, now: datetime) -> Times:
    if typed.wish is None:
        return Times(None)
    return load_times(
        wish=typed.wish,
        on=typed.on,
        today=typed.today,
        now=now,
        timezone=typed.timezone,
        wanted=typed.starts_at,
        resource_name=typed.resource_name,
        service_name=typed.service_name,
        is_soon=typed.is_walk_in,
    )
