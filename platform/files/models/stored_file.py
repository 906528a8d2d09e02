"""A file that somebody sent."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from files.enums import FileState


class StoredFile(models.Model):
    """A picture, from the moment in which it is sent until its last byte is removed.

    ``incoming`` is what was sent. It lies in this row until a worker has made pictures of it, so
    that taking it is part of the transaction, and web server and workers need no common disk.
    ``kind`` and ``owner_id`` say what it belongs to, a row of a room that this one does not know.
    ``renditions`` are the stored objects: name, sides in pixels, bytes and SHA-256 of each.
    ``failure`` is a `files.engine.Refusal`. ``tries`` counts how often a worker began.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=24)
    owner_id = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=FileState.choices, default=FileState.WAITING)
    failure = models.CharField(max_length=24, blank=True, default="")
    incoming = models.BinaryField(null=True)
    renditions = models.JSONField(default=list)
    stored_bytes = models.BigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        """Read by what it belongs to; what was sent is kept as long as it waits."""

        indexes: ClassVar = [models.Index(fields=["kind", "owner_id"], name="files_of_owner")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=FileState.values), name="files_state_known"),
            models.CheckConstraint(
                condition=Q(state=FileState.WAITING, incoming__isnull=False)
                | (~Q(state=FileState.WAITING) & Q(incoming__isnull=True)),
                name="files_incoming_waits",
            ),
            models.CheckConstraint(
                condition=Q(state=FileState.FAILED) ^ Q(failure=""),
                name="files_failure_said",
            ),
        ]

    def __str__(self) -> str:
        """Return kind and key."""
        return f"{self.kind} {self.key}"
