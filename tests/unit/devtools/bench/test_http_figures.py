"""What ``./dev bench http`` makes of its rounds."""

from __future__ import annotations

import pytest

from devtools.bench.callers.traffic import Passage
from devtools.bench.http import KINDS, Measured, summarize
from devtools.bench.serving import Spent, name_database, number_redis

PAGE = next(kind for kind in KINDS if kind.name == "first_page")


def measured(*, requests: int, seconds: float, server: float = 0.0) -> Measured:
    return Measured(Passage(requests, seconds, client_seconds=0.0), Spent(server=server, database=0.0, redis=0.0))


def test_a_ratio_is_taken_within_a_round_and_then_the_median():
    pages = [measured(requests=100, seconds=seconds) for seconds in (1.0, 2.0, 8.0)]
    floors = [measured(requests=100, seconds=seconds) for seconds in (0.5, 0.5, 4.0)]

    figures = summarize(PAGE, pages, floors)

    assert figures.ratios == (0.5, 0.25, 0.5)
    assert figures.ratio == 0.5
    assert figures.per_second == 50.0


@pytest.mark.parametrize(("seconds", "is_met"), [(2.4, True), (2.6, False)])
def test_a_goal_is_met_by_the_median_ratio(seconds, is_met):
    figures = summarize(PAGE, [measured(requests=100, seconds=seconds)], [measured(requests=100, seconds=1.0)])

    assert figures.is_met is is_met


def test_cpu_is_counted_for_one_request():
    figures = summarize(PAGE, [measured(requests=400, seconds=1.0, server=2.0)], None)

    assert (figures.server_ms, figures.ratio) == (5.0, None)


def test_every_kind_has_a_floor_of_its_own_or_is_one():
    names = {kind.name for kind in KINDS}
    floors = {kind.name for kind in KINDS if not kind.floor}

    assert {kind.floor for kind in KINDS if kind.floor} == floors <= names


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://turnero@/turnero?host=/tmp/socket&port=5432",
            "postgresql://turnero@/b?host=/tmp/socket&port=5432",
        ),
        ("postgresql://a:b@db.example:5432/turnero", "postgresql://a:b@db.example:5432/b"),
    ],
)
def test_a_checkout_has_a_database_of_its_own(url, expected):
    assert name_database(url, "b") == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix:///tmp/socket/redis.sock?db=0", "unix:///tmp/socket/redis.sock?db=2"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/2"),
    ],
)
def test_a_checkout_has_a_redis_database_of_its_own(url, expected):
    assert number_redis(url, 2) == expected
