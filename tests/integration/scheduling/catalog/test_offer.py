"""What a business offers, in one statement: the same places as the plan that decides about bookings."""

from __future__ import annotations

import pytest

from scheduling.enums import Approval
from scheduling.errors import SetupInvalid
from scheduling.models import AddOn, Location, Resource, ResourceType, Service
from scheduling.selectors.availability.plans import Wish, load_plan
from scheduling.selectors.catalog.offer import load_offer
from scheduling.types import RequirementSetup
from tests.factories.scheduling import MONDAY, NOW, make_place, make_resource, make_service, make_shop

TODAY = NOW.date()


@pytest.fixture
def two_places(tenant):
    """Two places: in the first two people who can cut, in the second one; a chair in each."""
    places = make_place(), make_place()
    people = [
        make_resource(places[0], "Eva", skills=("cut",)),
        make_resource(places[0], "Ada", skills=("cut", "color")),
        make_resource(places[1], "Iris", skills=("cut",)),
    ]
    chairs = [make_resource(place, f"Chair {place}", type_name="Chair") for place in places]
    return places, people, chairs


def find_chairs() -> int:
    return ResourceType.objects.get(name="Chair").pk


def list_planned(service_id: int) -> list[int]:
    try:
        return sorted(load_plan(wish=Wish(service_ids=(service_id,)), from_on=TODAY, to_on=TODAY).visits)
    except SetupInvalid:
        return []


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        (lambda people, chairs: (RequirementSetup(skill="cut"),), [0, 1]),
        (lambda people, chairs: (RequirementSetup(skill="cut", quantity=2),), [0]),
        (
            lambda people, chairs: (RequirementSetup(skill="color"), RequirementSetup(resource_type_id=find_chairs())),
            [0],
        ),
        (lambda people, chairs: (RequirementSetup(resource_type_id=find_chairs(), quantity=2),), []),
        (lambda people, chairs: (RequirementSetup(resource_type_id=find_chairs(), skill="cut"),), []),
        (lambda people, chairs: (RequirementSetup(resource_ids=(people[2], chairs[1])),), [1]),
        (lambda people, chairs: (RequirementSetup(resource_ids=tuple(people), quantity=2),), [0]),
    ],
)
def test_a_service_is_offered_where_a_plan_can_be_made(two_places, requirements, expected):
    places, people, chairs = two_places
    service_id = make_service(requirements=requirements(people, chairs))

    service = load_offer().find_service(service_id)

    assert list(service.location_ids) == list_planned(service_id) == [places[index] for index in expected]


def test_nobody_is_left_when_the_named_ones_are_gone(two_places):
    _, people, _ = two_places
    service_id = make_service((people[0],))
    Resource.objects.filter(pk=people[0]).update(is_active=False)

    offer = load_offer()

    assert offer.find_service(service_id).location_ids == ()
    assert offer.list_choosable_resources(service_id) == ()
    assert service_id not in {each.id for each in offer.list_bookable_services()}


def test_a_service_behind_a_link_is_found_and_not_listed(tenant):
    service_id, _ = make_shop(approval=Approval.LINK_ONLY)

    offer = load_offer()

    assert offer.find_service(service_id).id == service_id
    assert service_id not in {each.id for each in offer.list_bookable_services()}


def test_what_is_switched_off_is_not_there(tenant):
    service_id, staff = make_shop(2)
    Service.objects.filter(pk=service_id).update(is_active=False)
    Resource.objects.filter(pk=staff[0]).update(is_active=False)

    offer = load_offer()

    assert offer.find_service(service_id) is None
    assert staff[0] not in {each.id for each in offer.resources}
    assert staff[1] in {each.id for each in offer.resources}


def test_extras_come_in_the_order_of_the_business(tenant):
    service_id, _ = make_shop()
    for position, name in enumerate(("Wash", "Polish", "Old"), start=1):
        AddOn.objects.create(
            service_id=service_id, name=name, minutes=10, position=10 - position, is_active=name != "Old"
        )

    service = load_offer().find_service(service_id)

    assert [each.name for each in service.add_ons] == ["Polish", "Wash"]


def test_a_customer_chooses_among_those_who_may_be_chosen_at_the_place(two_places):
    places, people, _ = two_places
    service_id = make_service(tuple(people))
    Resource.objects.filter(pk__in=people[1:]).update(is_customer_choosable=True)

    offer = load_offer()

    assert [each.id for each in offer.list_choosable_resources(service_id)] == people[1:]
    assert [each.id for each in offer.list_choosable_resources(service_id, location_id=places[0])] == [people[1]]


@pytest.mark.parametrize("count", [1, 30])
def test_any_catalog_costs_one_query(tenant, django_assert_num_queries, count):
    for _ in range(count):
        service_id, _ = make_shop(2)
        AddOn.objects.create(service_id=service_id, name="Wash", minutes=10)
    make_service((), name="Nobody", requirements=(RequirementSetup(skill="volar"),))

    with django_assert_num_queries(1):
        offer = load_offer(now=MONDAY)

    assert offer.find_service(service_id).add_ons[0].name == "Wash"
    assert offer.opening is not None


def test_a_business_without_a_place_offers_nothing(tenant):
    Location.objects.update(is_active=False)

    offer = load_offer(now=MONDAY)

    assert (offer.locations, offer.list_bookable_services(), offer.opening) == ((), (), None)
    assert {each.location_ids for each in offer.services} == {()}
