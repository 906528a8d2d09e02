"""Giving a booking another time: a list of free times, a typed one, or a drag on the board."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.policies import Permission, has_permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from kernel.ids import read_row_id
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.selectors.bookings import views as bookings
from scheduling.services.bookings import moves
from scheduling.services.bookings.undoing_moves import undo_move
from scheduling.types import BookingView, Wish
from web.errors import translate_error
from web.parts.toasts import Toast, ToastLink, Undo, answer_quietly, find_return_address, go_on, is_fragment_asked
from web.workspace.actors import make_actor
from web.workspace.bookings.changes import describe_move
from web.workspace.bookings.forms import MoveForm
from web.workspace.bookings.placing.telling import read_notice
from web.workspace.bookings.placing.wishes import (
    explain_refusal,
    list_choices,
    name_resource,
    read_wish,
    say_error,
)
from web.workspace.bookings.times import load_times
from web.workspace.bookings.typed import find_wanted, read_wanted
from web.workspace.bookings.views import read_override, refuse


@requires(Permission.BOOKING_MANAGE)
def move_booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show the free times, or move to the posted one; refused moves change nothing and say why."""
    booking = bookings.get_booking(booking_id=booking_id)
    if request.method == "POST" and (undone := _read_undone(request)):
        return _undo_move(request, booking, undone)
    if request.method != "POST" or "do" in request.POST:
        return _render_form(request, booking)
    return _move(request, booking)


def _move(request: HttpRequest, booking: BookingView) -> HttpResponse:
    form = MoveForm(request.POST, booking=booking, resources=list_choices(booking, request.POST))
    is_from_board = is_fragment_asked(request) and request.POST.get("from") == "board"
    if not form.is_valid():
        text = str(next(iter(form.errors.values()))[0])
        if is_from_board:
            return answer_quietly(Toast(title=text, tone="bad"), status=422)
        return _render_form(request, booking, form, status=422, error=text)
    length = form.cleaned_data["length"]
    is_end_alone = length is not None and "resource" not in request.POST
    try:
        moves.move_booking(
            booking_id=booking.id,
            starts_at=form.cleaned_data["start"],
            resource_ids=None if is_end_alone else read_wish(booking, request.POST).resource_ids,
            now=utc_now(),
            by=make_actor(request),
            override=read_override(request, form.cleaned_data["override_reason"]),
            length_minutes=length,
            seen=form.cleaned_data["seen"],
            notice=read_notice(form),
        )
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        start = form.cleaned_data["start"]
        reasons = explain_refusal(error, booking, request.POST, start, length_minutes=length)
        if is_from_board:
            return refuse_quietly(request, booking, error, reasons, start)
        text = " ".join(reasons) or say_error(error)
        return _render_form(request, booking, form, status=get_status(error), error=text)
    return answer_moved(request, before=booking)


def _read_undone(request: HttpRequest) -> str:
    """Return which move is to be taken back: a field says it, or the address; empty: none is."""
    return request.POST.get("undo", "") or request.GET.get("undo", "")


def _undo_move(request: HttpRequest, booking: BookingView, undone: str) -> HttpResponse:
    """Take a move back; where that cannot be, say who is in the way."""
    sequence = read_row_id(undone)
    try:
        undo_move(booking_id=booking.id, sequence=sequence or 0, now=utc_now(), by=make_actor(request))
    except (SlotTaken, SlotUnavailable) as error:
        reasons = explain_refusal(error, booking, request.POST, error.starts_at)
        if is_fragment_asked(request):
            return refuse_quietly(request, booking, error, reasons, error.starts_at)
        text = " ".join(reasons) or translate_error(error)
        return _render_form(request, booking, status=get_status(error), error=text)
    except (Conflict, Forbidden) as error:
        return refuse(request, booking.id, error)
    return answer_moved(request, before=booking)


