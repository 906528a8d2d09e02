"""The steps after the service: visit, time, details."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from edge.access import open_to_anyone
from edge.limits import count_write, keep_time, note_end
from edge.reading import read_date, read_instant
from kernel.errors import DomainError, Invalid, NotFound
from scheduling.engine import find_window
from scheduling.enums import BookingSource, ConsentPurpose
from scheduling.errors import HoldExpired, HoldUnknown, HoldUsed, SlotTaken, SlotUnavailable
from scheduling.services.bookings import holds
from scheduling.services.bookings import submissions as bookings
from scheduling.services.demand.searches import search_times
from scheduling.types import (
    AvailabilityQuery,
    AvailableSlot,
    CustomerDetails,
    SlotRequest,
    VisitDetails,
)
from web.booking.details import DetailsForm
from web.booking.draft import (
    HeldTime,
    forget_hold,
    recall_booking,
    recall_hold,
    remember_booking,
    remember_hold,
)
from web.booking.flow import Flow, StepKey, load_flow, make_link
from web.booking.pages import render_step, while_bookings_are_taken
from web.booking.visit import VisitForm
from web.errors import translate_error
from web.formats import end_sentence, name_time
from web.parts.assets import list_suggestions
from web.parts.pickers import Picker, find_week, last_day, make_picker

FIELD_OF = {"contact": "phone"}
"""Where the page shows a finding of the service under another name."""


@open_to_anyone
@require_http_methods(["GET", "HEAD", "POST"])
@while_bookings_are_taken
def tell_visit(request: HttpRequest) -> HttpResponse:
    """Ask what the visit is about: vehicle, arrival, extras, with whom."""
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.VISIT):
        return _go_to_missing(flow)
    if not flow.asks_for_visit:
        return HttpResponseRedirect(flow.link(StepKey.TIME))
    if request.method != "POST":
        return _render_visit(request, flow, VisitForm(flow))
    form = VisitForm.of(request.POST, flow)
    if "go" in request.POST:
        return _go_elsewhere(request, flow.with_draft(form.draft), StepKey.VISIT)
    if not form.is_finished:
        return _render_visit(request, flow.with_draft(form.draft), form, status=422 if form.errors else 200)
    return HttpResponseRedirect(flow.with_draft(replace(form.draft, is_visit_told=True)).link(StepKey.TIME))


@open_to_anyone
@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Answer what to offer for a field of the asset whose suggestions depend on another one."""
    flow = load_flow(request)
    options = list_suggestions(flow.vertical, request.GET.get("field", ""), request.GET.get("of", "")[:100])
    return JsonResponse({"options": options})


@open_to_anyone
@require_http_methods(["GET", "HEAD", "POST"])
@while_bookings_are_taken
def choose_time(request: HttpRequest) -> HttpResponse:
    """Show free times; a posted one is held, and the details are asked next."""
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.TIME):
        return _go_to_missing(flow)
    if request.method != "POST":
        return render_times(request, flow, asked=read_date(request.GET.get("on", "")))
    starts_at = read_instant(request.POST.get("starts_at", ""))
    if starts_at is None:
        return render_times(request, flow, status=422, message=gettext("Choose one of the times."))
    return _hold(request, flow, starts_at)


@open_to_anyone
@require_http_methods(["GET", "HEAD", "POST"])
@while_bookings_are_taken
def tell_details(request: HttpRequest) -> HttpResponse:
    """Ask who books, and book."""
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.DETAILS):
        return _go_to_missing(flow)
    if request.method != "POST":
        return _render_details(request, flow, DetailsForm(flow))
    form = DetailsForm(flow, request.POST)
    kept = flow.with_draft(form.draft)
    if "go" in request.POST:
        return _go_elsewhere(request, kept, StepKey.DETAILS)
    if not form.is_valid():
        return _render_details(request, kept, form, status=422)
    count_write(request, [form.cleaned_data["phone"], form.cleaned_data["email"]])
    return _submit(request, kept, form)


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
        held_at=held.starts_at if held else None,
        taken=message,
    )


def _find_times(
    flow: Flow, held: HeldTime | None, *, asked: date | None, taken: datetime | None, nearest: tuple[AvailableSlot, ...]
) -> Picker:
    window = find_window([flow.service] if flow.service else [])
    on = asked or (taken.astimezone(flow.zone).date() if taken else None)
    start, before, after = find_week(on, today=flow.today, window_days=window)
    found = search_times(
        query=AvailabilityQuery(
            flow.wish, from_on=start, to_on=last_day(start), moving_booking_id=held.hold_id if held else None
        ),
        now=flow.now,
    )
    return make_picker(
        found,
        asked=asked,
        today=flow.today,
        pages=(before, after),
        formats=flow.formats,
        taken=taken,
        nearest=nearest,
    )


