"""Kinds of resources: created, changed, archived, restored and deleted through the door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.errors import ChangedMeanwhile
from scheduling.errors import Archived, ResourceTypeNotFound, SetupInvalid, StillUsed
from scheduling.models import ResourceType
from scheduling.selectors.catalog.entries import get_resource_type_entry, list_resource_type_entries
from scheduling.services.catalog.door import archive, reorder, restore
from scheduling.services.catalog.resource_types import NOUN as TYPE
from scheduling.services.catalog.resource_types import (
    change_resource_type,
    create_resource_type,
    delete_resource_type,
)
from scheduling.types import ResourceTypeSetup
from tests.factories.scheduling import NOW, book, make_place, make_resource, make_service

GHOST = 99_999
LATHE = ResourceTypeSetup(name="Torno")


@pytest.fixture
def lathe_id(olga) -> int:
    return create_resource_type(setup=LATHE, by=olga, now=NOW)


def read(resource_type_id):
    return get_resource_type_entry(resource_type_id=resource_type_id, now=NOW)


def test_created_type_is_last_logged_and_told(olga, told, read_log):
    before = ResourceType.objects.order_by("-position").values_list("position", flat=True)[0]

    with told() as seen:
        made = create_resource_type(setup=ResourceTypeSetup(name="  Torno\u200b "), by=olga, now=NOW)

    entry = read(made)
    assert entry.setup == ResourceTypeSetup(name="Torno", position=before + 1)
    assert (entry.version, entry.is_active, entry.coming_bookings) == (1, True, 0)
    assert read_log("resource_type", made) == [("created", "Olga Owner", 1, {})]
    assert seen.kinds == [("resource_type.created", made)]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "x" * 81}, ["name"]),
        ({"name": "a\x00b"}, ["name"]),
        ({"name": "mecánico"}, ["name"]),
        ({"position": -1}, ["position"]),
        ({"name": "", "position": 10**7}, ["name", "position"]),
    ],
)
def test_type_that_cannot_be(olga, lathe_id, values, fields):
    count = ResourceType.objects.count()
    for work in (
        lambda: create_resource_type(setup=replace(LATHE, **{"name": "Otro"} | values), by=olga, now=NOW),
        lambda: change_resource_type(
            resource_type_id=lathe_id, setup=replace(LATHE, **values), version=1, by=olga, now=NOW
        ),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == fields
    assert (ResourceType.objects.count(), read(lathe_id).version) == (count, 1)


def test_changed_type_keeps_its_place_and_says_what_differs(olga, max_, lathe_id, told, read_log):
    place = read(lathe_id).setup.position

    with told() as seen:
        version = change_resource_type(
            resource_type_id=lathe_id,
            setup=ResourceTypeSetup(name="Torno CNC", is_person=True),
            version=1,
            by=max_,
            now=NOW,
        )

    assert read(lathe_id).setup == ResourceTypeSetup(name="Torno CNC", is_person=True, position=place)
    assert version == read(lathe_id).version == 2
    assert read_log("resource_type", lathe_id)[0] == (
        "changed",
        "Max Manager",
        2,
        {"name": ("Torno", "Torno CNC"), "is_person": (False, True)},
    )
    assert seen.kinds == [("resource_type.changed", lathe_id)]


def test_change_of_nothing_writes_nothing(olga, lathe_id, told, read_log):
    with told() as seen:
        version = change_resource_type(resource_type_id=lathe_id, setup=LATHE, version=1, by=olga, now=NOW)

    assert (version, seen.kinds, len(read_log("resource_type", lathe_id))) == (1, [], 1)


def test_second_editor_is_told_what_the_first_one_changed(olga, max_, lathe_id):
    change_resource_type(resource_type_id=lathe_id, setup=replace(LATHE, name="Torno CNC"), version=1, by=max_, now=NOW)

    with pytest.raises(ChangedMeanwhile) as refusal:
        change_resource_type(resource_type_id=lathe_id, setup=replace(LATHE, name="Fresa"), version=1, by=olga, now=NOW)

    (change,) = refusal.value.changes
    assert (refusal.value.version, change.user_name, change.at) == (2, "Max Manager", NOW)
    assert [(each.name, each.old, each.new) for each in change.fields] == [("name", "Torno", "Torno CNC")]
    assert read(lathe_id).setup.name == "Torno CNC"


def test_archived_type_is_not_changed_until_it_is_restored(olga, lathe_id, told, read_log):
    with told() as seen:
        assert archive(TYPE, lathe_id, version=1, by=olga, now=NOW) == 2
        assert archive(TYPE, lathe_id, version=2, by=olga, now=NOW) == 2
        with pytest.raises(Archived):
            change_resource_type(resource_type_id=lathe_id, setup=LATHE, version=2, by=olga, now=NOW)
        assert lathe_id not in [each.id for each in list_resource_type_entries(now=NOW)]
        assert [each.id for each in list_resource_type_entries(now=NOW, is_active=False)] == [lathe_id]
        assert restore(TYPE, lathe_id, version=2, by=olga, now=NOW) == 3

    assert read(lathe_id).is_active
    assert seen.kinds == [("resource_type.archived", lathe_id), ("resource_type.restored", lathe_id)]
    assert [entry[0] for entry in read_log("resource_type", lathe_id)] == ["restored", "archived", "created"]


def test_name_of_an_archived_type_is_free_until_it_comes_back(olga, lathe_id):
    archive(TYPE, lathe_id, version=None, by=olga, now=NOW)
    create_resource_type(setup=LATHE, by=olga, now=NOW)

    with pytest.raises(SetupInvalid) as refusal:
        restore(TYPE, lathe_id, version=None, by=olga, now=NOW)

    assert list(refusal.value.errors) == ["name"]


def test_type_that_resources_are_of_is_neither_archived_nor_deleted(olga, lathe_id):
    make_resource(make_place(), type_name="Torno")

    for work in (
        lambda: archive(TYPE, lathe_id, version=None, by=olga, now=NOW),
        lambda: delete_resource_type(resource_type_id=lathe_id, by=olga, now=NOW),
    ):
        with pytest.raises(StillUsed) as refusal:
            work()
        assert refusal.value.uses == {"resources": 1, "services": 0}
    assert read(lathe_id).is_active


def test_unused_type_is_deleted_and_the_log_keeps_it(olga, lathe_id, told, read_log):
    with told() as seen:
        delete_resource_type(resource_type_id=lathe_id, by=olga, now=NOW)

    assert not ResourceType.objects.filter(pk=lathe_id).exists()
    assert seen.kinds == [("resource_type.deleted", lathe_id)]
    assert read_log("resource_type", lathe_id)[0][:3] == ("deleted", "Olga Owner", 2)
    assert read_log("resource_type", lathe_id)[0][3]["name"] == ("Torno", None)


def test_coming_bookings_are_counted_by_type_in_groups_too(olga):
    place = make_place()
    one, two = (make_resource(place, name, type_name="Torno") for name in ("Uno", "Dos"))
    book(make_service((one,)))
    group = make_service((two,), seats=3)
    for _ in range(2):
        book(group)

    (entry,) = list_resource_type_entries(now=NOW, search="torno")

    assert entry.coming_bookings == 3


def test_types_in_another_order(olga, told):
    ids = [each.id for each in list_resource_type_entries(now=NOW)]

    with told() as seen:
        reorder(TYPE, [ids[1], ids[0], *ids[2:]], by=olga, now=NOW)

    assert [each.id for each in list_resource_type_entries(now=NOW)] == [ids[1], ids[0], *ids[2:]]
    assert seen.kinds == [("resource_type.changed", ids[1]), ("resource_type.changed", ids[0])]


def test_types_are_found_without_accents(tenant):
    assert [each.setup.name for each in list_resource_type_entries(now=NOW, search="MECANICO")] == ["Mecánico"]
    assert list_resource_type_entries(now=NOW, search="nada de esto") == ()


def test_unknown_type(olga):
    named = {"resource_type_id": GHOST, "by": olga, "now": NOW}
    for work in (
        lambda: read(GHOST),
        lambda: change_resource_type(**named, setup=LATHE, version=None),
        lambda: archive(TYPE, GHOST, version=None, by=olga, now=NOW),
        lambda: restore(TYPE, GHOST, version=None, by=olga, now=NOW),
        lambda: delete_resource_type(**named),
        lambda: reorder(TYPE, [GHOST], by=olga, now=NOW),
    ):
        with pytest.raises(ResourceTypeNotFound):
            work()


def test_type_next_door_is_out_of_reach(olga, next_door, lathe_id):
    def look():
        return list(ResourceType.objects.order_by("pk").values_list("pk", "name", "version"))

    def reach_over():
        with pytest.raises(ResourceTypeNotFound):
            change_resource_type(resource_type_id=lathe_id, setup=LATHE, version=None, by=olga, now=NOW)

    before = next_door(look)
    next_door(reach_over)

    assert before
    assert next_door(look) == before
