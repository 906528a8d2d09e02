"""What a service takes: pools of resources, each for a part of the visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernel.lines import is_unreadable
from kernel.text import mark
from scheduling.models import Requirement, RequirementResource, Resource, ResourceType
from scheduling.models.resource import MAX_CAPACITY
from scheduling.services.catalog.checks import CHOICE_UNKNOWN, SKILL_LENGTH, SKILL_TOO_LONG, FieldErrors
from scheduling.services.writing.inputs import UNREADABLE
from scheduling.types import RequirementSetup, ServiceSetup

POOL_EMPTY = mark("Say who or what is needed: a type, a skill, or names.")
TOO_MANY = mark("At most 20 rows.")
POOL_SMALL = mark("More are needed than are named.")
PART_OUTSIDE = mark("This part does not lie within the visit.")
SAME_UNKNOWN = mark("Choose another requirement of this service.")
SAME_QUANTITY = mark("Both requirements need the same number.")
SAME_TIME = mark("Nobody can be in two places at once: these two parts overlap.")
SAME_BUFFERS = mark("Nobody can be in two places at once: with their buffers these two parts overlap.")
SAME_CHAIN = mark("Nobody can be in two places at once: this part overlaps another one that gets the same, too.")
SAME_POOL = mark("Too few are named in all parts that get the same.")
MOST_REQUIREMENTS = 20


def check_requirements(errors: FieldErrors, setup: ServiceSetup, *, known: Sequence[RequirementSetup] = ()) -> None:
    """Note what cannot be, at ``requirements`` or ``requirements.<number>.<field>``.

    What was asked for before (``known``) may stay, also if somebody in it is archived by now.
    """
    errors.require(bool(setup.requirements), "requirements", POOL_EMPTY)
    errors.require(len(setup.requirements) <= MOST_REQUIREMENTS, "requirements", TOO_MANY)
    fresh = [each for each in setup.requirements if each not in known]
    for number, each in enumerate(setup.requirements):
        at = f"requirements.{number}"
        _check_part(errors, at, each, setup.duration_minutes)
        _check_same(errors, number, setup)
        if each in fresh:
            errors.require(errors.are_active(Resource, each.resource_ids), f"{at}.resource_ids", CHOICE_UNKNOWN)
            errors.check_choice(f"{at}.resource_type_id", ResourceType, each.resource_type_id)


def write_requirements(service_id: int, requirements: Sequence[RequirementSetup]) -> None:
    """Replace what a service takes; three queries, or one when it took nothing before."""
    Requirement.objects.filter(service_id=service_id).delete()
    add_requirements({service_id: requirements})


def add_requirements(by_service: Mapping[int, Sequence[RequirementSetup]]) -> None:
    """Add what some services take; two queries for all of them, three where some are to be the same."""
    asked = [
        (service_id, position, each)
        for service_id, requirements in by_service.items()
        for position, each in enumerate(requirements)
    ]
    made = Requirement.objects.bulk_create(
        Requirement(
            service_id=service_id,
            position=position,
            resource_type_id=each.resource_type_id,
            skill=each.skill,
            quantity=each.quantity,
            starts_after_minutes=each.starts_after_minutes,
            duration_minutes=each.duration_minutes,
        )
        for service_id, position, each in asked
    )
    made_at = {(each.service_id, each.position): each for each in made}
    tied = [
        (one, made_at[one.service_id, each.same_as])
        for one, (_, _, each) in zip(made, asked, strict=True)
        if each.same_as is not None
    ]
    for one, other in tied:
        one.same_as = other
    if tied:
        Requirement.objects.bulk_update([one for one, _ in tied], ["same_as"])
    RequirementResource.objects.bulk_create(
        RequirementResource(requirement=requirement, resource_id=resource_id, position=rank)
        for requirement, (_, _, each) in zip(made, asked, strict=True)
        for rank, resource_id in enumerate(each.resource_ids)
    )


def _check_same(errors: FieldErrors, number: int, setup: ServiceSetup) -> None:
    """Note a requirement that cannot have the resources of the other one that it names."""
    each, at = setup.requirements[number], f"requirements.{number}.same_as"
    if each.same_as is None:
        return
    if each.same_as == number or each.same_as not in range(len(setup.requirements)):
        errors.require(False, at, SAME_UNKNOWN)
        return
    other = setup.requirements[each.same_as]
    errors.require(each.quantity == other.quantity, at, SAME_QUANTITY)
    tied = _list_tied(setup.requirements, number)
    earlier = [index for index in tied if index < number or setup.requirements[index].same_as is None]
    clash = next((index for index in earlier if _meet(each, setup.requirements[index], setup, is_buffered=True)), None)
    if clash is not None and clash != each.same_as and setup.requirements[clash].same_as != number:
        errors.require(False, at, SAME_CHAIN)
    elif clash is not None:
        is_plain = _meet(each, setup.requirements[clash], setup, is_buffered=False)
        errors.require(False, at, SAME_TIME if is_plain else SAME_BUFFERS)
    named = [set(pool) for index in (number, *tied) if (pool := setup.requirements[index].resource_ids)]
    errors.require(not named or len(set.intersection(*named)) >= each.quantity, at, SAME_POOL)


def _list_tied(requirements: Sequence[RequirementSetup], number: int) -> list[int]:
    """List the other requirements that get the same as one, also through others."""
    near: dict[int, set[int]] = {index: set() for index in range(len(requirements))}
    for index, each in enumerate(requirements):
        if each.same_as in near:
            near[index].add(each.same_as)
            near[each.same_as].add(index)
    found, fresh = {number}, {number}
    while fresh:
        fresh = set().union(*(near[index] for index in fresh)) - found
        found |= fresh
    return sorted(found - {number})


def _meet(one: RequirementSetup, other: RequirementSetup, setup: ServiceSetup, *, is_buffered: bool) -> bool:
    """Tell whether two parts of a visit take the same minute; buffers lie around each of them."""
    (begins, ends), (starts, stops) = (_read_part(part, setup.duration_minutes) for part in (one, other))
    apart = setup.buffer_before_minutes + setup.buffer_after_minutes if is_buffered else 0
    return begins < stops + apart and starts < ends + apart


def _read_part(each: RequirementSetup, visit_minutes: int) -> tuple[int, int]:
    begins = each.starts_after_minutes
    return begins, visit_minutes if each.duration_minutes is None else begins + each.duration_minutes


def _check_part(errors: FieldErrors, at: str, each: RequirementSetup, visit_minutes: int) -> None:
    named = each.resource_ids
    errors.require(bool(named or each.skill or each.resource_type_id is not None), at, POOL_EMPTY)
    errors.require(len(set(named)) == len(named), f"{at}.resource_ids", CHOICE_UNKNOWN)
    errors.check_number(f"{at}.quantity", each.quantity, 1, MAX_CAPACITY)
    errors.require(not named or each.quantity <= len(named), f"{at}.quantity", POOL_SMALL)
    errors.require(len(each.skill) <= SKILL_LENGTH, f"{at}.skill", SKILL_TOO_LONG)
    errors.require(not is_unreadable(each.skill), f"{at}.skill", UNREADABLE)
    begins, lasts = each.starts_after_minutes, each.duration_minutes
    is_inside = 0 <= begins < max(visit_minutes, 1)
    errors.require(is_inside, f"{at}.starts_after_minutes", PART_OUTSIDE)
    ends_inside = lasts is None or (lasts >= 1 and (not is_inside or begins + lasts <= visit_minutes))
    errors.require(ends_inside, f"{at}.duration_minutes", PART_OUTSIDE)
