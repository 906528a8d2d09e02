"""What every row of the catalog has."""

from __future__ import annotations

from django.db import models


class CatalogRow(models.Model):
    """A row that is archived rather than deleted, and counts its versions.

    Only `scheduling.services.catalog` writes it: there each version leaves an entry in the log.
    """

    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Columns of the rows themselves."""

        abstract = True
