"""What is left of businesses that were removed: that they were, when, and how much it was."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Removal(models.Model):
    """The proof that a business was removed; in the end it names nobody, and it is never deleted.

    It is written in the transaction that drops the schema, with what was counted there; ``counts`` also gets what was
    cached, in the end. ``finished_at``: nothing is left but what stands in backups of the whole platform, which are
    gone by ``backups_gone_at``. Both are None while files or archives are still to be removed; so long ``letters``
    keeps what rooms need to tell its people in the end (`tenants.hooks.register_removal_writer`).
    """

    tenant_id = models.BigIntegerField(unique=True)
    schema_name = models.CharField(max_length=63, unique=True)
    slug = models.CharField(max_length=40)
    closed_at = models.DateTimeField()
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    backups_gone_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    letters = models.JSONField(default=dict, db_default={}, blank=True)

    class Meta:
        """Both ends or none, and nobody named after them; read newest first."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, backups_gone_at__isnull=True)
                | models.Q(finished_at__isnull=False, backups_gone_at__gt=models.F("finished_at")),
                name="tenants_removal_end",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(letters={}), name="tenants_removal_told"
            ),
        ]

    def __str__(self) -> str:
        """Return which business it was, and since when it is gone."""
        return f"{self.schema_name} {self.began_at:%Y-%m-%d %H:%M}"
