"""Archives of businesses that the platform keeps, and what became of each attempt to make one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Backup(models.Model):
    """One attempt: an archive that was made, restored into a scratch schema and compared, or why there is none.

    ``archive`` is its place in the storage of archives; empty when none was made. A removed archive leaves no row.
    ``failure`` is what went wrong, for operators, in English; empty when nothing did.
    """

    schema_name = models.CharField(max_length=63)
    archive = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    bytes = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    files = models.IntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        """Read by business, the newest first; what was verified did not fail, and each archive is one row."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True) ^ models.Q(failure=""), name="tenants_backup_told"
            ),
            models.CheckConstraint(
                condition=models.Q(archive="") ^ models.Q(failure=""), name="tenants_backup_kept_or_failed"
            ),
            models.CheckConstraint(
                condition=models.Q(bytes__gte=0, rows__gte=0, files__gte=0), name="tenants_backup_counted"
            ),
            models.CheckConstraint(condition=~models.Q(schema_name=""), name="tenants_backup_whose"),
            models.UniqueConstraint(
                fields=["schema_name", "archive"], condition=~models.Q(archive=""), name="tenants_backup_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["schema_name", "-began_at"], name="tenants_backup_newest")]

    def __str__(self) -> str:
        """Return whose it is, and of when."""
        return f"{self.schema_name} {self.began_at:%Y-%m-%d %H:%M}"
