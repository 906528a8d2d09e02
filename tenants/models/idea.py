"""What people of businesses tell the platform: what is missing, what annoys them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Idea(models.Model):
    """What somebody of a business wrote to us.

    ``user_id`` is a person of that business's schema, and nobody once that person has left; ``page`` is the path on
    which it came to mind, without what somebody searched for there. ``read_at``: an operator has put it away.
    """

    schema_name = models.CharField(max_length=63)
    user_id = models.BigIntegerField(null=True, blank=True)
    text = models.TextField()
    page = models.CharField(max_length=200, blank=True, default="")
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Words, read after they were written; the newest first."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(text=""), name="tenants_idea_text"),
            models.CheckConstraint(
                condition=models.Q(read_at__isnull=True) | models.Q(read_at__gte=models.F("written_at")),
                name="tenants_idea_read",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["schema_name", "written_at"], name="tenants_idea_schema"),
            models.Index(
                fields=["-written_at", "-id"], condition=models.Q(read_at__isnull=True), name="tenants_idea_unread"
            ),
        ]

    def __str__(self) -> str:
        """Return the business and when it was written."""
        return f"{self.schema_name} {self.written_at:%Y-%m-%d %H:%M}"
