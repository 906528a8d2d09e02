"""The steps after the service: visit, time, details."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from edge.access import open_to_anyone
from edge.limits import count_write, keep_time, note_end, note_extension
from edge.reading import read_date, read_instant
from edge.statuses import get_status
from kernel.errors import DomainError, LimitReached
from scheduling.enums import BookingSource
from scheduling.errors import (
    AlreadyBooked,
    HoldExtended,
    HoldOver,
    HoldUnknown,
    HoldUsed,
    SlotTaken,
    SlotUnavailable,
    TooManyHolds,
    VerificationRequired,
)
from scheduling.services.bookings import holds
from scheduling.types import HeldSlot, SlotRequest
from web.booking.details import DetailsForm
from web.booking.draft import (
    HeldTime,
    forget_hold,
    recall_booking,
    recall_hold,
    remember_hold,
)
from web.booking.flow import Flow, StepKey, find_door, link_in_language, load_flow
from web.booking.pages import render_step, while_bookings_are_taken
from web.booking.sent_photos import show_run_photos
from web.booking.submission import render_details, show_details, submit
from web.booking.times import render_taken, render_times, say_taken
from web.booking.visit import VisitForm
from web.errors import add_wait, translate_error
from web.parts.assets import list_suggestions

EXTRAS = frozenset({"photos", "repeats", "several"})
"""Pages beside a step, from which one comes back to it."""


@open_to_anyone
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
@while_bookings_are_taken
def choose_time(request: HttpRequest) -> HttpResponse:
    """Show free times; a posted one is held, and the details are asked next."""
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.TIME):
        return _go_to_missing(flow)
    if request.GET.get("who") == "anyone":
        return HttpResponseRedirect(flow.with_draft(replace(flow.draft, resource_id=None)).link(StepKey.TIME))
    if request.method != "POST":
        return render_times(request, flow, asked=read_date(request.GET.get("on", "")))
    starts_at = read_instant(request.POST.get("starts_at", ""))
    if starts_at is None:
        return render_times(request, flow, status=422, message=gettext("Choose one of the times."))
    return hold_time(request, flow, starts_at)


@open_to_anyone
@while_bookings_are_taken
def tell_details(request: HttpRequest) -> HttpResponse:
    """Ask who books, and book."""
    flow = load_flow(request)
    if flow.is_too_early_for(StepKey.DETAILS):
        return _go_to_missing(flow)
    if request.method != "POST":
        return show_details(request, flow)
    form = DetailsForm(flow, request.POST)
    kept = flow.with_draft(form.draft)
    if request.POST.get("go") == "keep":
        return _keep_longer(request, kept)
    if "go" in request.POST:
        return _go_elsewhere(request, kept, StepKey.DETAILS)
    if not form.is_valid():
        return render_details(request, kept, form, status=422)
    return _send(request, kept, form)


def _send(request: HttpRequest, flow: Flow, form: DetailsForm) -> HttpResponse:
    """Book, or ask for a code first."""
    count_write(request, [form.cleaned_data["phone"], form.cleaned_data["email"]])
    try:
        return submit(request, flow, form)
    except VerificationRequired as required:
        return HttpResponseRedirect(flow.with_draft(replace(flow.draft, code_to=required.to)).link("verify"))
    except AlreadyBooked as error:
        return render_details(request, flow, form, status=get_status(error), already=error)
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(render_details(request, flow, form, status=get_status(error)), error)


def hold_time(request: HttpRequest, flow: Flow, starts_at: datetime) -> HttpResponse:
    """Keep a time and lead to the details; where somebody else has it, show the times again."""
    held = recall_hold(flow.draft, now=flow.now)
    if held and held.starts_at == starts_at and held.wish == flow.wish:
        return HttpResponseRedirect(flow.with_draft(replace(flow.draft, hold=held)).link(StepKey.DETAILS))
    if held:
        with suppress(DomainError):  # it may have ended meanwhile: then there is nothing to give back
            if holds.release_hold(hold_id=held.hold_id, token=held.token, now=flow.now):
                note_end(request)
        forget_hold(flow.draft)
    try:
        slot = _keep(request, flow, SlotRequest(flow.wish, starts_at))
    except SlotTaken as error:
        return render_taken(request, flow, error, starts_at, say_taken(flow, starts_at))
    except SlotUnavailable as error:
        return render_taken(request, flow, error, None, translate_error(error))
    draft = replace(
        flow.draft,
        repeats=(),
        repeat_every=0,
        hold=HeldTime(
            hold_id=slot.id,
            token=slot.token,
            wish=flow.wish,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            expires_at=slot.expires_at,
            price_minor=slot.price_minor,
            is_price_from=slot.is_price_from,
            currency=slot.currency,
            deposit_minor=slot.deposit_minor,
            first_deposit_minor=slot.first_deposit_minor,
        ),
    )
    remember_hold(draft, now=flow.now)
    return HttpResponseRedirect(flow.with_draft(draft).link(StepKey.DETAILS))


def _keep(request: HttpRequest, flow: Flow, asked: SlotRequest) -> HeldSlot:
    """Keep a time; where the visitor's network keeps many already, they go on without, and so does who only tries."""
    if flow.is_test:
        return holds.quote_slot(request=asked, now=flow.now, source=BookingSource.PAGE, is_test=True)
    try:
        with keep_time(request) as keeping:
            slot = holds.hold_slot(request=asked, now=flow.now, source=find_door(request))
            keeping.until = slot.expires_at
            return slot
    except TooManyHolds:
        return holds.quote_slot(request=asked, now=flow.now, source=find_door(request))


