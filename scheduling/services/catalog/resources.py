"""What is booked: people, bays, chairs, rooms and tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.selectors.staff import name_people
from files.services.removal import remove_files_of
from kernel.lines import is_unreadable
from kernel.text import mark
from scheduling.enums import CatalogNoun
from scheduling.errors import ResourceNotFound, StillUsed
from scheduling.models import CapacityRule, Location, Requirement, Resource, ResourceLane, ResourceType
from scheduling.models.resource import MAX_CAPACITY
from scheduling.selectors.catalog.photos import RESOURCE_PHOTO
from scheduling.selectors.catalog.setups import read_resource
from scheduling.selectors.catalog.usage import was_resource_booked
from scheduling.services.catalog.checks import (
    CHOICE_UNKNOWN,
    SKILL_LENGTH,
    SKILL_TOO_LONG,
    FieldErrors,
    Lookup,
    clean_line,
    clean_words,
)
from scheduling.services.catalog.door import (
    Noun,
    add_row,
    change_row,
    delete_row,
    find_last_position,
    lock_row,
    to_columns,
)
from scheduling.services.catalog.fitting import keeping_bookings
from scheduling.services.writing.inputs import UNREADABLE
from scheduling.types import Actor, ResourceSetup

CAPACITY_WRONG = mark("The capacity is a number from 1 to 1,000.")
HIDDEN_AND_LISTED = mark("Customers cannot choose from the list whom they book by a link only.")
TOO_MANY_SKILLS = mark("At most 50 skills. Take some away.")
MOST_SKILLS = 50
MAX_WEIGHT = 1_000_000
EFFICIENCY = (1, 500)


@contextmanager
def _switching(row: Resource, is_active: bool, now: datetime) -> Iterator[None]:  # noqa: FBT001 - as `Noun.guard`
    """Keep from archiving what coming bookings take, and from restoring what is of an archived type or location."""
    errors = FieldErrors()
    if is_active:
        errors.check_choice("resource_type_id", ResourceType, row.resource_type_id)
        errors.check_choice("location_id", Location, row.location_id)
    errors.raise_any()
    with keeping_bookings([row.pk], is_at_stake=not is_active, now=now):
        yield


NOUN = Noun(CatalogNoun.RESOURCE, Resource, ResourceNotFound, guard=_switching, is_booked=True)


@transaction.atomic
def create_resource(*, setup: ResourceSetup, by: Actor, now: datetime) -> int:
    """Create a resource and return its id; it follows its location's hours until it has its own.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    position = find_last_position(NOUN) if setup.position is None else setup.position
    checked = check_resource(replace(setup, position=position))
    resource_id = add_row(NOUN, Resource(**to_columns(checked)), by=by, now=now)
    add_lanes({resource_id: checked.capacity})
    return resource_id


@transaction.atomic
def change_resource(
    *,
    resource_id: int,
    setup: ResourceSetup,
    version: int | None,
    by: Actor,
    now: datetime,
    is_restored: bool = False,
) -> int:
    """Change a resource and return its version, the same when nothing differs.

    ``is_restored`` takes an archived one back at once: what it is of must be in use then.

    Raises:
        ResourceNotFound, ChangedMeanwhile, Archived: As in `door.lock_row`.
        SetupInvalid: Names every field that cannot be.
        BookingsInTheWay: Coming bookings need its capacity, its location, its type or its skills as they are.
    """
    row = lock_row(NOUN, resource_id, version=version, may_be_archived=is_restored)
    before = read_resource(row)
    position = before.position if setup.position is None else setup.position
    known = before if row.is_active else None
    checked = check_resource(replace(setup, position=position), before=known, own_id=row.pk)
    add_lanes({row.pk: checked.capacity})
    touched = _find_touched(before, checked)
    with keeping_bookings([row.pk], is_at_stake=bool(touched), field=touched, now=now):
        return change_row(NOUN, row, before, checked, by=by, now=now, is_restored=is_restored)


