"""The engine against the minute-by-minute oracle, on random worlds.

``./dev drill worlds`` takes ten times as many; a failure prints the seed of its world.
"""

import os
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devtools.drill.worlds import COUNT_VARIABLE
from scheduling.engine import (
    Busy,
    Strategy,
    explain,
    find_next_free,
    find_slots,
    is_offered,
    list_candidates,
    needed_range,
)
from tests.property.scheduling.oracle import Oracle
from tests.property.scheduling.worlds import World, make_world

RANDOM_WORLDS = int(os.environ.get(COUNT_VARIABLE, "240"))
FIRST_SEED = 20260101

RELAXED = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def ask_oracle(world: World) -> list[tuple[int, int | None]]:
    return Oracle(world).list_slots()


def ask_engine(world: World) -> list[tuple[int, int | None]]:
    slots = find_slots(world.snapshot, world.visit, world.first, world.last, world.units)
    return [(slot.start_minute, slot.seats_left) for slot in slots]


def sample_starts(world: World, offered: list[int]) -> list[int]:
    """Some starts that are offered, and some that may not be."""
    random = Random(world.first)
    anywhere = [random.randrange(world.first, world.last) for _ in range(6)]
    return random.sample(offered, min(3, len(offered))) + anywhere + [start + 1 for start in offered[:2]]


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RANDOM_WORLDS))
def test_find_slots_agrees_with_the_oracle_on_seeded_worlds(seed):
    world = make_world(Random(seed))

    assert ask_engine(world) == ask_oracle(world)


@RELAXED
@given(st.randoms(use_true_random=False))
def test_find_slots_agrees_with_the_oracle_on_shrinkable_worlds(random):
    world = make_world(random)

    assert ask_engine(world) == ask_oracle(world)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RANDOM_WORLDS, 3))
def test_candidates_are_every_way_that_the_oracle_finds(seed):
    world = make_world(Random(seed))
    oracle = Oracle(world)
    offered = [
        slot.start_minute for slot in find_slots(world.snapshot, world.visit, world.first, world.last, world.units)
    ]

    for start in sample_starts(world, offered):
        for strategy in Strategy:
            candidates = list(list_candidates(world.snapshot, world.visit, start, world.units, strategy=strategy))

            found = [
                (
                    frozenset((item.part_index, item.resource_id) for item in candidate.assignments),
                    candidate.joins_session,
                )
                for candidate in candidates
            ]
            ways = [way for way in oracle.list_ways(start) if oracle.has_room(start, way[3])]
            wanted = {(way[0], way[1] is not None) for way in ways}
            assert len(found) == len(set(found))
            assert _forget_parts_of_sessions(set(found)) == _forget_parts_of_sessions(wanted)


def _forget_parts_of_sessions(ways):
    """Who does what in a running session was settled when it began."""
    return {(frozenset(owner for _, owner in places) if joins else places, joins) for places, joins in ways}


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RANDOM_WORLDS, 3))
def test_explain_gives_reasons_exactly_when_not_offered(seed):
    world = make_world(Random(seed))
    slots = find_slots(world.snapshot, world.visit, world.first, world.last, world.units)
    offered = {slot.start_minute for slot in slots}

    for start in sample_starts(world, sorted(offered)):
        explanation = explain(world.snapshot, world.visit, start, world.units)

        assert explanation.is_offered == (start in offered)
        assert bool(explanation.reasons) == (start not in offered)
        assert is_offered(world.snapshot, world.visit, start, world.units) == (start in offered)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RANDOM_WORLDS, 3))
def test_find_next_free_is_the_first_slot(seed):
    world = make_world(Random(seed))
    horizon = world.first + 20 * 1440
    slots = find_slots(world.snapshot, world.visit, world.first, horizon, world.units)

    found = find_next_free(world.snapshot, world.visit, world.first, horizon, world.units)

    assert found == (slots[0] if slots else None)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RANDOM_WORLDS, 3))
def test_a_window_is_the_sum_of_its_pieces(seed):
    world = make_world(Random(seed))
    middle = world.first + (world.last - world.first) // 3

    pieces = [ask_engine(replace(world, last=middle)), ask_engine(replace(world, first=middle))]

    assert pieces[0] + pieces[1] == ask_engine(world)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RANDOM_WORLDS, 3))
def test_what_lies_outside_the_needed_range_changes_nothing(seed):
    world = make_world(Random(seed))
    first, last = needed_range(world.visit, world.first, world.last)
    loaded = replace(
        world.snapshot,
        busy=Busy.of(row for row in world.snapshot.busy.rows() if row[1] < last and row[2] > first),
        sessions=tuple(
            session
            for session in world.snapshot.sessions
            if any(start < last and end > first for _owner, start, end in session.occupied)
        ),
    )

    assert ask_engine(replace(world, snapshot=loaded)) == ask_engine(world)
