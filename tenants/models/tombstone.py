"""That somebody was erased, told in a way that names nobody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Tombstone(models.Model):
    """A row about a person that was erased for good, wherever a copy of the business is made of an older archive.

    ``mark`` is a keyed hash (`tenants.services.erasures.marks`) of which row it was, under the key ``key_id``; nobody
    learns from it who that was. ``stored_at`` is when it lay beside the archives as well, which this table's own
    backups cannot be relied on for: they may be older than the erasure.
    """

    schema_name = models.CharField(max_length=63)
    kind = models.CharField(max_length=60)
    key_id = models.CharField(max_length=16)
    mark = models.CharField(max_length=64)
    erased_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True)

    class Meta:
        """One for each row and business; found by business."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schema_name", "mark"], name="tenants_tombstone_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["schema_name"], condition=models.Q(stored_at__isnull=True), name="tenants_tombstone_waiting"
            ),
        ]

    def __str__(self) -> str:
        """Return of what kind it was, where and when."""
        return f"{self.schema_name} {self.kind} {self.erased_at:%Y-%m-%d %H:%M}"
