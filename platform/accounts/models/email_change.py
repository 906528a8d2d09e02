"""Changes of the e-mail with which somebody signs in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models.user import User


class EmailChange(models.Model):
    """A wish for another e-mail: its mailbox confirms, and the old one can take everything back.

    The hashes are those of the two links. ``ended_at``: it was taken back, or another wish replaced it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    old_email = models.EmailField(max_length=254)
    new_email = models.EmailField(max_length=254)
    confirm_hash = models.CharField(max_length=64, unique=True)
    revert_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One wish at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(confirmed_at__isnull=True, ended_at__isnull=True),
                name="accounts_email_change_one_open",
            )
        ]

    def __str__(self) -> str:
        """Return which change it is: an address in a log line would be personal."""
        return f"change {self.pk}"
