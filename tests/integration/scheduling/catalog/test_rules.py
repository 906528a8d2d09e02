"""Capacity rules through the door; each counts what is booked already."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from audit.errors import ChangedMeanwhile
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import Archived, RuleNotFound, SetupInvalid, SlotTaken, StillUsed
from scheduling.models import CapacityRule, Resource, RuleUsage
from scheduling.selectors.catalog.entries import get_rule_entry, list_rule_entries
from scheduling.services.catalog.door import archive, restore
from scheduling.services.catalog.rules import NOUN as RULE
from scheduling.services.catalog.rules import change_rule, create_rule, delete_rule
from scheduling.types import RuleSetup
from tests.factories.scheduling import NOW, book, hours_later, make_shop

GHOST, HUGE = 99_999, 10**12


@pytest.fixture
def service_id(tenant) -> int:
    return make_shop(3)[0]


@pytest.fixture
def setup(service_id) -> RuleSetup:
    return RuleSetup(scope=RuleScope.SERVICE, period=RulePeriod.DAY, limit=2, service_id=service_id)


@pytest.fixture
def daily(olga, setup) -> int:
    return create_rule(setup=setup, by=olga, now=NOW)


def list_usage(rule_id):
    return list(RuleUsage.objects.filter(rule_id=rule_id).values_list("used", "quota"))


def test_created_rule_counts_what_is_booked(olga, setup, told, read_log):
    book(setup.service_id)

    with told() as seen:
        made = create_rule(setup=setup, by=olga, now=NOW)

    assert (get_rule_entry(rule_id=made).setup, list_usage(made)) == (setup, [(1, 2)])
    assert seen.kinds == [("rule.created", made)]
    assert read_log("rule", made) == [("created", "Olga Owner", 1, {})]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"limit": -1}, "limit"),
        ({"limit": 0}, "limit"),
        ({"period": RulePeriod.MOMENT, "limit": 1001}, "limit"),
        ({"period": RulePeriod.MOMENT, "measure": Measure.MINUTES}, "measure"),
        ({"weekdays": (0, 7)}, "weekdays.1"),
        ({"weekdays": (-1,)}, "weekdays.0"),
        ({"from_minute": 60}, "to_minute"),
        ({"to_minute": 60}, "from_minute"),
        ({"from_minute": 1440, "to_minute": 60}, "from_minute"),
        ({"from_minute": 60, "to_minute": 1441}, "to_minute"),
        ({"from_minute": 60, "to_minute": 60}, "to_minute"),
        ({"valid_from": date(1999, 1, 1)}, "valid_from"),
        ({"valid_from": date(2027, 1, 2), "valid_to": date(2027, 1, 1)}, "valid_to"),
        ({"limit": HUGE}, "limit"),
        ({"service_id": None}, "service_id"),
        ({"service_id": GHOST}, "service_id"),
        ({"scope": RuleScope.RESOURCE}, "resource_id"),
        ({"scope": RuleScope.RESOURCE, "resource_id": GHOST}, "resource_id"),
        ({"scope": RuleScope.LOCATION}, "location_id"),
        ({"scope": RuleScope.LOCATION, "location_id": GHOST}, "location_id"),
        ({"scope": RuleScope.ARRIVAL_MODE}, "arrival_mode"),
        ({"scope": RuleScope.ARRIVAL_MODE, "arrival_mode": "by_boat"}, "arrival_mode"),
    ],
)
def test_rule_that_cannot_be(olga, setup, daily, values, field):
    count = CapacityRule.objects.count()
    bad = replace(setup, **values)
    for work in (
        lambda: create_rule(setup=bad, by=olga, now=NOW),
        lambda: change_rule(rule_id=daily, setup=bad, version=1, by=olga, now=NOW),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == [field]
    assert (CapacityRule.objects.count(), get_rule_entry(rule_id=daily).setup) == (count, setup)


def test_when_a_rule_counts_is_kept(olga, setup, daily, read_log):
    narrowed = replace(
        setup,
        weekdays=(6, 0, 6),
        from_minute=1320,
        to_minute=120,
        valid_from=date(2027, 1, 1),
        valid_to=date(2027, 3, 31),
    )

    assert change_rule(rule_id=daily, setup=narrowed, version=1, by=olga, now=NOW) == 2

    assert get_rule_entry(rule_id=daily).setup == replace(narrowed, weekdays=(0, 6))
    assert read_log("rule", daily)[0][3] == {
        "weekdays": ([], [0, 6]),
        "from_minute": (None, 1320),
        "to_minute": (None, 120),
        "valid_from": (None, "2027-01-01"),
        "valid_to": (None, "2027-03-31"),
    }


def test_rule_of_before_may_stay_at_zero(olga, setup, daily):
    CapacityRule.objects.filter(pk=daily).update(limit=0)

    assert change_rule(rule_id=daily, setup=replace(setup, limit=0, weekdays=(5,)), version=1, by=olga, now=NOW) == 2


def test_everything_wrong_is_named_at_once(olga, setup):
    with pytest.raises(SetupInvalid) as refusal:
        create_rule(setup=replace(setup, limit=-1, service_id=None, location_id=GHOST), by=olga, now=NOW)

    assert set(refusal.value.errors) == {"limit", "service_id", "location_id"}


def test_changed_rule_counts_anew(olga, max_, setup, daily, told, read_log):
    book(setup.service_id)
    smaller = replace(setup, limit=1, measure=Measure.SEATS)

    with told() as seen:
        assert change_rule(rule_id=daily, setup=smaller, version=1, by=max_, now=NOW) == 2
        assert change_rule(rule_id=daily, setup=smaller, version=2, by=max_, now=NOW) == 2

    assert list_usage(daily) == [(1, 1)]
    assert read_log("rule", daily)[0] == (
        "changed",
        "Max Manager",
        2,
        {"limit": (2, 1), "measure": ("bookings", "seats")},
    )
    assert seen.kinds == [("rule.changed", daily)]
    with pytest.raises(SlotTaken):
        book(setup.service_id, hours_later(2))
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_rule(rule_id=daily, setup=setup, version=1, by=olga, now=NOW)
    assert refusal.value.changes[0].user_name == "Max Manager"


def test_archived_rule_counts_nothing_and_a_restored_one_counts_again(olga, setup, daily, told):
    book(setup.service_id)
    book(setup.service_id)
    with pytest.raises(SlotTaken):
        book(setup.service_id, hours_later(2))

    with told() as seen:
        assert archive(RULE, daily, version=1, by=olga, now=NOW) == 2
        with pytest.raises(Archived):
            change_rule(rule_id=daily, setup=setup, version=2, by=olga, now=NOW)
    book(setup.service_id, hours_later(2))

    assert (list_usage(daily), seen.kinds) == ([], [("rule.archived", daily)])
    assert daily not in [each.id for each in list_rule_entries()]
    assert [each.id for each in list_rule_entries(is_active=False)] == [daily]
    assert restore(RULE, daily, version=2, by=olga, now=NOW) == 3
    assert restore(RULE, daily, version=3, by=olga, now=NOW) == 3
    assert (get_rule_entry(rule_id=daily).is_active, list_usage(daily)) == (True, [(3, 3)])
    with pytest.raises(SlotTaken):
        book(setup.service_id, hours_later(4))


def test_rule_of_an_archived_thing_can_still_be_changed(olga, tenant):
    person = Resource.objects.first()
    setup = RuleSetup(scope=RuleScope.RESOURCE, period=RulePeriod.WEEK, limit=5, resource_id=person.pk)
    made = create_rule(setup=setup, by=olga, now=NOW)
    Resource.objects.filter(pk=person.pk).update(is_active=False)

    assert change_rule(rule_id=made, setup=replace(setup, limit=6), version=1, by=olga, now=NOW) == 2


def test_rule_that_counted_is_not_deleted(olga, setup, daily, told, read_log):
    with told() as seen:
        unused = create_rule(setup=setup, by=olga, now=NOW)
        delete_rule(rule_id=unused, by=olga, now=NOW)
    assert seen.kinds == [("rule.created", unused), ("rule.deleted", unused)]
    assert read_log("rule", unused)[0][3]["limit"] == (2, None)

    book(setup.service_id)
    with pytest.raises(StillUsed) as refusal:
        delete_rule(rule_id=daily, by=olga, now=NOW)

    assert refusal.value.uses == {"bookings": 1}
    assert get_rule_entry(rule_id=daily).is_active


def test_unknown_rule_is_not_made_up(olga, setup):
    """It was: saving a rule by an unknown id made a new one."""
    count = CapacityRule.objects.count()
    for work in (
        lambda: get_rule_entry(rule_id=GHOST),
        lambda: change_rule(rule_id=GHOST, setup=setup, version=None, by=olga, now=NOW),
        lambda: archive(RULE, GHOST, version=None, by=olga, now=NOW),
        lambda: restore(RULE, GHOST, version=None, by=olga, now=NOW),
        lambda: delete_rule(rule_id=GHOST, by=olga, now=NOW),
    ):
        with pytest.raises(RuleNotFound):
            work()

    assert CapacityRule.objects.count() == count


def test_rule_next_door_is_out_of_reach(olga, setup, daily, next_door):
    def look():
        return list(CapacityRule.objects.order_by("pk").values_list("pk", "limit", "version"))

    def reach_over():
        assert daily not in [pk for pk, *_ in look()]
        with pytest.raises(RuleNotFound):
            archive(RULE, daily, version=None, by=olga, now=NOW)

    before = next_door(look)
    next_door(reach_over)

    assert next_door(look) == before
