"""Billing's tables of the platform: whose account an event is about, and which events came."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PaymentAccountOwner(models.Model):
    """Which business an account at a provider belongs to: this finds the tenant of an event, never its metadata."""

    provider_account_id = models.CharField(max_length=64, unique=True)
    schema_name = models.CharField(max_length=63, db_index=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return account and business."""
        return f"{self.provider_account_id} of {self.schema_name}"


class WebhookEvent(models.Model):
    """An event of a provider, taken once however often it comes; it names what to fetch afresh and nothing else.

    ``object_id`` is what the provider calls that.
    """

    event_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=16)
    provider_account_id = models.CharField(max_length=64, blank=True, default="")
    object_id = models.CharField(max_length=255, blank=True, default="")
    came_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What nobody has done yet is found, the oldest first."""

        indexes: ClassVar = [
            models.Index(fields=["came_at"], condition=models.Q(done_at__isnull=True), name="billing_event_waiting"),
        ]

    def __str__(self) -> str:
        """Return the id."""
        return self.event_id
