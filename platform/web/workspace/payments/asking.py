"""Money that staff asks for before a visit: how much, and how long the time waits for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission
from billing.selectors.asking import may_ask_for_deposit
from billing.selectors.payments import list_payments_of
from billing.services.asking import ask_for_deposit
from billing.services.deposits import suggest_amount
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from web.errors import translate_error
from web.parts.fields import MoneyField
from web.parts.forms import PageForm, mark_needed
from web.parts.toasts import Toast
from web.workspace.actors import make_actor
from web.workspace.bookings.deposits import describe_asked, make_wait_field
from web.workspace.bookings.views import answer_done


class AskForm(PageForm):
    """How much is asked for, and for how long."""

    amount = mark_needed(MoneyField(label=gettext_lazy("Amount")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pay_within"] = make_wait_field()


@requires(Permission.BOOKING_MANAGE)
def ask(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask how much is to be paid before a visit, or let its customer be asked for it."""
    now, booking = utc_now(), get_booking(booking_id=booking_id)
    if request.method != "POST":
        known = {"amount": suggest_amount(booking)}
        return _render(request, booking, AskForm(initial=known))
    form = AskForm(request.POST)
    if not form.is_valid():
        return _render(request, booking, form, status=422)
    minutes = form.cleaned_data["pay_within"]
    try:
        ask_for_deposit(
            booking_id=booking_id,
            amount_minor=form.cleaned_data["amount"],
            pay_by=now + timedelta(minutes=int(minutes)) if minutes else None,
            now=now,
            by=make_actor(request),
        )
    except Invalid as error:
        form.refuse(error)
        return _render(request, booking, form, status=422)
    except (Conflict, Forbidden) as error:
        form.add_error(None, translate_error(error))
        return _render(request, booking, form, status=get_status(error))
    asked = get_booking(booking_id=booking_id)
    return answer_done(request, asked, Toast(title=gettext("Deposit asked for"), text=describe_asked(asked)))


def _render(request: HttpRequest, booking: BookingView, form: AskForm, *, status: int = 200) -> HttpResponse:
    may_ask = may_ask_for_deposit(booking, list_payments_of(booking_id=booking.id), now=utc_now())
    context = {"booking": booking, "form": form, "may_ask": may_ask}
    return render(request, "workspace/payments/ask.html", context, status=status)
