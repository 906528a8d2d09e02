"""What nightly jobs took away when its time was over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class RetentionRun(models.Model):
    """One rule in one night, and how many rows it took away; of nights without any only the last one stays."""

    rule = models.CharField(max_length=32)
    ran_at = models.DateTimeField()
    removed = models.PositiveIntegerField()

    class Meta:
        """Of one rule, the newest first."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(rule=""), name="privacy_retention_rule")]
        indexes: ClassVar = [models.Index(fields=["rule", "-ran_at"], name="privacy_retention_log")]

    def __str__(self) -> str:
        """Return which rule, when, and how many rows."""
        return f"{self.rule} {self.ran_at:%Y-%m-%d}: {self.removed}"
