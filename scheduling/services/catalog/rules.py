"""Capacity rules: a new or changed one counts what is booked already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import starmap

from django.db import transaction
from django.db.models import Q

from kernel.instants import DAY_MINUTES, count_minutes, to_minutes
from kernel.text import mark
from scheduling.engine import Measure, RulePeriod, RuleTimes, amount_of, bucket_key, is_counted
from scheduling.enums import CatalogNoun, RuleScope
from scheduling.errors import RuleNotFound, StillUsed
from scheduling.models import Allocation, Booking, CapacityRule, Location, Resource, RuleTake, RuleUsage, Service
from scheduling.models.rule import MOST_AT_ONCE
from scheduling.selectors.catalog.setups import read_rule
from scheduling.services.catalog.checks import FieldErrors, Lookup
from scheduling.services.catalog.door import Noun, add_row, change_row, delete_row, lock_row, to_columns
from scheduling.services.catalog.fitting import reviewing_limit
from scheduling.services.catalog.hours import LAST_WEEKDAY, PERIOD_WRONG, TIME_WRONG, WEEKDAY_WRONG
from scheduling.services.writing.moments import take_moments
from scheduling.types import Actor, RuleSetup, RuleUse

PERIOD_REACH = timedelta(days=8)
LARGEST_LIMIT = 10**9
TARGETS = {
    RuleScope.LOCATION: "location_id",
    RuleScope.RESOURCE: "resource_id",
    RuleScope.SERVICE: "service_id",
    RuleScope.ARRIVAL_MODE: "arrival_mode",
}
"""Scope → the field that says of what; the whole business needs none."""


TARGET_MISSING = mark("Say what this limit is for.")
LIMIT_ZERO = mark("The limit is at least 1. To take nothing, close the days in the calendar or archive the service.")
LIMIT_LARGE = mark("At the same time the limit is at most 1000.")
MINUTES_AT_ONCE = mark("Minutes cannot be counted at the same time: choose bookings or people.")
BETWEEN_HALF = mark("Enter both times, or none.")
BETWEEN_EMPTY = mark("Both times are the same: leave them empty for the whole day.")


@contextmanager
def _switching(row: CapacityRule, is_active: bool, now: datetime) -> Iterator[None]:  # noqa: FBT001 - as `Noun.guard`
    """Let the counters go with a rule that is switched off, and count anew when it is switched on."""
    RuleUsage.objects.filter(rule=row).delete()
    RuleTake.objects.filter(rule=row).delete()
    with reviewing_limit(row.pk, now=now):
        yield
        if is_active:
            count_anew(row, now=now)


NOUN = Noun(CatalogNoun.RULE, CapacityRule, RuleNotFound, guard=_switching)


@transaction.atomic
def create_rule(*, setup: RuleSetup, by: Actor, now: datetime) -> int:
    """Create a rule, count the bookings that it concerns, and return its id.

    Where more is booked than the limit, those bookings stay and no more are taken.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    checked = check_rule(setup)
    row = CapacityRule(**to_columns(checked))
    rule_id = add_row(NOUN, row, by=by, now=now)
    with reviewing_limit(rule_id, now=now):
        count_anew(row, now=now)
    return rule_id


@transaction.atomic
def change_rule(
    *, rule_id: int, setup: RuleSetup, version: int | None, by: Actor, now: datetime, is_restored: bool = False
) -> int:
    """Change a rule, count anew, and return its version, the same when nothing differs.

    ``is_restored`` switches one that is off on again at once.

    Raises:
        RuleNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
    """
    row = lock_row(NOUN, rule_id, version=version, may_be_archived=is_restored)
    before = read_rule(row)
    known, checked = row.version, check_rule(setup, before=before)
    with reviewing_limit(row.pk, now=now):
        if change_row(NOUN, row, before, checked, by=by, now=now, is_restored=is_restored) != known:
            count_anew(row, now=now)
    return row.version


@transaction.atomic
def delete_rule(*, rule_id: int, by: Actor, now: datetime) -> None:
    """Delete a rule that never counted anything.

    Raises:
        RuleNotFound: There is none.
        StillUsed: Bookings were counted by it.
    """
    row = lock_row(NOUN, rule_id, version=None, may_be_archived=True)
    # Of [rule, bucket, amount] PostgreSQL compares without order: an equal bucket only keeps a rule.
    counted = Booking.objects.filter(rule_usage__contains=[[row.pk]])
    if counted.exists():
        raise StillUsed(uses={"bookings": counted.count()})
    delete_row(NOUN, row, read_rule(row), by=by, now=now)


