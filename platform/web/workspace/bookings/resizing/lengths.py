"""Longer or shorter, from the menu of a booking: the same as dragging its lower edge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.instants import count_minutes
from scheduling.selectors.availability.lengths import LONGEST_MINUTES, SHORTEST_MINUTES
from scheduling.selectors.bookings import views as bookings
from scheduling.services.bookings import moves
from scheduling.types import BookingView
from web.formats import format_duration
from web.parts.fields import LengthField
from web.parts.forms import PageForm
from web.templatetags.formats import get_current_formats
from web.workspace.actors import make_actor
from web.workspace.bookings.moves import answer_moved
from web.workspace.bookings.placing.telling import add_notice_fields, read_notice
from web.workspace.bookings.placing.wishes import explain_place, explain_refusal, read_wish, say_error

STEPS = (-30, -15, 15, 30, 45, 60)
"""What is offered at one press, in minutes more than now; any other length is typed."""


class VisitLengthForm(PageForm):
    """How long it is to last."""

    length = LengthField(
        label=gettext_lazy("Length"),
        help_text=gettext_lazy("For instance 1 h 30 min, or 90."),
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        add_notice_fields(self)


@requires(Permission.BOOKING_MANAGE)
def change_length(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show lengths with what stands in their way, or take the posted one; refused, it changes nothing and says why."""
    booking = bookings.get_booking(booking_id=booking_id)
    if request.method != "POST":
        present = count_minutes(booking.starts_at, booking.ends_at)
        initial = {"length": present, "seen": booking.sequence}
        return _render(request, booking, VisitLengthForm(initial=initial))
    form = VisitLengthForm(request.POST)
    if not form.is_valid():
        return _render(request, booking, form, status=422)
    minutes = form.cleaned_data["length"]
    try:
        moves.move_booking(
            booking_id=booking.id,
            starts_at=booking.starts_at,
            now=utc_now(),
            by=make_actor(request),
            length_minutes=minutes,
            notice=read_notice(form),
            seen=form.cleaned_data["seen"],
        )
    except Invalid as error:
        form.refuse(error)
        return _render(request, booking, form, status=get_status(error))
    except (Conflict, Forbidden, NotFound) as error:
        reasons = explain_refusal(error, booking, {}, booking.starts_at, length_minutes=minutes)
        text = " ".join(reasons) or say_error(error)
        return _render(request, booking, form, status=get_status(error), error=text)
    return answer_moved(request, before=booking)


def _render(
    request: HttpRequest, booking: BookingView, form: VisitLengthForm, *, status: int = 200, error: str = ""
) -> HttpResponse:
    present = count_minutes(booking.starts_at, booking.ends_at)
    context = {
        "booking": booking,
        "form": form,
        "error": error,
        "present": format_duration(present),
        "choices": [_describe(booking, present + each) for each in STEPS if present + each > 0],
        "is_reachable": bool(booking.customer_phone or booking.customer_email),
    }
    return render(request, "workspace/length.html", context, status=status)


def _describe(booking: BookingView, minutes: int) -> dict[str, object]:
    """Return a length with its end, and what keeps the visit from it."""
    wish = read_wish(booking, {}, minutes)
    reasons = explain_place(booking, wish, booking.starts_at, is_length_new=True)
    ends_at = booking.starts_at + timedelta(minutes=minutes)
    return {
        "minutes": minutes,
        "name": format_duration(minutes),
        "until": get_current_formats().format_time(ends_at, booking.timezone),
        "reasons": reasons,
    }
