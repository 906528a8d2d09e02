"""What customers want of the business on paper: an invoice, which the business makes elsewhere."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.enums import LIVE_WISHES, InvoiceState


class InvoiceWish(models.Model):
    """An invoice that a customer wants for a booking: to whom it is made out, and what became of it.

    ``booking_id`` and ``customer_id`` are plain numbers, as those of payments. The columns from ``name`` to ``email``
    are the tax data as they were given (`kernel.law.taxes.TaxData`), by the law of ``country``: the customer's own, or
    those of whoever pays for them. ``asked_by_id`` is who of the business typed them; None: the customer.
    ``number`` and ``issued_on`` are what the business says of its invoice, ``reason`` why it makes none.
    """

    booking_id = models.BigIntegerField(db_index=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=InvoiceState.choices, default=InvoiceState.ASKED)
    country = models.CharField(max_length=2)
    name = models.CharField(max_length=200, blank=True)
    id_kind = models.CharField(max_length=16, blank=True, default="")
    tax_id = models.CharField(max_length=40, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    postal_code = models.CharField(max_length=12, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    regime = models.CharField(max_length=8, blank=True, default="")
    use = models.CharField(max_length=8, blank=True, default="")
    activity = models.CharField(max_length=120, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    number = models.CharField(max_length=60, blank=True, default="")
    issued_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """A booking has one invoice; an invoice that was made has its number and date."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=InvoiceState.values), name="billing_invoice_state"),
            models.CheckConstraint(
                condition=~Q(state=InvoiceState.ISSUED) | (Q(issued_on__isnull=False) & ~Q(number="")),
                name="billing_invoice_issued",
            ),
            models.CheckConstraint(
                condition=Q(state=InvoiceState.ASKED) ^ Q(closed_at__isnull=False), name="billing_invoice_closed"
            ),
            models.UniqueConstraint(
                fields=["booking_id"], condition=Q(state__in=LIVE_WISHES), name="billing_invoice_one_live"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-asked_at", "-id"], name="billing_invoice_newest"),
            models.Index(
                fields=["-asked_at", "-id"], condition=Q(state=InvoiceState.ASKED), name="billing_invoice_to_make"
            ),
            models.Index(
                fields=["customer_id"], condition=Q(customer_id__isnull=False), name="billing_invoice_customer"
            ),
        ]

    def __str__(self) -> str:
        """Return of which booking."""
        return f"invoice for booking {self.booking_id}"
