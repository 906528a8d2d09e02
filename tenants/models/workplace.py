"""Where people work, found by their e-mail without looking into each business."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Workplace(models.Model):
    """Somebody with this e-mail signs in at this business; the e-mail itself is kept there alone.

    ``email_hash`` is keyed: whoever has this table without the platform's secret can ask for nobody.
    """

    email_hash = models.CharField(max_length=64)
    schema_name = models.CharField(max_length=63)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["email_hash", "schema_name"], name="tenants_workplace_once")
        ]
        indexes: ClassVar = [models.Index(fields=["schema_name"], name="tenants_workplace_schema")]

    def __str__(self) -> str:
        """Return the business."""
        return self.schema_name


class WorkplaceRequest(models.Model):
    """Somebody asked where this e-mail signs in; a worker answers by mail, and removes the row."""

    email = models.EmailField(max_length=254)
    locale = models.CharField(max_length=8)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return which request it is: an address in a log line would be personal."""
        return f"request {self.pk}"
