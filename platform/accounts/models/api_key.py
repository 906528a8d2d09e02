"""Keys with which programs of a business call the API."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from accounts.models.user import User


class ApiKey(models.Model):
    """A key that works for the person who made it.

    Attributes:
        prefix: Its first signs, by which people know it again; they open nothing.
        access: How far it goes, an `accounts.enums.KeyAccess` by `accounts.enums.KeyArea`.
        last_used_at: To a minute; None: never yet.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    access = models.JSONField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Of the keys that work, each has a name of its own."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"), condition=models.Q(revoked_at__isnull=True), name="accounts_api_key_name_once"
            ),
        ]

    def __str__(self) -> str:
        """Return its first signs."""
        return self.prefix
