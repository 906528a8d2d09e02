"""One booking: everything about it, and the steps that staff may take."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.enums import BookingStatus
from scheduling.errors import SlotTaken
from scheduling.policies import TAKEN_BACK
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.bookings.series import list_ended_together
from scheduling.services.bookings import undoing
from scheduling.services.bookings.series import following
from scheduling.types import BookingView, OverrideReason
from web.errors import translate_error
from web.formats import name_dates
from web.parts.status_looks import get_look
from web.parts.toasts import Toast, add_triggers, answer_quietly, find_return_address, go_on, is_fragment_asked
from web.templatetags.formats import get_current_formats, local_date_time
from web.workspace.actors import make_actor
from web.workspace.bookings.actions import ACTIONS, CANCEL, CANCEL_FOLLOWING, REASON_FIELDS, Action, ReasonRule
from web.workspace.bookings.forms import ReasonForm, TeamReasonForm
from web.workspace.bookings.page import load_booking_page
from web.workspace.bookings.payments import find_returns
from web.workspace.bookings.working.late import LateForm
from web.workspace.bookings.working.notes import NoteForm


@requires(Permission.BOARD_VIEW)
@require_safe
def show_booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show a booking: a page, or the panel beside the board."""
    return render_booking(request, booking_id)


@requires(Permission.BOOKING_MANAGE)
@require_POST
def perform_action(request: HttpRequest, booking_id: int, key: str) -> HttpResponse:
    """Take a step of the status machine; a second click that finds it done is no error."""
    action = ACTIONS.get(key)
    if action is None:
        raise Http404
    form = make_reason_form(action, request.POST)
    if not form.is_valid():
        return render_booking(request, booking_id, status=422, asked=(action, form))
    try:
        action.perform(booking_id=booking_id, reasons=form.cleaned_data, now=utc_now(), by=make_actor(request))
    except (Conflict, Forbidden) as error:
        return refuse(request, booking_id, error)
    booking = bookings.get_booking(booking_id=booking_id)
    together = list_ended_together(booking, is_customers=False) if action is CANCEL_FOLLOWING else (booking,)
    done = CANCEL.done if action is CANCEL_FOLLOWING and len(together) == 1 else action.done
    toast = Toast(title=str(done), text=describe_together(together), undo=action.make_undo(booking_id))
    return answer_done(request, booking, toast)


