"""Which photos customers sent of their visits."""

from __future__ import annotations

from kernel.ids import hash_token
from scheduling.models import VisitPhoto


def list_run_photos(*, run: str) -> tuple[int, ...]:
    """Return the ids of the photos of a run through the booking page that belong to no booking yet, in order."""
    rows = VisitPhoto.objects.filter(run_hash=hash_token(run), booking__isnull=True)
    return tuple(rows.values_list("pk", flat=True))


def list_booking_photos(*, booking_id: int) -> tuple[int, ...]:
    """Return the ids of a booking's photos, in the order in which they were sent."""
    return tuple(VisitPhoto.objects.filter(booking_id=booking_id).values_list("pk", flat=True))
