"""Resources through the door: what is refused, what bookings keep as it is, what is logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.errors import ChangedMeanwhile
from scheduling.errors import Archived, BookingsInTheWay, ResourceNotFound, SetupInvalid, StillUsed
from scheduling.models import Location, Resource, ResourceLane, ResourceType, WorkingHours
from scheduling.selectors.catalog.entries import get_resource_entry, list_resource_entries
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.catalog.door import archive, reorder, restore
from scheduling.services.catalog.resources import NOUN as RESOURCE
from scheduling.services.catalog.resources import (
    change_resource,
    create_resource,
    delete_resource,
)
from scheduling.services.catalog.services import create_service
from scheduling.types import RequirementSetup, ResourceSetup, ServiceSetup
from tests.factories.feature_pairs import hold, limit_resource
from tests.factories.scheduling import NOW, STAFF, book, hours_later, make_place, make_resource, make_service

GHOST, HUGE = 99_999, 10**12
NEXT_YEAR = NOW + timedelta(days=366)


@pytest.fixture
def setup(tenant) -> ResourceSetup:
    kind = ResourceType.objects.create(name="Persona")
    place = make_place()
    WorkingHours.objects.bulk_create(
        WorkingHours(location_id=place, weekday=weekday, opens_minute=540, closes_minute=1020) for weekday in range(7)
    )
    return ResourceSetup(name="Eva", resource_type_id=kind.pk, location_id=place)


@pytest.fixture
def eva(olga, setup) -> int:
    return create_resource(setup=setup, by=olga, now=NOW)


def read(resource_id, now=NOW):
    return get_resource_entry(resource_id=resource_id, now=now)


def change(resource_id, by, *, version=None, now=NOW, **values):
    setup = replace(read(resource_id).setup, **values)
    return change_resource(resource_id=resource_id, setup=setup, version=version, by=by, now=now)


def test_created_resource_has_lanes_and_is_logged(olga, setup, told, read_log):
    full = replace(
        setup,
        name=" Eva  Luna",
        capacity=3,
        timezone="America/Cancun",
        skills=(" frenos ", "Frenos", "", "gas"),
        email="Eva@Taller.example",
        phone="55 1234 5678",
        color="#1D4ED8",
        is_customer_choosable=True,
        efficiency_percent=120,
        weight=2,
        position=7,
    )

    with told() as seen:
        made = create_resource(setup=full, by=olga, now=NOW)

    entry = read(made)
    assert entry.setup == replace(
        full,
        name="Eva Luna",
        skills=("frenos", "gas"),
        email="eva@taller.example",
        phone="+525512345678",
        color="#1d4ed8",
    )
    assert list(ResourceLane.objects.filter(resource=made).values_list("number", flat=True)) == [1, 2, 3]
    assert seen.kinds == [("resource.created", made)]
    assert read_log("resource", made) == [("created", "Olga Owner", 1, {})]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"resource_type_id": GHOST}, "resource_type_id"),
        ({"location_id": GHOST}, "location_id"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": HUGE}, "capacity"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"skills": ("x" * 61,)}, "skills"),
        ({"skills": ("a\x00",)}, "skills"),
        ({"skills": tuple(map(str, range(51)))}, "skills"),
        ({"email": "eva"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"color": "red"}, "color"),
        ({"efficiency_percent": 0}, "efficiency_percent"),
        ({"efficiency_percent": 501}, "efficiency_percent"),
        ({"weight": -1}, "weight"),
        ({"weight": HUGE}, "weight"),
        ({"position": HUGE}, "position"),
    ],
)
def test_resource_that_cannot_be(olga, setup, eva, values, field):
    count = Resource.objects.count()
    bad = replace(setup, **{"name": "Otra"} | values)
    for work in (
        lambda: create_resource(setup=bad, by=olga, now=NOW),
        lambda: change_resource(resource_id=eva, setup=bad, version=1, by=olga, now=NOW),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == [field]
    assert (Resource.objects.count(), read(eva).version) == (count, 1)


def test_everything_wrong_is_named_at_once(olga, setup):
    with pytest.raises(SetupInvalid) as refusal:
        create_resource(setup=replace(setup, name="", capacity=0, color="x", location_id=GHOST), by=olga, now=NOW)

    assert set(refusal.value.errors) == {"name", "capacity", "color", "location_id"}


def test_name_is_one_of_its_kind_and_place(olga, setup, eva):
    other = make_place()
    with pytest.raises(SetupInvalid) as refusal:
        create_resource(setup=replace(setup, name="EVA"), by=olga, now=NOW)

    assert list(refusal.value.errors) == ["name"]
    assert create_resource(setup=replace(setup, location_id=other), by=olga, now=NOW)


def test_twin_that_was_saved_a_moment_ago_is_refused_by_the_database(olga, setup, eva, monkeypatch):
    monkeypatch.setattr("scheduling.services.catalog.checks.FieldErrors.check_free", lambda *_, **__: None)

    with pytest.raises(SetupInvalid) as refusal:
        create_resource(setup=setup, by=olga, now=NOW)

    assert list(refusal.value.errors) == ["name"]


def test_change_says_what_differs_and_whose_it_is(olga, max_, eva, told, read_log):
    with told() as seen:
        assert change(eva, max_, version=1, name="Eva Luna", capacity=2, skills=("gas",)) == 2
        assert change(eva, max_, version=2) == 2

    assert read_log("resource", eva)[0] == (
        "changed",
        "Max Manager",
        2,
        {"name": ("Eva", "Eva Luna"), "capacity": (1, 2), "skills": ([], ["gas"])},
    )
    assert seen.kinds == [("resource.changed", eva)]
    assert ResourceLane.objects.filter(resource=eva).count() == 2


def test_second_editor_is_told_and_nothing_is_lost(olga, max_, eva):
    change(eva, max_, version=1, name="Eva Luna")
    change(eva, max_, version=2, weight=3)

    with pytest.raises(ChangedMeanwhile) as refusal:
        change(eva, olga, version=1, weight=9)

    assert [
        (each.version, each.user_name, [(field.name, field.old, field.new) for field in each.fields])
        for each in refusal.value.changes
    ] == [(3, "Max Manager", [("weight", 1, 3)]), (2, "Max Manager", [("name", "Eva", "Eva Luna")])]
    assert (read(eva).setup.weight, read(eva).version) == (3, 3)


def test_archived_resource(olga, setup, eva, told):
    with told() as seen:
        assert archive(RESOURCE, eva, version=1, by=olga, now=NOW) == 2
        with pytest.raises(Archived):
            change(eva, olga, name="Eva Luna")
        with pytest.raises(ChangedMeanwhile) as refusal:
            restore(RESOURCE, eva, version=1, by=olga, now=NOW)
        assert [(each.name, each.new) for each in refusal.value.changes[0].fields] == [("is_active", False)]
        assert restore(RESOURCE, eva, version=2, by=olga, now=NOW) == 3

    assert read(eva).setup.name == "Eva"
    assert seen.kinds == [("resource.archived", eva), ("resource.restored", eva)]


def test_resource_of_an_archived_type_or_place_does_not_come_back(olga, setup, eva):
    archive(RESOURCE, eva, version=None, by=olga, now=NOW)
    ResourceType.objects.filter(pk=setup.resource_type_id).update(is_active=False)
    Location.objects.filter(pk=setup.location_id).update(is_active=False)

    with pytest.raises(SetupInvalid) as refusal:
        restore(RESOURCE, eva, version=None, by=olga, now=NOW)

    assert list(refusal.value.errors) == ["resource_type_id", "location_id"]
    assert not read(eva).is_active


def test_resource_whose_type_was_archived_can_still_be_changed(olga, setup, eva):
    ResourceType.objects.filter(pk=setup.resource_type_id).update(is_active=False)

    assert change(eva, olga, name="Eva Luna") == 2


def test_coming_bookings_keep_a_resource_as_it_is(olga, setup, eva):
    change(eva, olga, capacity=2, skills=("gas",))
    make_resource(setup.location_id, "Otra")
    service_id = make_service((eva,))
    skilled = create_service(
        setup=ServiceSetup(name="Gas", duration_minutes=60, requirements=(RequirementSetup(skill="gas"),)),
        by=olga,
        now=NOW,
    )
    other_type = ResourceType.objects.create(name="Torno").pk
    made = [book(service_id), book(service_id), book(skilled, hours_later(2))]
    hold(service_id, hours_later(4))

    assert read(eva).coming_bookings == 4
    for values, field, count in (
        ({"capacity": 1}, "capacity", 1),
        ({"location_id": make_place()}, "location_id", 4),
        ({"skills": ()}, "skills", 1),
    ):
        with pytest.raises(BookingsInTheWay) as refusal:
            change(eva, olga, **values)
        assert (refusal.value.field, refusal.value.count) == (field, count)
    with pytest.raises(BookingsInTheWay) as refusal:
        archive(RESOURCE, eva, version=None, by=olga, now=NOW)
    assert (refusal.value.field, refusal.value.count, str(refusal.value.count) in str(refusal.value)) == ("", 4, True)
    assert (read(eva).version, read(eva).is_active) == (2, True)

    # What is cancelled, and a hold that ended, need it no more.
    for each in made:
        cancel_booking(booking_id=each.booking_id, reason="Enfermo", now=NOW, by=STAFF)
    later = NOW + timedelta(minutes=11)
    assert read(eva, now=later).coming_bookings == 0
    assert change(eva, olga, capacity=1, skills=(), resource_type_id=other_type, now=later) == 3
    assert archive(RESOURCE, eva, version=3, by=olga, now=later) == 4


def test_groups_keep_a_resource_as_it_is(olga, eva):
    service_id = make_service((eva,), seats=5)
    for _ in range(3):
        book(service_id)

    with pytest.raises(BookingsInTheWay) as refusal:
        archive(RESOURCE, eva, version=None, by=olga, now=NOW)

    assert refusal.value.count == read(eva).coming_bookings == 3


def test_past_bookings_hold_nothing_back(olga, eva):
    book(make_service((eva,)))

    assert archive(RESOURCE, eva, version=None, by=olga, now=NEXT_YEAR) == 2


def test_time_zone_moves_no_hours_away_from_bookings(olga, setup, eva):
    person = make_resource(setup.location_id, "Con horario")
    service_id = make_service((person,))
    book(service_id)

    with pytest.raises(BookingsInTheWay) as refusal:
        change(person, olga, timezone="Asia/Tokyo")

    assert (refusal.value.field, refusal.value.count) == ("timezone", 1)
    assert read(person).setup.timezone == ""
    assert change(person, olga, timezone="Africa/Abidjan") == 2  # the same hours


def test_booked_resource_is_not_deleted(olga, eva):
    service_id = make_service((eva,))
    limit_resource(eva, 3)
    made = book(service_id)
    cancel_booking(booking_id=made.booking_id, reason="Enfermo", now=NOW, by=STAFF)

    with pytest.raises(StillUsed) as refusal:
        delete_resource(resource_id=eva, by=olga, now=NOW)

    assert refusal.value.uses == {"bookings": 1, "services": 1, "rules": 1}
    assert read(eva).is_active


def test_unused_resource_is_deleted_and_the_log_keeps_it(olga, eva, told, read_log):
    with told() as seen:
        delete_resource(resource_id=eva, by=olga, now=NOW)

    assert not Resource.objects.filter(pk=eva).exists()
    assert seen.kinds == [("resource.deleted", eva)]
    assert read_log("resource", eva)[0][3]["name"] == ("Eva", None)


def test_resources_in_another_order(olga, setup, eva):
    adam = create_resource(setup=replace(setup, name="Adam"), by=olga, now=NOW)

    reorder(RESOURCE, [adam, eva], by=olga, now=NOW)

    found = list_resource_entries(now=NOW, resource_type_id=setup.resource_type_id)
    assert [(each.id, each.setup.position) for each in found] == [(adam, 0), (eva, 1)]


def test_resources_are_listed_by_place_type_state_and_words(olga, setup, eva):
    change(eva, olga, skills=("Pintura y hojalatería",), email="eva@taller.example")
    away = make_place()
    adam = create_resource(setup=replace(setup, name="Adán", location_id=away), by=olga, now=NOW)
    archive(RESOURCE, adam, version=None, by=olga, now=NOW)

    def ids(**question):
        return [each.id for each in list_resource_entries(now=NOW, **question)]

    assert ids(location_id=setup.location_id) == [eva]
    assert ids(resource_type_id=setup.resource_type_id, is_active=None) == [eva, adam]
    assert ids(search="hojalateria eva") == ids(search="EVA@TALLER") == ids(search="hojaltaeria") == [eva]
    assert ids(search="adan", is_active=False) == [adam]
    assert ids(search="adan") == []


def test_list_asks_the_same_for_one_and_for_many(olga, setup, eva):
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            list_resource_entries(now=NOW)
        counts.append(len(queries))
        for each in range(20):
            create_resource(setup=replace(setup, name=f"R{number}.{each}"), by=olga, now=NOW)

    assert counts == [3, 3]


def test_unknown_resource(olga, setup):
    named = {"resource_id": GHOST, "by": olga, "now": NOW}
    for work in (
        lambda: read(GHOST),
        lambda: change_resource(**named, setup=setup, version=None),
        lambda: archive(RESOURCE, GHOST, version=None, by=olga, now=NOW),
        lambda: restore(RESOURCE, GHOST, version=None, by=olga, now=NOW),
        lambda: delete_resource(**named),
        lambda: reorder(RESOURCE, [GHOST], by=olga, now=NOW),
    ):
        with pytest.raises(ResourceNotFound):
            work()


def test_resource_next_door_is_out_of_reach(olga, setup, eva, next_door):
    def look():
        return list(Resource.objects.order_by("pk").values_list("pk", "name", "version"))

    def reach_over():
        assert eva not in [pk for pk, *_ in look()]
        with pytest.raises(ResourceNotFound):
            change_resource(resource_id=eva, setup=setup, version=None, by=olga, now=NOW)

    before = next_door(look)
    next_door(reach_over)

    assert before
    assert next_door(look) == before


def test_archived_resource_comes_back_changed_at_once(olga, setup, eva):
    archive(RESOURCE, eva, version=None, by=olga, now=NOW)
    ResourceType.objects.filter(pk=setup.resource_type_id).update(is_active=False)
    other_type = ResourceType.objects.create(name="Torno").pk

    def save(**values: object) -> int:
        asked = replace(setup, name="Eva Luna", **values)
        return change_resource(resource_id=eva, setup=asked, version=2, by=olga, now=NOW, is_restored=True)

    with pytest.raises(SetupInvalid) as refusal:
        save()
    assert (list(refusal.value.errors), read(eva).is_active) == (["resource_type_id"], False)

    assert save(resource_type_id=other_type) == 3
    assert (read(eva).is_active, read(eva).setup.name) == (True, "Eva Luna")
