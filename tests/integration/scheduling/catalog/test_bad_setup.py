"""What could never work is refused where it is set up, and the field is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.engine import DateOverride, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import SetupInvalid
from scheduling.models import CapacityRule, Location, Resource, Service
from scheduling.services.catalog.rules import RuleSetup, save_rule
from scheduling.services.catalog.setups import (
    RequirementSetup,
    ResourceSetup,
    ServiceSetup,
    save_location,
    save_resource,
    save_service,
)
from tests.factories.scheduling import MONDAY, NOW, hours_later, make_place

LONG, UNREADABLE, GHOST, HUGE = "x" * 500, "a\x00b", 99_999, 10**12
SKILL = (RequirementSetup(skill="x"),)
SERVICE = ServiceSetup(name="X", duration_minutes=60, requirements=SKILL)
RULE = RuleSetup(RuleScope.TENANT, RulePeriod.DAY, 1)
TEN_YEARS = 3653


def count_all():
    return [model.objects.count() for model in (Location, Resource, Service, CapacityRule)]


@pytest.fixture
def refused(tenant):
    """Check that something is refused for one field, and that nothing is written."""

    def check(work, field):
        before = count_all()
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert (list(refusal.value.errors), count_all()) == ([field], before)
        assert all(text for texts in refusal.value.errors.values() for text in texts)

    return check


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": LONG}, "name"),
        ({"name": UNREADABLE}, "name"),
        ({"name": " "}, "name"),
        ({"duration_minutes": HUGE}, "duration_minutes"),
        ({"step_minutes": HUGE}, "step_minutes"),
        ({"booking_window_days": TEN_YEARS}, "booking_window_days"),
        ({"booking_window_days": -1}, "booking_window_days"),
        ({"minimum_notice_minutes": -1}, "minimum_notice_minutes"),
        ({"minimum_notice_minutes": HUGE}, "minimum_notice_minutes"),
        ({"cancel_cutoff_minutes": -1}, "cancel_cutoff_minutes"),
        ({"move_cutoff_minutes": HUGE}, "move_cutoff_minutes"),
        ({"seats": HUGE}, "seats"),
        ({"max_party_size": 0}, "max_party_size"),
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 10**30}, "price_minor"),
        ({"position": -1}, "position"),
        ({"requirements": (RequirementSetup(skill="x", quantity=0),)}, "quantity"),
        ({"requirements": (RequirementSetup(skill="x", quantity=HUGE),)}, "quantity"),
        ({"requirements": (RequirementSetup(skill="x", duration_minutes=0),)}, "duration_minutes"),
        ({"requirements": (RequirementSetup(skill="x", duration_minutes=61),)}, "duration_minutes"),
        ({"requirements": (RequirementSetup(skill="x", starts_after_minutes=-1),)}, "starts_after_minutes"),
        ({"requirements": (RequirementSetup(resource_ids=(GHOST,)),)}, "requirements"),
        ({"requirements": (RequirementSetup(type_name="nobody is this"),)}, "requirements"),
    ],
)
def test_service_that_cannot_be(refused, values, field):
    refused(lambda: save_service(replace(SERVICE, **values)), field)


def test_service_that_needs_more_than_it_names(refused, tenant):
    place = make_place()
    person = save_resource(ResourceSetup(name="Eva", type_name="Persona", location_id=place))

    for resource_ids, quantity, field in (((person,), 2, "quantity"), ((person, person), 1, "pool")):
        requirement = RequirementSetup(resource_ids=resource_ids, quantity=quantity)
        refused(lambda each=requirement: save_service(replace(SERVICE, requirements=(each,))), field)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": LONG}, "name"),
        ({"type_name": ""}, "type_name"),
        ({"type_name": LONG}, "type_name"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": HUGE}, "capacity"),
        ({"weight": -1}, "weight"),
        ({"position": HUGE}, "position"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"time_off": ((hours_later(1), MONDAY),)}, "time_off"),
        ({"overrides": (DateOverride(on=MONDAY.date(), periods=()),) * 2}, "overrides"),
        ({"location_id": GHOST}, "location_id"),
    ],
)
def test_resource_that_cannot_be(refused, values, field):
    setup = ResourceSetup(**{"name": "Eva", "type_name": "Persona", "location_id": make_place()} | values)

    refused(lambda: save_resource(setup), field)


@pytest.mark.parametrize(("name", "timezone", "field"), [(LONG, "UTC", "name"), ("A", "Mars/Base", "timezone")])
def test_location_that_cannot_be(refused, name, timezone, field):
    refused(lambda: save_location(name=name, timezone=timezone), field)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"limit": -1}, "limit"),
        ({"limit": HUGE}, "limit"),
        ({"scope": RuleScope.SERVICE}, "service"),
        ({"scope": RuleScope.SERVICE, "service_id": GHOST}, "service"),
        ({"scope": RuleScope.RESOURCE, "resource_id": GHOST}, "resource"),
        ({"scope": RuleScope.LOCATION, "location_id": GHOST}, "location"),
        ({"scope": RuleScope.ARRIVAL_MODE}, "arrival_mode"),
        ({"scope": RuleScope.ARRIVAL_MODE, "arrival_mode": LONG}, "arrival_mode"),
    ],
)
def test_rule_that_cannot_be(refused, values, field):
    refused(lambda: save_rule(replace(RULE, **values), now=NOW), field)
