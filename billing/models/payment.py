"""What a customer pays the business, and what goes back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from billing.engine import find_gone
from billing.enums import (
    LIVE_STATES,
    DisputeState,
    PaymentDoor,
    PaymentMeans,
    PaymentPurpose,
    PaymentState,
    RefundCause,
    RefundState,
)

LIVE_VALUES = [state.value for state in LIVE_STATES]


class Payment(models.Model):
    """One amount that is asked for once, from asking to what goes back of it.

    ``booking_id`` and ``customer_id`` are plain numbers: money stays when a booking goes. ``attempt`` counts, from 1
    on, how often the same was asked for. ``provider_…`` are what a provider calls it; at ``provider_url`` it is paid,
    until ``expires_at``, and at ``checked_at`` the provider was asked last. ``means``, ``note`` and
    ``received_by_id`` say how it was paid where a person says so. ``refunded_minor`` is what goes back, refunds on
    their way included: never more than was received, whoever else refunds at the same moment. ``kept_minor`` is what
    stays with the business without a visit; the rest waits for its visit. ``stays_minor`` its customer left there by
    making the visit smaller: a part of the price, and shared by no terms again. ``disputed_minor`` is what the bank has
    taken back, and ``dispute_state`` where its last dispute stands; empty: there is none. ``is_credit_wanted``: its
    customer asked to have as credit what goes back.

    A fee for not coming begins with a card that is left: reserved, while a card is kept and nothing is charged. At
    ``charged_at`` somebody of the business let it be charged (``received_by_id``, as who waived it); what the bank said
    to that is ``decline``, and then the customer is asked for it by the next attempt, as for any payment.
    """

    booking_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True, blank=True)
    purpose = models.CharField(max_length=8, choices=PaymentPurpose.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    door = models.CharField(max_length=16, choices=PaymentDoor.choices)
    state = models.CharField(max_length=12, choices=PaymentState.choices, default=PaymentState.OPEN)
    attempt = models.PositiveSmallIntegerField(default=1)
    provider_account_id = models.CharField(max_length=64, blank=True, default="")
    provider_started_id = models.CharField(max_length=255, blank=True, default="")
    provider_payment_id = models.CharField(max_length=255, blank=True, default="")
    provider_url = models.CharField(max_length=2048, blank=True, default="", db_default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    means = models.CharField(max_length=8, choices=PaymentMeans.choices, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    refunded_minor = models.BigIntegerField(default=0)
    kept_minor = models.BigIntegerField(default=0, db_default=0)
    disputed_minor = models.BigIntegerField(default=0, db_default=0)
    stays_minor = models.BigIntegerField(default=0, db_default=0)
    is_credit_wanted = models.BooleanField(default=False, db_default=False)
    dispute_state = models.CharField(max_length=8, choices=DisputeState.choices, blank=True, default="", db_default="")
    opened_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    received_by_id = models.BigIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    silent_since = models.DateTimeField(null=True, blank=True)
    charged_at = models.DateTimeField(null=True, blank=True)
    decline = models.CharField(max_length=16, blank=True, default="", db_default="")

    class Meta:
        """A booking waits for one payment of a purpose at a time, and no more goes back than came."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="billing_payment_amount"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="billing_payment_attempt"),
            models.CheckConstraint(condition=Q(purpose__in=PaymentPurpose.values), name="billing_payment_purpose"),
            models.CheckConstraint(condition=Q(door__in=PaymentDoor.values), name="billing_payment_door"),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="billing_payment_state"),
            models.CheckConstraint(
                condition=Q(means="") | Q(means__in=PaymentMeans.values), name="billing_payment_means"
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.RECEIVED, received_at__isnull=False)
                | (~Q(state=PaymentState.RECEIVED) & Q(received_at__isnull=True)),
                name="billing_payment_received",
            ),
            models.CheckConstraint(
                condition=Q(dispute_state="") | Q(dispute_state__in=DisputeState.values),
                name="billing_payment_dispute",
            ),
            models.CheckConstraint(condition=Q(disputed_minor__gte=0), name="billing_payment_taken_back"),
            models.CheckConstraint(
                condition=Q(refunded_minor=0)
                | Q(state=PaymentState.RECEIVED, refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="billing_payment_refunded",
            ),
            models.CheckConstraint(
                condition=Q(kept_minor=0)
                | Q(
                    state=PaymentState.RECEIVED,
                    kept_minor__gte=0,
                    kept_minor__lte=F("amount_minor") - F("refunded_minor"),
                ),
                name="billing_payment_kept",
            ),
            models.CheckConstraint(
                condition=Q(stays_minor=0)
                | Q(state=PaymentState.RECEIVED, stays_minor__gte=0, stays_minor__lte=F("amount_minor")),
                name="billing_payment_stays",
            ),
            models.UniqueConstraint(fields=["booking_id", "purpose", "attempt"], name="billing_payment_attempts"),
            models.UniqueConstraint(
                fields=["booking_id", "purpose"],
                condition=Q(state__in=LIVE_VALUES),
                name="billing_payment_one_live",
            ),
            models.UniqueConstraint(
                fields=["provider_account_id", "provider_started_id"],
                condition=~Q(provider_started_id=""),
                name="billing_payment_started",
            ),
            models.UniqueConstraint(
                fields=["provider_account_id", "provider_payment_id"],
                condition=~Q(provider_payment_id=""),
                name="billing_payment_provider",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=~Q(dispute_state=""), name="billing_payment_disputed"),
            models.Index(Coalesce("received_at", "opened_at").desc(), F("id").desc(), name="billing_payment_moment"),
            models.Index(
                fields=["customer_id"], condition=Q(customer_id__isnull=False), name="billing_payment_customer"
            ),
        ]

    def __str__(self) -> str:
        """Return what for and of which booking."""
        return f"{self.purpose} of booking {self.booking_id}"

    @property
    def left_minor(self) -> int:
        """How much the business has of it, and can still give back."""
        if self.state != PaymentState.RECEIVED:
            return 0
        return self.amount_minor - find_gone(self.amount_minor, self.refunded_minor, self.disputed_minor)


class Refund(models.Model):
    """What goes back of one payment; a failed one no longer counts.

    ``reason`` is what staff wrote. A provider sends it, or a person does and says so. Since ``tried_at`` a provider
    may have it: from then on nobody calls it off; ``attempt`` is that of its key. One that ``is_credit`` moves no
    money: the customer has it as credit, of which ``returned_minor`` was taken back again.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=RefundState.choices, default=RefundState.PENDING)
    cause = models.CharField(max_length=8, choices=RefundCause.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    provider_refund_id = models.CharField(max_length=255, blank=True, default="")
    tried_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=1, db_default=1)
    is_credit = models.BooleanField(default=False, db_default=False)
    returned_minor = models.BigIntegerField(default=0, db_default=0)
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """More than nothing; what is more than the policy says has a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="billing_refund_amount"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="billing_refund_state"),
            models.CheckConstraint(condition=Q(cause__in=RefundCause.values), name="billing_refund_cause"),
            models.CheckConstraint(
                condition=Q(state=RefundState.PENDING) ^ Q(done_at__isnull=False), name="billing_refund_done"
            ),
            models.CheckConstraint(
                condition=Q(returned_minor=0)
                | Q(
                    state=RefundState.DONE,
                    is_credit=True,
                    returned_minor__gte=0,
                    returned_minor__lte=F("amount_minor"),
                ),
                name="billing_refund_returned",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=Q(state=RefundState.PENDING), name="billing_refund_waiting"),
        ]

    def __str__(self) -> str:
        """Return of which payment."""
        return f"refund of payment {self.payment_id}"
