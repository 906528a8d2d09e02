"""Weeks from a file: what cannot be is told at the line of whoever it is about."""

from __future__ import annotations

from functools import partial

import pytest

from scheduling.errors import SetupInvalid
from scheduling.models import Location, Resource, WorkingHours
from scheduling.services.catalog.batches.lines import CHANGED
from scheduling.services.catalog.batches.weeks import WeekLine, import_weeks
from scheduling.services.catalog.hours import change_location_week, change_resource_week
from scheduling.types import PeriodSetup, WeekSetup
from tenants.context import tenant_scope
from tests.factories.scheduling import NOW, STAFF, make_place, make_resource
from tests.integration.scheduling.changes.test_in_flight import finish_after

MORNING = PeriodSetup(weekday=0, opens_minute=480, closes_minute=780)
EVENING = PeriodSetup(weekday=0, opens_minute=1140, closes_minute=1200)


def read(*lines: WeekLine):
    try:
        return import_weeks(lines=lines, by=STAFF, now=NOW)
    except SetupInvalid as error:
        return error.errors


def list_hours_of(resource_id: int) -> list[int]:
    return list(WorkingHours.objects.filter(resource_id=resource_id).values_list("opens_minute", flat=True))


def test_week_that_somebody_changes_meanwhile_is_told_at_its_own_line(scratch_tenant):
    with tenant_scope(scratch_tenant):
        place = make_place()
        eva, leo = make_resource(place, "Zita"), make_resource(place, "Zoe")
        before = list_hours_of(eva)
    week = WeekSetup(hours=(MORNING,))
    change = partial(change_resource_week, resource_id=leo, week=week, version=None, by=STAFF, now=NOW)
    lines = [WeekLine(number=number, who=name, hours=(EVENING,)) for number, name in ((2, "Zita"), (3, "Zoe"))]

    _, found = finish_after(scratch_tenant, change, partial(read, *lines))

    assert found == {"3.hours": (CHANGED,)}
    with tenant_scope(scratch_tenant):
        assert (list_hours_of(eva), list_hours_of(leo)) == (before, [480])


def test_break_outside_of_hours_that_somebody_shortens_meanwhile_is_told_at_its_own_line(scratch_tenant):
    with tenant_scope(scratch_tenant):
        place = make_place()
        WorkingHours.objects.filter(location=place).delete()
        WorkingHours.objects.create(location_id=place, weekday=0, opens_minute=480, closes_minute=1320)
        make_resource(place, "Zita")
        leo = make_resource(place, "Zoe")
        before = list_hours_of(leo)
    week = WeekSetup(hours=(MORNING,))
    change = partial(change_location_week, location_id=place, week=week, version=None, by=STAFF, now=NOW)
    lines = [
        WeekLine(number=2, who="Zita", hours=(EVENING,)),
        WeekLine(number=3, who="Zoe", breaks=(EVENING,)),
    ]

    _, found = finish_after(scratch_tenant, change, partial(read, *lines))

    assert list(found) == ["3.breaks"]
    with tenant_scope(scratch_tenant):
        assert list_hours_of(leo) == before


@pytest.mark.parametrize("people", [1, 3])
def test_who_follows_a_location_costs_no_query_each(tenant, django_assert_num_queries, people):
    place = make_place()
    names = [Resource.objects.get(pk=make_resource(place, f"Persona {number}")).name for number in range(people)]
    outside = PeriodSetup(weekday=0, opens_minute=0, closes_minute=30)
    lines = [WeekLine(number=2 + number, who=name, breaks=(outside,)) for number, name in enumerate(names)]

    with django_assert_num_queries(7):  # locations, resources, hours; a savepoint that is rolled back
        found = read(*lines)

    assert list(found) == [f"{line.number}.breaks" for line in lines]
    assert Location.objects.filter(pk=place).exists()
