from __future__ import annotations

from pathlib import Path

import pytest

from devtools.errors import DevtoolsError
from devtools.servers.embedded import Servers
from devtools.testing.places import Part, make_part, taken_places

STATE = Path("/state/test")
EMBEDDED = Servers(
    database_url="postgresql://turnero@/turnero?host=/state/s&port=5432", redis_url="unix:///state/s/redis.sock?db=0"
)
NAMED = Servers(database_url="postgresql://db.example/x", redis_url="redis://cache.example:6379/4")


def test_process_on_embedded_servers_is_told_apart_by_its_place() -> None:
    part = make_part(EMBEDDED, STATE, number=3, index=0, is_embedded=(True, True))

    assert part == Part(
        Servers(
            database_url="postgresql://turnero@/turnero_3?host=/state/s&port=5432",
            redis_url="unix:///state/s/redis.sock?db=3",
        ),
        STATE / "run-3",
    )
    assert part.variables() == {
        "DATABASE_URL": "postgresql://turnero@/turnero_3?host=/state/s&port=5432",
        "REDIS_URL": "unix:///state/s/redis.sock?db=3",
        "TURNERO_STATE_DIR": "/state/test/run-3",
    }


def test_first_process_uses_named_servers_as_named_and_the_next_ones_follow() -> None:
    first, second = (make_part(NAMED, STATE, number=7, index=at, is_embedded=(False, False)) for at in (0, 1))

    assert first.servers == NAMED
    assert second.servers == Servers(
        database_url="postgresql://db.example/x_1", redis_url="redis://cache.example:6379/5"
    )


@pytest.mark.parametrize(
    ("named", "moved"),
    [
        ("redis://cache.example:6379", "redis://cache.example:6379/2"),
        ("redis://cache.example:6379/", "redis://cache.example:6379/2"),
        ("redis://cache.example:6379/0", "redis://cache.example:6379/2"),
        ("unix:///run/redis-7.sock", "unix:///run/redis-7.sock?db=2"),
        ("unix:///run/redis.sock?db=9", "unix:///run/redis.sock?db=11"),
    ],
)
def test_number_of_a_named_redis_may_be_left_out(named: str, moved: str) -> None:
    servers = Servers(database_url=NAMED.database_url, redis_url=named)

    part = make_part(servers, STATE, number=7, index=2, is_embedded=(False, False))

    assert part.servers.redis_url == moved


def test_runs_at_once_take_different_places_and_give_them_back(tmp_path: Path) -> None:
    with taken_places(tmp_path, count=2) as first:
        with taken_places(tmp_path, count=3) as second:
            assert (first, second) == ([1, 2], [3, 4, 5])
        with taken_places(tmp_path, count=1) as third:
            assert third == [3]
    with taken_places(tmp_path, count=1) as last:
        assert last == [1]


def test_more_processes_than_redis_has_databases_are_refused_and_take_nothing(tmp_path: Path) -> None:
    with taken_places(tmp_path, count=60) as taken:
        assert len(taken) == 60

        with (
            pytest.raises(DevtoolsError, match="60 test processes are running already"),
            taken_places(tmp_path, count=4),
        ):
            pytest.fail("there are 63 places")

        with taken_places(tmp_path, count=3) as rest:
            assert rest == [61, 62, 63]
