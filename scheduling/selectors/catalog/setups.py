"""Rows of the catalog as the values that the business set up, and as what is logged of them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from scheduling.models import Requirement, Resource, ResourceType, Service
from scheduling.types import RequirementSetup, ResourceSetup, ResourceTypeSetup, ServiceSetup

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def read_resource_type(row: ResourceType) -> ResourceTypeSetup:
    """Return what was set up."""
    return ResourceTypeSetup(**_read(ResourceTypeSetup, row))


def read_resource(row: Resource) -> ResourceSetup:
    """Return what was set up."""
    return ResourceSetup(**_read(ResourceSetup, row))


def read_service(row: Service) -> ServiceSetup:
    """Return what was set up; two queries unless requirements and names are prefetched."""
    return ServiceSetup.read(
        vars(row),
        requirements=tuple(_read_requirement(each) for each in row.requirements.all()),
        description=row.description,
        category=row.category,
        position=row.position,
    )


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


def _read_requirement(row: Requirement) -> RequirementSetup:
    return RequirementSetup(
        **_read(RequirementSetup, row), resource_ids=tuple(each.resource_id for each in row.named.all())
    )


def _read(setup: type[DataclassInstance], row: object) -> dict[str, Any]:
    names = (field.name for field in fields(setup))
    found = ((name, getattr(row, name)) for name in names if name in vars(row))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found}
