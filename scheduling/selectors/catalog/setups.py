"""Rows of the catalog as the values that the business set up, and as what is logged of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import HoursKind, RuleScope
from scheduling.models import (
    AddOn,
    CapacityRule,
    DateOverride,
    HolidayAdjustment,
    Location,
    Requirement,
    Resource,
    ResourceType,
    Service,
    TimeOff,
    WorkingHours,
)
from scheduling.types import (
    AddOnSetup,
    DateOverrideSetup,
    HolidaySetup,
    LocalText,
    LocationSetup,
    PeriodSetup,
    RequirementSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceResourceSetup,
    ServiceSetup,
    TimeOffSetup,
    WeekSetup,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def read_resource_type(row: ResourceType) -> ResourceTypeSetup:
    """Return what was set up."""
    return ResourceTypeSetup(**_read(ResourceTypeSetup, row))


def read_resource(row: Resource) -> ResourceSetup:
    """Return what was set up."""
    return ResourceSetup(**_read(ResourceSetup, row))


def read_service(row: Service) -> ServiceSetup:
    """Return what was set up; three queries unless requirements, names and lengths are prefetched."""
    requirements = list(row.requirements.all())
    places = {each.pk: place for place, each in enumerate(requirements)}
    return ServiceSetup.read(
        vars(row),
        requirements=tuple(_read_requirement(each, places) for each in requirements),
        per_resource=tuple(
            ServiceResourceSetup(**_read(ServiceResourceSetup, each)) for each in row.per_resource.all()
        ),
        description=row.description,
        category=row.category,
        position=row.position,
    )


def read_location(row: Location) -> LocationSetup:
    """Return what was set up."""
    return LocationSetup(**_read(LocationSetup, row))


def read_add_on(row: AddOn) -> AddOnSetup:
    """Return what was set up."""
    return replace(AddOnSetup(**_read(AddOnSetup, row)), texts=LocalText.read(row.texts))


def read_rule(row: CapacityRule) -> RuleSetup:
    """Return what was set up."""
    return replace(
        RuleSetup(**_read(RuleSetup, row)),
        scope=RuleScope(row.scope),
        period=RulePeriod(row.period),
        measure=Measure(row.measure),
    )


def read_week(rows: Iterable[WorkingHours]) -> WeekSetup:
    """Return the week of one resource or location, in the order of the days."""
    by_kind: dict[str, list[PeriodSetup]] = {HoursKind.WORK: [], HoursKind.BREAK: []}
    for row in sorted(rows, key=lambda row: (row.weekday, row.opens_minute, row.closes_minute, str(row.valid_from))):
        by_kind[row.kind].append(PeriodSetup(**_read(PeriodSetup, row)))
    return WeekSetup(hours=tuple(by_kind[HoursKind.WORK]), breaks=tuple(by_kind[HoursKind.BREAK]))


def read_date_override(row: DateOverride) -> DateOverrideSetup:
    """Return what was set up."""
    periods = tuple((opens, closes) for opens, closes in row.periods)
    return replace(DateOverrideSetup(**_read(DateOverrideSetup, row)), periods=periods)


def read_time_off(row: TimeOff) -> TimeOffSetup:
    """Return what was set up."""
    return TimeOffSetup(**_read(TimeOffSetup, row))


def read_holiday(row: HolidayAdjustment) -> HolidaySetup:
    """Return what was set up."""
    return HolidaySetup(**_read(HolidaySetup, row))


def to_fields(setup: DataclassInstance) -> dict[str, object]:
    """Return a set-up as JSON holds it, field by field."""
    return {field.name: to_json(getattr(setup, field.name)) for field in fields(setup)}


def to_json(value: object) -> object:
    """Return a value of a set-up as JSON holds it."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return to_fields(value)
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def to_column(value: object) -> object:
    """Return a value of a set-up as a column takes it: JSON has no tuples, and no word needs its enum."""
    return value if isinstance(value, (date, datetime)) else to_json(value)


def _read_requirement(row: Requirement, places: Mapping[int, int]) -> RequirementSetup:
    return RequirementSetup(
        **_read(RequirementSetup, row),
        resource_ids=tuple(each.resource_id for each in row.named.all()),
        same_as=None if row.same_as_id is None else places.get(row.same_as_id),
    )


def _read(setup: type[DataclassInstance], row: object) -> dict[str, Any]:
    names = (field.name for field in fields(setup))
    found = ((name, getattr(row, name)) for name in names if name in vars(row))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found}
