"""The transactional outbox."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Event(models.Model):
    """Something that happened, written in the transaction in which it happened."""

    kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    occurred_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Read by what it happened to."""

        indexes: ClassVar = [models.Index(fields=["subject_id", "id"], name="notifications_event_subject")]

    def __str__(self) -> str:
        """Return kind and subject."""
        return f"{self.kind} {self.subject_id}"
