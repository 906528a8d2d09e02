"""Which photos customers sent of their visits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from kernel.ids import hash_token
from scheduling.models import VisitPhoto


@dataclass(frozen=True, slots=True)
class VisitPhotoView:
    """A photo of a visit; ``number`` counts from 1, and ``reference`` is the booking's."""

    id: int
    booking_id: int
    reference: str
    number: int
    sent_at: datetime

    @property
    def file_name(self) -> str:
        """What it is called as a file."""
        return f"{self.reference}-{self.number}.webp"


def list_run_photos(*, run: str) -> tuple[int, ...]:
    """Return the ids of the photos of a run through the booking page that belong to no booking yet, in order."""
    rows = VisitPhoto.objects.filter(run_hash=hash_token(run), booking__isnull=True)
    return tuple(rows.values_list("pk", flat=True))


def list_booking_photos(*, booking_id: int) -> tuple[int, ...]:
    """Return the ids of a booking's photos, in the order in which they were sent."""
    return tuple(VisitPhoto.objects.filter(booking_id=booking_id).values_list("pk", flat=True))


def list_visit_photos(*, booking_ids: Collection[int]) -> tuple[VisitPhotoView, ...]:
    """Return the photos of several bookings, each booking's in the order in which they were sent; one query."""
    rows = VisitPhoto.objects.filter(booking_id__in=booking_ids).order_by("-booking_id", "position")
    found = rows.values_list("pk", "booking_id", "booking__reference", "position", "created_at")
    return tuple(
        VisitPhotoView(pk, booking_id, reference, position + 1, sent_at)
        for pk, booking_id, reference, position, sent_at in found
    )
