"""What the team wrote down about visits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from scheduling.models import VisitNote


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note of the team; ``user_id`` is None where who wrote it is not of the team any more."""

    id: int
    booking_id: int
    text: str
    is_pinned: bool
    written_at: datetime
    user_id: int | None


def list_notes(*, booking_ids: Collection[int]) -> tuple[NoteView, ...]:
    """Return the notes of bookings, of each the pinned ones first and then as they were written; one query."""
    rows = VisitNote.objects.filter(booking_id__in=booking_ids).order_by("booking_id", "-is_pinned", "pk")
    found = rows.values_list("pk", "booking_id", "text", "is_pinned", "written_at", "user_id")
    return tuple(NoteView(*row) for row in found)
