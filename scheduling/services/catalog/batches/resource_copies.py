"""A copy of a resource with everything that was said about it, so that a newcomer can begin at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from scheduling.models import CapacityRule, Service
from scheduling.selectors.catalog.calendars import get_resource_week
from scheduling.selectors.catalog.entries import get_resource_entry, get_service_entry
from scheduling.selectors.catalog.setups import read_rule
from scheduling.services.catalog.hours import change_resource_week
from scheduling.services.catalog.resources import create_resource
from scheduling.services.catalog.rules import create_rule
from scheduling.services.catalog.services import change_service
from scheduling.types import Actor, RequirementSetup, WeekSetup


@transaction.atomic
def copy_resource(*, resource_id: int, name: str, by: Actor, now: datetime) -> int:
    """Create a resource like another one, under another name, and return its id.

    The copy has the same hours, the same limits, its model's lengths and prices, and a place behind it wherever a
    service names that.
    What belongs to the one alone it has not: contact, account, color, exceptions to the hours.

    Raises:
        ResourceNotFound: There is none to copy.
        SetupInvalid: The name is missing or taken, or what the model is of is archived.
    """
    model = get_resource_entry(resource_id=resource_id, now=now).setup
    setup = replace(model, name=name, email="", phone="", color="", user_id=None, position=None)
    copy_id = create_resource(setup=setup, by=by, now=now)
    week = get_resource_week(resource_id=resource_id).setup
    if week != WeekSetup():
        change_resource_week(resource_id=copy_id, week=week, version=None, by=by, now=now)
    for service_id in _list_services_naming(resource_id):
        service = get_service_entry(service_id=service_id, now=now).setup
        requirements = tuple(_add_beside(each, resource_id, copy_id) for each in service.requirements)
        own = tuple(
            replace(each, resource_id=copy_id) for each in service.per_resource if each.resource_id == resource_id
        )
        setup_with_copy = replace(service, requirements=requirements, per_resource=(*service.per_resource, *own))
        change_service(service_id=service_id, setup=setup_with_copy, version=None, by=by, now=now)
    for rule in CapacityRule.objects.filter(resource_id=resource_id, is_active=True).order_by("pk"):
        create_rule(setup=replace(read_rule(rule), resource_id=copy_id), by=by, now=now)
    return copy_id


def _list_services_naming(resource_id: int) -> list[int]:
    names = Q(requirements__named__resource_id=resource_id) | Q(per_resource__resource_id=resource_id)
    found = Service.objects.filter(names, is_active=True)
    return sorted(set(found.values_list("pk", flat=True)))


def _add_beside(each: RequirementSetup, resource_id: int, copy_id: int) -> RequirementSetup:
    """Return a requirement with the copy right behind its model, where it names that."""
    if resource_id not in each.resource_ids:
        return each
    place = each.resource_ids.index(resource_id) + 1
    return replace(each, resource_ids=(*each.resource_ids[:place], copy_id, *each.resource_ids[place:]))
