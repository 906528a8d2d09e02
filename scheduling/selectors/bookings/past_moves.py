"""How a booking was before its last move, so that the move can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.selectors.events import find_last_event
from scheduling.enums import BookingEvent
from scheduling.models import Booking


@dataclass(frozen=True, slots=True)
class BeforeMove:
    """What a move changed, as it was.

    Attributes:
        sequence: The number of the booking that the move gave it.
        filling: Who served which part, as (part index, resource id).
        undone: The number that the move took back, when it was itself such a step.
    """

    sequence: int
    starts_at: datetime
    ends_at: datetime
    filling: frozenset[tuple[int, int]]
    hold_expires_at: datetime | None
    attendance_confirmed_at: datetime | None
    chosen_resource_id: int | None
    chosen_beside_ids: list[int]
    override_kind: str
    override_reason: str
    overridden_by_id: int | None
    undone: int | None


CHANGED = tuple(name for name in BeforeMove.__slots__ if name not in {"sequence", "filling", "undone"})


def find_before_move(*, booking_id: int) -> BeforeMove | None:
    """Return how a booking was before its last move; None when that is not known (any more). Two queries."""
    event = find_last_event(kind=f"booking.{BookingEvent.RESCHEDULED}", subject_id=booking_id)
    said: Mapping[str, Any] = {} if event is None else event.payload
    if "previous_filling" not in said:
        return None  # never moved, or by a process that did not say who served which part
    sequence = int(said["sequence"])
    before = Booking.history.filter(id=booking_id, sequence__lt=sequence).order_by("-history_id")
    row = before.values(*CHANGED).first()
    if row is None:
        return None
    filling = frozenset((part, resource_id) for part, resource_id in said["previous_filling"])
    return BeforeMove(sequence=sequence, filling=filling, undone=said.get("undone_sequence"), **row)
