"""Kinds of resources."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from scheduling.enums import CatalogNoun
from scheduling.errors import ResourceTypeNotFound, StillUsed
from scheduling.models import Requirement, Resource, ResourceType
from scheduling.selectors.catalog.setups import read_resource_type
from scheduling.services.catalog.checks import FieldErrors, Lookup, clean_line
from scheduling.services.catalog.door import (
    Noun,
    add_row,
    change_row,
    delete_row,
    find_last_position,
    lock_row,
    to_columns,
)
from scheduling.types import Actor, ResourceTypeSetup

NAME_LENGTH = 80


@contextmanager
def _switching(row: ResourceType, is_active: bool, _now: datetime) -> Iterator[None]:  # noqa: FBT001 - as `Noun.guard`
    """Refuse to archive what active resources are of, or active services require."""
    if not is_active:
        _check_unused(row, Q(is_active=True), Q(service__is_active=True))
    yield


NOUN = Noun(CatalogNoun.RESOURCE_TYPE, ResourceType, ResourceTypeNotFound, guard=_switching)


@transaction.atomic
def create_resource_type(*, setup: ResourceTypeSetup, by: Actor, now: datetime) -> int:
    """Create a resource type and return its id.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    position = find_last_position(NOUN) if setup.position is None else setup.position
    checked = check_resource_type(replace(setup, position=position))
    return add_row(NOUN, ResourceType(**to_columns(checked)), by=by, now=now)


@transaction.atomic
def change_resource_type(
    *,
    resource_type_id: int,
    setup: ResourceTypeSetup,
    version: int | None,
    by: Actor,
    now: datetime,
    is_restored: bool = False,
) -> int:
    """Change a resource type and return its version, the same when nothing differs.

    ``is_restored`` takes an archived one back at once.

    Raises:
        ResourceTypeNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
    """
    row = lock_row(NOUN, resource_type_id, version=version, may_be_archived=is_restored)
    position = row.position if setup.position is None else setup.position
    checked = check_resource_type(replace(setup, position=position), own_id=row.pk)
    return change_row(NOUN, row, read_resource_type(row), checked, by=by, now=now, is_restored=is_restored)


@transaction.atomic
def delete_resource_type(*, resource_type_id: int, by: Actor, now: datetime) -> None:
    """Delete a resource type that was never used.

    Raises:
        ResourceTypeNotFound: There is none.
        StillUsed: Resources are or were of it, or services require it.
    """
    row = lock_row(NOUN, resource_type_id, version=None, may_be_archived=True)
    _check_unused(row, Q(), Q())
    delete_row(NOUN, row, read_resource_type(row), by=by, now=now)


def check_resource_type(
    setup: ResourceTypeSetup, *, own_id: int | None = None, lookup: Lookup | None = None
) -> ResourceTypeSetup:
    """Return what can be saved.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    setup = replace(setup, name=clean_line(setup.name))
    errors = FieldErrors(lookup)
    errors.check_name(setup.name, length=NAME_LENGTH)
    errors.check_free(ResourceType, {"name": setup.name}, own_id=own_id)
    errors.check_position(setup.position)
    errors.raise_any()
    return setup


def _check_unused(row: ResourceType, which_resources: Q, which_requirements: Q) -> None:
    resources = Resource.objects.filter(which_resources, resource_type=row).count()
    requirements = Requirement.objects.filter(which_requirements, resource_type=row)
    services = requirements.values("service_id").distinct().count()
    if resources or services:
        raise StillUsed(uses={"resources": resources, "services": services})
