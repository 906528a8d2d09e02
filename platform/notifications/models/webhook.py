"""Webhooks out: where they go, and each that went or waits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from notifications.enums import WebhookEnd, WebhookOff

LONGEST_URL = 2000
LONGEST_ANSWER = 300


class WebhookEndpoint(models.Model):
    """An address of somebody else's program, and what it wants to hear of.

    The secret that signs is derived (`notifications.selectors.webhook_secrets`): here lies the hash of it, which says
    under which secret of the platform it was made. The one before signs as well until ``former_until``.
    """

    url = models.CharField(max_length=LONGEST_URL)
    events = models.JSONField(default=list)
    secret_version = models.PositiveIntegerField(default=1)
    secret_hash = models.CharField(max_length=64)
    former_hash = models.CharField(max_length=64, blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    off_at = models.DateTimeField(null=True, blank=True)
    off_reason = models.CharField(max_length=12, choices=WebhookOff.choices, blank=True, default="")
    failing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Off for a reason, or on; nobody is told twice."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["url"], name="notifications_webhook_url"),
            models.CheckConstraint(
                condition=Q(off_at__isnull=True, off_reason="")
                | Q(off_at__isnull=False, off_reason__in=WebhookOff.values),
                name="notifications_webhook_off",
            ),
        ]

    def __str__(self) -> str:
        """Return where it leads."""
        return f"webhook {self.pk}"


class WebhookDelivery(models.Model):
    """One webhook for one address, as it is sent: the same bytes in every try.

    ``event_id`` is that of the outbox; None: a test. It orders what is told about one subject. ``gives_up_at`` is when
    no further try follows. ``leased_until`` is set while a worker talks to the receiver. What somebody sends again
    (``is_again``) had its turn: nothing waits for it.
    """

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40, unique=True)
    event_id = models.BigIntegerField(null=True, blank=True)
    type = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField()
    gives_up_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True, default="")
    end = models.CharField(max_length=12, choices=WebhookEnd.choices, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    is_again = models.BooleanField(default=False, db_default=False)

    class Meta:
        """An event goes to an address once; the log is read backwards and cut by age, what waits by its subject."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="notifications_webhook_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False, end__in=WebhookEnd.values),
                name="notifications_webhook_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "-id"], name="notifications_webhook_log"),
            models.Index(
                fields=["endpoint", "subject_kind", "subject_id", "event_id"],
                condition=Q(ended_at__isnull=True),
                name="notifications_webhook_waiting",
            ),
            models.Index(
                fields=["endpoint", "created_at"],
                condition=Q(ended_at__isnull=False),
                name="notifications_webhook_old",
            ),
        ]

    def __str__(self) -> str:
        """Return type and name of the webhook."""
        return f"{self.type} {self.message_id}"
