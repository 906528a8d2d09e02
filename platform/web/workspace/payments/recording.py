"""What a customer pays across the counter, noted by whoever takes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission
from billing.enums import PaymentMeans
from billing.errors import PaymentInvalid, PaymentsChanged
from billing.selectors.payments import may_record_payment
from billing.services.counter import take_payment
from billing.types import CounterPayment
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from web.errors import translate_error
from web.parts.fields import ChoiceField, MoneyField, TextField
from web.parts.forms import PageForm, mark_needed
from web.parts.toasts import Toast
from web.parts.widgets import ChoiceChips
from web.workspace.actors import make_actor
from web.workspace.bookings.forms import make_despite_field
from web.workspace.bookings.payments import BookingMoney, load_money
from web.workspace.bookings.views import answer_done


class PaymentForm(PageForm):
    """How much was paid and how; ``seen`` is how many payments the person saw, so that none is noted twice."""

    amount = mark_needed(MoneyField(label=gettext_lazy("Amount"), required=False))
    tip = MoneyField(label=gettext_lazy("Tip"), required=False)
    means = ChoiceField(label=gettext_lazy("Paid with"), choices=PaymentMeans.choices, widget=ChoiceChips())
    note = TextField(label=gettext_lazy("Note"), max_length=300, required=False)
    is_despite = make_despite_field()
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())


@requires(Permission.BOOKING_MANAGE)
def record(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask what was paid for a booking, or note it."""
    booking = get_booking(booking_id=booking_id)
    money = load_money(booking)
    if request.method != "POST":
        return _render(request, booking, money, _make_form(money))
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return _render(request, booking, money, form, status=422)
    typed: dict[str, Any] = form.cleaned_data
    paid = CounterPayment(
        amount_minor=typed["amount"] or 0,
        tip_minor=typed["tip"] or 0,
        means=PaymentMeans(typed["means"]),
        note=typed["note"],
        seen=typed["seen"],
        is_despite=typed["is_despite"],
    )
    try:
        take_payment(booking_id=booking_id, paid=paid, now=utc_now(), by=make_actor(request))
    except PaymentInvalid as error:
        form.refuse(error)
        return _render(request, booking, money, form, status=get_status(error))
    except PaymentsChanged as error:
        return _render(
            request, booking, money, _make_form(money), status=get_status(error), error=translate_error(error)
        )
    except (Conflict, Forbidden) as error:
        return _render(request, booking, money, form, status=get_status(error), error=translate_error(error))
    return answer_done(request, booking, Toast(title=gettext("Payment noted"), text=booking.customer_name))


def _make_form(money: BookingMoney) -> PaymentForm:
    return PaymentForm(initial={"amount": money.balance.left_minor or None, "means": "cash", "seen": len(money.lines)})


def _render(
    request: HttpRequest,
    booking: BookingView,
    money: BookingMoney,
    form: PaymentForm,
    *,
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    context = {
        "booking": booking,
        "money": money,
        "form": form,
        "error": error,
        "may_record": may_record_payment(booking),
    }
    return render(request, "workspace/payments/record.html", context, status=status)