def _keep_longer(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Keep the time longer, once; where that cannot be, the page says so, or leads to what was booked of it."""
    count_write(request)
    held = recall_hold(flow.draft, now=flow.now) or flow.draft.hold
    assert held is not None  # is_too_early_for has looked
    try:
        until = holds.extend_hold(hold_id=held.hold_id, token=held.token, now=flow.now)
    except HoldExtended:
        once = flow.with_draft(replace(flow.draft, hold=replace(held, is_extended=True)))
        return HttpResponseRedirect(once.link(StepKey.DETAILS, longer="no"))
    except (HoldOver, HoldUnknown, HoldUsed):
        forget_hold(flow.draft)
        booked = recall_booking(replace(flow.draft, hold=held))
        if booked:
            return HttpResponseRedirect(reverse("booking:manage", args=[booked]))
        over = replace(held, expires_at=min(held.expires_at, flow.now))
        return HttpResponseRedirect(flow.with_draft(replace(flow.draft, hold=over)).link(StepKey.DETAILS))
    note_extension(request, until=until)
    draft = replace(flow.draft, hold=replace(held, expires_at=until, is_extended=True))
    remember_hold(draft, now=flow.now)
    return HttpResponseRedirect(flow.with_draft(draft).link(StepKey.DETAILS))


def _render_visit(request: HttpRequest, flow: Flow, form: VisitForm, *, status: int = 200) -> HttpResponse:
    return render_step(
        request,
        "booking/visit.html",
        flow,
        StepKey.VISIT,
        status=status,
        form=form,
        heading=flow.words.get("question_asset") or gettext("About your visit"),
        total_url=flow.link("total"),
        photos=show_run_photos(flow.draft) if flow.draft.photos else (),
        more_label=", ".join(str(field.label) for field in form.more_fields),
    )


def _go_elsewhere(request: HttpRequest, flow: Flow, step: StepKey) -> HttpResponse:
    """Leave a form half filled: back, for more services, or in another language; everything typed goes along."""
    target = request.POST["go"]
    if target in EXTRAS:
        return HttpResponseRedirect(flow.link(target))
    if target == "back":
        return HttpResponseRedirect(flow.link(flow.find_step_before(step) or StepKey.SERVICE))
    return HttpResponseRedirect(link_in_language(flow, step, target))


def _go_to_missing(flow: Flow) -> HttpResponse:
    return HttpResponseRedirect(flow.link(flow.find_missing_step()))
