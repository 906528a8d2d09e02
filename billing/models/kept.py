"""What is kept of a customer for another day: a card at the provider, and credit."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from billing.models.payment import Payment


class SavedMethod(models.Model):
    """A card that the provider keeps for a customer, and the words to which the customer agreed.

    Card data never touches us: ``label`` is what the customer recognizes it by, its brand and last four digits.
    ``payment`` is the fee for which it was left. From ``removed_at`` on the provider does not have it any more.
    """

    customer_id = models.BigIntegerField(db_index=True)
    provider_account_id = models.CharField(max_length=64)
    provider_method_id = models.CharField(max_length=255)
    provider_customer_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="methods")
    label = models.CharField(max_length=40, blank=True)
    expires_on = models.CharField(max_length=7, blank=True, default="", db_default="")
    text_version = models.CharField(max_length=16)
    agreed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Kept once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider_account_id", "provider_method_id"], name="billing_method_kept_once"
            ),
        ]

    def __str__(self) -> str:
        """Return whose it is."""
        return f"card of customer {self.customer_id}"


class Credit(models.Model):
    """What a customer has instead of a refund, and how much of it is left."""

    customer_id = models.BigIntegerField(db_index=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="credits")
    amount_minor = models.BigIntegerField()
    left_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    given_at = models.DateTimeField()

    class Meta:
        """No more is used than was given."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="billing_credit_amount"),
            models.CheckConstraint(
                condition=Q(left_minor__gte=0, left_minor__lte=F("amount_minor")), name="billing_credit_left"
            ),
        ]

    def __str__(self) -> str:
        """Return whose it is."""
        return f"credit of customer {self.customer_id}"
