"""Lanes: whenever the count allows it, the pieces exist and never collide."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.engine import split_into_lanes

periods = st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(1, 15)).map(
    lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
)


def count_taken(taken, lane_count, minute):
    return len({lane for lane, start, end in taken if start <= minute < end and lane < lane_count})


@settings(max_examples=300, deadline=None)
@given(st.lists(periods, max_size=10), st.integers(1, 4), st.integers(0, 30), st.integers(1, 20), st.integers(1, 3))
def test_pieces_serve_every_minute_exactly_when_the_count_allows(taken, lane_count, start, length, units):
    end = start + length
    fits = all(count_taken(taken, lane_count, minute) + units <= lane_count for minute in range(start, end))

    pieces = split_into_lanes(taken, lane_count, start, end, units)

    assert (pieces is not None) == fits
    for minute in range(start, end) if pieces is not None else ():
        lanes = [lane for lane, begins, ends in pieces if begins <= minute < ends]
        assert len(lanes) == len(set(lanes)) == units
        assert not any(lane in lanes and begins <= minute < ends for lane, begins, ends in taken)
    assert pieces is None or all(start <= begins < ends <= end for _lane, begins, ends in pieces)


@pytest.mark.parametrize("seed", range(20))
def test_a_resource_filled_by_lanes_reaches_its_count(seed):
    random = Random(seed)
    taken: list[tuple[int, int, int]] = []
    for _ in range(200):
        start = random.randrange(100)
        end, units = start + random.randint(1, 40), random.randint(1, 3)
        fits = all(count_taken(taken, 5, minute) + units <= 5 for minute in range(start, end))
        pieces = split_into_lanes(taken, 5, start, end, units)

        assert (pieces is not None) == fits
        taken += pieces or []
