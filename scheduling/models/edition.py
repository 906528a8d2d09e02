"""Which edition of the catalog holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CatalogEdition(models.Model):
    """A number that every change of the catalog raises; one row.

    Whoever books shares the row until they commit, and finds the number with which they planned; whoever
    changes the catalog has it alone.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)

    class Meta:
        """One row."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="scheduling_edition_alone"),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)
