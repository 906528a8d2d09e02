"""What became of each attempt to back up the platform: the backups themselves are described where they lie."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PlatformBackup(models.Model):
    """One attempt: what was kept under which label, or why nothing was.

    ``failure`` is for operators, in English; empty when nothing failed.
    """

    label = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField()
    stored_bytes = models.BigIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        """Read by time, the newest first; what has a label did not fail."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(label="") ^ models.Q(failure=""), name="recovery_backup_told")
        ]
        indexes: ClassVar = [models.Index(fields=["-began_at"], name="recovery_backup_newest")]

    def __str__(self) -> str:
        """Return of when it is."""
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.label or self.failure}"
