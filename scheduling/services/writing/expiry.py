"""Holds that ended: their place is free at once, and they are marked expired soon after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from database.connection import connection
from database.transactions import run_write
from kernel.instants import to_instant
from scheduling.enums import BookingStatus
from scheduling.models import Booking
from scheduling.models.allocation import LONGEST_ALLOCATION_MINUTES
from scheduling.services.writing.counters import Counters
from scheduling.services.writing.placement import Place
from scheduling.services.writing.releases import HOLD_DUE_KIND, release, release_together
from scheduling.types import SYSTEM, RuleUse
from tenants.hooks import register_due_handler, register_exported_work

# An ended hold is in the way where its minutes meet, where a group beside has its seats or its longer
# stretch, in the counters of rules that are full, and in the lanes of rules per moment.
IN_THE_WAY_SQL = f"""
WITH taken AS (
  SELECT a.booking_id, a.session_id, a.hold_expires_at
  FROM unnest(%(resource_ids)s::int8[], %(firsts)s::int4[], %(lasts)s::int4[]) p(id, first, last)
  JOIN scheduling_allocation a ON a.resource_id = p.id AND a.is_active AND a.ends_minute > p.first
    AND a.ends_minute < p.last + {LONGEST_ALLOCATION_MINUTES} AND a.starts_minute < p.last
), counted AS (
  SELECT d.rule_id, d.bucket
  FROM unnest(%(rule_ids)s::int8[], %(buckets)s::int8[], %(amounts)s::int8[]) d(rule_id, bucket, amount)
  JOIN scheduling_ruleusage u ON u.rule_id = d.rule_id AND u.bucket = d.bucket
  JOIN scheduling_capacityrule c ON c.id = d.rule_id WHERE u.used + d.amount > c.limit
)
SELECT t.booking_id FROM taken t WHERE t.booking_id IS NOT NULL AND t.hold_expires_at <= %(now)s::timestamptz
UNION
SELECT b.id FROM taken t JOIN scheduling_booking b ON b.session_id = t.session_id
WHERE b.is_active AND b.hold_expires_at <= %(now)s::timestamptz
UNION
SELECT b.id FROM scheduling_booking b
WHERE b.is_active AND b.hold_expires_at <= %(now)s::timestamptz AND EXISTS (SELECT 1 FROM counted)
  AND EXISTS (SELECT 1 FROM counted f JOIN jsonb_array_elements(b.rule_usage) AS i(item)
              ON (i.item->>0)::int8 = f.rule_id AND (i.item->>1)::int8 = f.bucket)
UNION
SELECT b.id FROM unnest(%(moment_ids)s::int8[]) m(id)
JOIN scheduling_ruletake t ON t.rule_id = m.id AND t.ends_at > %(starts_at)s::timestamptz
  AND t.starts_at < %(ends_at)s::timestamptz
JOIN scheduling_booking b ON b.id = t.booking_id AND b.hold_expires_at <= %(now)s::timestamptz
"""  # noqa: S608 - a number of our own


def register() -> None:
    """Do due work of the kind that holds leave, and let it go on in a business that was made of an export."""
    register_due_handler(HOLD_DUE_KIND, expire_hold)
    register_exported_work([HOLD_DUE_KIND])


def expire_hold(booking_id: int, now: datetime) -> None:
    """Mark one hold expired when it has ended; safe to run twice. The handler of due work."""

    def work(*, is_pessimistic: bool) -> None:  # noqa: ARG001 - there is nothing to pick
        booking = Booking.with_tests.select_for_update().filter(pk=booking_id).first()
        if booking is None or not is_expired(booking, now):
            return
        release(booking, BookingStatus.EXPIRED, by=SYSTEM, now=now)

    run_write(work)


def clear_way(
    place: Place, usage: Iterable[RuleUse], *, counters: Counters, now: datetime, own_id: int | None = None
) -> None:
    """End the holds that ended and still occupy in the tables what is about to be written there.

    The caller holds the locks of the place already and writes ``counters`` last. ``own_id`` is the booking
    that takes the place: it is locked along, for whoever locks several rows does so in the order of their ids.
    """
    taken = place.candidate.assignments
    uses = list(usage)
    counted = [use for use in uses if use.bucket is not None]
    parameters = {
        "resource_ids": [each.resource_id for each in taken],
        "firsts": [each.occupied_start_minute for each in taken],
        "lasts": [each.occupied_end_minute for each in taken],
        "rule_ids": [use.rule_id for use in counted],
        "buckets": [use.bucket for use in counted],
        "amounts": [use.amount for use in counted],
        "moment_ids": [use.rule_id for use in uses if use.bucket is None],
        "starts_at": to_instant(place.start_minute),
        "ends_at": to_instant(place.end_minute),
        "now": now,
    }
    ended_ids = [booking_id for (booking_id,) in connection.fetch_planned(IN_THE_WAY_SQL, parameters)]
    if not set(ended_ids) - {own_id}:
        return
    in_the_way = Booking.objects.filter(pk__in=[*ended_ids, own_id] if own_id else ended_ids)
    locked = list(in_the_way.select_for_update(of=("self",)).order_by("pk"))
    ended = [booking for booking in locked if booking.pk != own_id and is_expired(booking, now)]
    if ended:
        release_together(ended, BookingStatus.EXPIRED, by=SYSTEM, now=now, counters=counters)


def is_expired(booking: Booking, now: datetime) -> bool:
    """Tell whether an active booking was only held until an instant that has passed."""
    return booking.is_active and booking.hold_expires_at is not None and booking.hold_expires_at <= now
