"""What happened to a booking, from the history that each change writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduling.enums import BookingStatus
from scheduling.models import Booking


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A change of status or of time.

    Attributes:
        user_id: Who of the staff did it; None for customers and for the system.
        moved_from: The start before, when the step moved the booking.
        reason: What somebody typed, word for word; mostly empty.
    """

    at: datetime
    status: BookingStatus
    is_status_new: bool
    starts_at: datetime
    moved_from: datetime | None
    user_id: int | None
    reason: str


def list_history(*, booking_id: int) -> tuple[HistoryStep, ...]:
    """List the changes of status and time, oldest first; other edits are left out. One query."""
    rows = (
        Booking.history.filter(id=booking_id)
        .order_by("history_date", "history_id")
        .values_list("history_date", "status", "starts_at", "history_user_id", "history_change_reason")
    )
    steps: list[HistoryStep] = []
    last_status, last_start = "", None
    for at, status, starts_at, user_id, reason in rows:
        is_moved = last_start is not None and starts_at != last_start
        if status != last_status or is_moved:
            steps.append(
                HistoryStep(
                    at=at,
                    status=BookingStatus(status),
                    is_status_new=status != last_status,
                    starts_at=starts_at,
                    moved_from=last_start if is_moved else None,
                    user_id=user_id,
                    reason=reason,
                )
            )
        last_status, last_start = status, starts_at
    return tuple(steps)
