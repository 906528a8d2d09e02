"""Answers that a repeated request gets again."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class IdempotentAnswer(models.Model):
    """What a POST with an ``Idempotency-Key`` answered; kept for 24 hours.

    ``sent`` is the body byte by byte; ``answer`` is the same as a document, for processes of the version
    before, which read and write nothing else while a new one is started.
    """

    endpoint = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    caller = models.CharField(max_length=64, default="", db_default="")
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(encoder=DjangoJSONEncoder)
    sent = models.TextField(default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "key", "caller"], name="api_idempotent_answer_unique")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="api_idempotent_created")]

    def __str__(self) -> str:
        """Return where the key was used."""
        return f"{self.endpoint} {self.key}"
