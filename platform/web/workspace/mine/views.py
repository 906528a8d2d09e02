"""One's own day of work: begin, pause, go on, finish, and say that it takes longer.

Whoever manages bookings may do it for every visit; others only for those that are given to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.reading import read_date
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.staff import list_own_resource_ids
from scheduling.services.bookings import transitions, undoing
from scheduling.types import BookingView
from web.errors import translate_error
from web.formats import to_local
from web.parts.toasts import Toast, Undo, add_triggers, go_on, is_fragment_asked
from web.workspace.actors import make_actor
from web.workspace.bookings.working.access import get_own_visit
from web.workspace.bookings.working.late import USUAL_DELAY, LateForm, announce, is_reachable
from web.workspace.mine.page import load_own_day, make_card


@dataclass(frozen=True, slots=True)
class Act:
    """A step as a button of the card; ``done`` is said after it, ``undo_key`` names the step that takes it back."""

    done: str | Promise
    service: Callable[..., object]
    undo_key: str = ""


def _undo(status: BookingStatus) -> Callable[..., object]:
    return lambda **asked: undoing.undo_step(status=status, **asked)


ACTS = {
    "start": Act(gettext_lazy("Visit started"), transitions.start_visit, "not-started"),
    "pause": Act(gettext_lazy("Visit paused"), transitions.pause_visit, "resume"),
    "resume": Act(gettext_lazy("Work goes on"), transitions.resume_visit),
    "finish": Act(gettext_lazy("Visit finished"), transitions.complete_visit, "not-finished"),
    "not-started": Act(gettext_lazy("Change undone"), _undo(BookingStatus.IN_PROGRESS)),
    "not-finished": Act(gettext_lazy("Change undone"), _undo(BookingStatus.COMPLETED)),
}


@requires(Permission.OWN_WORK)
@require_safe
def show_mine(request: HttpRequest) -> HttpResponse:
    """Show one's own day; a date that cannot be read is today."""
    return _render(request)


@requires(Permission.OWN_WORK)
@require_POST
def perform(request: HttpRequest, booking_id: int, key: str) -> HttpResponse:
    """Take a step with a visit that is given to whoever asks; a second tap that finds it done is no error."""
    act = ACTS.get(key)
    if act is None:
        raise Http404
    get_own_visit(request, booking_id)
    more = {"state": request.POST.get("state", "")} if key == "pause" else {}
    try:
        act.service(booking_id=booking_id, now=utc_now(), by=make_actor(request), **more)
    except (Conflict, Forbidden, Invalid) as error:
        return _refuse(request, error)
    undo = (
        Undo(reverse("workspace:mine_act", args=[booking_id, act.undo_key]), {"from": "board"})
        if act.undo_key
        else None
    )
    return _answer(request, Toast(title=str(act.done), text=_name(get_booking(booking_id=booking_id)), undo=undo))


@requires(Permission.OWN_WORK)
def say_late(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask how late a visit gets, and tell its customer; the card's button says the usual time at once."""
    visit = get_own_visit(request, booking_id)
    if request.method != "POST":
        return _render_late(request, visit, LateForm())
    form = LateForm(request.POST)
    if not form.is_valid():
        return _render_late(request, visit, form, status=422)
    try:
        title = announce(request, visit, form)
    except Invalid as error:
        form.refuse(error)
        return _render_late(request, visit, form, status=get_status(error))
    except (Conflict, Forbidden) as error:
        return _refuse(request, error)
    return _answer(request, Toast(title=title, text=_name(visit)))


def _name(visit: BookingView) -> str:
    return " · ".join(filter(None, (visit.service_name, visit.asset_label or visit.customer_name)))


def _answer(request: HttpRequest, toast: Toast) -> HttpResponse:
    if not is_fragment_asked(request):
        return go_on(request, toast, to=_find_day(request))
    return add_triggers(_render(request), toast)


def _refuse(request: HttpRequest, error: Conflict | Forbidden | Invalid) -> HttpResponse:
    """Say what stands in the way, beside the day as it is now."""
    return _render(request, error=translate_error(error), status=get_status(error))


def _find_day(request: HttpRequest) -> str:
    on = read_date(request.POST.get("date"))
    return reverse("workspace:mine") + (f"?date={on.isoformat()}" if on else "")


def _render(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    asked: QueryDict = request.POST if request.method == "POST" else request.GET
    own_ids = list_own_resource_ids(user_id=request.user.pk or 0)
    day = load_own_day(own_ids=own_ids, on=read_date(asked.get("date")), now=utc_now())
    template = "workspace/mine/cards.html" if is_fragment_asked(request) else "workspace/mine/day.html"
    return render(request, template, {"day": day, "error": error, "usual_delay": USUAL_DELAY}, status=status)


def _render_late(request: HttpRequest, visit: BookingView, form: LateForm, *, status: int = 200) -> HttpResponse:
    on = to_local(visit.starts_at, visit.timezone).date()
    context = {
        "form": form,
        "card": make_card(visit, now=utc_now()),
        "is_reachable": is_reachable(visit),
        "back_url": f"{reverse('workspace:mine')}?date={on.isoformat()}",
        "on": on,
    }
    return render(request, "workspace/mine/late.html", context, status=status)
