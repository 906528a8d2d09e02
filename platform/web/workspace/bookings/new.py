"""A booking made by staff: by phone or at the counter, through the same service as the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from accounts.policies import Permission, has_permission
from edge.access import requires
from edge.reading import read_date
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.ids import read_row_id
from scheduling.enums import BookingSource
from scheduling.errors import FreeTime, HoldExpired, SlotTaken, SlotUnavailable
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.catalog import services as catalog
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import (
    BookingDetails,
    CustomerDetails,
    OverrideReason,
    ServiceView,
    SlotRequest,
    SubmittedBooking,
    Wish,
)
from tenants.context import current_tenant
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.bookings.asset_fields import list_arrival_modes, make_visit, read_asset
from web.workspace.bookings.forms import CustomerForm, StartForm
from web.workspace.bookings.times import load_times
from web.workspace.bookings.views import describe, make_actor

SERVICE_MISSING = gettext_lazy("Choose a service.")
LAST_DAY_OFFSET = 365


@dataclass(frozen=True, slots=True)
class Draft:
    """What is chosen and typed so far."""

    typed: QueryDict
    services: tuple[ServiceView, ...]
    service: ServiceView | None
    timezone: str
    on: date
    today: date


@requires(Permission.BOOKING_MANAGE)
def make_booking(request: HttpRequest) -> HttpResponse:
    """Show the form, show it again with other times, or book; what was typed is never lost."""
    now = utc_now()
    draft = _read_draft(request.POST if request.method == "POST" else request.GET, now)
    if request.POST.get("do") != "book":
        return _render_form(request, draft)
    customer, start = CustomerForm(request.POST), StartForm(request.POST, timezone=draft.timezone)
    wrong = _collect_errors(customer, start, draft)
    if wrong or draft.service is None:
        return _render_form(request, draft, status=422, errors=wrong)
    try:
        booked = _book(request, draft.service, customer, start, now)
    except Invalid as error:
        return _render_form(request, draft, status=422, errors=_translate(error), error=translate_error(error))
    except DomainError as error:
        return _render_form(
            request,
            draft,
            status=get_status(error),
            error=translate_error(error),
            alternatives=error.alternatives if isinstance(error, SlotTaken | SlotUnavailable | HoldExpired) else (),
            reasons=tuple(cause.text for cause in error.reasons) if isinstance(error, SlotUnavailable) else (),
        )
    booking = bookings.get_booking(booking_id=booked.booking_id)
    toast = Toast(title=gettext("Booking made"), text=describe(booking))
    return go_on(request, toast, to=reverse("workspace:booking", args=[booking.id]))


def _book(
    request: HttpRequest, service: ServiceView, customer: CustomerForm, start: StartForm, now: datetime
) -> SubmittedBooking:
    typed = customer.cleaned_data
    reason = typed["override_reason"] if has_permission(request.user, Permission.BOOKING_OVERRIDE) else ""
    return book_slot(
        request=SlotRequest(_read_wish(request.POST, service), start.cleaned_data["start"]),
        details=BookingDetails(
            customer=CustomerDetails(
                name=typed["name"],
                phone=typed["phone"] or None,
                email=typed["email"] or None,
                locale=request.POST.get("locale") or current_tenant().locale,
            ),
            asset=read_asset(request.POST),
            arrival_mode=request.POST.get("arrival_mode") or None,
            note=typed["note"],
        ),
        now=now,
        source=BookingSource.WORKSPACE,
        override=OverrideReason(reason=reason, user_id=request.user.pk) if reason else None,
        by=make_actor(request),
    )


def _read_draft(typed: QueryDict, now: datetime) -> Draft:
    services = catalog.list_services()
    places = catalog.list_locations()
    timezone = places[0].timezone if places else current_tenant().timezone
    today = now.astimezone(ZoneInfo(timezone)).date()
    service_id = read_row_id(typed.get("service"))
    on = read_date(typed.get("go_on") or typed.get("on") or typed.get("date")) or today
    return Draft(
        typed=typed,
        services=services,
        service=next((each for each in services if each.id == service_id), None),
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


def _collect_errors(customer: CustomerForm, start: StartForm, draft: Draft) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for form in (customer, start):
        found |= {name: tuple(str(text) for text in texts) for name, texts in form.errors.items()}
    if draft.service is None:
        found["service"] = (str(SERVICE_MISSING),)
    return found


def _translate(error: Invalid) -> dict[str, tuple[str, ...]]:
    # The service names fields as "customer.phone" or "asset.plate"; the form knows "phone" and "plate".
    return {name.rsplit(".", 1)[-1]: tuple(gettext(text) for text in texts) for name, texts in error.errors.items()}


def _render_form(
    request: HttpRequest,
    draft: Draft,
    *,
    status: int = 200,
    errors: Mapping[str, tuple[str, ...]] | None = None,
    error: str = "",
    reasons: tuple[str, ...] = (),
    alternatives: tuple[FreeTime, ...] = (),
) -> HttpResponse:
    service = draft.service
    wish = service and _read_wish(draft.typed, service)
    times = wish and load_times(wish=wish, on=draft.on, today=draft.today, now=utc_now())
    context = {
        "draft": draft,
        "times": times,
        "typed_time": _read_time(draft.typed.get("at") or draft.typed.get("time")),
        "resources": catalog.list_choosable_resources(service_id=service.id) if service else (),
        "resource_id": next(iter(wish.resource_ids), None) if wish else None,
        "visit": make_visit(draft.typed, errors or {}, list_arrival_modes(service) if service else ()),
        "last_day": draft.today + timedelta(days=LAST_DAY_OFFSET),
        "customer_locale": draft.typed.get("locale") or current_tenant().locale or get_language(),
        "errors": errors or {},
        "error": error,
        "reasons": reasons,
        "alternatives": alternatives,
    }
    return render(request, "workspace/new_booking.html", context, status=status)


def _read_time(text: str | None) -> str:
    """Return ``HH:MM``, for a field that takes nothing else; empty when it is no time."""
    try:
        return time.fromisoformat(text or "").strftime("%H:%M")
    except ValueError:
        return ""
