"""How a booking was before its last move, so that the move can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.iso import parse_instant
from notifications.selectors.events import find_last_event, list_events_of
from notifications.types.messages import EventView
from scheduling.enums import BookingEvent
from scheduling.models import Allocation, Booking

CONTENT_KIND = f"booking.{BookingEvent.CHANGED}"


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
    length_minutes: int | None
    undone: int | None


@dataclass(frozen=True, slots=True)
class ContentChange:
    """What a booking was about before a change, and after it: services with extras, in one line.

    Attributes:
        user_id: Who of the staff did it; None for the customer.
        moved_from: The start before, where that changed too.
        party: How many came and come, where that changed.
    """

    at: datetime
    user_id: int | None
    before: str
    after: str
    starts_at: datetime
    moved_from: datetime | None
    party: tuple[int, int] | None


def list_content_changes(*, booking_id: int) -> tuple[ContentChange, ...]:
    """List the changes of services, extras and party of a booking, as far as they are kept; one query."""
    return tuple(_view_change(each) for each in list_events_of(kind=CONTENT_KIND, subject_id=booking_id))


def _view_change(event: EventView) -> ContentChange:
    said: Mapping[str, Any] = event.payload
    start, previous = parse_instant(said["starts_at"]), parse_instant(said["previous_starts_at"])
    party = (said["before"]["party_size"], said["after"]["party_size"])
    return ContentChange(
        at=event.occurred_at,
        user_id=said["by_user_id"],
        before=_name(said["before"]),
        after=_name(said["after"]),
        starts_at=start,
        moved_from=None if start == previous else previous,
        party=None if party[0] == party[1] else party,
    )


def _name(contents: Mapping[str, Any]) -> str:
    return ", ".join(" + ".join(line) for line in contents["services"])


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


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """When a booking was to take place as its customer knew it, and who and what was taken for it."""

    starts_at: datetime
    ends_at: datetime
    resource_ids: frozenset[int]


def find_known_place(*, booking_id: int) -> KnownPlace | None:
    """Return where a moved booking stood when its customer last heard of it otherwise than by a message.

    They booked it so, or staff said so themselves and moved it silently. None: not moved, or not known (any more).
    At most three queries.
    """
    events = list_events_of(kind=f"booking.{BookingEvent.RESCHEDULED}", subject_id=booking_id)
    moves: list[Mapping[str, Any]] = [each.payload for each in events]
    silent = [number for number, each in enumerate(moves) if each.get("is_silent")]
    later = moves[silent[-1] + 1 :] if silent else moves
    rows = Booking.history.filter(id=booking_id)
    if silent:
        rows = rows.filter(sequence=moves[silent[-1]]["sequence"])
    row = rows.order_by("history_id").values("starts_at", "ends_at").first()
    if row is None or not moves:
        return None
    if later:
        taken = later[0].get("previous_resource_ids", ())  # events of before do not say who
    else:
        taken = Allocation.objects.filter(booking_id=booking_id, is_active=True).values_list("resource_id", flat=True)
    return KnownPlace(row["starts_at"], row["ends_at"], frozenset(taken))


def find_line(*, booking_id: int, sequence: int) -> str:
    """Return what staff added, in their own words, to the message of the move that gave a booking its number."""
    event = find_last_event(kind=f"booking.{BookingEvent.RESCHEDULED}", subject_id=booking_id)
    is_last = event is not None and event.payload.get("sequence") == sequence
    return str(event.payload.get("line", "")) if event is not None and is_last else ""
