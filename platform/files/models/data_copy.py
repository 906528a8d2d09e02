"""A copy of all data of the business that an owner asked for."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from files.enums import COPIES_AT_WORK, CopyFailure, CopyKind, CopyState


class DataCopy(models.Model):
    """One asking: from the button until what was made of it is removed; the row stays a while, as a record.

    ``key`` names it in addresses and in the storage. ``asked_by_id`` is a person of the business, as a plain number.
    ``name``, ``bytes`` and ``sha256`` (hexadecimal) are those of the file. ``tries`` counts how often a worker began.
    It can be taken until ``ends_at``; ``taken_at`` is when that was done last.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=CopyKind.choices)
    state = models.CharField(max_length=8, choices=CopyState.choices, default=CopyState.ASKED)
    failure = models.CharField(max_length=8, choices=CopyFailure.choices, blank=True, default="")
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=120, blank=True, default="")
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """One of each kind is being made at a time."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=CopyKind.values), name="files_copy_kind_known"),
            models.CheckConstraint(condition=Q(state__in=CopyState.values), name="files_copy_state_known"),
            models.CheckConstraint(condition=Q(state=CopyState.FAILED) ^ Q(failure=""), name="files_copy_failure_said"),
            models.CheckConstraint(
                condition=~Q(state=CopyState.READY) | Q(ready_at__isnull=False, ends_at__isnull=False),
                name="files_copy_ends",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state__in=COPIES_AT_WORK), name="files_copy_one_at_work"
            ),
        ]

    def __str__(self) -> str:
        """Return kind and key."""
        return f"{self.kind} {self.key}"
