"""What is counted in PostgreSQL because it must hold whatever becomes of Redis."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LimitCount(models.Model):
    """How often something happened in the window that ends at ``ends_at``.

    ``limit`` is a name of the setting ``LIMITS``. ``subject_hash`` stands for whom there is a count
    (a mailbox, an address block): a keyed hash, from which nobody reads who it is.
    """

    limit = models.CharField(max_length=40)
    subject_hash = models.CharField(max_length=64)
    count = models.IntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["limit", "subject_hash"], name="tenants_limit_count_unique")
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="tenants_limit_count_end")]

    def __str__(self) -> str:
        """Return what was counted, and how often."""
        return f"{self.limit} {self.count}"
