"""What other rooms hear about bookings: one event for each transition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from audit.history import add_history_part
from database.statements import Statement
from notifications.services.outbox import add_event_part, announce_event
from scheduling.models import Booking
from scheduling.types import Actor

RECORDED_SQL = "SELECT booking.id, event.id FROM booking, event"


def record(
    booking: Booking,
    *,
    kind: str,
    by: Actor,
    now: datetime,
    reason: str = "",
    extra: Mapping[str, object] | None = None,
) -> None:
    """Save a new or changed booking with its history row and publish ``booking.<kind>``; one statement."""
    statement = Statement()
    if is_new(booking):
        statement.insert("booking", [booking])
    else:
        statement.update("booking", booking)
    add_record_parts(statement, booking, kind=kind, by=by, now=now, reason=reason, extra=extra)
    ((booking_id, event_id),) = statement.fetch(RECORDED_SQL)
    note_recorded(booking, booking_id=booking_id, event_id=event_id, kind=kind)


def add_record_parts(
    statement: Statement,
    booking: Booking,
    *,
    kind: str,
    by: Actor,
    now: datetime,
    reason: str = "",
    extra: Mapping[str, object] | None = None,
) -> None:
    """Let a statement with a part ``booking`` write the history row and the event of the change."""
    add_history_part(
        statement,
        Booking,
        source="booking",
        is_new=is_new(booking),
        user_id=by.user_id,
        at=now,
        reason=reason or kind,
    )
    payload: dict[str, object] = {
        "reference": booking.reference,
        "status": booking.status,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "sequence": booking.sequence,
        "by": by.kind,
        "by_user_id": by.user_id,
        "is_sample": booking.is_sample,
        **(extra or {}),
    }
    add_event_part(statement, source="booking", kind=f"booking.{kind}", payload=payload, now=now)


def is_new(booking: Booking) -> bool:
    """Tell whether a booking was never saved."""
    return cast("int | None", booking.pk) is None


def note_recorded(booking: Booking, *, booking_id: int, event_id: int, kind: str) -> None:
    """Give a written booking its id, and let its event be told after the commit."""
    booking.pk = booking_id
    booking._state.adding = False  # noqa: SLF001 - as `Model.save` leaves it
    announce_event(event_id=event_id, kind=f"booking.{kind}", subject_id=booking_id)
