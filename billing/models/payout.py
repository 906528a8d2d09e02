"""What the card provider sends on to the bank of the business."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.enums import PayoutState


class Payout(models.Model):
    """One payout, as the provider had it last; below zero, it took money from the bank.

    Rows, and no answer of a moment: the page never waits for the provider, and what was paid out stays when an account
    is disconnected.
    """

    provider_account_id = models.CharField(max_length=64)
    provider_payout_id = models.CharField(max_length=255)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=PayoutState.choices)
    made_at = models.DateTimeField()
    arrives_at = models.DateTimeField()

    class Meta:
        """Kept once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PayoutState.values), name="billing_payout_state"),
            models.UniqueConstraint(fields=["provider_account_id", "provider_payout_id"], name="billing_payout_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["-made_at", "-id"], name="billing_payout_newest")]

    def __str__(self) -> str:
        """Return what the provider calls it."""
        return self.provider_payout_id
