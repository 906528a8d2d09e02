"""What other rooms hear about bookings: one event for each transition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import uuid4

from audit.history import add_history_part
from database.statements import Statement
from kernel.lines import clean_line
from kernel.text import mark
from notifications.services.outbox import add_event_part, add_event_parts, announce_event
from scheduling.enums import BookingEvent
from scheduling.errors import RequestInvalid
from scheduling.models import Booking
from scheduling.services.writing.inputs import clean_text
from scheduling.services.writing.search import add_search_part
from scheduling.types import LONGEST_LINE, Actor, Notice
from tenants.services.due_work import remove_due_part

LINE_TOO_LONG = mark("The line may have at most 160 characters.")
RECORDED_SQL = "SELECT booking.id, event.id FROM booking, event"
END_SQL = """
UPDATE scheduling_booking SET status = %(booking_status)s::text, is_active = %(booking_is_active)s::bool
WHERE id = ANY(%(booking_ids)s::int8[]) RETURNING *
"""


def record(
    booking: Booking,
    *,
    kind: BookingEvent,
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
    kind: BookingEvent,
    by: Actor,
    now: datetime,
    reason: str = "",
    extra: Mapping[str, object] | None = None,
) -> None:
    """Let a statement with a part ``booking`` write history, event and search of the change."""
    add_history_part(
        statement,
        Booking,
        source="booking",
        is_new=is_new(booking),
        user_id=by.user_id,
        at=now,
        reason=reason,
    )
    if not booking.is_test:
        add_search_part(statement, booking)
    payload = _describe(booking, by) | dict(extra or {})
    add_event_part(statement, source="booking", kind=f"booking.{kind}", payload=payload, now=now)


def record_together(
    bookings: Sequence[Booking],
    *,
    kind: BookingEvent,
    by: Actor,
    now: datetime,
    due_kind: str,
    extras: Sequence[Mapping[str, object]],
) -> None:
    """Do what `record` does for changed bookings that have got the same status, and forget what was due; one statement.

    Of what was changed only status and activity are written. ``extras`` has one for each booking.
    """
    statement = Statement()
    first = bookings[0]
    values = {"ids": [each.pk for each in bookings], "status": first.status, "is_active": first.is_active}
    statement.add("booking", END_SQL, values)
    add_history_part(statement, Booking, source="booking", is_new=False, user_id=by.user_id, at=now)
    payloads = {each.pk: _describe(each, by) | dict(extra) for each, extra in zip(bookings, extras, strict=True)}
    add_event_parts(statement, source="booking", kind=f"booking.{kind}", payloads=payloads, now=now)
    remove_due_part(statement, name="end_due", source="booking", kind=due_kind)
    for event_id, booking_id in statement.fetch("SELECT id, subject_id FROM event"):
        announce_event(event_id=event_id, kind=f"booking.{kind}", subject_id=booking_id)


def describe_notice(notice: Notice) -> dict[str, object]:
    """Return what the event of a move says about the message to the customer.

    Raises:
        RequestInvalid: The line is too long or unreadable.
    """
    if not notice.is_told:
        return {"is_silent": True}
    errors: dict[str, tuple[str, ...]] = {}
    line = clean_text(notice.line, errors, field="line", length=LONGEST_LINE, too_long=LINE_TOO_LONG)
    if errors:
        raise RequestInvalid(errors=errors)
    return {"line": clean_line(line)} if line else {}


def bundle_events(readers: Mapping[int, str]) -> Mapping[int, Mapping[str, object]]:
    """Return what goes into the event of each booking, so that whoever reads of several of them gets one message.

    ``readers`` has the address to which the messages of each booking go; empty: nobody is told.
    """
    by_reader: dict[str, list[int]] = {}
    for booking_id, reader in readers.items():
        by_reader.setdefault(reader.lower() or str(booking_id), []).append(booking_id)
    return {
        booking_id: {"bundle": name, "bundle_size": len(ids)} if len(ids) > 1 else {}
        for ids in by_reader.values()
        for name in [uuid4().hex]
        for booking_id in ids
    }


def _describe(booking: Booking, by: Actor) -> dict[str, object]:
    return {
        "reference": booking.reference,
        "status": booking.status,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "sequence": booking.sequence,
        "by": by.kind,
        "by_user_id": by.user_id,
        "is_sample": booking.is_sample,
        "is_test": booking.is_test,
    }


def is_new(booking: Booking) -> bool:
    """Tell whether a booking was never saved."""
    return cast("int | None", booking.pk) is None


def note_recorded(booking: Booking, *, booking_id: int, event_id: int, kind: BookingEvent) -> None:
    """Give a written booking its id, and let its event be told after the commit."""
    booking.pk = booking_id
    booking._state.adding = False  # noqa: SLF001 - as `Model.save` leaves it
    announce_event(event_id=event_id, kind=f"booking.{kind}", subject_id=booking_id)
