"""Shapes of payments, for staff and programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework import serializers

from api.fields import IdField, InstantField, TextField, WholeField
from api.pagination import PageQuery, PageShape
from api.serializers import MoneyShape, StrictSerializer
from api.views import make_money
from billing.enums import PaymentGroup, PaymentMethod, PaymentPurpose, PaymentState, RefundCause, RefundState
from billing.types import PaymentFilters, PaymentRow, PaymentView, RefundView
from scheduling.types import LARGEST_PRICE_MINOR

LONGEST_REASON = 300
USUAL_SPAN = timedelta(days=365)
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class PaymentsQuery(PageQuery):
    """Query of ``GET payments``; of one ``booking`` they are listed whenever they came."""

    since = InstantField(
        required=False, help_text="It came, or was asked for, at this instant or later; else in the last 365 days."
    )
    before = InstantField(required=False, help_text="Before this instant; at most a year after `since`.")
    booking = IdField(required=False, help_text="Its payments, whenever they came.")
    method = serializers.ChoiceField(choices=PaymentMethod.values, required=False, default="")
    group = serializers.ChoiceField(
        choices=PaymentGroup.values,
        required=False,
        default="",
        help_text="Where it stands, by what became of the money, as the list of the workspace narrows it.",
    )
    service = IdField(required=False, help_text="The first of its booking.")
    resource = IdField(required=False, help_text="A person whom its customer meets.")


class RefundFields(StrictSerializer):
    """Body of ``POST payments/{id}/refund``: how much goes back, in the payment's currency, and why."""

    amount_minor = WholeField(min_value=1, max_value=LARGEST_PRICE_MINOR)
    reason = TextField(max_length=LONGEST_REASON, help_text="It stays in the business's books.")


class PaidBookingShape(serializers.Serializer[Any]):
    """The booking that a payment is for."""

    id = serializers.CharField()
    reference = serializers.CharField()


class RefundShape(serializers.Serializer[Any]):
    """Money that goes back."""

    id = serializers.CharField()
    amount = MoneyShape()
    state = serializers.ChoiceField(choices=RefundState.values)
    cause = serializers.ChoiceField(choices=RefundCause.values)
    is_credit = serializers.BooleanField(help_text="Nothing was sent: the customer has it as credit.")
    reason = serializers.CharField(help_text="What staff said; otherwise empty.")
    asked_at = InstantField()
    done_at = InstantField(allow_null=True, help_text="When it was sent, or nobody had to send it any more.")


class PaymentRecordShape(serializers.Serializer[Any]):
    """A payment, as the business keeps it."""

    id = serializers.CharField()
    booking = PaidBookingShape(allow_null=True, help_text="Null: it is gone.")
    purpose = serializers.ChoiceField(choices=PaymentPurpose.values)
    method = serializers.ChoiceField(choices=PaymentMethod.values)
    state = serializers.ChoiceField(choices=PaymentState.values)
    amount = MoneyShape()
    refunded = MoneyShape(help_text="What went back.")
    to_send = MoneyShape(help_text="What is still to be sent back.")
    kept = MoneyShape(help_text="What stays with the business without a visit.")
    disputed = MoneyShape(help_text="How much of it the customer's bank is holding because of a dispute.")
    left = MoneyShape(help_text="How much can still go back.")
    note = serializers.CharField()
    opened_at = InstantField(help_text="When it was asked for.")
    received_at = InstantField(allow_null=True)
    refunds = RefundShape(many=True)


class PaymentList(PageShape):
    """Answer of ``GET payments``."""

    results = PaymentRecordShape(many=True)


class RefundedShape(serializers.Serializer[Any]):
    """Answer of ``POST payments/{id}/refund``: what goes back now, and the payment with all that does."""

    refund = RefundShape()
    payment = PaymentRecordShape()


def read_filters(asked: Mapping[str, Any], *, cursor: str, now: datetime) -> PaymentFilters:
    """Return which payments a query means."""
    until = asked.get("before", now)
    usual = EVER if "booking" in asked else until - USUAL_SPAN
    return PaymentFilters(
        since=asked.get("since", usual),
        until=until,
        method=asked["method"],
        group=asked["group"],
        service_id=asked.get("service"),
        resource_id=asked.get("resource"),
        booking_id=asked.get("booking"),
        cursor=cursor,
        limit=asked["limit"],
    )


def describe_row(row: PaymentRow) -> dict[str, object]:
    """Return a payment; its customer stands in the booking."""
    payment, facts = row.payment, row.facts
    return {
        "id": str(payment.id),
        "booking": None if facts is None else {"id": str(facts.id), "reference": facts.reference},
        "purpose": payment.purpose.value,
        "method": payment.method.value,
        "state": payment.state.value,
        "amount": make_money(payment.amount_minor, payment.currency),
        "refunded": make_money(payment.sent_back_minor, payment.currency),
        "to_send": make_money(payment.to_send_minor, payment.currency),
        "kept": make_money(payment.kept_minor, payment.currency),
        "disputed": make_money(payment.disputed_minor, payment.currency),
        "left": make_money(payment.left_minor, payment.currency),
        "note": payment.note,
        "opened_at": payment.opened_at,
        "received_at": payment.received_at,
        "refunds": [describe_refund(each, payment) for each in payment.refunds],
    }


def describe_refund(refund: RefundView, payment: PaymentView) -> dict[str, object]:
    """Return what goes back of a payment."""
    return {
        "id": str(refund.id),
        "amount": make_money(refund.amount_minor, payment.currency),
        "state": refund.state.value,
        "cause": refund.cause.value,
        "is_credit": refund.is_credit,
        "reason": refund.reason,
        "asked_at": refund.asked_at,
        "done_at": refund.done_at,
    }