def check_rule(
    setup: RuleSetup,
    *,
    before: RuleSetup | None = None,
    lookup: Lookup | None = None,
    may_be_zero: bool = False,
) -> RuleSetup:
    """Return what can be saved; what the rule was for ``before`` may stay even if it is archived by now.

    Who closes something does it where everybody looks for it, so that the limit is 1 at least; ``may_be_zero`` is for
    replaying and testing what a limit of 0 does.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    setup = replace(setup, weekdays=tuple(sorted(set(setup.weekdays))))
    errors = FieldErrors(lookup)
    least = 0 if may_be_zero or (before is not None and before.limit == 0) else 1
    if errors.require(setup.limit >= least, "limit", LIMIT_ZERO):
        errors.check_number("limit", setup.limit, 0, LARGEST_LIMIT)
    if setup.period == RulePeriod.MOMENT:
        errors.check_number("limit", setup.limit, 0, MOST_AT_ONCE, LIMIT_LARGE)
        errors.require(setup.measure != Measure.MINUTES, "measure", MINUTES_AT_ONCE)
    _check_times(errors, setup)
    for field, model in (("location_id", Location), ("resource_id", Resource), ("service_id", Service)):
        errors.check_choice(field, model, getattr(setup, field), known_id=getattr(before, field, None))
    if setup.arrival_mode:
        known = [before.arrival_mode] if before else []
        errors.check_arrival_modes("arrival_mode", [setup.arrival_mode], known=known)
    target = TARGETS.get(setup.scope)
    errors.require(target is None or getattr(setup, target) not in {None, ""}, target or "scope", TARGET_MISSING)
    errors.raise_any()
    return setup


def _check_times(errors: FieldErrors, setup: RuleSetup) -> None:
    for number, weekday in enumerate(setup.weekdays):
        errors.check_number(f"weekdays.{number}", weekday, 0, LAST_WEEKDAY, WEEKDAY_WRONG)
    begins, ends = setup.from_minute, setup.to_minute
    errors.check_number("from_minute", begins, 0, DAY_MINUTES - 1, TIME_WRONG)
    errors.check_number("to_minute", ends, 0, DAY_MINUTES, TIME_WRONG)
    errors.require((begins is None) == (ends is None), "from_minute" if begins is None else "to_minute", BETWEEN_HALF)
    errors.require(begins is None or begins != ends, "to_minute", BETWEEN_EMPTY)
    for field in ("valid_from", "valid_to"):
        on = getattr(setup, field)
        if on is not None:
            errors.check_date(field, on)
    is_valid = setup.valid_from is None or setup.valid_to is None or setup.valid_from <= setup.valid_to
    errors.require(is_valid, "valid_to", PERIOD_WRONG)


def count_anew(rule: CapacityRule, *, now: datetime) -> None:
    """Replace the rule's counters, and what each booking says it uses, by an exact count."""
    # Bookings first, then counters: the order in which everybody locks.
    concerned = list(_list_concerned(rule, now=now))
    RuleUsage.objects.filter(rule=rule).delete()
    RuleTake.objects.filter(rule=rule).delete()
    period, times = RulePeriod(rule.period), _read_times(rule)
    counted: dict[int, int] = {}
    changed: list[Booking] = []
    for booking in concerned:
        kept = [use for use in starmap(RuleUse, booking.rule_usage) if use.rule_id != rule.pk]
        timezone, start = booking.location.timezone, to_minutes(booking.starts_at)
        booking.rule_usage = kept
        if is_counted(times, timezone, start):
            bucket = None if period is RulePeriod.MOMENT else bucket_key(period, timezone, start)
            use = RuleUse(rule_id=rule.pk, bucket=bucket, amount=_measure(rule, booking))
            booking.rule_usage = [*kept, use]
            if bucket is not None:
                counted[bucket] = counted.get(bucket, 0) + use.amount
        changed.append(booking)
    RuleUsage.objects.bulk_create(
        RuleUsage(rule=rule, bucket=bucket, used=used, quota=max(used, rule.limit))
        for bucket, used in sorted(counted.items())
    )
    # Not a change that a person made: it leaves no history.
    Booking.objects.bulk_update(changed, ["rule_usage"])
    if period is RulePeriod.MOMENT:
        take_moments(changed, is_override=True, rule_id=rule.pk)


def _list_concerned(rule: CapacityRule, *, now: datetime) -> Iterable[Booking]:
    reach = Q(starts_at__gte=now - PERIOD_REACH)
    if rule.period == RulePeriod.MOMENT:
        reach |= Q(ends_at__gt=now)  # whatever its length, it counts until it ends
    bookings = Booking.objects.filter(reach, is_active=True)
    if rule.arrival_mode:
        bookings = bookings.filter(arrival_mode=rule.arrival_mode)
    match rule.scope:
        case RuleScope.LOCATION:
            bookings = bookings.filter(location_id=rule.location_id or 0)
        case RuleScope.SERVICE:
            bookings = bookings.filter(
                pk__in=Booking.objects.filter(lines__service_id=rule.service_id or 0).values("pk")
            )
        case RuleScope.RESOURCE:
            taken = Allocation.objects.filter(resource_id=rule.resource_id or 0, is_active=True)
            bookings = bookings.filter(
                Q(pk__in=taken.filter(booking__isnull=False).values("booking_id"))
                | Q(session_id__in=taken.filter(session__isnull=False).values("session_id"))
            )
    return bookings.select_for_update(of=("self",)).select_related("location").order_by("pk")


def _read_times(rule: CapacityRule) -> RuleTimes:
    return RuleTimes(tuple(rule.weekdays), rule.from_minute, rule.to_minute, rule.valid_from, rule.valid_to)


def _measure(rule: CapacityRule, booking: Booking) -> int:
    minutes = count_minutes(booking.starts_at, booking.ends_at)
    return amount_of(Measure(rule.measure), minutes=minutes, units=booking.party_size)
