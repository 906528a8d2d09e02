"""The file that somebody takes along who asked for their data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from privacy.models.request import PersonRequest


class PersonExport(models.Model):
    """A ZIP, kept in its row until ``ends_at``: whoever is erased takes it with them, in the same transaction.

    ``is_public``: the link of the request opens it; else somebody of the business hands it over. ``sha256`` is in
    hexadecimal.
    """

    request = models.OneToOneField(PersonRequest, on_delete=models.CASCADE, related_name="export")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    is_public = models.BooleanField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        """It ends after it was made."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="privacy_export_ends"),
        ]

    def __str__(self) -> str:
        """Return of which request, and until when."""
        return f"{self.request_id} {self.ends_at:%Y-%m-%d}"
