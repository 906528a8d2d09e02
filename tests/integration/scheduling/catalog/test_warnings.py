"""What can be saved and yet does not work as it looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from scheduling.engine import BookablePeriod, Measure, RulePeriod, WeeklyPeriod
from scheduling.enums import RuleScope
from scheduling.models import Resource, ResourceType
from scheduling.selectors.catalog.warnings import list_rule_warnings, list_service_warnings, warn_of_rules
from scheduling.types import RequirementSetup, RuleSetup, ServiceResourceSetup, ServiceSetup
from tests.factories.scheduling import make_place, make_resource, make_rule

MORNINGS = tuple(WeeklyPeriod(weekday, 540, 780) for weekday in range(5))
NIGHT = (WeeklyPeriod(6, 1320, 120),)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def place(tenant) -> int:
    return make_place()


@pytest.fixture
def eva(place) -> int:
    return make_resource(place, "Eva", hours=MORNINGS)


@pytest.fixture
def setup(eva) -> ServiceSetup:
    return ServiceSetup(name="Corte", duration_minutes=60, requirements=(RequirementSetup(resource_ids=(eva,)),))


def warn(setup) -> list[tuple[str, str]]:
    return [(each.field, each.text) for each in list_service_warnings(setup=setup) if not each.is_hint]


def test_service_that_works_has_no_warning(setup, eva):
    hours = (BookablePeriod(4, 720, 1000),)
    own = (ServiceResourceSetup(resource_id=eva, duration_minutes=30),)

    assert warn(replace(setup, bookable_hours=hours, latest_start_minute=720, per_resource=own)) == []


def test_requirement_that_nobody_fills_is_named(setup, place, eva):
    kind = ResourceType.objects.get(name="Persona").pk
    other = make_resource(make_place(), "Leo", type_name="Caja")
    nobody = (RequirementSetup(resource_type_id=kind, skill="gas"),)
    too_few = (RequirementSetup(resource_type_id=kind, quantity=2),)
    apart = (*setup.requirements, RequirementSetup(resource_ids=(other,)))

    assert warn(replace(setup, requirements=nobody)) == [("requirements.0", "Nobody can do it. Without “gas”: Eva")]
    assert warn(replace(setup, requirements=too_few)) == [
        ("requirements.0", "It takes 2 at one place, and there are only: Eva")
    ]
    assert warn(replace(setup, requirements=apart)) == [
        ("requirements", "No place has everything that this takes: Centro, Centro 2")
    ]
    Resource.objects.filter(pk=eva).update(is_active=False)
    assert warn(setup) == [("requirements.0", "Nobody can do it. Archived: Eva")]


def test_length_of_somebody_else_counts_for_nothing(setup, place):
    leo = make_resource(place, "Leo")

    own = (ServiceResourceSetup(resource_id=leo, price_minor=100),)

    assert warn(replace(setup, per_resource=own)) == [
        ("per_resource.0", "Leo does not do this: what is set here counts for nothing.")
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"bookable_hours": (BookablePeriod(5, 540, 780),)}, "bookable_hours"),
        ({"bookable_hours": (BookablePeriod(0, 780, 1000),)}, "bookable_hours"),
        ({"latest_start_minute": 539}, "latest_start_minute"),
        ({"bookable_hours": (BookablePeriod(0, 600, 780),), "latest_start_minute": 590}, "latest_start_minute"),
    ],
)
def test_start_that_meets_no_hours(setup, values, field):
    assert [each for each, _ in warn(replace(setup, **values))] == [field]


def test_night_goes_on_into_the_next_week_and_hours_may_be_the_places(setup, place):
    guard = make_resource(place, "Noche", hours=NIGHT)
    idle = make_resource(place, "Sin horario", hours=())
    at_night = replace(setup, requirements=(RequirementSetup(resource_ids=(guard,)),))

    assert warn(replace(at_night, bookable_hours=(BookablePeriod(0, 60, 90),))) == []
    assert [field for field, _ in warn(replace(at_night, bookable_hours=(BookablePeriod(0, 120, 600),)))] == [
        "bookable_hours"
    ]
    without = replace(setup, requirements=(RequirementSetup(resource_ids=(idle,)),))
    assert warn(replace(without, latest_start_minute=0)) == []


def test_queries_do_not_grow(setup, place, eva):
    more = [make_resource(place, f"Eva {number}") for number in range(5)]
    wide = replace(
        setup,
        bookable_hours=(BookablePeriod(0, 540, 780),),
        requirements=(
            RequirementSetup(resource_ids=(eva, *more)),
            *(RequirementSetup(resource_ids=(each,)) for each in more),
        ),
        per_resource=tuple(ServiceResourceSetup(resource_id=each, price_minor=1) for each in more),
    )

    with CaptureQueriesContext(connection) as queries:
        assert warn(wide) == []
    assert len(queries) == 4


def test_longer_period_with_less_than_a_shorter_one(tenant):
    day = make_rule(RuleScope.TENANT, RulePeriod.DAY, 5)
    make_rule(RuleScope.TENANT, RulePeriod.MOMENT, 1)
    make_rule(RuleScope.TENANT, RulePeriod.HOUR, 1, Measure.SEATS)
    week = RuleSetup(scope=RuleScope.TENANT, period=RulePeriod.WEEK, limit=4)

    def read(setup, rule_id=None):
        return [(each.field, each.text) for each in list_rule_warnings(setup=setup, rule_id=rule_id)]

    assert read(week) == [("limit", "Less than the limit of 5 per shorter period: that one will never be reached.")]
    assert read(replace(week, period=RulePeriod.HOUR, limit=6)) == [
        ("limit", "More than the limit of 5 per longer period: this one will never be reached.")
    ]
    assert read(replace(week, limit=5)) == read(replace(week, weekdays=(5,))) == []
    assert read(replace(week, period=RulePeriod.MOMENT, limit=1)) == []
    assert read(replace(week, period=RulePeriod.HOUR), day) == []


START, END = date(2027, 1, 1), date(2027, 3, 31)
PART = RuleSetup(scope=RuleScope.TENANT, period=RulePeriod.DAY, limit=9, arrival_mode="waits")
WHOLE = RuleSetup(scope=RuleScope.TENANT, period=RulePeriod.DAY, limit=5)
NARROW = {"weekdays": (0, 1), "from_minute": 480, "to_minute": 600, "valid_from": START, "valid_to": END}


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ({}, {}),
        (NARROW, {}),
        (NARROW, NARROW),
        ({"weekdays": (0,)}, {"weekdays": (0, 1)}),
        (NARROW, {"valid_from": START, "valid_to": END}),
        ({"scope": RuleScope.SERVICE, "service_id": 7}, {}),
        ({"scope": RuleScope.SERVICE, "service_id": 7}, {"scope": RuleScope.SERVICE, "service_id": 7}),
        ({}, {"arrival_mode": "waits"}),
        ({"period": RulePeriod.MOMENT}, {"period": RulePeriod.MOMENT}),
    ],
)
def test_limit_of_a_part_that_the_whole_never_lets_be_reached(tenant, part, whole):
    part, whole = replace(PART, **part), replace(WHOLE, **whole)

    (of_part,), (of_whole,) = warn_of_rules(part, [whole]), warn_of_rules(whole, [part])

    assert of_part.text == "More than the limit of 5 that holds for this, too: this one will never be reached."
    assert of_whole.text == "Less than the limit of 9 that is for a part of this: that one will never be reached."


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ({"limit": 5}, {}),
        ({"limit": 4}, {}),
        ({"measure": Measure.SEATS}, {}),
        ({"period": RulePeriod.WEEK}, {}),
        ({"period": RulePeriod.MOMENT}, {}),
        ({}, {"period": RulePeriod.MOMENT}),
        ({}, {"arrival_mode": "pickup"}),
        ({}, {"weekdays": (0,)}),
        ({"weekdays": (0, 1)}, {"weekdays": (0,)}),
        ({}, {"from_minute": 480, "to_minute": 600}),
        ({"from_minute": 480, "to_minute": 600}, {"from_minute": 480, "to_minute": 660}),
        ({}, {"valid_from": START}),
        ({"valid_from": START}, {"valid_from": END}),
        ({}, {"valid_to": END}),
        ({"valid_to": END}, {"valid_to": START}),
        ({"scope": RuleScope.SERVICE, "service_id": 7}, {"scope": RuleScope.SERVICE, "service_id": 8}),
        ({"scope": RuleScope.SERVICE, "service_id": 7}, {"scope": RuleScope.LOCATION, "location_id": 7}),
    ],
)
def test_limits_that_may_both_be_reached_are_not_warned_of(tenant, part, whole):
    part, whole = replace(PART, **part), replace(WHOLE, **whole)

    assert (warn_of_rules(part, [whole]), warn_of_rules(whole, [part])) == ((), ())
