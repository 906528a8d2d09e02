"""A copy of a resource has everything that was said about its model, and nothing that is one person's alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kernel.money import PriceKind
from scheduling.engine import RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import ResourceNotFound, SetupInvalid
from scheduling.models import CapacityRule, Resource, ResourceLane, ResourceType
from scheduling.selectors.catalog.calendars import get_resource_week
from scheduling.selectors.catalog.entries import get_resource_entry, get_service_entry
from scheduling.selectors.catalog.needs import ResourceUses, get_resource_uses, list_needed_resource_ids
from scheduling.services.catalog.batches.resource_copies import copy_resource
from scheduling.services.catalog.hours import change_resource_week
from scheduling.services.catalog.resources import create_resource
from scheduling.services.catalog.rules import create_rule
from scheduling.services.catalog.services import create_service
from scheduling.types import (
    PeriodSetup,
    RequirementSetup,
    ResourceSetup,
    RuleSetup,
    ServiceResourceSetup,
    ServiceSetup,
    WeekSetup,
)
from tests.factories.scheduling import NOW, make_place

WEEK = WeekSetup(
    hours=(PeriodSetup(weekday=0, opens_minute=540, closes_minute=1020),),
    breaks=(PeriodSetup(weekday=0, opens_minute=780, closes_minute=840),),
)


@pytest.fixture
def setup(tenant) -> ResourceSetup:
    kind = ResourceType.objects.create(name="Persona", is_person=True)
    return ResourceSetup(
        name="Eva",
        resource_type_id=kind.pk,
        location_id=make_place(),
        capacity=2,
        skills=("frenos",),
        email="eva@example.com",
        phone="+525512345678",
        color="#0d9488",
        is_customer_choosable=True,
        efficiency_percent=110,
        weight=3,
    )


@pytest.fixture
def eva(olga, setup) -> int:
    return create_resource(setup=replace(setup, user_id=olga.user_id), by=olga, now=NOW)


def read(resource_id: int) -> ResourceSetup:
    return get_resource_entry(resource_id=resource_id, now=NOW).setup


def test_the_copy_has_everything_but_what_is_one_persons_alone(olga, setup, eva):
    change_resource_week(resource_id=eva, week=WEEK, version=None, by=olga, now=NOW)
    create_rule(
        setup=RuleSetup(scope=RuleScope.RESOURCE, period=RulePeriod.DAY, limit=4, resource_id=eva), by=olga, now=NOW
    )

    copy_id = copy_resource(resource_id=eva, name=" Ada  Ríos ", by=olga, now=NOW)

    made = read(copy_id)
    blank = {"name": "Ada Ríos", "email": "", "phone": "", "color": "", "user_id": None}
    assert made == replace(setup, **blank, position=made.position)
    assert made.position > read(eva).position
    assert get_resource_week(resource_id=copy_id).setup == WEEK
    assert ResourceLane.objects.filter(resource_id=copy_id).count() == 2
    assert list(CapacityRule.objects.filter(resource_id=copy_id).values_list("limit", "period")) == [(4, "day")]


def test_services_that_name_the_model_name_the_copy_behind_it(olga, setup, eva):
    other = create_resource(setup=replace(setup, name="Otra", email="", phone=""), by=olga, now=NOW)
    needs = (RequirementSetup(resource_ids=(eva, other)), RequirementSetup(resource_type_id=setup.resource_type_id))
    named = create_service(setup=ServiceSetup(name="Frenos", duration_minutes=60, requirements=needs), by=olga, now=NOW)
    apart = create_service(
        setup=ServiceSetup(name="Aire", duration_minutes=60, requirements=(RequirementSetup(resource_ids=(other,)),)),
        by=olga,
        now=NOW,
    )

    copy_id = copy_resource(resource_id=eva, name="Ada", by=olga, now=NOW)

    changed, kept = (get_service_entry(service_id=each, now=NOW) for each in (named, apart))
    assert [each.resource_ids for each in changed.setup.requirements] == [(eva, copy_id, other), ()]
    assert (changed.version, kept.version) == (2, 1)


def test_the_copy_has_the_lengths_and_prices_of_its_model(olga, setup, eva):
    needs = (RequirementSetup(resource_type_id=setup.resource_type_id),)
    own = ServiceResourceSetup(resource_id=eva, duration_minutes=45, price_minor=9_900)
    service_id = create_service(
        setup=ServiceSetup(
            name="Frenos", duration_minutes=60, price_kind=PriceKind.FIXED, price_minor=8_000, requirements=needs,
            per_resource=(own,),
        ),
        by=olga,
        now=NOW,
    )  # fmt: skip

    copy_id = copy_resource(resource_id=eva, name="Ada", by=olga, now=NOW)

    changed = get_service_entry(service_id=service_id, now=NOW).setup
    assert sorted(changed.per_resource, key=lambda each: each.resource_id) == [own, replace(own, resource_id=copy_id)]


@pytest.mark.parametrize("name", ["", "   ", "EVA", "x" * 121])
def test_a_copy_needs_a_name_of_its_own_and_else_nothing_is_made(olga, eva, name):
    before = Resource.objects.count()

    with pytest.raises(SetupInvalid) as refused:
        copy_resource(resource_id=eva, name=name, by=olga, now=NOW)

    assert (list(refused.value.errors), Resource.objects.count()) == (["name"], before)


def test_nobody_is_copied_who_does_not_exist(olga, tenant):
    with pytest.raises(ResourceNotFound):
        copy_resource(resource_id=99_999, name="Ada", by=olga, now=NOW)


def test_an_account_must_exist_and_may_stay(olga, setup):
    with pytest.raises(SetupInvalid) as refused:
        create_resource(setup=replace(setup, user_id=99_999), by=olga, now=NOW)

    assert list(refused.value.errors) == ["user_id"]


def test_whom_services_need_and_for_what(olga, setup, eva):
    idle = create_resource(setup=replace(setup, name="Ida", skills=(), email="", phone=""), by=olga, now=NOW)
    of_type = RequirementSetup(resource_type_id=setup.resource_type_id, skill="frenos")
    for name, needs in (("Frenos", (of_type, of_type)), ("Balatas", (RequirementSetup(resource_ids=(eva,)),))):
        create_service(setup=ServiceSetup(name=name, duration_minutes=30, requirements=needs), by=olga, now=NOW)

    assert list_needed_resource_ids() & {eva, idle} == {eva}
    assert get_resource_uses(resource_id=eva) == ResourceUses(services=("Frenos", "Balatas"), lacking=())
    assert get_resource_uses(resource_id=idle) == ResourceUses(services=(), lacking=(("Frenos", "frenos"),))
    with pytest.raises(ResourceNotFound):
        get_resource_uses(resource_id=99_999)
