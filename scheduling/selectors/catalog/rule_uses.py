"""How much of a capacity rule is used: counted from the bookings themselves, also for a rule that is not saved yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q

from kernel.instants import DAY_MINUTES
from scheduling.engine import Measure, RulePeriod
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
    """What a rule looks at: a coming booking on the clock of its location."""

    starts_at: datetime
    ends_at: datetime
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
    counted = [each for each in bookings if concerns(setup, each) and is_counted(setup, each.starts_at)]
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
    dates = (today + timedelta(days=number) for number in range(REACH.days))
    return next((on for on in dates if holds_on(setup, on)), None)


def holds_on(setup: RuleSetup, on: date) -> bool:
    """Tell whether a rule holds on a local date."""
    is_begun = setup.valid_from is None or setup.valid_from <= on
    is_over = setup.valid_to is not None and on > setup.valid_to
    return is_begun and not is_over and (not setup.weekdays or on.weekday() in setup.weekdays)


def is_counted(setup: RuleSetup, local: datetime) -> bool:
    """Tell whether a rule counts a visit that starts at a local time; date and weekday are the start's own."""
    if not holds_on(setup, local.date()):
        return False
    begins, ends = setup.from_minute, setup.to_minute
    if begins is None or ends is None:
        return True
    minute = local.hour * 60 + local.minute
    return begins <= minute < ends if begins < ends else minute >= begins or minute < ends


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


def _view(booking: Booking) -> CountedVisit:
    zone = ZoneInfo(booking.location.timezone)
    taken = (booking.session.allocations if booking.session else booking.allocations).all()
    return CountedVisit(
        starts_at=booking.starts_at.astimezone(zone),
        ends_at=booking.ends_at.astimezone(zone),
        location_id=booking.location_id,
        service_ids=frozenset(line.service_id for line in booking.lines.all()),
        resource_ids=frozenset(each.resource_id for each in taken),
        arrival_mode=booking.arrival_mode,
        party_size=booking.party_size,
    )


def _measure(setup: RuleSetup, booking: CountedVisit) -> int:
    match setup.measure:
        case Measure.SEATS:
            return booking.party_size
        case Measure.MINUTES:
            return int((booking.ends_at - booking.starts_at).total_seconds()) // 60
        case _:
            return 1


def _sum_buckets(setup: RuleSetup, counted: Iterable[CountedVisit]) -> Mapping[Bucket, int]:
    used: dict[Bucket, int] = defaultdict(int)
    for each in counted:
        on = each.starts_at.date()
        bucket: Bucket = (on, each.starts_at.hour * 60) if setup.period is RulePeriod.HOUR else (on, None)
        if setup.period is RulePeriod.WEEK:
            bucket = (_monday(on), None)
        used[bucket] += _measure(setup, each)
    return used


def _find_peaks(setup: RuleSetup, counted: Sequence[CountedVisit]) -> Mapping[Bucket, int]:
    """Map each date on which something starts to its fullest moment, and how much is there at it."""
    peaks: dict[date, tuple[int, int]] = {}
    for each in counted:
        at = each.starts_at
        amount = sum(_measure(setup, other) for other in counted if other.starts_at <= at < other.ends_at)
        minute = at.hour * 60 + at.minute
        if amount > peaks.get(at.date(), (0, 0))[0]:
            peaks[at.date()] = (amount, minute % DAY_MINUTES)
    return {(on, minute): amount for on, (amount, minute) in peaks.items()}


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())
