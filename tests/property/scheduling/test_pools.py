"""Who fills a requirement is asked in three places: the plan of a visit, the catalog of a page, the list of turns."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from devtools.scratch.shop import BUILDER
from scheduling.errors import SetupInvalid
from scheduling.models import Requirement, Resource, ResourceType
from scheduling.selectors.availability.plans import load_plan
from scheduling.selectors.catalog.offer import load_offer
from scheduling.selectors.catalog.services import list_pool
from scheduling.services.catalog.bulk import add_services
from scheduling.types import RequirementSetup, ServiceSetup
from tests.factories.scheduling import NOW, make_place, make_resource, make_wish

DAY = date(2026, 1, 12)
TYPES, SKILLS = ("Persona", "Elevador", "Sala"), ("frenos", "motor", "frío")
SERVICES = 40


def make_team(random: Random, places: list[int]) -> list[Resource]:
    for number in range(12):
        skills = tuple(random.sample(SKILLS, random.randint(0, 3)))
        make_resource(
            random.choice(places),
            f"Recurso {number}",
            type_name=random.choice(TYPES),
            skills=skills,
            position=random.randint(0, 3),
        )
    Resource.objects.update(is_customer_choosable=True)
    ResourceType.objects.update(is_person=True)
    # Some are archived: they fill nothing.
    for resource in random.sample(list(Resource.objects.all()), 2):
        Resource.objects.filter(pk=resource.pk).update(is_active=False)
    return list(Resource.objects.all())


def make_services(random: Random, team: list[Resource]) -> list[int]:
    setups = []
    for number in range(SERVICES):
        type_id = random.choice([None, *{resource.resource_type_id for resource in team}])
        skill = random.choice(["", *SKILLS])
        named = [resource.pk for resource in team if resource.is_active]
        asked = (
            RequirementSetup(resource_ids=tuple(random.sample(named, random.randint(1, 4))))
            if random.random() < 0.3 or (type_id is None and not skill)
            else RequirementSetup(resource_type_id=type_id, skill=skill)
        )
        setups.append(ServiceSetup(name=f"Servicio {number}", duration_minutes=60, requirements=(asked,)))
    return list(add_services(setups=setups, by=BUILDER, now=NOW))


def find_planned(service_id: int) -> set[int]:
    try:
        return set(load_plan(wish=make_wish(service_id), from_on=DAY, to_on=DAY).list_resource_ids())
    except SetupInvalid:
        return set()


@pytest.mark.parametrize("seed", range(5))
def test_all_three_find_the_same_resources(tenant, seed):
    random = Random(seed)
    team = make_team(random, [make_place(), make_place()])
    service_ids = make_services(random, team)

    offer = load_offer()
    shown = [{each.id for each in offer.list_choosable_resources(service_id)} for service_id in service_ids]
    planned = [find_planned(service_id) for service_id in service_ids]
    active = [resource for resource in team if resource.is_active]
    listed = [
        {resource.pk for resource in list_pool(Requirement.objects.get(service_id=service_id), active)}
        for service_id in service_ids
    ]

    assert (shown, listed) == (planned, planned)
    assert 0 < sum(map(len, planned)) < SERVICES * len(team)
