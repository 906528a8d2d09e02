"""Photos of what a visit is about: sent by customers, or taken by the team."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from scheduling.models.booking import Booking
from scheduling.types import MOST_PHOTOS, MOST_WORK_PHOTOS

WORK_POSITIONS = (MOST_PHOTOS, MOST_PHOTOS + MOST_WORK_PHOTOS - 1)
"""From and to, both inclusive."""


class VisitPhoto(models.Model):
    """A photo, of one run through the booking page at first, of a booking once that is made; the file is in ``files``.

    ``run_hash`` is what is stored of the name of that run. What belongs to no booking a day after it was sent is
    removed, and what does two years after the visit. ``position`` counts from 0: that is what keeps a run, and a
    booking, to five. What the team took ``is_from_staff``, in a run of its own, and has the positions after those: ten.
    """

    run_hash = models.CharField(max_length=64)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    position = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    is_from_staff = models.BooleanField(default=False, db_default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        """In the order in which they were sent."""

        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(position__lt=MOST_PHOTOS, is_from_staff=False, user__isnull=True)
                | models.Q(position__range=WORK_POSITIONS, is_from_staff=True, booking__isnull=False),
                name="scheduling_photo_few",
            ),
            models.CheckConstraint(condition=~models.Q(run_hash=""), name="scheduling_photo_run_told"),
            models.UniqueConstraint(
                fields=["run_hash", "position"],
                condition=models.Q(booking__isnull=True),
                name="scheduling_photo_of_run",
            ),
            models.UniqueConstraint(
                fields=["booking", "position"],
                condition=models.Q(booking__isnull=False),
                name="scheduling_photo_of_booking",
            ),
        ]

    def __str__(self) -> str:
        """Return its number, as people count."""
        return f"{self.position + 1}"