def refuse_quietly(
    request: HttpRequest, booking: BookingView, error: DomainError, reasons: tuple[str, ...], starts_at: datetime
) -> HttpResponse:
    """Say what stands in the way of a drag, and lead on: to free times and, for those who may, over the rules."""
    if not reasons:
        return answer_quietly(Toast(title=translate_error(error), tone="bad"), status=get_status(error))
    local = starts_at.astimezone(ZoneInfo(booking.timezone))
    asked = {
        "on": local.date().isoformat(),
        "time": local.time().isoformat(timespec="minutes"),
        "resource": request.POST.get("resource", ""),
    }
    address = reverse("workspace:move", args=[booking.id])
    is_time_wrong = not isinstance(error, Invalid)
    links = [ToastLink(gettext("See free times"), f"{address}?{urlencode(asked)}")] if is_time_wrong else []
    if is_time_wrong and "length" not in request.POST and has_permission(request.user, Permission.BOOKING_OVERRIDE):
        over = asked | {"at": asked["time"], "over": "1"}
        links.append(ToastLink(gettext("Book over the rules"), f"{address}?{urlencode(over)}#over"))
    rest = (*reasons[1:], gettext("The booking stays where it was."))
    toast = Toast(title=reasons[0], text=" ".join(rest), tone="bad", links=tuple(links))
    return answer_quietly(toast, status=get_status(error))


def answer_moved(request: HttpRequest, *, before: BookingView) -> HttpResponse:
    """Say what a move made of a booking, with the press that takes it back."""
    booking = bookings.get_booking(booking_id=before.id)
    text = " · ".join(part for part in (booking.customer_name, describe_move(before, booking)) if part)
    if _read_undone(request):
        toast = Toast(title=gettext("Change undone"), text=text)
    else:
        is_end = before.starts_at == booking.starts_at and before.ends_at != booking.ends_at
        title = gettext("Length changed") if is_end else gettext("Booking moved")
        toast = Toast(title=title, text=text, undo=_make_undo(before, booking))
    if is_fragment_asked(request):
        return answer_quietly(toast)
    page = reverse("workspace:booking", args=[booking.id])
    return go_on(request, toast, to=find_return_address(request, default=page))


def _make_undo(before: BookingView, moved: BookingView) -> Undo:
    """Return the post that takes the move back; the resource only says who was asked for when somebody is there."""
    fields = {"from": "board", "undo": str(moved.sequence)}
    if before.resources:
        fields["resource"] = str(before.resources[0].resource_id)
    url = reverse("workspace:move", args=[before.id])
    return Undo(url=url, fields=fields, page_url=f"{url}?{urlencode({'undo': moved.sequence})}")


def _render_form(
    request: HttpRequest, booking: BookingView, form: MoveForm | None = None, *, status: int = 200, error: str = ""
) -> HttpResponse:
    now = utc_now()
    asked = request.POST if request.method == "POST" else request.GET
    on, at = read_wanted(asked, booking.timezone)
    today = now.astimezone(ZoneInfo(booking.timezone)).date()
    on = max(on or booking.starts_at.astimezone(ZoneInfo(booking.timezone)).date(), today)
    wish = read_wish(booking, asked)
    times = load_times(
        wish=wish,
        on=on,
        today=today,
        now=now,
        timezone=booking.timezone,
        wanted=find_wanted(on, at, booking.timezone),
        resource_name=name_resource(wish),
        service_name=booking.service_name,
        moving_booking_id=booking.id,
    )
    choices = list_choices(booking, asked)
    context = {
        "booking": booking,
        "times": times,
        "obstacles": () if error else times.obstacles,
        "on": on,
        "at": at,
        "is_over": asked.get("over") == "1",
        "is_reachable": bool(booking.customer_phone or booking.customer_email),
        "form": form or MoveForm(booking=booking, resources=choices, initial=_list_initial(asked, wish)),
        "last_day": today + timedelta(days=365),
        "error": error,
    }
    return render(request, "workspace/move.html", context, status=status)


def _list_initial(asked: QueryDict, wish: Wish) -> dict[str, object]:
    return {"at": asked.get("at", ""), "resource": next(iter(wish.resource_ids), "")}
