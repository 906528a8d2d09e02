"""Answering a dispute: what goes to the bank is shown, and goes once somebody read it; or the business gives in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.policies import Permission
from accounts.selectors.staff import name_people
from billing.enums import DisputeState
from billing.errors import AnswerInvalid
from billing.selectors.disputes import get_dispute, list_answers_of, list_disputes_of
from billing.selectors.payments import get_payment
from billing.services.cards.answering import accept_dispute, answer_dispute, stamp_case
from billing.types import AnswerView, CaseFile, DisputeView, PaymentView
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import BookingView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.fields import TextField
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.payments.evidence import collect_case

CONFIRM = gettext_lazy("Tick this to go on.")
MOST_LETTERS = 5_000


@dataclass(frozen=True, slots=True)
class DisputeCard:
    """A dispute on the page of its payment.

    Attributes:
        answers: What the business answered, each with the name of who did.
        is_open: Whether it waits for an answer.
    """

    dispute: DisputeView
    answers: tuple[tuple[AnswerView, str], ...]
    is_open: bool

    @property
    def is_late(self) -> bool:
        """Tell whether nobody answered in time."""
        return self.dispute.state == DisputeState.OPEN and not self.is_open and not self.is_answered

    @property
    def is_answered(self) -> bool:
        """Tell whether an answer is on its way, or there."""
        return any(answer.is_live for answer, _ in self.answers)


class AnswerForm(PageForm):
    """A person's own words; ``seen`` is what they read, so that nothing else is sent."""

    text = TextField(
        label=gettext_lazy("In your own words"), max_length=MOST_LETTERS, rows=6, required=False,
        help_text=gettext_lazy(
            "What happened, and what shows that the payment is right. Up to 5,000 characters. The bank reads it first."
        ),
    )  # fmt: skip
    is_read = forms.BooleanField(
        label=gettext_lazy("I have read the evidence. It can be sent only once."), error_messages={"required": CONFIRM}
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())


class AcceptForm(PageForm):
    """That a person means it."""

    is_sure = forms.BooleanField(
        label=gettext_lazy("The customer keeps the money. This cannot be undone."),
        error_messages={"required": CONFIRM},
    )


@requires(Permission.BOOKING_OVERRIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, payment_id: int, dispute_id: int) -> HttpResponse:
    """Show what would go to the bank, or let it go there."""
    payment, dispute = _find(payment_id, dispute_id)
    booking = get_booking(booking_id=payment.booking_id)
    case = collect_case(payment, dispute, booking)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _render_answer(request, payment, dispute, booking, case, form)
    if not form.is_valid():
        return _render_answer(request, payment, dispute, booking, case, form, status=422)
    try:
        answer_dispute(
            payment_id=payment_id, dispute_id=dispute_id, case=case, text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"], now=utc_now(), by=make_actor(request),
        )  # fmt: skip
    except AnswerInvalid as error:
        form.refuse(error)
        return _render_answer(request, payment, dispute, booking, case, form, status=get_status(error))
    except (Conflict, Forbidden) as error:
        form.add_error(None, translate_error(error))
        return _render_answer(request, payment, dispute, booking, case, form, status=get_status(error))
    toast = Toast(title=gettext("Your answer is on its way to the bank"), text=booking.customer_name)
    return go_on(request, toast, to=reverse("workspace:money_payment", args=[payment_id]))


@requires(Permission.BOOKING_OVERRIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, payment_id: int, dispute_id: int) -> HttpResponse:
    """Ask whether the customer is to keep the money, or let the bank know."""
    payment, dispute = _find(payment_id, dispute_id)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _render(request, payment, dispute, form, {})
    if not form.is_valid():
        return _render(request, payment, dispute, form, {}, status=422)
    try:
        accept_dispute(payment_id=payment_id, dispute_id=dispute_id, now=utc_now(), by=make_actor(request))
    except (Conflict, Forbidden) as error:
        form.add_error(None, translate_error(error))
        return _render(request, payment, dispute, form, {}, status=get_status(error))
    toast = Toast(title=gettext("The bank is told that you accept"), text=gettext("The money stays with the customer."))
    return go_on(request, toast, to=reverse("workspace:money_payment", args=[payment_id]))


def describe_disputes(payment_id: int, *, now: datetime) -> list[DisputeCard]:
    """Return the disputes of a payment, the newest first; three queries where there are any, else one."""
    disputes = list_disputes_of(payment_id=payment_id)
    answers = list_answers_of(payment_id=payment_id) if disputes else ()
    names = name_people({each.by_id for each in answers if each.by_id is not None}) if answers else {}
    return [_describe(each, answers, names, now) for each in disputes]


def _describe(
    dispute: DisputeView, answers: Collection[AnswerView], names: Mapping[int, str], now: datetime
) -> DisputeCard:
    theirs = tuple((each, names.get(each.by_id or 0, "")) for each in answers if each.dispute_id == dispute.id)
    is_answered = any(each.is_live for each, _ in theirs)
    return DisputeCard(dispute, theirs, dispute.is_open_at(now) and not is_answered)


def _find(payment_id: int, dispute_id: int) -> tuple[PaymentView, DisputeView]:
    payment = get_payment(payment_id=payment_id)
    return payment, get_dispute(payment_id=payment_id, dispute_id=dispute_id)


def _render_answer(
    request: HttpRequest,
    payment: PaymentView,
    dispute: DisputeView,
    booking: BookingView,
    case: CaseFile,
    form: AnswerForm,
    *,
    status: int = 200,
) -> HttpResponse:
    """Draw the page; who sends again sends what is there to read now."""
    more = {"booking": booking, "facts": _name_facts(case), "pages": case.pages, "stamp": stamp_case(case)}
    return _render(request, payment, dispute, form, more, status=status)


def _render(
    request: HttpRequest,
    payment: PaymentView,
    dispute: DisputeView,
    form: PageForm,
    more: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    (card,) = (each for each in describe_disputes(payment.id, now=utc_now()) if each.dispute.id == dispute.id)
    context = {
        "payment": payment,
        "dispute": dispute,
        "form": form,
        "timezone": current_tenant().timezone,
        "may_send": card.is_open and may_business(Ability.STEP),
        **more,
    }
    return render(request, "workspace/payments/answer.html", context, status=status)


def _name_facts(case: CaseFile) -> list[tuple[str, str]]:
    """Return what stands in the bank's own fields, by name; empty ones are left out."""
    named = (
        (gettext("Customer"), case.customer_name),
        (gettext("Email"), case.customer_email),
        (gettext("Service"), case.service),
        (gettext("Visit"), case.served_on),
        (gettext("Refunds"), case.refund_terms),
        (gettext("Cancellation"), case.cancel_terms),
    )
    return [(name, said) for name, said in named if said]
