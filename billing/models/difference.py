"""In what the ledger and a provider differ."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.enums import DifferenceKind
from billing.models.payment import Payment


class Difference(models.Model):
    """Something that the nightly comparison found; settled when it is found no more, or a person looked into it.

    ``source_id`` is what the provider calls it, or what it is here where the provider has nothing. In which account it
    was found says ``provider_account_id``; empty: it was found before that was noted.
    """

    kind = models.CharField(max_length=8, choices=DifferenceKind.choices)
    source_id = models.CharField(max_length=255)
    provider_account_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="differences")
    ours_minor = models.BigIntegerField()
    theirs_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    happened_at = models.DateTimeField()
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """Found once, however many nights find it again."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=DifferenceKind.values), name="billing_difference_kind"),
            models.UniqueConstraint(fields=["kind", "source_id"], name="billing_difference_once"),
        ]

    def __str__(self) -> str:
        """Return what differs."""
        return f"{self.kind}: {self.source_id}"
