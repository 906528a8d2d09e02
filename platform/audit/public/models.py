"""The platform's own log: what operators do to businesses and to each other."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit.enums import PlatformAction


class PlatformEntry(models.Model):
    """One act. It is never changed or deleted: a trigger in the database refuses both, to everybody.

    Whom it concerns is written as it was then: the row outlives the business and the person. The
    author is a plain number, as in `audit.history`; none: a command. ``old`` and ``new`` are states.
    """

    at = models.DateTimeField()
    author_id = models.BigIntegerField(null=True, blank=True)
    action = models.CharField(max_length=24, choices=PlatformAction.choices)
    schema_name = models.CharField(max_length=63, blank=True)
    business_name = models.CharField(max_length=120, blank=True)
    person_id = models.BigIntegerField(null=True, blank=True)
    old = models.CharField(max_length=16, blank=True)
    new = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        """Read newest first, of all businesses or of one."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(action__in=PlatformAction.values), name="audit_platform_entry_action_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["schema_name", "-id"], name="audit_platform_entry_business")]

    def __str__(self) -> str:
        """Return when, what and whom."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.schema_name}"
