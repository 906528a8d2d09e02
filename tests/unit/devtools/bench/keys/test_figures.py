"""What a round says, and callers in equal steps."""

from __future__ import annotations

from devtools.bench.keys.callers import list_turns
from devtools.bench.keys.command import Round, describe


def test_round_says_how_many_times_longer_the_neighbor_waits():
    found = Round(without_ms=20.0, with_ms=30.0, calls_a_minute=1000.0)

    assert found.ratio == 1.5
    assert describe(found) == (
        "neighbor's p95   20.0 ms without,   30.0 ms with the calls   ratio 1.50   1000 calls a minute"
    )


def test_turns_are_equal_however_long_one_takes():
    now, slept = [10.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    turns = []
    for due in list_turns(0.5, 2.0, clock=lambda: now[0], sleep=sleep):
        turns.append(due)
        now[0] += 0.75 if len(turns) == 1 else 0.125

    assert turns == [10.0, 10.5, 11.0, 11.5]
    assert slept == [0.0, 0.0, 0.125, 0.375]
