"""Extras of a service through the door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.errors import ChangedMeanwhile
from scheduling.errors import AddOnNotFound, Archived, BookingsInTheWay, SetupInvalid, StillUsed
from scheduling.models import AddOn
from scheduling.selectors.catalog.entries import get_add_on_entry, list_add_on_entries
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.catalog.add_ons import NOUN as ADD_ON
from scheduling.services.catalog.add_ons import (
    change_add_on,
    create_add_on,
    delete_add_on,
)
from scheduling.services.catalog.door import archive, reorder, restore
from scheduling.types import AddOnSetup
from tests.factories.scheduling import NOW, STAFF, book, make_shop

GHOST, HUGE = 99_999, 10**16


@pytest.fixture
def setup(tenant) -> AddOnSetup:
    service_id, _ = make_shop()
    return AddOnSetup(service_id=service_id, name="Lavado", minutes=20, price_minor=15_000)


@pytest.fixture
def wash(olga, setup) -> int:
    return create_add_on(setup=setup, by=olga, now=NOW)


def read(add_on_id):
    return get_add_on_entry(add_on_id=add_on_id, now=NOW)


def change(add_on_id, by, *, version=None, **values):
    setup = replace(read(add_on_id).setup, **values)
    return change_add_on(add_on_id=add_on_id, setup=setup, version=version, by=by, now=NOW)


def test_created_add_on_is_last_logged_and_told(olga, setup, told, read_log):
    with told() as seen:
        made = create_add_on(setup=replace(setup, name=" Lavado "), by=olga, now=NOW)

    assert read(made).setup == replace(setup, position=read(made).setup.position)
    assert read(made).setup.position == max(AddOn.objects.values_list("position", flat=True))
    assert seen.kinds == [("add_on.created", made)]
    assert read_log("add_on", made) == [("created", "Olga Owner", 1, {})]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": HUGE}, "price_minor"),
        ({"position": -1}, "position"),
        ({"service_id": GHOST}, "service_id"),
    ],
)
def test_add_on_that_cannot_be(olga, setup, wash, values, field):
    count = AddOn.objects.count()
    bad = replace(setup, **{"name": "Otro"} | values)
    for work in (
        lambda: create_add_on(setup=bad, by=olga, now=NOW),
        lambda: change_add_on(add_on_id=wash, setup=bad, version=1, by=olga, now=NOW),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == [field]
    assert (AddOn.objects.count(), read(wash).version) == (count, 1)


def test_name_is_one_of_its_service(olga, setup, wash):
    with pytest.raises(SetupInvalid) as refusal:
        create_add_on(setup=replace(setup, name="LAVADO"), by=olga, now=NOW)

    assert list(refusal.value.errors) == ["name"]
    other, _ = make_shop()
    assert create_add_on(setup=replace(setup, service_id=other), by=olga, now=NOW)


def test_add_on_stays_with_its_service(olga, wash):
    other, _ = make_shop()

    with pytest.raises(SetupInvalid) as refusal:
        change(wash, olga, service_id=other)

    assert list(refusal.value.errors) == ["service_id"]


def test_change_says_what_differs_and_the_second_editor_is_told(olga, max_, wash, told, read_log):
    with told() as seen:
        assert change(wash, max_, version=1, price_minor=9) == 2
        assert change(wash, max_, version=2) == 2

    assert read_log("add_on", wash)[0] == ("changed", "Max Manager", 2, {"price_minor": (15_000, 9)})
    assert seen.kinds == [("add_on.changed", wash)]
    with pytest.raises(ChangedMeanwhile):
        change(wash, olga, version=1, minutes=5)
    assert read(wash).setup.minutes == 20


def test_archived_add_on(olga, setup, wash, told):
    with told() as seen:
        assert archive(ADD_ON, wash, version=1, by=olga, now=NOW) == 2
        with pytest.raises(Archived):
            change(wash, olga, minutes=1)
        assert list_add_on_entries(service_id=setup.service_id, now=NOW) == ()
        assert restore(ADD_ON, wash, version=2, by=olga, now=NOW) == 3

    assert [each.id for each in list_add_on_entries(service_id=setup.service_id, now=NOW)] == [wash]
    assert seen.kinds == [("add_on.archived", wash), ("add_on.restored", wash)]


def test_booked_add_on_stays(olga, setup, wash):
    made = book(setup.service_id, add_on_ids=(wash,))

    assert read(wash).coming_bookings == 1
    with pytest.raises(BookingsInTheWay) as refusal:
        archive(ADD_ON, wash, version=None, by=olga, now=NOW)
    assert refusal.value.count == 1

    cancel_booking(booking_id=made.booking_id, reason="Enfermo", now=NOW, by=STAFF)
    with pytest.raises(StillUsed) as used:
        delete_add_on(add_on_id=wash, by=olga, now=NOW)
    assert used.value.uses == {"bookings": 1}
    assert archive(ADD_ON, wash, version=None, by=olga, now=NOW) == 2


def test_unused_add_on_is_deleted_and_the_log_keeps_it(olga, wash, told, read_log):
    with told() as seen:
        delete_add_on(add_on_id=wash, by=olga, now=NOW)

    assert not AddOn.objects.filter(pk=wash).exists()
    assert seen.kinds == [("add_on.deleted", wash)]
    assert read_log("add_on", wash)[0][3]["name"] == ("Lavado", None)


def test_add_ons_in_another_order(olga, setup, wash):
    wax = create_add_on(setup=replace(setup, name="Cera"), by=olga, now=NOW)

    reorder(ADD_ON, [wax, wash], by=olga, now=NOW)

    assert [each.id for each in list_add_on_entries(service_id=setup.service_id, now=NOW)] == [wax, wash]


def test_unknown_add_on(olga, setup):
    named = {"add_on_id": GHOST, "by": olga, "now": NOW}
    for work in (
        lambda: read(GHOST),
        lambda: change_add_on(**named, setup=setup, version=None),
        lambda: archive(ADD_ON, GHOST, version=None, by=olga, now=NOW),
        lambda: restore(ADD_ON, GHOST, version=None, by=olga, now=NOW),
        lambda: delete_add_on(**named),
        lambda: reorder(ADD_ON, [GHOST], by=olga, now=NOW),
    ):
        with pytest.raises(AddOnNotFound):
            work()


def test_add_on_next_door_is_out_of_reach(olga, setup, wash, next_door):
    def look():
        return list(AddOn.objects.order_by("pk").values_list("pk", "name", "version"))

    def reach_over():
        assert wash not in [pk for pk, *_ in look()]
        with pytest.raises(AddOnNotFound):
            change_add_on(add_on_id=wash, setup=setup, version=None, by=olga, now=NOW)

    before = next_door(look)
    next_door(reach_over)

    assert before
    assert next_door(look) == before
