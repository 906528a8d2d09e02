"""Sending the details: the booking, or the page again with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from billing.selectors.accounts import find_open_doors
from billing.types import OpenDoors
from edge.limits import note_end
from edge.requests import find_block
from edge.statuses import get_status
from kernel.errors import DomainError, Invalid
from kernel.iso import parse_instant
from kernel.text import mark
from privacy.errors import NoticeChanged
from privacy.selectors.notices import asks_expressly, name_shown_version
from privacy.services.notices import keep_shown_notice
from scheduling.enums import BookingStatus, ConsentPurpose, ContactKind
from scheduling.errors import (
    AlreadyBooked,
    HoldExpired,
    HoldExtended,
    HoldOver,
    HoldUnknown,
    HoldUsed,
    SeriesConflict,
    SlotTaken,
    SlotUnavailable,
    VerificationRequired,
)
from scheduling.selectors.bookings.visits import find_visits_contact
from scheduling.services.bookings import submissions as bookings
from scheduling.services.bookings.guards import Guard, admit, open_guard, require_proof, send_code
from scheduling.services.bookings.holds import NOT_BOOKED, find_hold_status
from scheduling.services.first_run.trials import book_test
from scheduling.services.repeating import Repeats, book_repeats
from scheduling.types import ASKED_CONSENTS, CUSTOMER, CustomerDetails, SlotRequest, SubmittedBooking, VisitDetails
from web.booking.details import DetailsForm
from web.booking.draft import HeldTime, forget_hold, recall_booking, remember_booking
from web.booking.extras.repeats import recall_asked
from web.booking.flow import Flow, StepKey, find_door
from web.booking.pages import render_step
from web.booking.times import drop_hold, render_taken, say_taken
from web.errors import translate_error

HOLD_OVER = mark("This time is no longer kept for you. If it is still free when you confirm, it is yours.")
NOT_KEPT = mark(
    "Many times are kept from your network, so this one is not. If it is still free when you confirm, it is yours."
)
ONLY_TRIED = mark("A test keeps no time: it stays free for customers.")
MAY_COINCIDE = "may_coincide"
"""Name of the input that says that both visits are meant."""
FIELD_OF = {"contact": "phone"}
"""Where the page shows a finding of the service under another name."""


def submit(
    request: HttpRequest, flow: Flow, form: DetailsForm, *, code: str = "", is_new_wanted: bool = False
) -> HttpResponse:
    """Book, and lead to the page of the booking.

    Raises:
        VerificationRequired: A code has to be typed; it is on its way.
        AlreadyBooked: The same person comes at this time already; `MAY_COINCIDE` is sent along by who means both.
        LimitReached: The contact got as many codes as it may, or there is no way to send one.
    """
    draft, hold = flow.draft, flow.draft.hold
    assert hold is not None  # is_too_early_for has looked
    is_sole, origin = MAY_COINCIDE not in request.POST, find_block(request)
    try:
        notice = keep_shown_notice(version=flow.draft.notice, now=flow.now)
        details = replace(make_details(flow, form.cleaned_data), is_sole=is_sole, origin=origin, notice=notice)
        if flow.is_test:
            booked = _try_out(request, flow, hold, details)
        else:
            guard = open_guard(customer=details.customer, block=find_block(request), code=code, now=flow.now)
            booked = _book_guarded(request, flow, guard, details, is_new_wanted=is_new_wanted)
    except (HoldExpired, HoldUnknown, SeriesConflict, SlotTaken, SlotUnavailable) as error:
        return _choose_again(request, flow, hold, error)
    except (HoldOver, HoldUsed) as error:
        return _lead_to_booking(request, flow, error)  # the form was sent twice: the first one made the booking
    except Invalid as error:
        return _refuse(request, flow, form, error)
    except NoticeChanged as error:
        form.add_error(None, translate_error(error))
        return render_details(request, flow, form, status=get_status(error))
    forget_hold(draft)
    remember_booking(draft, booked.manage_token)
    return HttpResponseRedirect(reverse("booking:manage", args=[booked.manage_token]) + "?new=1")


def find_made(request: HttpRequest, flow: Flow) -> HttpResponse | None:
    """Lead to what was booked of the time already: by the back button, or an old address one comes here again.

    None when nothing was.
    """
    hold = flow.draft.hold
    assert hold is not None  # is_too_early_for has looked
    return _lead_to_booking(request, flow, HoldUsed()) if _was_sent_before(flow, hold) else None


def _lead_to_booking(request: HttpRequest, flow: Flow, error: DomainError) -> HttpResponse:
    """Lead to the booking of the draft's time; once that is forgotten, say so beside the times."""
    token = recall_booking(flow.draft)
    if token:
        return HttpResponseRedirect(reverse("booking:manage", args=[token]))
    return render_taken(request, drop_hold(flow), error, None, translate_error(error))


