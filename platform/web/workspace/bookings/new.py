"""A booking made by staff: by phone or at the counter, through the same service as the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.policies import Permission, has_permission
from edge.access import requires
from edge.language import current_language
from edge.reading import read_date
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.ids import read_row_id
from kernel.iso import parse_time
from scheduling.enums import BookingSource
from scheduling.errors import HoldExpired, SlotTaken, SlotUnavailable
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.catalog import services as catalog
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import (
    AvailableSlot,
    CustomerDetails,
    OverrideReason,
    ResourceView,
    ServiceView,
    SlotRequest,
    SubmittedBooking,
    VisitDetails,
    Wish,
)
from tenants.context import current_tenant
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.bookings.forms import BookingForm, StartForm, list_arrival_modes
from web.workspace.bookings.times import load_times
from web.workspace.bookings.views import describe, make_actor

LAST_DAY_OFFSET = 365
FIELD_OF = {"contact": "phone"}
"""Where the page shows a finding of the service under another name."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is chosen and typed so far.

    Attributes:
        wish: What is asked for, once a service is chosen.
    """

    values: QueryDict
    services: tuple[ServiceView, ...]
    service: ServiceView | None
    resources: tuple[ResourceView, ...]
    wish: Wish | None
    timezone: str
    on: date
    today: date

    def make_form(self, data: QueryDict | None = None) -> BookingForm:
        """Return the form: with ``data`` it is checked, without it shows what was typed."""
        initial = {"locale": current_tenant().locale or current_language(), **self.values.dict()}
        return BookingForm(
            data, services=self.services, service=self.service, resources=self.resources, initial=initial
        )

    def make_start_form(self, data: QueryDict | None = None) -> StartForm:
        """Return the form of the start, likewise; a place on the board names it ``time``."""
        at = _read_time(self.values.get("at") or self.values.get("time"))
        return StartForm(data, timezone=self.timezone, initial={"at": at})


@requires(Permission.BOOKING_MANAGE)
def make_booking(request: HttpRequest) -> HttpResponse:
    """Show the form, show it again with other times, or book; what was typed is never lost."""
    now = utc_now()
    typed = _read_typed(request.POST if request.method == "POST" else request.GET, now)
    if request.POST.get("do") != "book":
        return _render_form(request, typed, typed.make_form(), typed.make_start_form())
    form, start = typed.make_form(request.POST), typed.make_start_form(request.POST)
    if not (form.is_valid() & start.is_valid()) or typed.wish is None:
        return _render_form(request, typed, form, start, status=422)
    try:
        booked = _book(request, SlotRequest(typed.wish, start.cleaned_data["start"]), form, now)
    except Invalid as error:
        form.refuse(error, names=FIELD_OF)
        return _render_form(request, typed, form, start, status=422)
    except DomainError as error:
        return _render_form(
            request,
            typed,
            form,
            start,
            status=get_status(error),
            error=translate_error(error),
            alternatives=error.alternatives if isinstance(error, SlotTaken | SlotUnavailable | HoldExpired) else (),
            reasons=tuple(cause.text for cause in error.reasons) if isinstance(error, SlotUnavailable) else (),
        )
    booking = bookings.get_booking(booking_id=booked.booking_id)
    toast = Toast(title=gettext("Booking made"), text=describe(booking))
    return go_on(request, toast, to=reverse("workspace:booking", args=[booking.id]))


def _book(request: HttpRequest, asked: SlotRequest, form: BookingForm, now: datetime) -> SubmittedBooking:
    typed = form.cleaned_data
    reason = typed["override_reason"] if has_permission(request.user, Permission.BOOKING_OVERRIDE) else ""
    return book_slot(
        request=asked,
        details=VisitDetails(
            customer=CustomerDetails(
                name=typed["name"],
                phone=typed["phone"] or None,
                email=typed["email"] or None,
                locale=typed["locale"] or current_tenant().locale,
            ),
            asset=form.asset,
            arrival_mode=typed.get("arrival_mode") or None,
            note=typed["note"],
        ),
        now=now,
        source=BookingSource.WORKSPACE,
        override=OverrideReason(reason=reason, user_id=request.user.pk) if reason else None,
        by=make_actor(request),
    )


def _read_typed(values: QueryDict, now: datetime) -> Typed:
    services = catalog.list_services()
    places = catalog.list_locations()
    timezone = places[0].timezone if places else current_tenant().timezone
    today = now.astimezone(ZoneInfo(timezone)).date()
    service_id = read_row_id(values.get("service"))
    service = next((each for each in services if each.id == service_id), None)
    on = read_date(values.get("go_on") or values.get("on") or values.get("date")) or today
    return Typed(
        values=values,
        services=services,
        service=service,
        resources=catalog.list_choosable_resources(service_id=service.id) if service else (),
        wish=_read_wish(values, service) if service else None,
        timezone=timezone,
        on=max(on, today),
        today=today,
    )


def _read_wish(typed: QueryDict, service: ServiceView) -> Wish:
    """Return what the form asks for; a way to arrive that it does not offer is the first one, as the page shows it."""
    modes = [mode.key for mode in list_arrival_modes(service)]
    asked_mode = typed.get("arrival_mode", "")
    resource_id = read_row_id(typed.get("resource"))
    return Wish(
        service_ids=(service.id,),
        resource_ids=() if resource_id is None else (resource_id,),
        location_id=read_row_id(typed.get("location")),
        arrival_mode=asked_mode if asked_mode in modes else next(iter(modes), ""),
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
    wish = typed.wish
    context = {
        "typed": typed,
        "form": form,
        "start": start,
        "times": wish and load_times(wish=wish, on=typed.on, today=typed.today, now=utc_now()),
        "chosen": typed.values.get("starts_at", ""),
        "last_day": typed.today + timedelta(days=LAST_DAY_OFFSET),
        "error": error,
        "reasons": reasons,
        "alternatives": alternatives,
    }
    return render(request, "workspace/new_booking.html", context, status=status)


def _read_time(text: str | None) -> str:
    """Return ``HH:MM``, for a field that takes nothing else; empty when it is no time."""
    try:
        return parse_time(text or "").strftime("%H:%M")
    except ValueError:
        return ""
