"""Who can fill a requirement: one rule in memory, and the same in the SQL of plans and in the offer."""

from __future__ import annotations

import random

import pytest

from database.connection import connection, write_array
from scheduling.models import Requirement, RequirementResource, Resource, Service
from scheduling.selectors.availability.plan_sql import POOL_SQL
from scheduling.selectors.catalog.misfits import _load_needs
from scheduling.selectors.catalog.offer import load_offer
from scheduling.selectors.catalog.roster import load_roster
from scheduling.selectors.catalog.services import list_pool, read_pool
from scheduling.selectors.catalog.setups import read_service
from scheduling.types import Pool
from tests.factories.scheduling import make_place, make_resource

SKILLS = ("", "gas", "frenos", "Gas", "ñandú", '"', "a b")
COUNT = 200


@pytest.fixture(params=range(4))
def world(tenant, request) -> Service:
    """Resources of two types with random skills, some archived, and a service that asks for them in random ways."""
    chance = random.Random(request.param)
    Resource.objects.update(is_active=False)
    place = make_place()
    for number in range(12):
        row_id = make_resource(place, f"R{number}", type_name=f"Tipo {number % 2}")
        skills = chance.sample(SKILLS[1:], chance.randrange(4))
        Resource.objects.filter(pk=row_id).update(skills=skills, is_active=chance.random() < 0.8)
    rows = list(Resource.objects.order_by("-pk")[:12])
    types = [None, *{row.resource_type_id for row in rows}]
    service = Service.objects.create(name="Mundo", duration_minutes=30)
    made = Requirement.objects.bulk_create(
        Requirement(
            service=service, position=number, resource_type_id=chance.choice(types), skill=chance.choice(SKILLS)
        )
        for number in range(COUNT)
    )
    RequirementResource.objects.bulk_create(
        RequirementResource(requirement=each, resource=row, position=position)
        for each in made
        if chance.random() < 0.3
        for position, row in enumerate(chance.sample(rows, chance.randrange(1, 4)))
    )
    return service


def test_sql_and_memory_agree_on_who_can_fill_a_requirement(world):
    active = list(Resource.objects.filter(is_active=True))
    requirements = list(Requirement.objects.filter(service=world).prefetch_related("named"))
    sql = f"{POOL_SQL} SELECT requirement_id, resource_id FROM pool ORDER BY 1, rank, position, tie"
    parameters = {
        "service_ids": write_array([world.pk]),
        "location_id": None,
        "chosen_ids": write_array([]),
        "has_hidden": True,
    }

    found: dict[int, list[int]] = {each.pk: [] for each in requirements}
    for requirement_id, resource_id in connection.fetch_planned(sql, parameters):
        found[requirement_id].append(resource_id)

    pools = {each.pk: read_pool(each) for each in requirements}
    known = {
        each.pk: {row.pk for row in active if pools[each.pk].has(row.pk, row.resource_type_id, row.skills)}
        for each in requirements
    }
    assert {key: set(ids) for key, ids in found.items()} == known
    assert 0 < sum(map(bool, known.values())) < COUNT
    for each in requirements:
        assert [row.pk for row in list_pool(each, active) if pools[each.pk].named] == [
            row_id for row_id in found[each.pk] if pools[each.pk].named
        ]


def test_offer_roster_and_misfits_ask_the_same_rule(world):
    roster, setup = load_roster(), read_service(world)
    requirements = list(Requirement.objects.filter(service=world).prefetch_related("named"))
    pools = [read_pool(each) for each in requirements]

    able = {row.id for each in setup.requirements for row in roster.list_able(each)}

    assert load_offer().pools[world.pk] == able
    assert [each.pool for each in setup.requirements] == pools
    assert [each.pool for each in _load_needs([world.pk])[world.pk]] == pools


@pytest.mark.parametrize(
    ("pool", "has"),
    [
        (Pool(), False),
        (Pool(skill="gas"), True),
        (Pool(type_id=1), True),
        (Pool(type_id=2), False),
        (Pool(type_id=1, skill="frenos"), False),
        (Pool(named=(7,), type_id=2, skill="frenos"), True),
        (Pool(named=(8,), type_id=1, skill="gas"), False),
    ],
)
def test_names_win_over_type_and_skill_and_nothing_said_is_nobody(pool, has):
    assert pool.has(7, 1, ("gas",)) is has
