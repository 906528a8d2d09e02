"""Setting up what can be booked, from one complete description; each refusal names its field.

The same doors for the workspace, the API and imports: what could never work is refused here
in words, and by the tables' own checks underneath.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from kernel.instants import is_known_timezone
from kernel.lines import is_unreadable
from kernel.text import mark
from scheduling.engine import DateOverride as EngineOverride
from scheduling.engine import EngineInputError, ServiceSpec, WeeklyPeriod, compose_visit
from scheduling.engine import Requirement as EngineRequirement
from scheduling.engine.types import LONGEST_VISIT_MINUTES, VisitLine
from scheduling.enums import Align, Approval, HoursKind, Strategy
from scheduling.errors import LocationNotFound, SetupInvalid
from scheduling.models import (
    DateOverride,
    HolidayAdjustment,
    Location,
    Requirement,
    RequirementResource,
    Resource,
    ResourceLane,
    ResourceType,
    Service,
    TimeOff,
    WorkingHours,
)
from scheduling.models.resource import MAX_CAPACITY
from scheduling.models.service import LONGEST_BUFFER_MINUTES
from scheduling.services.writing.inputs import NAME_LENGTH, NAME_TOO_LONG, UNREADABLE

ZONE_UNKNOWN = mark("This time zone does not exist.")
NAME_MISSING = mark("Enter a name.")
CAPACITY_WRONG = mark("The capacity is a number from 1 to 1,000.")
POOL_EMPTY = mark("Say who or what is needed: a type, a skill, or names.")
DURATION_WRONG = mark("The duration is from 1 minute to 14 days.")
STEP_WRONG = mark("The step is from 1 minute to a day.")
BUFFER_WRONG = mark("A buffer is from 0 minutes to a day.")
PERIOD_WRONG = mark("The end is before the start.")
NUMBER_WRONG = mark("This number is too small or too large.")
CANNOT_WORK = mark("This cannot work together with the other values.")

LONGEST_WINDOW_DAYS = 5 * 366
TYPE_NAME_LENGTH = 80
MAX_PEOPLE = 100_000
MAX_POSITION = 1_000_000
LARGEST_PRICE_MINOR = 10**15


@dataclass(frozen=True, slots=True)
class ResourceSetup:
    """A resource with its whole timetable; without hours it follows its location."""

    name: str
    type_name: str
    location_id: int
    capacity: int = 1
    timezone: str = ""
    skills: tuple[str, ...] = ()
    hours: tuple[WeeklyPeriod, ...] = ()
    breaks: tuple[WeeklyPeriod, ...] = ()
    overrides: tuple[EngineOverride, ...] = ()
    time_off: tuple[tuple[datetime, datetime], ...] = ()
    is_customer_choosable: bool = False
    weight: int = 1
    position: int = 0


@dataclass(frozen=True, slots=True)
class RequirementSetup:
    """A requirement by names, or by type and skill."""

    resource_ids: tuple[int, ...] = ()
    type_name: str = ""
    skill: str = ""
    quantity: int = 1
    starts_after_minutes: int = 0
    duration_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceSetup:
    """A service with its requirements."""

    name: str
    duration_minutes: int
    requirements: tuple[RequirementSetup, ...]
    step_minutes: int = 15
    align: Align = Align.PERIOD
    strategy: Strategy = Strategy.LEAST_BUSY
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    buffers_inside_hours: bool = False
    minimum_notice_minutes: int = 0
    booking_window_days: int | None = None
    cancel_cutoff_minutes: int = 0
    move_cutoff_minutes: int = 0
    seats: int | None = None
    max_party_size: int = 1
    approval: Approval = Approval.INSTANT
    price_minor: int | None = None
    arrival_modes: tuple[str, ...] = ()
    position: int = 0
    extra: dict[str, object] = field(default_factory=dict)


@transaction.atomic
def save_location(*, name: str, timezone: str, observes_public_holidays: bool = True) -> int:
    """Create a location and return its id.

    Raises:
        SetupInvalid: The name is empty or the zone does not exist.
    """
    errors = _check_name(name) | _check(timezone=(is_known_timezone(timezone), ZONE_UNKNOWN))
    if errors:
        raise SetupInvalid(errors=errors)
    place = Location.objects.create(
        name=name.strip(), timezone=timezone, observes_public_holidays=observes_public_holidays
    )
    return int(place.pk)


@transaction.atomic
def save_holidays(*, dates: Sequence[date], location_id: int | None = None, is_closed: bool = True) -> None:
    """Close (or open) dates in spite of the country's list, at one location or at all."""
    for on in dates:
        HolidayAdjustment.objects.filter(on=on).filter(
            Q(location__isnull=True) if location_id is None else Q(location_id=location_id)
        ).delete()
        HolidayAdjustment.objects.create(on=on, location_id=location_id, is_closed=is_closed)


