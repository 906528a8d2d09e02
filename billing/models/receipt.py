"""What a customer sends to show that a transfer is on its way."""

from __future__ import annotations

from django.db import models

from billing.models.payment import Payment

RECEIPT = "receipt"
"""The kind of file, and of the due work that removes it in time."""


class Receipt(models.Model):
    """A picture or a PDF beside one payment; its file belongs to this row, and a newer one takes its place."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt")
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return of which payment."""
        return f"receipt of payment {self.payment_id}"
