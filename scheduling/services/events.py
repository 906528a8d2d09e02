"""What other rooms hear about bookings: one event for each transition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from audit.history import sign_history
from notifications.services.outbox import publish
from scheduling.models import Booking
from scheduling.types import Actor


def record(
    booking: Booking,
    *,
    kind: str,
    by: Actor,
    now: datetime,
    reason: str = "",
    extra: Mapping[str, object] | None = None,
) -> None:
    """Save a changed booking with its history row and publish ``booking.<kind>``, in the caller's transaction."""
    sign_history(booking, user_id=by.user_id, at=now, reason=reason or kind)
    booking.save()
    payload: dict[str, object] = {
        "reference": booking.reference,
        "status": booking.status,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "sequence": booking.sequence,
        "by": by.kind,
        "is_sample": booking.is_sample,
        **(extra or {}),
    }
    publish(kind=f"booking.{kind}", subject_id=booking.pk, payload=payload, now=now)