@transaction.atomic
def save_resource(setup: ResourceSetup) -> int:
    """Create a resource with its timetable and return its id.

    Raises:
        SetupInvalid: Name, capacity, zone or a period cannot be.
    """
    dates = [each.on for each in setup.overrides]
    errors = _check_name(setup.name) | _check(
        type_name=(0 < len(setup.type_name) <= TYPE_NAME_LENGTH and not is_unreadable(setup.type_name), NAME_MISSING),
        location_id=(Location.objects.filter(pk=setup.location_id).exists(), LocationNotFound.text),
        weight=(0 <= setup.weight <= MAX_POSITION, NUMBER_WRONG),
        position=(0 <= setup.position <= MAX_POSITION, NUMBER_WRONG),
        overrides=(len(set(dates)) == len(dates), CANNOT_WORK),
        capacity=(1 <= setup.capacity <= MAX_CAPACITY, CAPACITY_WRONG),
        timezone=(not setup.timezone or is_known_timezone(setup.timezone), ZONE_UNKNOWN),
        time_off=(all(start < end for start, end in setup.time_off), PERIOD_WRONG),
    )
    if errors:
        raise SetupInvalid(errors=errors)
    kind, _ = ResourceType.objects.get_or_create(name=setup.type_name)
    resource = Resource.objects.create(
        resource_type=kind,
        location_id=setup.location_id,
        name=setup.name.strip(),
        capacity=setup.capacity,
        timezone=setup.timezone,
        skills=list(setup.skills),
        is_customer_choosable=setup.is_customer_choosable,
        weight=setup.weight,
        position=setup.position,
    )
    ResourceLane.objects.bulk_create(
        ResourceLane(resource=resource, number=number) for number in range(1, setup.capacity + 1)
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(
            resource=resource,
            kind=hours_kind,
            weekday=period.weekday,
            opens_minute=period.opens_minute,
            closes_minute=period.closes_minute,
            valid_from=period.valid_from,
            valid_to=period.valid_to,
        )
        for hours_kind, periods in ((HoursKind.WORK, setup.hours), (HoursKind.BREAK, setup.breaks))
        for period in periods
    )
    DateOverride.objects.bulk_create(
        DateOverride(resource=resource, on=each.on, periods=[list(period) for period in each.periods])
        for each in setup.overrides
    )
    TimeOff.objects.bulk_create(
        TimeOff(resource=resource, starts_at=start, ends_at=end) for start, end in setup.time_off
    )
    return int(resource.pk)


@transaction.atomic
def save_service(setup: ServiceSetup) -> int:
    """Create a service with its requirements and return its id.

    Raises:
        SetupInvalid: A number cannot be, a pool is empty, or values contradict each other;
            ``errors`` names the field.
    """
    _check_service(setup)
    service = Service.objects.create(
        name=setup.name.strip(),
        duration_minutes=setup.duration_minutes,
        step_minutes=setup.step_minutes,
        align=setup.align.value,
        strategy=setup.strategy.value,
        buffer_before_minutes=setup.buffer_before_minutes,
        buffer_after_minutes=setup.buffer_after_minutes,
        buffers_inside_hours=setup.buffers_inside_hours,
        minimum_notice_minutes=setup.minimum_notice_minutes,
        booking_window_days=setup.booking_window_days,
        cancel_cutoff_minutes=setup.cancel_cutoff_minutes,
        move_cutoff_minutes=setup.move_cutoff_minutes,
        seats=setup.seats,
        max_party_size=setup.max_party_size,
        approval=setup.approval,
        price_minor=setup.price_minor,
        arrival_modes=list(setup.arrival_modes),
        position=setup.position,
        **setup.extra,
    )
    for position, each in enumerate(setup.requirements):
        kind = ResourceType.objects.filter(name=each.type_name).first() if each.type_name else None
        requirement = Requirement.objects.create(
            service=service,
            position=position,
            resource_type=kind,
            skill=each.skill,
            quantity=each.quantity,
            starts_after_minutes=each.starts_after_minutes,
            duration_minutes=each.duration_minutes,
        )
        RequirementResource.objects.bulk_create(
            RequirementResource(requirement=requirement, resource_id=resource_id, position=rank)
            for rank, resource_id in enumerate(each.resource_ids)
        )
    return int(service.pk)


