"""Links of before a business was made of an archive."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scheduling.models.booking import Booking
from scheduling.models.demand import WaitlistEntry


class FormerLink(models.Model):
    """A link that customers got before their business was restored, at another one or another address of it.

    It led to a booking, or to an entry of the waitlist. ``token_hash`` is what was stored of it, and ``token_version``
    the number that it had: a link that was taken back since then leads nowhere. Of an entry's links, 0 is its own, and
    others are of the offer with that number.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="former_links")
    entry = models.ForeignKey(
        WaitlistEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="former_links"
    )
    token_hash = models.CharField(max_length=64)
    token_version = models.PositiveIntegerField()

    class Meta:
        """Whoever opens one is led by its hash."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token_hash"], name="scheduling_former_link_hash"),
            models.CheckConstraint(condition=~models.Q(token_hash=""), name="scheduling_former_link_told"),
            models.CheckConstraint(
                condition=models.Q(booking__isnull=True) ^ models.Q(entry__isnull=True),
                name="scheduling_former_link_of_one",
            ),
        ]

    def __str__(self) -> str:
        """Return which booking it led to."""
        return f"{self.booking_id or self.entry_id} ({self.token_version})"
