"""Recurring bookings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scheduling.enums import ConflictChoice


class Series(models.Model):
    """A recurrence that was booked once, with the report of every date.

    ``rule`` is an RFC 5545 RRULE; ``report`` lists for each date what became of it.
    """

    rule = models.CharField(max_length=200)
    on_conflict = models.CharField(max_length=8, choices=ConflictChoice.choices)
    report = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        """Return the rule."""
        return self.rule