def _choose_again(request: HttpRequest, flow: Flow, hold: HeldTime, error: DomainError) -> HttpResponse:
    """Ask for another time, or for other dates, since what was chosen cannot be had; what was typed stays."""
    if isinstance(error, SeriesConflict):
        # As far as some were chosen: the page says which are free by now.
        return HttpResponseRedirect(flow.link("repeats", **(recall_asked(flow) or {}), taken="1"))
    if isinstance(error, HoldExpired | SlotTaken):
        return render_taken(request, drop_hold(flow), error, hold.starts_at, say_taken(flow, hold.starts_at))
    return render_taken(request, drop_hold(flow), error, None, translate_error(error))


def _try_out(request: HttpRequest, flow: Flow, hold: HeldTime, details: VisitDetails) -> SubmittedBooking:
    """Book a test: nothing was held, and no code is asked of whoever is signed in."""
    if recall_booking(flow.draft):
        raise HoldUsed
    asked = SlotRequest(flow.wish, hold.starts_at)
    return book_test(request=asked, details=details, tester_id=request.user.pk or 0, now=flow.now)


def _book_guarded(
    request: HttpRequest, flow: Flow, guard: Guard, details: VisitDetails, *, is_new_wanted: bool
) -> SubmittedBooking:
    hold = flow.draft.hold
    assert hold is not None
    try:
        with admit(guard) as proven_contact:
            proven = proven_contact or _find_proof(flow, details)
            shown = replace(details, proven_contact=proven)
            if flow.draft.repeats:
                require_proof(guard, proven)
                return _book_repeats(request, flow, hold, shown)
            return _book(request, flow, hold, shown)
    except VerificationRequired as required:
        if _was_sent_before(flow, hold):
            raise HoldUsed from required  # the form was sent twice: no code is needed for what is booked
        raise send_code(guard, required, is_new_wanted=is_new_wanted) from required
    except AlreadyBooked as error:
        if _was_sent_before(flow, hold):
            raise HoldUsed from error  # what it would be asked about is this very visit
        raise


def _was_sent_before(flow: Flow, hold: HeldTime) -> bool:
    """Tell whether this form made its booking already."""
    return _find_status(flow, hold) not in NOT_BOOKED


def _find_status(flow: Flow, hold: HeldTime) -> BookingStatus | None:
    """Return what became of the time; of one that was not kept, what was just made says whether it is booked."""
    if not hold.hold_id:
        return BookingStatus.CONFIRMED if recall_booking(flow.draft) else None
    return find_hold_status(hold_id=hold.hold_id, token=hold.token)


def _find_proof(flow: Flow, details: VisitDetails) -> str:
    """Return the kind of the contact whose reader came here by the link to their visits, if it was typed again."""
    link = find_visits_contact(token=flow.draft.visits_link, now=flow.now)
    typed = {ContactKind.EMAIL: details.customer.email, ContactKind.PHONE: details.customer.phone}
    return str(link.kind) if link is not None and typed[link.kind] == link.value else ""


def _book(request: HttpRequest, flow: Flow, hold: HeldTime, details: VisitDetails) -> SubmittedBooking:
    if not hold.hold_id:
        if recall_booking(flow.draft):
            raise HoldUsed
        asked = SlotRequest(flow.wish, hold.starts_at)
        door = find_door(request)
        return bookings.book_slot(request=asked, details=details, now=flow.now, source=door, by=CUSTOMER)
    booked = bookings.submit_booking(hold_id=hold.hold_id, token=hold.token, details=details, now=flow.now)
    note_end(request)
    return booked


