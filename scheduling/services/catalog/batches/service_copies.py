"""A copy of a service with everything: what it takes, when, for how much, and its extras."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from scheduling.errors import ServiceNotFound
from scheduling.models import Resource, ResourceType, Service
from scheduling.selectors.catalog.entries import get_row, list_add_on_entries, with_requirements
from scheduling.selectors.catalog.setups import read_service
from scheduling.services.catalog.checks import Lookup
from scheduling.services.catalog.extras import ExtraLine, create_service_with_extras
from scheduling.services.writing.inputs import NAME_LENGTH
from scheduling.types import Actor, RequirementSetup, ServiceSetup
from tenants.enums import Ability
from tenants.policies import check_business_may


@transaction.atomic
def copy_service(*, service_id: int, title: str, by: Actor, now: datetime) -> int:
    """Copy a service, also an archived one, and return the copy's id; only staff may book it until it is put online.

    ``title`` is how a copy is called, with ``%(name)s`` for the name of the service; where one is called so
    already, a number follows. Who or what is archived by now is left out.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        ServiceNotFound: There is none.
        SetupInvalid: What it takes is all archived.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    before = read_service(get_row(with_requirements(Service.objects.all()), service_id, ServiceNotFound))
    setup = _leave_out_archived(
        replace(before, name=_find_name(before, title), position=None, is_online=False), Lookup()
    )
    extras = [
        ExtraLine(
            name=each.setup.name, minutes=each.setup.minutes, price_minor=each.setup.price_minor, texts=each.setup.texts
        )
        for each in list_add_on_entries(service_id=service_id, now=now)
    ]
    return create_service_with_extras(setup=setup, extras=extras, by=by, now=now)


def _find_name(before: ServiceSetup, title: str) -> str:
    taken = {
        name.lower()
        for name in Service.objects.filter(is_active=True, category__iexact=before.category).values_list(
            "name", flat=True
        )
    }
    number = 1
    while True:
        end = f" {number}" if number > 1 else ""
        room = NAME_LENGTH - len(title % {"name": ""}) - len(end)
        name = title % {"name": before.name[:room].rstrip()} + end
        if name.lower() not in taken:
            return name
        number += 1


def _leave_out_archived(setup: ServiceSetup, lookup: Lookup) -> ServiceSetup:
    def narrow(each: RequirementSetup) -> RequirementSetup:
        named = tuple(row_id for row_id in each.resource_ids if lookup.is_active(Resource, row_id))
        is_kept = each.resource_type_id is not None and lookup.is_active(ResourceType, each.resource_type_id)
        return replace(each, resource_ids=named, resource_type_id=each.resource_type_id if is_kept else None)

    return replace(
        setup,
        requirements=tuple(map(narrow, setup.requirements)),
        per_resource=tuple(row for row in setup.per_resource if lookup.is_active(Resource, row.resource_id)),
    )
