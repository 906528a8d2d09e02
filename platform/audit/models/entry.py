"""The log of changes: who did what, and what it was before."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from audit.enums import Action


class Entry(models.Model):
    """One change of one row.

    One table for rows of every kind: a history table for each of them would be seven files on
    the disk for each tenant. ``fields`` maps each field that differs to ``[old, new]``, lists
    that belong to the row included. The author is a plain number, as in `audit.history`.
    """

    noun = models.CharField(max_length=32)
    row_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=12, choices=Action.choices)
    fields = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    user_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Each version of a row is made once, and read by its row."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["noun", "row_id", "version"], name="audit_entry_version"),
            models.CheckConstraint(condition=models.Q(action__in=Action.values), name="audit_entry_action_known"),
        ]

    def __str__(self) -> str:
        """Return row, version and action."""
        return f"{self.noun} {self.row_id} v{self.version} {self.action}"
