"""What is kept of a customer for another day: a card at the provider, and credit."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from billing.models.payment import Payment, Refund


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
    """What a customer has instead of a refund, and how much of it is left.

    ``refund`` is what would have gone back of ``payment``. What was taken back, and is no credit any more, is neither
    left nor used: it is the refund's ``returned_minor``.
    """

    customer_id = models.BigIntegerField(db_index=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="credits")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="given")
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
        indexes: ClassVar = [
            models.Index(fields=["given_at", "id"], condition=Q(left_minor__gt=0), name="billing_credit_spendable"),
        ]

    def __str__(self) -> str:
        """Return whose it is."""
        return f"credit of customer {self.customer_id}"


class CreditUse(models.Model):
    """How much of a credit pays a payment by credit; ``back_minor`` of it is left again, since that visit ended."""

    credit = models.ForeignKey(Credit, on_delete=models.PROTECT, related_name="uses")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="used")
    amount_minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0)

    class Meta:
        """Once for each payment, and no more comes back than was used."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="billing_use_amount"),
            models.CheckConstraint(
                condition=Q(back_minor__gte=0, back_minor__lte=F("amount_minor")), name="billing_use_back"
            ),
            models.UniqueConstraint(fields=["credit", "payment"], name="billing_use_once"),
        ]

    def __str__(self) -> str:
        """Return what it pays."""
        return f"credit {self.credit_id} for payment {self.payment_id}"
