"""Many things at once, for a business that is being made: the same checks, a few queries, and nobody is told.

Who signs up, measures or tests makes whole businesses. What is added here has no bookings yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from scheduling.models import AddOn, CapacityRule, DateOverride, HolidayAdjustment, Location, Resource, ResourceType
from scheduling.models import TimeOff as TimeOffRow
from scheduling.services.catalog import add_ons, locations, resource_types, resources, rules, services
from scheduling.services.catalog.checks import Lookup
from scheduling.services.catalog.door import add_rows, find_last_position, to_columns
from scheduling.services.catalog.hours import add_weeks, check_times
from scheduling.services.catalog.per_resource import add_per_resource
from scheduling.services.catalog.requirements import add_requirements
from scheduling.services.catalog.special_days import date_overrides, holidays, time_off
from scheduling.services.writing.agreed import note_absences
from scheduling.types import (
    Actor,
    AddOnSetup,
    DateOverrideSetup,
    HolidaySetup,
    LocationSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceSetup,
    TimeOffSetup,
    WeekSetup,
)

OrderedT = TypeVar("OrderedT", ResourceTypeSetup, ResourceSetup, ServiceSetup, AddOnSetup)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """A resource with its timetable; exceptions are its own, whatever owner they name."""

    setup: ResourceSetup
    week: WeekSetup = field(default_factory=WeekSetup)
    overrides: tuple[DateOverrideSetup, ...] = ()
    time_off: tuple[TimeOffSetup, ...] = ()


@transaction.atomic
def add_location(*, setup: LocationSetup, week: WeekSetup, by: Actor, now: datetime) -> int:
    """Add a location with its week and return its id.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    check_times(week)
    position = find_last_position(locations.NOUN) if setup.position is None else setup.position
    checked = locations.check_location(replace(setup, position=position))
    (row,) = add_rows(locations.NOUN, [Location(**to_columns(checked))], by=by, now=now)
    add_weeks({row: week})
    return int(row.pk)


@transaction.atomic
def add_resource_types(*, setups: Iterable[ResourceTypeSetup], by: Actor, now: datetime) -> list[int]:
    """Add resource types and return their ids in the same order.

    Raises:
        SetupInvalid: Names every field of the first that cannot be.
    """
    lookup, next_position = Lookup(), find_last_position(resource_types.NOUN)
    rows = [
        ResourceType(**to_columns(resource_types.check_resource_type(setup, lookup=lookup)))
        for setup in _put_in_order(setups, next_position)
    ]
    return [int(row.pk) for row in add_rows(resource_types.NOUN, rows, by=by, now=now)]


@transaction.atomic
def add_resources(*, plans: Sequence[NewResource], by: Actor, now: datetime) -> list[int]:
    """Add resources with their timetables and return their ids in the same order.

    Raises:
        SetupInvalid: Names every field of the first that cannot be.
    """
    lookup, next_position = Lookup(), find_last_position(resources.NOUN)
    setups = _put_in_order((plan.setup for plan in plans), next_position)
    rows = [Resource(**to_columns(resources.check_resource(setup, lookup=lookup))) for setup in setups]
    for plan in plans:
        check_times(plan.week)
    made = add_rows(resources.NOUN, rows, by=by, now=now)
    resources.add_lanes({row.pk: row.capacity for row in made})
    pairs = list(zip(made, plans, strict=True))
    add_weeks({row: plan.week for row, plan in pairs})
    lookup = Lookup()  # the new resources exist by now
    overrides = [
        date_overrides.check_date_override(replace(each, resource_id=row.pk, location_id=None), lookup=lookup)
        for row, plan in pairs
        for each in plan.overrides
    ]
    absences = [
        time_off.check_time_off(replace(each, resource_id=row.pk), lookup=lookup)
        for row, plan in pairs
        for each in plan.time_off
    ]
    add_rows(date_overrides.NOUN, [DateOverride(**to_columns(each)) for each in overrides], by=by, now=now)
    away = [TimeOffRow(**to_columns(each)) for each in absences]
    if away:
        note_absences(away)
    add_rows(time_off.NOUN, away, by=by, now=now)
    return [int(row.pk) for row in made]


@transaction.atomic
def add_services(
    *, setups: Iterable[ServiceSetup], by: Actor, now: datetime, may_ask_deposit: bool = False
) -> list[int]:
    """Add services with their requirements and return their ids in the same order.

    Raises:
        SetupInvalid: Names every field of the first that cannot be.
    """
    lookup, next_position = Lookup(), find_last_position(services.NOUN)
    checked = [
        services.check_service(setup, lookup=lookup, may_ask_deposit=may_ask_deposit)
        for setup in _put_in_order(setups, next_position)
    ]
    made = add_rows(services.NOUN, [services.make_service_row(setup) for setup in checked], by=by, now=now)
    add_requirements({row.pk: setup.requirements for row, setup in zip(made, checked, strict=True)})
    add_per_resource({row.pk: setup.per_resource for row, setup in zip(made, checked, strict=True)})
    return [int(row.pk) for row in made]


@transaction.atomic
def add_add_ons(*, setups: Iterable[AddOnSetup], by: Actor, now: datetime) -> list[int]:
    """Add extras and return their ids in the same order.

    Raises:
        SetupInvalid: Names every field of the first that cannot be.
    """
    lookup, next_position = Lookup(), find_last_position(add_ons.NOUN)
    rows = [
        AddOn(**to_columns(add_ons.check_add_on(setup, lookup=lookup)))
        for setup in _put_in_order(setups, next_position)
    ]
    return [int(row.pk) for row in add_rows(add_ons.NOUN, rows, by=by, now=now)]


@transaction.atomic
def add_holidays(*, setups: Iterable[HolidaySetup], by: Actor, now: datetime) -> list[int]:
    """Add holidays and return their ids in the same order.

    Raises:
        SetupInvalid: Names every field of the first that cannot be.
    """
    lookup = Lookup()
    rows = [HolidayAdjustment(**to_columns(holidays.check_holiday(setup, lookup=lookup))) for setup in setups]
    return [int(row.pk) for row in add_rows(holidays.NOUN, rows, by=by, now=now)]


@transaction.atomic
def add_rules(*, setups: Iterable[RuleSetup], by: Actor, now: datetime, may_be_zero: bool = False) -> list[int]:
    """Add capacity rules, count the bookings that they concern, and return their ids in the same order.

    ``may_be_zero`` as in `rules.check_rule`.

    Raises:
        SetupInvalid: Names every field of the first that cannot be.
    """
    lookup = Lookup()
    rows = [
        CapacityRule(**to_columns(rules.check_rule(setup, lookup=lookup, may_be_zero=may_be_zero))) for setup in setups
    ]
    made = add_rows(rules.NOUN, rows, by=by, now=now)
    for row in made:
        rules.count_anew(row, now=now)
    return [int(row.pk) for row in made]


def _put_in_order(setups: Iterable[OrderedT], next_position: int) -> list[OrderedT]:
    """Give those without a place the places after all others."""
    return [
        replace(setup, position=position) if setup.position is None else setup
        for position, setup in enumerate(setups, start=next_position)
    ]
