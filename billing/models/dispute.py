"""What customers had their bank ask back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.enums import DECIDED, DisputeReason, DisputeState
from billing.models.payment import Payment

DECIDED_VALUES = [state.value for state in DECIDED]


class Dispute(models.Model):
    """One dispute of a payment, as the provider had it at ``checked_at``.

    ``amount_minor`` is what is asked back; ``taken_minor`` what the bank has of it now, as the ledger says. Until
    ``answer_by`` the business may answer.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider_dispute_id = models.CharField(max_length=255)
    amount_minor = models.BigIntegerField()
    taken_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=DisputeState.choices)
    reason = models.CharField(max_length=12, choices=DisputeReason.choices)
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        """Kept once, and closed when the bank decided."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="billing_dispute_amount"),
            models.CheckConstraint(condition=Q(taken_minor__gte=0), name="billing_dispute_taken"),
            models.CheckConstraint(condition=Q(state__in=DisputeState.values), name="billing_dispute_state"),
            models.CheckConstraint(condition=Q(reason__in=DisputeReason.values), name="billing_dispute_reason"),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED_VALUES) ^ Q(closed_at__isnull=True), name="billing_dispute_closed"
            ),
            models.UniqueConstraint(fields=["payment", "provider_dispute_id"], name="billing_dispute_once"),
        ]

    def __str__(self) -> str:
        """Return of which payment."""
        return f"dispute of payment {self.payment_id}"
