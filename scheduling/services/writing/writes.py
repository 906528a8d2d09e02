"""A booking and everything that is written along with it, as one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from database.connection import write_array
from database.locks import add_lock_part
from database.statements import Statement
from scheduling.enums import BookingEvent
from scheduling.models import Booking
from scheduling.models.allocation import LONGEST_ALLOCATION_MINUTES
from scheduling.selectors.availability.plans import Plan
from scheduling.services.editions import add_edition_part
from scheduling.services.photos import add_photo_part
from scheduling.services.writing.allocations import (
    add_allocation_parts,
    add_expiry_part,
    write_turns,
)
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.customers import (
    Known,
    add_back_part,
    add_consent_part,
    add_customer_parts,
    add_reading_part,
)
from scheduling.services.writing.events import RECORDED_SQL, add_record_parts, is_new, note_recorded
from scheduling.services.writing.groups import settle_session
from scheduling.services.writing.inputs import CleanDetails
from scheduling.services.writing.lanes import list_pieces
from scheduling.services.writing.placement import Place
from scheduling.services.writing.records import make_lines
from scheduling.services.writing.releases import HOLD_DUE_KIND
from scheduling.types import Actor
from tenants.services.due_work import add_due_part, remove_due_part

# An ended hold may be in the way where its minutes meet, and in the counter of a rule that is full.
CLEAR_SQL = f"""
SELECT 1 FROM locked CROSS JOIN edition WHERE NOT EXISTS (
  SELECT 1 FROM unnest(%(clear_resource_ids)s::int8[], %(clear_firsts)s::int4[], %(clear_lasts)s::int4[])
    p(id, first, last), LATERAL (
    SELECT 1 FROM scheduling_allocation a
    WHERE a.resource_id = p.id AND a.is_active AND a.ends_minute > p.first
      AND a.ends_minute < p.last + {LONGEST_ALLOCATION_MINUTES} AND a.starts_minute < p.last
      AND a.hold_expires_at <= %(clear_now)s::timestamptz LIMIT 1) met)
"""  # noqa: S608 - a number of our own
CLEAR_RULES_SQL = """
  AND NOT EXISTS (
  SELECT 1 FROM unnest(%(clear_rule_ids)s::int8[], %(clear_buckets)s::int8[], %(clear_amounts)s::int8[])
    d(rule_id, bucket, amount), LATERAL (
    SELECT 1 FROM scheduling_ruleusage u JOIN scheduling_capacityrule c ON c.id = u.rule_id
    WHERE u.rule_id = d.rule_id AND u.bucket = d.bucket AND u.used + d.amount > c.limit LIMIT 1) full_up)
"""


@dataclass(frozen=True, slots=True)
class BookingWrite:
    """A booking that is not saved yet, or not as it is now.

    Attributes:
        plan: What is booked; its lines are written with a new booking.
        place: What it takes from now on; None: what it took before.
        clean: Whose it becomes, with ``known`` for who is there already.
        kind: The event is called ``booking.<kind>``.
        photo_run: Run through the booking page whose photos become the booking's.
    """

    booking: Booking
    kind: BookingEvent
    by: Actor
    now: datetime
    plan: Plan | None = None
    place: Place | None = None
    clean: CleanDetails | None = None
    known: Known = field(default_factory=Known)
    reason: str = ""
    photo_run: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


def write_booking(write: BookingWrite) -> None:
    """Write a booking; its resources are locked, its group joined, and its counters come after."""
    booking, place = write.booking, write.place
    has_group = booking.session_id is not None
    statement = Statement()
    _add_booking(statement, write, source="")
    if place is not None and not has_group:
        add_allocation_parts(statement, place, list_pieces(place), booking, now=write.now)
    elif not has_group and not is_new(booking):
        add_expiry_part(statement)
    _fetch(statement, write)
    if booking.session_id is not None:
        settle_session(booking.session_id, place=place)
        if place is not None:
            write_turns(place, now=write.now)


def write_booking_at_once(write: BookingWrite, place: Place, *, counters: Counters) -> bool:
    """Write a new booking without a group as a transaction of its own: locks, rows and counters.

    Nobody looked since the locks were taken: the constraints of PostgreSQL say whether the
    place is still there. Returns False, having written nothing, while an ended hold may be in
    the way, or when the catalog has changed since the place was found.
    """
    statement = Statement()
    add_edition_part(statement, place.edition)
    add_lock_part(statement, place.stretches, source="CROSS JOIN edition")
    _add_clear(statement, write, place)
    _add_booking(statement, write, source="CROSS JOIN clear")
    is_single = all(capacity == 1 for capacity in place.capacities.values())
    pieces = None if is_single else list_pieces(place)
    add_allocation_parts(statement, place, pieces, write.booking, now=write.now)
    counters.add_part(statement)
    return _fetch(statement, write)


def _add_clear(statement: Statement, write: BookingWrite, place: Place) -> None:
    taken, usage = place.candidate.assignments, write.booking.rule_usage
    values: dict[str, object] = {
        "now": write.now,
        "resource_ids": write_array(each.resource_id for each in taken),
        "firsts": write_array(each.occupied_start_minute for each in taken),
        "lasts": write_array(each.occupied_end_minute for each in taken),
    }
    if usage:
        values |= {
            "rule_ids": write_array(use.rule_id for use in usage),
            "buckets": write_array(use.bucket for use in usage),
            "amounts": write_array(use.amount for use in usage),
        }
    statement.add("clear", CLEAR_SQL + CLEAR_RULES_SQL if usage else CLEAR_SQL, values)


def _add_booking(statement: Statement, write: BookingWrite, *, source: str) -> None:
    booking, clean, now = write.booking, write.clean, write.now
    values: dict[str, str] = {}
    if clean is not None:
        values = add_customer_parts(statement, booking, clean, write.known, source=source, now=now)
    was_new = is_new(booking)
    if was_new:
        statement.insert("booking", [booking], source=source, values=values)
    else:
        statement.update("booking", booking, values=values)
    add_record_parts(statement, booking, kind=write.kind, by=write.by, now=now, reason=write.reason, extra=write.extra)
    if was_new and write.plan is not None:
        lines = make_lines(write.plan, write.place)
        statement.insert("line", lines, source="CROSS JOIN booking", values={"booking_id": "booking.id"})
    if clean is not None:
        add_consent_part(statement, booking, clean, now=now)
        add_reading_part(statement, clean, now=now)
        add_back_part(statement, booking, write.known, now=now)
    if write.photo_run:
        add_photo_part(statement, write.photo_run, ends_at=booking.ends_at)
    if booking.hold_expires_at is not None:
        add_due_part(statement, name="end_due", source="booking", kind=HOLD_DUE_KIND, due_at=booking.hold_expires_at)
    elif not was_new:
        remove_due_part(statement, name="end_due", source="booking", kind=HOLD_DUE_KIND)


def _fetch(statement: Statement, write: BookingWrite) -> bool:
    rows = statement.fetch(RECORDED_SQL)
    for booking_id, event_id in rows:
        note_recorded(write.booking, booking_id=booking_id, event_id=event_id, kind=write.kind)
    return bool(rows)
