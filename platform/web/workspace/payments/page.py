"""One payment: what became of it, and money that goes back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from accounts.selectors.staff import name_people
from billing.enums import LedgerKind, PaymentDoor
from billing.errors import CreditNotOffered, RefundInvalid, RefundsChanged, RefundTooLarge
from billing.selectors.credits import list_credits_from, offers_credit
from billing.selectors.invoices import find_invoice, may_want_invoice
from billing.selectors.listing import list_entries
from billing.selectors.payments import find_over, get_payment, list_payments_of, suggest_refund
from billing.selectors.receipts import is_to_check, list_receipts
from billing.services.refunds import refund_payment
from billing.types import PaymentView
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.fields import MoneyField, SwitchField, TextField
from web.parts.forms import PageForm, mark_needed
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.bookings.payments import show_receipt
from web.workspace.payments.answering import describe_disputes
from web.workspace.payments.listing import ICONS, get_look

LEDGER_ICONS = {
    LedgerKind.RECEIVED: "check",
    LedgerKind.REFUNDED: "undo-2",
    LedgerKind.CREDITED: "wallet",
    LedgerKind.SPENT: "check",
    LedgerKind.RETURNED: "undo-2",
    LedgerKind.KEPT: "lock",
    LedgerKind.RELEASED: "lock-open",
    LedgerKind.DISPUTED: "landmark",
    LedgerKind.REGAINED: "undo-2",
}


class RefundForm(PageForm):
    """How much goes back, and why; ``seen`` is how much went back when the person looked, so that none goes twice."""

    amount = mark_needed(MoneyField(label=gettext_lazy("Amount"), required=False))
    reason = mark_needed(
        TextField(
            label=gettext_lazy("Reason"), max_length=300, required=False,
            help_text=gettext_lazy("It stays in your books, beside the payment."),
        )
    )  # fmt: skip
    as_credit = SwitchField(label=gettext_lazy("The customer wants it as credit"))
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that happened to the payment."""

    at: datetime
    icon: str
    text: str | Promise
    amount_minor: int
    author: str


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Show a payment."""
    return _render(request, get_payment(payment_id=payment_id))


@requires(Permission.BOOKING_OVERRIDE)
@require_POST
def refund(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Let money go back, more than was agreed or a part of it; what was kept is waived that way."""
    payment, form = get_payment(payment_id=payment_id), RefundForm(request.POST)
    if not form.is_valid():
        return _render(request, payment, form=form, status=422)
    typed = form.cleaned_data
    try:
        refund_payment(
            payment_id=payment_id, amount_minor=typed["amount"] or 0, reason=typed["reason"], now=utc_now(),
            by=make_actor(request), seen_minor=typed["seen"], is_credit=typed["as_credit"],
        )  # fmt: skip
    except CreditNotOffered as error:
        return _render(request, payment, form=form, status=get_status(error), error=translate_error(error))
    except RefundInvalid as error:
        form.refuse(error)
        return _render(request, payment, form=form, status=get_status(error))
    except RefundsChanged as error:
        payment = get_payment(payment_id=payment_id)
        return _render(request, payment, status=get_status(error), error=translate_error(error))
    except RefundTooLarge as error:
        form.add_error("amount", translate_error(error))
        return _render(request, payment, form=form, status=get_status(error))
    is_sent = payment.door == PaymentDoor.STRIPE
    text = gettext("It is on its way.") if is_sent else gettext("Send it, and note it here once you did.")
    if typed["as_credit"] or payment.door == PaymentDoor.CREDIT:
        text = gettext("The customer has it as credit.")
    toast = Toast(title=gettext("Refund noted"), text=text)
    return go_on(request, toast, to=reverse("workspace:money_payment", args=[payment_id]))


def _render(
    request: HttpRequest,
    payment: PaymentView,
    *,
    form: RefundForm | None = None,
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    now = utc_now()
    booking: BookingView | None = None
    over_minor = 0
    with suppress(BookingNotFound):
        booking = get_booking(booking_id=payment.booking_id)
        over_minor = _find_over(payment, booking)
    agreed = None if booking is None else suggest_refund(payment, booking, now=now)
    first = payment.kept_minor or over_minor or agreed or payment.left_minor
    may_decide = has_permission(request.user, Permission.BOOKING_OVERRIDE) and may_business(Ability.STEP)
    receipt = list_receipts([payment.id]).get(payment.id)
    context = {
        "payment": payment,
        "booking": booking,
        "look": get_look(payment, is_to_check=is_to_check(payment, receipt)),
        "receipt": show_receipt(receipt),
        "method_icon": ICONS[payment.method],
        "disputes": describe_disputes(payment.id, now=now),
        "history": _list_history(payment),
        "agreed_minor": agreed,
        "over_minor": over_minor,
        "form": form or RefundForm(initial={"amount": first, "seen": payment.refunded_minor}),
        "error": error,
        "may_refund": bool(payment.left_minor) and may_decide,
        "may_answer": may_decide,
        "may_pay_out": may_decide,
        "may_note": has_permission(request.user, Permission.BOOKING_MANAGE) and may_business(Ability.STEP),
        "timezone": current_tenant().timezone,
        "has_evidence": booking is not None,
        "gives_credit": payment.door != PaymentDoor.CREDIT and booking is not None and offers_credit(),
        "credits": list_credits_from(payment_id=payment.id) if payment.credited_minor else (),
        "invoice": find_invoice(booking_id=payment.booking_id),
        "may_want_invoice": booking is not None and may_want_invoice(booking, (payment,)),
        "has_receipt": booking is not None and payment.received_at is not None,
    }
    return render(request, "workspace/payments/payment.html", context, status=status)


def _find_over(payment: PaymentView, booking: BookingView) -> int:
    """Return how much of a payment is more than its visit costs now."""
    over = find_over(booking, list_payments_of(booking_id=booking.id)) if payment.invoiced_minor else None
    return min(over.amount_minor, payment.invoiced_minor) if over else 0


def _list_history(payment: PaymentView) -> list[HistoryLine]:
    entries = list_entries(payment_id=payment.id)
    names = name_people({each.by_id for each in entries if each.by_id is not None})
    asked = HistoryLine(payment.opened_at, "hourglass", gettext_lazy("Asked for"), payment.amount_minor, "")
    return [
        asked,
        *(
            HistoryLine(
                each.at, LEDGER_ICONS[each.kind], each.kind.label, each.amount_minor, names.get(each.by_id or 0, "")
            )
            for each in entries
        ),
    ]
