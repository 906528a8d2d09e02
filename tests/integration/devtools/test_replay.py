"""Scenario cases through the real services: what a step does to what a case begins with."""

import json
from pathlib import Path

import pytest
from django.db import connection

from devtools.replay.database import run_query, run_steps, set_up
from devtools.replay.scenario_format import load_cases
from tenants.context import tenant_scope

PATH = Path(__file__).parents[2] / "scenarios" / "engine.json"
TEN = "2026-01-14T09:00:00Z"
HELD = {"id": "b", "service": "cut", "start": TEN, "status": "hold", "expires": "2026-01-05T08:05:00Z"}
LATER = "2026-01-05T08:30:00Z"


@pytest.fixture
def stage(tenants, db):
    """Set up the file's first case, changed at its top, in a salon, as replays do."""

    def make(**changes):
        document = json.loads(PATH.read_text(encoding="utf-8"))
        data = document["cases"][0]
        if "steps" in changes:
            del data["query"], data["expected_slots"], data["expected_local"]
        (case,) = load_cases(json.dumps({"schema": document["schema"], "cases": [data | changes]}))
        connection.check_constraints()  # Outside of tests a case begins with nothing pending.
        return set_up(case, tenants["salon"])

    with tenant_scope(tenants["salon"]):
        yield make


def test_a_hold_that_was_there_can_be_confirmed_late(stage):
    steps = [{"op": "confirm", "booking": "b", "now": LATER}, {"op": "book", "service": "cut", "start": TEN}]

    outcome = run_steps(stage(bookings=[HELD | {"resources": ["ana"]}], steps=steps))

    assert outcome == ["accepted", "rejected"]


def test_a_hold_that_was_there_is_not_confirmed_once_its_place_is_taken(stage):
    steps = [
        {"op": "book", "service": "cut", "start": TEN, "now": LATER},
        {"op": "confirm", "booking": "b"},
    ]

    outcome = run_steps(stage(bookings=[HELD | {"resources": ["ana"]}], steps=steps))

    assert outcome == ["accepted", "rejected"]


def test_a_cancelled_booking_is_not_confirmed(stage):
    steps = [
        {"op": "book", "service": "cut", "start": TEN, "as": "x"},
        {"op": "cancel", "booking": "x"},
        {"op": "confirm", "booking": "x"},
    ]

    outcome = run_steps(stage(steps=steps))

    assert outcome == ["accepted", "accepted", "rejected"]


def test_a_hold_that_was_given_back_is_not_confirmed(stage):
    steps = [
        {"op": "book", "service": "cut", "start": TEN, "hold_minutes": 10, "as": "x"},
        {"op": "cancel", "booking": "x"},
        {"op": "confirm", "booking": "x"},
    ]

    outcome = run_steps(stage(steps=steps))

    assert outcome == ["accepted", "accepted", "rejected"]


def test_more_people_than_seats_find_no_start(stage):
    cut = {"duration": 60, "interval": 60, "requires": [{"any_of": ["ana"]}], "seats": 2}
    query = {"service": "cut", "from": "2026-01-14", "to": "2026-01-15"}

    found = [run_query(stage(services={"cut": cut}, query=query | {"units": units})) for units in (2, 3)]

    assert [len(starts) for starts in found] == [8, 0]


def test_a_booking_of_a_resource_outside_the_pools_blocks_it(stage):
    hours = {"weekly": {"wed": [["09:00", "11:00"]]}}
    services = {
        "cut": {"duration": 60, "interval": 60, "requires": [{"any_of": ["ana"]}]},
        "dye": {"duration": 60, "interval": 60, "requires": [{"any_of": ["ben"]}]},
    }
    booking = {"id": "b", "service": "cut", "start": TEN, "resources": ["ben"]}
    query = {"service": "dye", "from": "2026-01-14", "to": "2026-01-15"}

    ready = stage(resources={"ana": hours, "ben": hours}, services=services, bookings=[booking], query=query)

    (start,) = run_query(ready)
    assert start * 60 == 1768377600  # 2026-01-14T08:00:00Z, 09:00 in Madrid


def test_resources_of_parts_are_taken_in_the_order_listed(stage):
    hours = {"weekly": {"wed": [["09:00", "12:00"]]}}
    services = {
        "cut": {"duration": 30, "interval": 30, "requires": [{"any_of": ["ana"]}]},
        "wash": {
            "duration": 60,
            "interval": 60,
            "requires": [{"any_of": ["ana", "ben"], "duration": 30}, {"any_of": ["ben", "ana"]}],
        },
    }
    booking = {"id": "b", "service": "wash", "start": TEN, "resources": ["ana", "ben"]}

    starts = run_query(stage(resources={"ana": hours, "ben": hours}, services=services, bookings=[booking]))

    assert [start - starts[0] for start in starts] == [0, 30, 90, 120, 150]
