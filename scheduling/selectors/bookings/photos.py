"""Which photos there are of visits: those that customers sent, and those of the team."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from kernel.ids import hash_token
from scheduling.models import VisitPhoto


@dataclass(frozen=True, slots=True)
class VisitPhotoView:
    """A photo of a visit; ``number`` counts from 1, and ``reference`` is the booking's.

    Attributes:
        is_from_staff: The team took it, ``user_id`` (None: somebody who has left); else the customer sent it.
    """

    id: int
    booking_id: int
    reference: str
    number: int
    sent_at: datetime
    is_from_staff: bool = False
    user_id: int | None = None

    @property
    def file_name(self) -> str:
        """What it is called as a file."""
        return f"{self.reference}-{self.number}.webp"


def list_run_photos(*, run: str) -> tuple[int, ...]:
    """Return the ids of the photos of a run through the booking page that belong to no booking yet, in order."""
    rows = VisitPhoto.objects.filter(run_hash=hash_token(run), booking__isnull=True)
    return tuple(rows.values_list("pk", flat=True))


def list_booking_photos(*, booking_id: int) -> tuple[int, ...]:
    """Return the ids of the photos that the customer of a booking sent, in the order in which they were sent."""
    return tuple(VisitPhoto.objects.filter(booking_id=booking_id, is_from_staff=False).values_list("pk", flat=True))


def list_visit_photos(*, booking_ids: Collection[int], is_with_staffs: bool = False) -> tuple[VisitPhotoView, ...]:
    """Return the photos of several bookings, each booking's in the order in which they were sent; one query.

    Those of the team come after those of the customer, where they are asked for.
    """
    rows = VisitPhoto.objects.filter(booking_id__in=booking_ids).order_by("-booking_id", "position")
    if not is_with_staffs:
        rows = rows.filter(is_from_staff=False)
    found = rows.values_list(
        "pk", "booking_id", "booking__reference", "position", "created_at", "is_from_staff", "user_id"
    )
    return tuple(
        VisitPhotoView(pk, booking_id, reference, position + 1, sent_at, is_from_staff, user_id)
        for pk, booking_id, reference, position, sent_at, is_from_staff, user_id in found
    )