def _hold(request: HttpRequest, flow: Flow, starts_at: datetime) -> HttpResponse:
    held = recall_hold(flow.draft, now=flow.now)
    if held and held.starts_at == starts_at and held.wish == flow.wish:
        return HttpResponseRedirect(flow.with_draft(replace(flow.draft, hold=held)).link(StepKey.DETAILS))
    if held:
        with suppress(DomainError):  # it may have ended meanwhile: then there is nothing to give back
            holds.release_hold(hold_id=held.hold_id, token=held.token, now=flow.now)
            note_end(request)
        forget_hold(flow.draft)
    try:
        with keep_time(request) as keeping:
            slot = holds.hold_slot(request=SlotRequest(flow.wish, starts_at), now=flow.now, source=BookingSource.PAGE)
            keeping.is_kept = True
    except SlotTaken as error:
        return _render_taken(request, flow, error, starts_at, _say_taken(flow, starts_at))
    except SlotUnavailable as error:
        return _render_taken(request, flow, error, None, translate_error(error))
    draft = replace(
        flow.draft,
        hold=HeldTime(
            hold_id=slot.id,
            token=slot.token,
            wish=flow.wish,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            expires_at=slot.expires_at,
            price_minor=slot.price_minor,
            currency=slot.currency,
            deposit_minor=slot.deposit_minor,
        ),
    )
    remember_hold(draft, now=flow.now)
    return HttpResponseRedirect(flow.with_draft(draft).link(StepKey.DETAILS))


def _submit(request: HttpRequest, flow: Flow, form: DetailsForm) -> HttpResponse:
    draft, hold = flow.draft, flow.draft.hold
    assert hold is not None  # is_too_early_for has looked
    try:
        booked = bookings.submit_booking(
            hold_id=hold.hold_id, token=hold.token, details=_make_details(flow, form), now=flow.now
        )
        note_end(request)
    except (HoldExpired, SlotTaken) as error:
        return _render_taken(request, _without_hold(flow), error, hold.starts_at, _say_taken(flow, hold.starts_at))
    except HoldUnknown as error:
        return _render_taken(request, _without_hold(flow), error, None, translate_error(error))
    except HoldUsed as error:
        token = recall_booking(draft)  # the form was sent twice: the first one made the booking
        if token:
            return HttpResponseRedirect(reverse("booking:manage", args=[token]))
        return _render_taken(request, _without_hold(flow), error, None, translate_error(error))
    except Invalid as error:
        form.refuse(error, names=FIELD_OF)
        return _render_details(request, flow, form, status=422)
    forget_hold(draft)
    remember_booking(draft, booked.manage_token)
    return HttpResponseRedirect(reverse("booking:manage", args=[booked.manage_token]) + "?new=1")


def _make_details(flow: Flow, form: DetailsForm) -> VisitDetails:
    draft, typed = flow.draft, form.cleaned_data
    consents = [ConsentPurpose.BOOKING] + [ConsentPurpose.REMINDERS] * draft.wants_reminders
    return VisitDetails(
        customer=CustomerDetails(
            name=typed["name"],
            phone=typed["phone"] or None,
            email=typed["email"] or None,
            locale=flow.formats.language,
        ),
        asset=draft.asset,
        answers={"symptoms": list(draft.symptoms)} if draft.symptoms else {},
        arrival_mode=flow.arrival_mode or None,
        note=draft.note,
        consents=tuple(str(consent) for consent in consents),
        wants_reminders=draft.wants_reminders,
    )


def _render_visit(request: HttpRequest, flow: Flow, form: VisitForm, *, status: int = 200) -> HttpResponse:
    return render_step(
        request,
        "booking/visit.html",
        flow,
        StepKey.VISIT,
        status=status,
        form=form,
        heading=flow.words.get("question_asset") or gettext("About your visit"),
        more_label=", ".join(str(field.label) for field in form.more_fields),
    )


def _render_details(request: HttpRequest, flow: Flow, form: DetailsForm, *, status: int = 200) -> HttpResponse:
    hold = flow.draft.hold
    assert hold is not None
    return render_step(
        request,
        "booking/details.html",
        flow,
        StepKey.DETAILS,
        status=status,
        form=form,
        hold=hold,
        is_hold_over=hold.expires_at <= flow.now,
        resource_name=next((each.name for each in flow.resources if each.id == flow.draft.resource_id), ""),
    )


def _render_taken(
    request: HttpRequest, flow: Flow, error: DomainError, taken: datetime | None, message: str
) -> HttpResponse:
    return render_times(
        request,
        flow,
        status=404 if isinstance(error, NotFound) else 409,
        message=message,
        taken=taken,
        nearest=getattr(error, "alternatives", ()),
    )


def _say_taken(flow: Flow, starts_at: datetime) -> str:
    time = name_time(flow.formats, starts_at, flow.timezone)
    return end_sentence(gettext("Someone just took %(time)s") % {"time": time})


def _without_hold(flow: Flow) -> Flow:
    forget_hold(flow.draft)
    return flow.with_draft(replace(flow.draft, hold=None))


def _go_elsewhere(request: HttpRequest, flow: Flow, step: StepKey) -> HttpResponse:
    """Leave a form half filled: back, or the same page in another language; everything typed goes along."""
    target = request.POST["go"]
    if target == "back":
        return HttpResponseRedirect(flow.link(flow.find_step_before(step) or StepKey.SERVICE))
    return HttpResponseRedirect(flow.link(step, lang=target))


def _go_to_missing(flow: Flow) -> HttpResponse:
    return HttpResponseRedirect(flow.link(flow.find_missing_step()))