def _book_repeats(request: HttpRequest, flow: Flow, hold: HeldTime, details: VisitDetails) -> SubmittedBooking:
    """Book the time that is kept and the later ones, unless this form has done so before."""
    if not hold.hold_id and recall_booking(flow.draft):
        raise HoldUsed
    later = tuple(map(parse_instant, flow.draft.repeats))
    booked = book_repeats(
        request=SlotRequest(flow.wish, hold.starts_at),
        repeats=Repeats(flow.draft.repeat_every, later),
        details=details,
        hold_id=hold.hold_id,
        token=hold.token,
        now=flow.now,
        source=find_door(request),
    )
    if hold.hold_id:
        note_end(request)
    return booked


def make_details(flow: Flow, typed: Mapping[str, Any]) -> VisitDetails:
    """Return who comes and with what: what the flow knows, and the name, phone and e-mail that were ``typed``."""
    draft = flow.draft
    agreed = [ConsentPurpose(each) for each in draft.agreed if each in ASKED_CONSENTS]
    consents = [ConsentPurpose.BOOKING] + [ConsentPurpose.REMINDERS] * draft.wants_reminders + agreed
    return VisitDetails(
        customer=CustomerDetails(
            name=typed["name"],
            phone=typed["phone"] or None,
            email=typed["email"] or None,
            locale=flow.formats.language,
        ),
        asset=draft.asset,
        answers=list_answers(flow),
        arrival_mode=flow.arrival_mode or None,
        note=draft.note,
        consents=tuple(str(consent) for consent in consents),
        wants_reminders=draft.wants_reminders,
        # Whatever this page knows of them: another tab may have sent them, or the back button forgotten them.
        photo_run=draft.visit if flow.vertical.intake.has_photos else "",
    )


def _refuse(request: HttpRequest, flow: Flow, form: DetailsForm, error: Invalid) -> HttpResponse:
    """Say what was refused at its field; what the business asks by now, on the page that asks it."""
    if any(name.startswith("answers.") for name in error.errors):
        return HttpResponseRedirect(flow.with_draft(replace(flow.draft, is_visit_told=False)).link(StepKey.VISIT))
    form.refuse(error, names=FIELD_OF)
    return render_details(request, flow, form, status=422)


def list_answers(flow: Flow) -> dict[str, object]:
    """Return what was answered on the page about the visit; what the service asks no more is left out."""
    draft, questions = flow.draft, flow.questions
    told: dict[str, object] = {"symptoms": list(draft.symptoms)} if draft.symptoms else {}
    return told | {each.key: draft.answers[each.key] for each in questions if each.key in draft.answers}


def _say_how_it_is_kept(flow: Flow, hold: HeldTime) -> str:
    if flow.is_test:
        return ONLY_TRIED
    return HOLD_OVER if hold.hold_id else NOT_KEPT


def show_details(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Ask who books; a time that is booked already leads to its booking, and one that was given back is not kept."""
    hold = flow.draft.hold
    assert hold is not None  # is_too_early_for has looked
    status = _find_status(flow, hold)
    if status not in NOT_BOOKED:
        return _lead_to_booking(request, flow, HoldUsed())
    if hold.hold_id and status != BookingStatus.HELD:
        hold = replace(hold, expires_at=min(hold.expires_at, flow.now))  # another tab chose another time
    flow = flow.with_draft(replace(flow.draft, hold=hold))
    return render_details(request, flow, DetailsForm(flow))


def render_details(
    request: HttpRequest, flow: Flow, form: DetailsForm, *, status: int = 200, already: AlreadyBooked | None = None
) -> HttpResponse:
    """Render the step that asks who books; ``already``: whether they mean both visits."""
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
        repeats=tuple(map(parse_instant, flow.draft.repeats)),
        is_hold_over=hold.expires_at <= flow.now,
        doors=find_open_doors(amount_minor=hold.deposit_minor, currency=hold.currency)
        if hold.deposit_minor
        else OpenDoors(),
        notice_version=name_shown_version(flow.locations),
        is_express=asks_expressly(),
        can_extend=bool(hold.hold_id) and not hold.is_extended and hold.expires_at > flow.now,
        is_too_late_to_cancel=hold.starts_at - timedelta(minutes=flow.cancel_notice_minutes) <= flow.now,
        over_text=gettext(_say_how_it_is_kept(flow, hold)),
        resource_name=next((each.name for each in flow.resources if each.id == flow.resource_id), ""),
        already=already,
        not_longer_text=gettext(HoldExtended.text) if "longer" in request.GET else "",
    )