def _check_service(setup: ServiceSetup) -> None:
    longest = LONGEST_BUFFER_MINUTES
    longest_notice = LONGEST_WINDOW_DAYS * 1440
    window, seats, price = setup.booking_window_days, setup.seats, setup.price_minor
    errors = _check_name(setup.name) | _check(
        booking_window_days=(window is None or 0 <= window <= LONGEST_WINDOW_DAYS, NUMBER_WRONG),
        minimum_notice_minutes=(0 <= setup.minimum_notice_minutes <= longest_notice, NUMBER_WRONG),
        cancel_cutoff_minutes=(0 <= setup.cancel_cutoff_minutes <= longest_notice, NUMBER_WRONG),
        move_cutoff_minutes=(0 <= setup.move_cutoff_minutes <= longest_notice, NUMBER_WRONG),
        seats=(seats is None or 1 <= seats <= MAX_PEOPLE, NUMBER_WRONG),
        max_party_size=(1 <= setup.max_party_size <= MAX_PEOPLE, NUMBER_WRONG),
        price_minor=(price is None or 0 <= price <= LARGEST_PRICE_MINOR, NUMBER_WRONG),
        position=(0 <= setup.position <= MAX_POSITION, NUMBER_WRONG),
        quantity=(all(map(_is_enough, setup.requirements)), NUMBER_WRONG),
        duration_minutes=(1 <= setup.duration_minutes <= LONGEST_VISIT_MINUTES, DURATION_WRONG),
        step_minutes=(1 <= setup.step_minutes <= 24 * 60, STEP_WRONG),
        buffer_before_minutes=(0 <= setup.buffer_before_minutes <= longest, BUFFER_WRONG),
        buffer_after_minutes=(0 <= setup.buffer_after_minutes <= longest, BUFFER_WRONG),
        requirements=(bool(setup.requirements) and all(map(_has_pool, setup.requirements)), POOL_EMPTY),
    )
    if errors:
        raise SetupInvalid(errors=errors)
    try:
        spec = ServiceSpec(
            id=0,
            duration_minutes=setup.duration_minutes,
            step_minutes=setup.step_minutes,
            requirements=tuple(
                EngineRequirement(
                    each.resource_ids or tuple(range(max(each.quantity, 1))),
                    each.quantity,
                    each.starts_after_minutes,
                    each.duration_minutes,
                )
                for each in setup.requirements
            ),
            buffer_before_minutes=setup.buffer_before_minutes,
            buffer_after_minutes=setup.buffer_after_minutes,
            minimum_notice_minutes=setup.minimum_notice_minutes,
            booking_window_days=setup.booking_window_days,
            seats=setup.seats,
        )
        compose_visit((VisitLine(spec),))
    except EngineInputError as error:
        raise SetupInvalid(errors={error.field: (CANNOT_WORK,)}) from error


def _has_pool(requirement: RequirementSetup) -> bool:
    named = set(requirement.resource_ids)
    if named:
        return Resource.objects.filter(pk__in=named).count() == len(named)
    if requirement.type_name:
        return ResourceType.objects.filter(name=requirement.type_name).exists()
    return bool(requirement.skill)


def _is_enough(requirement: RequirementSetup) -> bool:
    most = len(requirement.resource_ids) or MAX_CAPACITY
    return 1 <= requirement.quantity <= most


def _check_name(name: str) -> dict[str, tuple[str, ...]]:
    length = len(name.strip())
    return (
        _check(name=(length > 0, NAME_MISSING))
        or _check(name=(length <= NAME_LENGTH, NAME_TOO_LONG))
        or _check(name=(not is_unreadable(name), UNREADABLE))
    )


def _check(**checks: tuple[bool, str]) -> dict[str, tuple[str, ...]]:
    return {name: (text,) for name, (is_right, text) in checks.items() if not is_right}
