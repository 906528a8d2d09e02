"""Places through the door: their clock and holidays do not move away from bookings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit.errors import ChangedMeanwhile
from scheduling.errors import Archived, BookingsInTheWay, LastLocation, LocationNotFound, SetupInvalid, StillUsed
from scheduling.models import Location
from scheduling.selectors.catalog.entries import get_location_entry, list_location_entries
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.catalog.door import archive, reorder, restore
from scheduling.services.catalog.locations import NOUN as LOCATION
from scheduling.services.catalog.locations import (
    change_location,
    create_location,
    delete_location,
)
from scheduling.types import LocationSetup
from tests.factories.scheduling import NOW, STAFF, book, make_place, make_resource, make_rule, make_service

GHOST = 99_999
SOUTH = LocationSetup(name="Sucursal Sur", timezone="America/Cancun")
INDEPENDENCE_DAY = datetime(2026, 9, 16, 16, 0, tzinfo=UTC)


@pytest.fixture
def south(olga) -> int:
    return create_location(setup=SOUTH, by=olga, now=NOW)


def read(location_id):
    return get_location_entry(location_id=location_id, now=NOW)


def change(location_id, by, *, version=None, **values):
    setup = replace(read(location_id).setup, **values)
    return change_location(location_id=location_id, setup=setup, version=version, by=by, now=NOW)


def test_every_field_is_kept(olga, told, read_log):
    full = LocationSetup(
        name="Sucursal Norte",
        timezone="America/Tijuana",
        address="Calle 1\nLocal 2",
        phone="+525512345678",
        email="norte@taller.example",
        what_to_bring="Tarjeta de circulación",
        observes_public_holidays=False,
        position=4,
    )

    with told() as seen:
        made = create_location(setup=replace(full, phone="55 1234 5678"), by=olga, now=NOW)

    assert read(made).setup == full
    assert seen.kinds == [("location.created", made)]
    assert read_log("location", made) == [("created", "Olga Owner", 1, {})]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "TALLER"}, "name"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"address": "x" * 301}, "address"),
        ({"phone": "12"}, "phone"),
        ({"email": "nadie"}, "email"),
        ({"what_to_bring": "a\x00"}, "what_to_bring"),
        ({"region": "XX"}, "region"),
        ({"position": -1}, "position"),
    ],
)
def test_location_that_cannot_be(olga, south, values, field):
    count = Location.objects.count()
    bad = replace(SOUTH, **{"name": "Otra"} | values)
    for work in (
        lambda: create_location(setup=bad, by=olga, now=NOW),
        lambda: change_location(location_id=south, setup=bad, version=1, by=olga, now=NOW),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == [field]
    assert (Location.objects.count(), read(south).version) == (count, 1)


def test_region_is_one_of_the_country(olga, tenant, south, monkeypatch):
    spain = replace(tenant, country="ES")
    monkeypatch.setattr("scheduling.services.catalog.locations.current_tenant", lambda: spain)

    assert change(south, olga, region=" md ") == 2
    assert read(south).setup.region == "MD"


def test_change_says_what_differs_and_the_second_editor_is_told(olga, max_, south, told, read_log):
    with told() as seen:
        assert change(south, max_, version=1, address="Calle 2") == 2
        assert change(south, max_, version=2) == 2

    assert read_log("location", south)[0] == ("changed", "Max Manager", 2, {"address": ("", "Calle 2")})
    assert seen.kinds == [("location.changed", south)]
    with pytest.raises(ChangedMeanwhile) as refusal:
        change(south, olga, version=1, name="Sur")
    assert [each.user_name for each in refusal.value.changes] == ["Max Manager"]
    assert read(south).setup.name == "Sucursal Sur"


def test_archived_location(olga, south, told):
    with told() as seen:
        assert archive(LOCATION, south, version=1, by=olga, now=NOW) == 2
        with pytest.raises(Archived):
            change(south, olga, name="Sur")
        assert south not in [each.id for each in list_location_entries(now=NOW)]
        assert restore(LOCATION, south, version=2, by=olga, now=NOW) == 3

    assert read(south).is_active
    assert seen.kinds == [("location.archived", south), ("location.restored", south)]


def test_last_location_stays(olga, south):
    (first,) = Location.objects.exclude(pk=south).values_list("pk", flat=True)
    archive(LOCATION, south, version=None, by=olga, now=NOW)

    with pytest.raises(LastLocation):
        archive(LOCATION, first, version=None, by=olga, now=NOW)

    assert read(first).is_active


def test_last_location_is_not_deleted(olga):
    Location.objects.update(is_active=False)
    alone = create_location(setup=SOUTH, by=olga, now=NOW)

    with pytest.raises(LastLocation):
        delete_location(location_id=alone, by=olga, now=NOW)

    assert read(alone).is_active


def test_coming_bookings_keep_a_location(olga):
    place = make_place()
    made = book(make_service((make_resource(place),)))

    with pytest.raises(BookingsInTheWay) as refusal:
        archive(LOCATION, place, version=None, by=olga, now=NOW)
    assert (refusal.value.count, read(place).coming_bookings) == (1, 1)
    with pytest.raises(BookingsInTheWay) as refusal:
        change(place, olga, timezone="Asia/Tokyo")
    assert (refusal.value.count, refusal.value.field, read(place).setup.timezone) == (1, "timezone", "UTC")

    cancel_booking(booking_id=made.booking_id, reason="Cierra", now=NOW, by=STAFF)
    assert change(place, olga, timezone="Asia/Tokyo") == 2
    assert archive(LOCATION, place, version=2, by=olga, now=NOW) == 3


def test_public_holidays_do_not_close_a_booked_day(olga):
    place = make_place("America/Mexico_City")
    book(make_service((make_resource(place),)), INDEPENDENCE_DAY)

    with pytest.raises(BookingsInTheWay) as refusal:
        change(place, olga, observes_public_holidays=True)

    assert (refusal.value.count, refusal.value.field) == (1, "observes_public_holidays")
    assert not read(place).setup.observes_public_holidays


def test_used_location_is_not_deleted(olga):
    place = make_place()
    made = book(make_service((make_resource(place),)))
    cancel_booking(booking_id=made.booking_id, reason="Cierra", now=NOW, by=STAFF)
    make_rule("location", "day", 3, location_id=place)

    with pytest.raises(StillUsed) as refusal:
        delete_location(location_id=place, by=olga, now=NOW)

    assert refusal.value.uses == {"bookings": 1, "resources": 1, "rules": 1}


def test_unused_location_is_deleted_and_the_log_keeps_it(olga, south, told, read_log):
    with told() as seen:
        delete_location(location_id=south, by=olga, now=NOW)

    assert not Location.objects.filter(pk=south).exists()
    assert seen.kinds == [("location.deleted", south)]
    assert read_log("location", south)[0][3]["timezone"] == ("America/Cancun", None)


def test_locations_in_another_order_and_found_by_words(olga, south):
    change(south, olga, address="Avenida Revolución 7")
    first = next(each.id for each in list_location_entries(now=NOW) if each.id != south)

    reorder(LOCATION, [south, first], by=olga, now=NOW)

    assert [each.id for each in list_location_entries(now=NOW)] == [south, first]
    assert [each.id for each in list_location_entries(now=NOW, search="revolucion")] == [south]


def test_unknown_location(olga):
    named = {"location_id": GHOST, "by": olga, "now": NOW}
    for work in (
        lambda: read(GHOST),
        lambda: change_location(**named, setup=SOUTH, version=None),
        lambda: archive(LOCATION, GHOST, version=None, by=olga, now=NOW),
        lambda: restore(LOCATION, GHOST, version=None, by=olga, now=NOW),
        lambda: delete_location(**named),
        lambda: reorder(LOCATION, [GHOST], by=olga, now=NOW),
    ):
        with pytest.raises(LocationNotFound):
            work()


def test_location_next_door_is_out_of_reach(olga, south, next_door):
    def look():
        return list(Location.objects.order_by("pk").values_list("pk", "name", "version"))

    def reach_over():
        assert south not in [pk for pk, *_ in look()]
        with pytest.raises(LocationNotFound):
            change_location(location_id=south, setup=SOUTH, version=None, by=olga, now=NOW)

    before = next_door(look)
    next_door(reach_over)

    assert before
    assert next_door(look) == before
