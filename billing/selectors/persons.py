"""What of a customer's money is not settled, and what stays of it, when they ask to be erased."""

from __future__ import annotations

from dataclasses import dataclass

from billing.enums import DECIDED, LIVE_STATES, InvoiceState, PaymentState, RefundState
from billing.models import Credit, Dispute, InvoiceWish, Payment, Refund


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """How many of each there are.

    Attributes:
        waiting: Payments that may still arrive, or are reserved.
        refunds: That are on their way.
        disputes: That the bank has not decided.
        invoices: That the business has still to make.
        credits: That the customer could still spend.
        settled: Payments that came: their amounts and days stay, without a name.
    """

    waiting: int
    refunds: int
    disputes: int
    invoices: int
    credits: int
    settled: int


def count_money(*, customer_id: int) -> MoneyFacts:
    """Count what a customer's money leaves behind; six queries."""
    payments = Payment.objects.filter(customer_id=customer_id)
    return MoneyFacts(
        waiting=payments.filter(state__in=LIVE_STATES).count(),
        refunds=Refund.objects.filter(payment__customer_id=customer_id, state=RefundState.PENDING).count(),
        disputes=Dispute.objects.filter(payment__customer_id=customer_id).exclude(state__in=DECIDED).count(),
        invoices=InvoiceWish.objects.filter(customer_id=customer_id, state=InvoiceState.ASKED).count(),
        credits=Credit.objects.filter(customer_id=customer_id, left_minor__gt=0).count(),
        settled=payments.filter(state=PaymentState.RECEIVED).count(),
    )
