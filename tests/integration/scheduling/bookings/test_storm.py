"""A few seconds of the storm; ``./dev bench storm --seconds 60`` is the whole of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from devtools.bench import storm
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.feature_pairs import hold
from tests.factories.scheduling import DETAILS, STAFF, book, make_place, make_resource, make_service

SECONDS, CONNECTIONS = 4, 16


@pytest.mark.slow
def test_storm_overbooks_nothing_and_refuses_nobody_in_vain(scratch_tenant, monkeypatch):
    # A workshop asks for the vehicle.
    monkeypatch.setattr(storm, "DETAILS", DETAILS)

    figures = storm.storm(scratch_tenant, seconds=SECONDS, connections=CONNECTIONS)

    assert storm.is_sound(figures), figures
    assert figures["accepted"] > 0
    assert figures["refused"] > 0


@pytest.fixture
def kinds(tenant):
    place = make_place()
    people = tuple(make_resource(place, f"P{number}") for number in range(2))
    single, group = make_service(people), make_service(people, seats=2)
    return storm.Kind(single, (people,), 60), storm.Kind(group, (people,), 60, seats=2)


def look_again(kind, returns=(), **values):
    log = storm.Log()
    storm._look_again(kind, storm.OPENING, log, began=0, **values)
    if log.full:
        return "full"
    return "returned" if log.suspicions[0].is_explained(returns) else "free"


def test_second_look_tells_full_from_free(kinds):
    single, group = kinds
    log = storm.Log()
    book(group.service_id, storm.OPENING)
    assert (look_again(single, log.returns), look_again(group, log.returns)) == ("free", "free")

    made = book(single.service_id, storm.OPENING)
    # The group still has a seat; nobody else is free.
    assert (look_again(single, log.returns), look_again(group, log.returns)) == ("full", "free")
    hold(group.service_id, storm.OPENING)
    assert (look_again(group, log.returns), look_again(single, log.returns, own=made.booking_id)) == ("full", "free")

    with log.giving_back(storm.Made(single, made.booking_id, storm.OPENING)):
        cancel_booking(booking_id=made.booking_id, reason="x", now=storm.NOW, by=STAFF)
    assert look_again(single, log.returns) == "returned"


def test_second_look_knows_hours_and_moments(kinds):
    single, _ = kinds
    peak = replace(single, most_at_once=1, limited_weekdays=(0,))
    assert look_again(replace(single, last_hour=9)) == "full"
    assert look_again(peak) == "free"

    book(single.service_id, storm.OPENING)

    assert look_again(peak) == "full"
    group = kinds[1]
    assert look_again(replace(group, most_at_once=1)) == "free"


def test_storm_sees_what_was_planted(scratch_tenant, monkeypatch):
    make_kinds = storm.make_kinds

    def make_without_constraint():
        kinds = make_kinds()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE scheduling_allocation DROP CONSTRAINT scheduling_lane_free")
        book(kinds[0].service_id, storm.OPENING)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO scheduling_allocation (booking_id, resource_id, lane_id, part_index, starts_at, ends_at,"
                " is_active, is_override) SELECT booking_id, resource_id, lane_id, 9, starts_at, ends_at, true, false"
                " FROM scheduling_allocation LIMIT 1"
            )
        return kinds

    monkeypatch.setattr(storm, "make_kinds", make_without_constraint)

    figures = storm.storm(scratch_tenant, seconds=0, connections=2)

    assert (figures["over_capacity"], storm.is_sound(figures)) == (1, False)