@transaction.atomic
def delete_resource(*, resource_id: int, by: Actor, now: datetime) -> None:
    """Delete a resource that was never used, with its hours and exceptions.

    Raises:
        ResourceNotFound: There is none.
        StillUsed: It was booked, or a requirement or a rule names it.
    """
    row = lock_row(NOUN, resource_id, version=None, may_be_archived=True)
    uses = {
        "bookings": int(was_resource_booked(row.pk)),
        "services": Requirement.objects.filter(named__resource=row).values("service_id").distinct().count(),
        "rules": CapacityRule.objects.filter(resource=row).count(),
    }
    if any(uses.values()):
        raise StillUsed(uses=uses)
    remove_files_of(kind=RESOURCE_PHOTO, owner_id=row.pk, now=now)
    delete_row(NOUN, row, read_resource(row), by=by, now=now)


def check_resource(
    setup: ResourceSetup,
    *,
    before: ResourceSetup | None = None,
    own_id: int | None = None,
    lookup: Lookup | None = None,
) -> ResourceSetup:
    """Return what can be saved; what was chosen ``before`` may stay even if it is archived by now.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    errors = FieldErrors(lookup)
    setup = replace(
        setup,
        name=clean_line(setup.name),
        skills=clean_words(setup.skills),
        email=errors.clean_email("email", setup.email),
        phone=errors.clean_phone("phone", setup.phone),
        color=setup.color.lower(),
    )
    errors.check_name(setup.name)
    errors.check_choice(
        "resource_type_id", ResourceType, setup.resource_type_id, known_id=before.resource_type_id if before else None
    )
    errors.check_choice("location_id", Location, setup.location_id, known_id=before.location_id if before else None)
    twin = {"name": setup.name, "resource_type_id": setup.resource_type_id, "location_id": setup.location_id}
    errors.check_free(Resource, twin, own_id=own_id)
    errors.check_number("capacity", setup.capacity, 1, MAX_CAPACITY, CAPACITY_WRONG)
    errors.check_zone(setup.timezone, may_be_empty=True)
    errors.require(len(setup.skills) <= MOST_SKILLS, "skills", TOO_MANY_SKILLS)
    errors.require(all(len(skill) <= SKILL_LENGTH for skill in setup.skills), "skills", SKILL_TOO_LONG)
    errors.require(not any(map(is_unreadable, setup.skills)), "skills", UNREADABLE)
    errors.check_color(setup.color)
    errors.check_number("efficiency_percent", setup.efficiency_percent, *EFFICIENCY)
    errors.check_number("weight", setup.weight, 0, MAX_WEIGHT)
    errors.check_position(setup.position)
    errors.require(not (setup.is_link_only and setup.is_customer_choosable), "is_link_only", HIDDEN_AND_LISTED)
    is_kept = setup.user_id is None or (before is not None and setup.user_id == before.user_id)
    errors.require(is_kept or setup.user_id in name_people([setup.user_id or 0]), "user_id", CHOICE_UNKNOWN)
    errors.raise_any()
    return setup


def add_lanes(capacities: Mapping[int, int]) -> None:
    """Give resources as many lanes as their capacity; what they have already stays; one query."""
    ResourceLane.objects.bulk_create(
        [
            ResourceLane(resource_id=resource_id, number=number)
            for resource_id, capacity in capacities.items()
            for number in range(1, capacity + 1)
        ],
        ignore_conflicts=True,
    )


def _find_touched(before: ResourceSetup, after: ResourceSetup) -> str:
    """Return the first field whose change can leave bookings without what they need; empty: none can."""
    if after.capacity < before.capacity:
        return "capacity"
    for field in ("location_id", "resource_type_id"):
        if getattr(before, field) != getattr(after, field):
            return field
    if not set(before.skills) <= set(after.skills):
        return "skills"
    return "timezone" if before.timezone != after.timezone else ""