@requires(Permission.BOOKING_MANAGE)
@require_POST
def undo_action(request: HttpRequest, booking_id: int, status: str) -> HttpResponse:
    """Take back the step that led to a status; a second click that finds it done is no error."""
    if status not in TAKEN_BACK:
        raise Http404
    try:
        undoing.undo_step(booking_id=booking_id, status=BookingStatus(status), now=utc_now(), by=make_actor(request))
    except (Conflict, Forbidden) as error:
        return refuse(request, booking_id, error)
    booking = bookings.get_booking(booking_id=booking_id)
    state = get_look(booking.status).label
    return answer_done(request, booking, Toast(title=gettext("Change undone"), text=f"{describe(booking)} · {state}"))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def undo_following(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Take back that bookings of a series were canceled together; a second click that finds it done is no error."""
    together = list_ended_together(bookings.get_booking(booking_id=booking_id), is_customers=False)
    try:
        following.restore_following(booking_id=booking_id, now=utc_now(), by=make_actor(request))
    except SlotTaken as error:
        when = local_date_time(error.starts_at, bookings.get_booking(booking_id=booking_id).timezone)
        text = gettext("Not undone, because %(when)s is taken by now.") % {"when": when}
        return refuse(request, booking_id, error, text=text)
    except (Conflict, Forbidden) as error:
        return refuse(request, booking_id, error)
    booking = bookings.get_booking(booking_id=booking_id)
    return answer_done(request, booking, Toast(title=gettext("Change undone"), text=describe_together(together)))


def render_booking(
    request: HttpRequest,
    booking_id: int,
    *,
    status: int = 200,
    asked: tuple[Action, ReasonForm] | None = None,
    error: str = "",
    late: LateForm | None = None,
    note: NoteForm | None = None,
) -> HttpResponse:
    """Render the page or the panel; ``asked`` is the step whose reason was wrong, with its form.

    ``late`` and ``note`` are forms in which something is wrong.
    """
    page = load_booking_page(booking_id=booking_id, user=request.user, now=utc_now())
    reasons = [
        asked if asked and asked[0] is action else (action, make_reason_form(action))
        for action in page.actions
        if action.reason is not ReasonRule.NONE
    ]
    for action, form in reasons:
        if action.reason is ReasonRule.CAUSE:
            together = (page.booking, *page.following) if action.key == CANCEL_FOLLOWING.key else (page.booking,)
            form.show_returns(find_returns(together, now=utc_now()))
        if action.reason is ReasonRule.MEANS:
            form.show_coming(page.money.coming_words)
    template = "workspace/booking_panel.html" if is_fragment_asked(request) else "workspace/booking.html"
    forms = {"late_form": late or LateForm(auto_id="late-%s"), "note_form": note or NoteForm(auto_id="note-%s")}
    context = {"page": page, "reasons": reasons, "error": error} | forms | _find_headings(request, booking_id)
    return render(request, template, context, status=status)


def _find_headings(request: HttpRequest, booking_id: int) -> dict[str, str]:
    """Return of which rank the headings are: on the page of the booking itself, it is no panel beside another one."""
    shown_on = urlsplit(request.headers.get("HX-Current-URL", "")).path
    is_own_page = shown_on == reverse("workspace:booking", args=[booking_id])
    return {"heading": "h1", "level": "h2"} if is_own_page else {}


def make_reason_form(action: Action, data: QueryDict | None = None) -> ReasonForm:
    """Return the form that asks why, or how it was paid."""
    make = TeamReasonForm if action.reason is ReasonRule.TEAM else ReasonForm
    return make(data, key=action.key, asks=REASON_FIELDS[action.reason])


def refuse(
    request: HttpRequest, booking_id: int, error: Conflict | Forbidden | Invalid, *, text: str = ""
) -> HttpResponse:
    """Say what stands in the way, beside the booking as it is now; ``text``: in other words than the error's own."""
    text = text or translate_error(error)
    if is_fragment_asked(request) and request.POST.get("from") == "board":
        return answer_quietly(Toast(title=text, tone="bad"), status=get_status(error))
    return render_booking(request, booking_id, status=get_status(error), error=text)


def read_override(request: HttpRequest, reason: str) -> OverrideReason | None:
    """Return why something is booked over the rules; None: it is not, or the person may not."""
    if not reason or not has_permission(request.user, Permission.BOOKING_OVERRIDE):
        return None
    return OverrideReason(reason=reason, user_id=request.user.pk)


def describe(booking: BookingView) -> str:
    """Name a booking in one line: who and when."""
    return f"{booking.customer_name} · {local_date_time(booking.starts_at, booking.timezone)}"


def describe_together(together: Sequence[BookingView]) -> str:
    """Name bookings to which something was done at once in one line: who, how many, and when."""
    if len(together) == 1:
        return describe(together[0])
    count, dates = len(together), name_dates(get_current_formats(), together)
    said = ngettext("%(count)s booking: %(dates)s", "%(count)s bookings: %(dates)s", count)
    return f"{together[0].customer_name} · {said % {'count': count, 'dates': dates}}"


def answer_done(request: HttpRequest, booking: BookingView, toast: Toast) -> HttpResponse:
    """Say what was done: on the board, in the panel, or on the page from which the form came."""
    if not is_fragment_asked(request):
        page = reverse("workspace:booking", args=[booking.id])
        return go_on(request, toast, to=find_return_address(request, default=page))
    if request.POST.get("from") == "board":
        return answer_quietly(toast)
    return add_triggers(render_booking(request, booking.id), toast)
