"""Capacity rules: a new or changed one counts what is booked already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kernel.instants import to_minutes
from kernel.text import mark
from scheduling.engine import Measure, RulePeriod, bucket_key
from scheduling.enums import RuleScope
from scheduling.errors import SetupInvalid
from scheduling.models import Allocation, Booking, CapacityRule, Location, Resource, RuleUsage, Service
from scheduling.services.catalog.setups import NUMBER_WRONG

PERIOD_REACH = timedelta(days=8)
LARGEST_LIMIT = 10**9
MODE_LENGTH = 32


@dataclass(frozen=True, slots=True)
class RuleSetup:
    """At most ``limit`` of ``measure`` in each ``period``, for what ``scope`` names."""

    scope: RuleScope
    period: RulePeriod
    limit: int
    measure: Measure = Measure.BOOKINGS
    location_id: int | None = None
    resource_id: int | None = None
    service_id: int | None = None
    arrival_mode: str = ""


@transaction.atomic
def save_rule(setup: RuleSetup, *, now: datetime, rule_id: int | None = None) -> int:
    """Create or change a rule, count the bookings that it concerns, and return its id.

    Where more is booked than the new limit, those bookings stay and no more are taken.

    Raises:
        SetupInvalid: The limit is negative, or what the scope needs is missing.
    """
    _check(setup)
    rule = CapacityRule.objects.select_for_update().filter(pk=rule_id or 0).first() or CapacityRule()
    rule.scope = setup.scope
    rule.period = setup.period.value
    rule.measure = setup.measure.value
    rule.limit = setup.limit
    rule.location_id = setup.location_id
    rule.resource_id = setup.resource_id
    rule.service_id = setup.service_id
    rule.arrival_mode = setup.arrival_mode
    rule.save()
    _count_anew(rule, now=now)
    return int(rule.pk)


@transaction.atomic
def remove_rule(*, rule_id: int) -> None:
    """Switch a rule off; its counters go with it."""
    CapacityRule.objects.filter(pk=rule_id).update(is_active=False)
    RuleUsage.objects.filter(rule_id=rule_id).delete()


def _check(setup: RuleSetup) -> None:
    missing = {
        RuleScope.LOCATION: setup.location_id is None,
        RuleScope.RESOURCE: setup.resource_id is None,
        RuleScope.SERVICE: setup.service_id is None,
        RuleScope.ARRIVAL_MODE: not setup.arrival_mode,
    }
    if setup.limit < 0:
        raise SetupInvalid(errors={"limit": (mark("The limit cannot be negative."),)})
    if setup.limit > LARGEST_LIMIT:
        raise SetupInvalid(errors={"limit": (NUMBER_WRONG,)})
    targets: tuple[tuple[RuleScope, type[Location | Resource | Service], int | None], ...] = (
        (RuleScope.LOCATION, Location, setup.location_id),
        (RuleScope.RESOURCE, Resource, setup.resource_id),
        (RuleScope.SERVICE, Service, setup.service_id),
    )
    for scope, model, target_id in targets:
        if target_id is not None and not model.objects.filter(pk=target_id).exists():
            raise SetupInvalid(errors={scope.value: (mark("Say what this limit is for."),)})
    if len(setup.arrival_mode) > MODE_LENGTH:
        raise SetupInvalid(errors={"arrival_mode": (mark("Say what this limit is for."),)})
    if missing.get(setup.scope):
        raise SetupInvalid(errors={setup.scope.value: (mark("Say what this limit is for."),)})


def _count_anew(rule: CapacityRule, *, now: datetime) -> None:
    """Replace the rule's counters, and what each booking says it uses, by an exact count."""
    RuleUsage.objects.filter(rule=rule).delete()
    counted: dict[int, int] = {}
    changed: list[Booking] = []
    for booking in _list_concerned(rule, now=now):
        kept = [each for each in booking.rule_usage if each[0] != rule.pk]
        bucket = bucket_key(RulePeriod(rule.period), booking.location.timezone, to_minutes(booking.starts_at))
        amount = _measure(rule, booking)
        counted[bucket] = counted.get(bucket, 0) + amount
        booking.rule_usage = [*kept, [rule.pk, bucket, amount]]
        changed.append(booking)
    RuleUsage.objects.bulk_create(
        RuleUsage(rule=rule, bucket=bucket, used=used, quota=max(used, rule.limit))
        for bucket, used in sorted(counted.items())
    )
    # Not a change that a person made: it leaves no history.
    Booking.objects.bulk_update(changed, ["rule_usage"])


def _list_concerned(rule: CapacityRule, *, now: datetime) -> Iterable[Booking]:
    bookings = Booking.objects.filter(is_active=True, starts_at__gte=now - PERIOD_REACH)
    match rule.scope:
        case RuleScope.LOCATION:
            bookings = bookings.filter(location_id=rule.location_id or 0)
        case RuleScope.SERVICE:
            bookings = bookings.filter(
                pk__in=Booking.objects.filter(lines__service_id=rule.service_id or 0).values("pk")
            )
        case RuleScope.ARRIVAL_MODE:
            bookings = bookings.filter(arrival_mode=rule.arrival_mode)
        case RuleScope.RESOURCE:
            taken = Allocation.objects.filter(resource_id=rule.resource_id or 0, is_active=True)
            bookings = bookings.filter(
                Q(pk__in=taken.filter(booking__isnull=False).values("booking_id"))
                | Q(session_id__in=taken.filter(session__isnull=False).values("session_id"))
            )
    return bookings.select_for_update(of=("self",)).select_related("location").order_by("pk")


def _measure(rule: CapacityRule, booking: Booking) -> int:
    match rule.measure:
        case Measure.SEATS.value:
            return booking.party_size
        case Measure.MINUTES.value:
            return int((booking.ends_at - booking.starts_at).total_seconds()) // 60
        case _:
            return 1
