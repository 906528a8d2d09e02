"""Staff gives a booking other services, extras or another party: they see what it would be before they confirm."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from accounts.policies import Permission, has_permission
from billing.services.changing import describe_change
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from scheduling.enums import ActorKind
from scheduling.errors import BookingChanged
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.services import list_services
from scheduling.services.bookings.contents.changes import change_visit, preview_change
from scheduling.types import AvailableSlot, BookingView
from web.errors import translate_error
from web.parts.changing.forms import NAMES, ChangeForm, describe_shown, read_wish
from web.parts.changing.previews import ChangePreview, list_times
from web.parts.toasts import Toast
from web.workspace.actors import make_actor
from web.workspace.bookings.deposits import ASKED, describe_asked, list_deposit_fields, read_deposit
from web.workspace.bookings.forms import make_override_field
from web.workspace.bookings.views import answer_done, describe, read_override


class StaffChangeForm(ChangeForm):
    """What staff may say beside: why over the rules, and what becomes of a deposit that grows."""

    def __init__(self, data: QueryDict | None, *, booking: BookingView, may_override: bool) -> None:
        services = [each for each in list_services() if booking.location_id in each.location_ids]
        super().__init__(data, booking=booking, services=services, is_party_free=True)
        if may_override:
            self.fields["override_reason"] = make_override_field()
        if data is not None and "deposit" in data:
            self.fields |= list_deposit_fields()  # it was due, whatever the services ask of others


@requires(Permission.BOOKING_MANAGE)
def change_booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show what the booking is about, say what a change would make of it, or make it; what was chosen stays."""
    booking = get_booking(booking_id=booking_id)
    may_override = has_permission(request.user, Permission.BOOKING_OVERRIDE)
    form = StaffChangeForm(
        request.POST if request.method == "POST" else None, booking=booking, may_override=may_override
    )
    if request.method != "POST" or request.POST.get("do") == "refresh":
        return _render(request, booking, form)
    if not form.is_valid():
        return _render(request, booking, form, status=422)
    change, data, now = form.read(), form.cleaned_data, utc_now()
    how: dict[str, Any] = {
        "booking_id": booking.id,
        "now": now,
        "by": make_actor(request),
        "override": read_override(request, data.get("override_reason") or ""),
        "deposit": read_deposit(data, now=now),
    }
    said = {name: data.get(name) or "" for name in ("override_reason", "deposit", "pay_within", "deposit_reason")}
    shown = describe_shown(change, said)
    try:
        if request.POST.get("do") == "change" and request.POST.get("shown") == shown:
            change_visit(change=change, **how)
            after = get_booking(booking_id=booking.id)
            text = " · ".join(filter(None, (describe(after), after.service_name, describe_asked(after))))
            return answer_done(request, after, Toast(title=gettext("Booking changed"), text=text))
        after = preview_change(change=change, **how)
    except Invalid as error:
        form.refuse(error, names=NAMES)
        return _render(request, booking, form, status=422)
    except (Conflict, Forbidden, NotFound) as error:
        return _refuse(request, booking, form, error, may_override=may_override)
    money = describe_change(booking, after, by=ActorKind.STAFF, now=now)
    if money.due_minor and "deposit" not in form.fields:
        typed = request.POST.copy()
        typed["deposit"] = ASKED
        form = StaffChangeForm(typed, booking=booking, may_override=may_override)
        shown = describe_shown(change, {**said, "deposit": ASKED if "deposit" in form.fields else ""})
    preview = ChangePreview(booking, after, money, shown)
    return _render(request, booking, form, preview=preview, is_other=request.POST.get("do") == "change")


def _refuse(
    request: HttpRequest, booking: BookingView, form: StaffChangeForm, error: DomainError, *, may_override: bool
) -> HttpResponse:
    """Say what stands in the way, with other times where that helps; of what somebody changed since, how it is now."""
    times: tuple[AvailableSlot, ...] = ()
    if hasattr(error, "alternatives"):
        wish = read_wish(booking, form.read())
        times = list_times(booking, wish, now=utc_now(), is_staff=True)
    elif isinstance(error, BookingChanged):
        booking = get_booking(booking_id=booking.id)
        form = StaffChangeForm(request.POST, booking=booking, may_override=may_override)
    return _render(request, booking, form, status=get_status(error), error=translate_error(error), times=times)


def _render(
    request: HttpRequest,
    booking: BookingView,
    form: StaffChangeForm,
    *,
    status: int = 200,
    error: str = "",
    times: tuple[AvailableSlot, ...] = (),
    preview: ChangePreview | None = None,
    is_other: bool = False,
) -> HttpResponse:
    context = {
        "booking": booking,
        "form": form,
        "error": error,
        "times": times,
        "preview": preview,
        "is_other": is_other,
        "start": request.POST.get("starts_at", ""),
    }
    return render(request, "workspace/change_visit.html", context, status=status)
