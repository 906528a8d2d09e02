"""Whose data is blocked: out of every page, sealed, until its time is over; and who has looked at it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from privacy.enums import LookKind
from privacy.models.request import PersonRequest


class BlockedPerson(models.Model):
    """What was kept about somebody, encrypted (`services.blocking.seals`), and until when.

    Everything else of the business is without them, as if they were erased: nothing that lists, finds, counts or sends
    has to know of this table. ``customer`` is the record that is left, without a name. ``content`` is the file that
    people take along, ``names`` by what they are found again: name, addresses and numbers.
    """

    customer = models.OneToOneField("scheduling.Customer", on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(PersonRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    names = models.BinaryField()
    content = models.BinaryField()
    law_country = models.CharField(max_length=2, blank=True, default="")
    blocked_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        """It ends after it began."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("blocked_at")), name="privacy_blocked_ends"),
        ]

    def __str__(self) -> str:
        """Return until when."""
        return f"{self.pk} {self.ends_at:%Y-%m-%d}"


class BlockedLook(models.Model):
    """Somebody of the business has found a blocked person by a name, or read what was blocked, and why."""

    blocked = models.ForeignKey(BlockedPerson, on_delete=models.CASCADE, related_name="looks", db_index=False)
    kind = models.CharField(max_length=8, choices=LookKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """Of one person, in order."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=LookKind.values), name="privacy_look_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["blocked", "id"], name="privacy_look_log")]

    def __str__(self) -> str:
        """Return what was done, and when."""
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
