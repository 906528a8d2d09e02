"""Links of before a business was made of an archive."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scheduling.models.booking import Booking


class FormerLink(models.Model):
    """A link that customers got before their booking was restored, at another business or another address of it.

    ``token_hash`` is what was stored of it, and ``token_version`` the number that it had: a link that was taken back
    since then leads nowhere.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="former_links")
    token_hash = models.CharField(max_length=64)
    token_version = models.PositiveIntegerField()

    class Meta:
        """Whoever opens one is led by its hash."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token_hash"], name="scheduling_former_link_hash"),
            models.CheckConstraint(condition=~models.Q(token_hash=""), name="scheduling_former_link_told"),
        ]

    def __str__(self) -> str:
        """Return which booking it led to."""
        return f"{self.booking_id} ({self.token_version})"
