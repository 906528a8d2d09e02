"""Work that is due, of all tenants: finding it costs as much as there is of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenants.enums import Urgency


class DueWork(models.Model):
    """A pointer to a row in a tenant's schema that wants attention at a certain time.

    ``leased_until`` keeps two workers from taking the same row; a worker that dies lets its
    lease run out. Work of one ``lane`` waits for the same thing outside (the mail server): it never
    takes every worker. ``leased_pid`` is the server process of whoever leased it: when that is gone, so is
    the worker, and its place in the lane is free before the lease ends. ``request_id`` is that of
    the request that made it due, for the log. Since ``unknown_since`` workers have found that no version here does its
    kind. ``schema_name`` is text, not a key: no row
    here depends on a tenant's tables.
    """

    schema_name = models.CharField(max_length=63)
    kind = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    leased_pid = models.IntegerField(null=True)
    urgency = models.PositiveSmallIntegerField(default=Urgency.LATER, db_default=Urgency.LATER)
    lane = models.CharField(max_length=16, blank=True, default="", db_default="")
    request_id = models.CharField(max_length=36, blank=True, default="", db_default="")
    is_parked = models.BooleanField(default=False)
    last_error = models.CharField(max_length=300, blank=True)
    unknown_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schema_name", "kind", "row_id"], name="tenants_due_work_unique")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["urgency", "due_at", "id"], condition=models.Q(is_parked=False), name="tenants_due_work_next"
            ),
            models.Index(
                fields=["leased_until"], condition=models.Q(leased_until__isnull=False), name="tenants_due_work_leased"
            ),
            models.Index(fields=["kind"], condition=models.Q(is_parked=True), name="tenants_due_work_parked"),
        ]

    def __str__(self) -> str:
        """Return what is due and when."""
        return f"{self.schema_name} {self.kind} {self.row_id} at {self.due_at:%Y-%m-%d %H:%M}"
