"""A whole business at once: the same checks as one by one, logged, and told to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from scheduling.engine import RulePeriod
from scheduling.enums import DepositKind, RuleScope
from scheduling.errors import ResourceNotFound, SetupInvalid
from scheduling.models import AddOn, CapacityRule, HolidayAdjustment, Location, Resource, ResourceType, Service, TimeOff
from scheduling.selectors.catalog.calendars import (
    get_location_week,
    get_resource_week,
    list_date_override_entries,
    list_time_off_entries,
)
from scheduling.selectors.catalog.entries import get_service_entry
from scheduling.selectors.catalog.staff import list_own_resource_ids
from scheduling.services.catalog.bulk import (
    NewResource,
    add_add_ons,
    add_holidays,
    add_location,
    add_resource_types,
    add_resources,
    add_rules,
    add_services,
)
from scheduling.services.catalog.door import add_rows
from scheduling.services.catalog.special_days.time_off import NOUN as TIME_OFF
from scheduling.services.catalog.staff import link_user
from scheduling.types import (
    AddOnSetup,
    DateOverrideSetup,
    HolidaySetup,
    LocationSetup,
    PeriodSetup,
    RequirementSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceSetup,
    TimeOffSetup,
    WeekSetup,
)
from tests.factories.scheduling import MONDAY, NOW, hours_later, make_place, make_resource, make_shop

WEEK = WeekSetup(hours=(PeriodSetup(weekday=0, opens_minute=540, closes_minute=600),))
BAD_WEEK = WeekSetup(hours=(PeriodSetup(weekday=9, opens_minute=540, closes_minute=600),))
TWINS = (ResourceTypeSetup(name="Torno"), ResourceTypeSetup(name="TORNO"))
MODELS = (Location, ResourceType, Resource, Service, AddOn, CapacityRule, HolidayAdjustment)


def test_whole_business_is_logged_and_nobody_is_told(olga, told, read_log):
    with told() as seen:
        place = add_location(setup=LocationSetup(name="Sur", timezone="UTC"), week=WEEK, by=olga, now=NOW)
        (lathe,) = add_resource_types(setups=[TWINS[0]], by=olga, now=NOW)
        setup = ResourceSetup(name="Torno 1", resource_type_id=lathe, location_id=place, capacity=2)
        first, second = add_resources(
            plans=[
                NewResource(
                    setup=setup,
                    week=WEEK,
                    overrides=(DateOverrideSetup(on=MONDAY.date()),),
                    time_off=(TimeOffSetup(resource_id=0, starts_at=MONDAY, ends_at=hours_later(1)),),
                ),
                NewResource(setup=replace(setup, name="Torno 2")),
            ],
            by=olga,
            now=NOW,
        )
        requirement = RequirementSetup(resource_type_id=lathe)
        service = ServiceSetup(name="Tornear", duration_minutes=60, requirements=(requirement,))
        (turning,) = add_services(setups=[service], by=olga, now=NOW)
        (polish,) = add_add_ons(setups=[AddOnSetup(service_id=turning, name="Pulir")], by=olga, now=NOW)
        rule = RuleSetup(scope=RuleScope.SERVICE, period=RulePeriod.DAY, limit=3, service_id=turning)
        (daily,) = add_rules(setups=[rule], by=olga, now=NOW)
        (closed,) = add_holidays(setups=[HolidaySetup(on=MONDAY.date(), location_id=place)], by=olga, now=NOW)

    assert seen.kinds == []
    assert get_location_week(location_id=place).setup == get_resource_week(resource_id=first).setup == WEEK
    assert get_resource_week(resource_id=second).setup == WeekSetup()
    assert get_service_entry(service_id=turning, now=NOW).setup.requirements == (requirement,)
    (override,) = list_date_override_entries(from_on=MONDAY.date(), to_on=MONDAY.date())
    (absence,) = list_time_off_entries(starts_before=hours_later(1), ends_after=MONDAY)
    assert (override.setup.resource_id, absence.setup.resource_id) == (first, first)
    assert Resource.objects.get(pk=second).lanes.count() == 2
    for noun, row_id in (
        ("location", place),
        ("resource_type", lathe),
        ("resource", first),
        ("resource", second),
        ("service", turning),
        ("add_on", polish),
        ("rule", daily),
        ("holiday", closed),
        ("date_override", override.id),
        ("time_off", absence.id),
    ):
        assert read_log(noun, row_id) == [("created", "Olga Owner", 1, {})], noun


def test_what_is_refused_one_by_one_is_refused_together(olga):
    service_id, (person,) = make_shop()
    place, kind = Resource.objects.values_list("location_id", "resource_type_id").get(pk=person)
    resource = ResourceSetup(name="Otra", resource_type_id=kind, location_id=place)
    closed = HolidaySetup(on=MONDAY.date())
    backwards = TimeOffSetup(resource_id=0, starts_at=MONDAY, ends_at=MONDAY - timedelta(hours=1))
    paid = ServiceSetup(
        name="Con anticipo",
        duration_minutes=60,
        deposit_kind=DepositKind.FULL,
        requirements=(RequirementSetup(resource_ids=(person,)),),
    )
    before = [model.objects.count() for model in MODELS]
    by = {"by": olga, "now": NOW}
    for work, field in (
        (lambda: add_location(setup=LocationSetup(name="Sur", timezone="x"), week=WEEK, **by), "timezone"),
        (lambda: add_location(setup=LocationSetup(name="Sur", timezone="UTC"), week=BAD_WEEK, **by), "hours.0.weekday"),
        (lambda: add_resource_types(setups=TWINS, **by), "name"),
        (lambda: add_resources(plans=[NewResource(setup=replace(resource, capacity=0))], **by), "capacity"),
        (lambda: add_resources(plans=[NewResource(setup=resource, week=BAD_WEEK)], **by), "hours.0.weekday"),
        (lambda: add_resources(plans=[NewResource(setup=resource, time_off=(backwards,))], **by), "ends_at"),
        (
            lambda: add_resources(
                plans=[NewResource(setup=resource, overrides=(DateOverrideSetup(on=MONDAY.date()),) * 2)], **by
            ),
            "on",
        ),
        (lambda: add_services(setups=[paid], **by), "deposit_kind"),
        (lambda: add_add_ons(setups=[AddOnSetup(service_id=service_id, name="")], **by), "name"),
        (lambda: add_rules(setups=[RuleSetup(scope="tenant", period=RulePeriod.DAY, limit=-1)], **by), "limit"),
        (lambda: add_holidays(setups=[closed, closed], **by), "on"),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == [field]
    assert [model.objects.count() for model in MODELS] == before


def test_person_who_signs_in_is_booked_as_well(olga, told, read_log):
    person = make_resource(make_place())

    with told() as seen:
        assert link_user(resource_id=person, user_id=olga.user_id, by=olga, now=NOW) == 2
        assert link_user(resource_id=person, user_id=olga.user_id, by=olga, now=NOW) == 2

    assert list_own_resource_ids(user_id=olga.user_id) == (person,)
    assert read_log("resource", person)[0] == ("changed", "Olga Owner", 2, {"user_id": (None, olga.user_id)})
    assert seen.kinds == [("resource.changed", person)]
    assert link_user(resource_id=person, user_id=None, by=olga, now=NOW) == 3


def test_nobody_is_linked_to_what_does_not_exist(olga):
    person = make_resource(make_place())

    with pytest.raises(ResourceNotFound):
        link_user(resource_id=99_999, user_id=olga.user_id, by=olga, now=NOW)
    with pytest.raises(SetupInvalid) as refusal:
        link_user(resource_id=person, user_id=99_999, by=olga, now=NOW)

    assert list(refusal.value.errors) == ["user_id"]
    assert list_own_resource_ids(user_id=olga.user_id) == ()


def test_what_no_field_can_mend_is_no_refusal_of_a_field(olga):
    """Only a name or a date that was taken a moment ago is told at its field."""
    impossible = TimeOff(resource_id=make_resource(make_place()), starts_at=MONDAY, ends_at=MONDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        add_rows(TIME_OFF, [impossible], by=olga, now=NOW)
