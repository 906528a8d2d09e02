"""How much of a capacity rule is used: counted from the bookings themselves, also for a rule that is not saved yet.

What counts, when and how much says the engine; here it is only added up for people to read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from django.db.models import Prefetch, Q

from kernel.instants import DAY_MINUTES, to_instant, to_minutes
from scheduling.engine import RulePeriod, RuleTimes, amount_of, bucket_key, is_counted, list_counted, to_wall
from scheduling.enums import RuleScope
from scheduling.models import Allocation, Booking, BookingLine
from scheduling.types import RuleSetup

REACH = timedelta(days=15)
"""How far ahead is counted: two whole weeks, whatever day it is."""
LONGEST = timedelta(days=31)
Bucket = tuple[date, int | None]
"""A local date (of a week: its Monday) and, of an hour, which; of a moment, the hour of its peak is no part of it."""


@dataclass(frozen=True, slots=True)
class CountedVisit:
    """What a rule looks at: a coming booking, in minutes as the engine counts, in the zone of its location."""

    start_minute: int
    end_minute: int
    timezone: str
    location_id: int
    service_ids: frozenset[int]
    resource_ids: frozenset[int]
    arrival_mode: str
    party_size: int


@dataclass(frozen=True, slots=True)
class BucketUse:
    """What is used of a rule in one bucket.

    Attributes:
        on: The local date; of a week its Monday.
        minute: Wall minute at which the hour begins, or the fullest moment is; None for a day or a week.
    """

    on: date
    minute: int | None
    used: int
    limit: int

    @property
    def left(self) -> int:
        """Return how much fits in; below zero: so much is too much."""
        return self.limit - self.used

    @property
    def percent(self) -> int:
        """Return what is used, at most 100."""
        return min(100, round(100 * self.used / self.limit)) if self.limit else 100


def list_counted_bookings(*, now: datetime) -> tuple[CountedVisit, ...]:
    """List the active bookings that run today or start within the reach, the earliest first; four queries at most."""
    taken = Allocation.objects.filter(is_active=True).only("booking_id", "session_id", "resource_id")
    found = (
        Booking.objects.filter(
            Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
            is_active=True,
            starts_at__gt=now - LONGEST,
            starts_at__lt=now + REACH + timedelta(days=1),
            ends_at__gt=now - timedelta(days=8),
        )
        .select_related("location", "session")
        .prefetch_related(
            Prefetch("lines", BookingLine.objects.only("booking_id", "service_id")),
            Prefetch("allocations", taken),
            Prefetch("session__allocations", taken),
        )
        .order_by("starts_at", "pk")
    )
    return tuple(_view(booking) for booking in found)


def list_uses(setup: RuleSetup, bookings: Sequence[CountedVisit], *, today: date) -> tuple[BucketUse, ...]:
    """List the buckets from ``today`` on in which a rule counts something, the earliest first."""
    times = _read_times(setup)
    counted = [
        each for each in bookings if concerns(setup, each) and is_counted(times, each.timezone, each.start_minute)
    ]
    used = _find_peaks(setup, counted) if setup.period is RulePeriod.MOMENT else _sum_buckets(setup, counted)
    first = _monday(today) if setup.period is RulePeriod.WEEK else today
    return tuple(
        BucketUse(on=on, minute=minute, used=amount, limit=setup.limit)
        for (on, minute), amount in sorted(used.items(), key=lambda each: (each[0][0], each[0][1] or 0))
        if on >= first
    )


def find_current(setup: RuleSetup, uses: Iterable[BucketUse], *, today: date) -> BucketUse | None:
    """Return the fullest bucket of the next date on which a rule holds; None when none comes within two weeks."""
    on = find_next_date(setup, today)
    if on is None:
        return None
    if setup.period is RulePeriod.WEEK:
        on = _monday(on)
    there = [use for use in uses if use.on == on]
    return max(there, key=lambda use: use.used, default=BucketUse(on=on, minute=None, used=0, limit=setup.limit))


def find_next_date(setup: RuleSetup, today: date) -> date | None:
    """Return the first date from ``today`` on, within the reach, on which a rule holds."""
    # On a clock without changes, where each date has its minutes.
    first = to_minutes(datetime.combine(today, time(), tzinfo=UTC))
    held = list_counted(_read_times(setup), "UTC", (first, first + REACH.days * DAY_MINUTES))
    return to_instant(held[0][0]).date() if held else None


def concerns(setup: RuleSetup, booking: CountedVisit) -> bool:
    """Tell whether a booking is what a rule is about, whenever it is."""
    if setup.arrival_mode and booking.arrival_mode != setup.arrival_mode:
        return False
    match setup.scope:
        case RuleScope.LOCATION:
            return booking.location_id == setup.location_id
        case RuleScope.SERVICE:
            return setup.service_id in booking.service_ids
        case RuleScope.RESOURCE:
            return setup.resource_id in booking.resource_ids
        case _:
            return True


def _read_times(setup: RuleSetup) -> RuleTimes:
    return RuleTimes(setup.weekdays, setup.from_minute, setup.to_minute, setup.valid_from, setup.valid_to)


def _view(booking: Booking) -> CountedVisit:
    taken = (booking.session.allocations if booking.session else booking.allocations).all()
    return CountedVisit(
        start_minute=to_minutes(booking.starts_at),
        end_minute=to_minutes(booking.ends_at),
        timezone=booking.location.timezone,
        location_id=booking.location_id,
        service_ids=frozenset(line.service_id for line in booking.lines.all()),
        resource_ids=frozenset(each.resource_id for each in taken),
        arrival_mode=booking.arrival_mode,
        party_size=booking.party_size,
    )


def _measure(setup: RuleSetup, visit: CountedVisit) -> int:
    return amount_of(setup.measure, minutes=visit.end_minute - visit.start_minute, units=visit.party_size)


def _sum_buckets(setup: RuleSetup, counted: Iterable[CountedVisit]) -> Mapping[Bucket, int]:
    """Add up what lies in each bucket; the date and the hour are those that the clock at the visit shows."""
    used: dict[Bucket, int] = defaultdict(int)
    for each in counted:
        wall = to_wall(each.timezone, each.start_minute)
        bucket: Bucket = (wall.on, None)
        if setup.period is RulePeriod.HOUR:
            # A repeated hour is two: the bucket is where it began.
            hour = to_wall(each.timezone, bucket_key(setup.period, each.timezone, each.start_minute))
            bucket = (hour.on, hour.minute)
        elif setup.period is RulePeriod.WEEK:
            bucket = (_monday(wall.on), None)
        used[bucket] += _measure(setup, each)
    return used


def _find_peaks(setup: RuleSetup, counted: Sequence[CountedVisit]) -> Mapping[Bucket, int]:
    """Map each date on which something starts to its fullest moment, and how much is there at it; in one sweep."""
    steps: dict[int, int] = defaultdict(int)
    for each in counted:
        steps[each.start_minute] += _measure(setup, each)
        steps[each.end_minute] -= _measure(setup, each)
    levels = dict(zip(sorted(steps), accumulate(steps[minute] for minute in sorted(steps)), strict=True))
    peaks: dict[date, tuple[int, int]] = {}
    for each in sorted(counted, key=lambda visit: visit.start_minute):
        wall, amount = to_wall(each.timezone, each.start_minute), levels[each.start_minute]
        if amount > peaks.get(wall.on, (0, 0))[0]:
            peaks[wall.on] = (amount, wall.minute)
    return {(on, minute): amount for on, (amount, minute) in peaks.items()}


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())
