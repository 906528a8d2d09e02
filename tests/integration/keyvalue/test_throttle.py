"""Counting in Redis: each limit by itself, all of them in one round trip, and open doors while Redis is down."""

from __future__ import annotations

import threading

import pytest
import redis
from django.core.cache import cache, caches

from keyvalue import throttle
from keyvalue.client import connect
from keyvalue.throttle import Call, close_one, count_calls, open_one

NOW = 1_800_000_010.0
"""Ten seconds after the beginning of a minute, and of an hour."""


@pytest.fixture(autouse=True)
def clean(tenant, monkeypatch):
    cache.clear()
    monkeypatch.setattr(throttle.time, "time", lambda: NOW)


@pytest.fixture
def no_redis(settings):
    settings.REDIS_URL = "unix:///nonexistent/redis.sock"


def ask(ident: str, *, limit: int = 2, seconds: int = 60) -> Call:
    return Call("test", ident, limit=limit, seconds=seconds)


def test_a_call_over_the_limit_waits_for_the_end_of_the_window():
    answers = [count_calls([ask("a")]) for _ in range(3)]

    assert answers == [(None,), (None,), (50.0,)]


def test_each_limit_counts_and_refuses_by_itself():
    mixed = [ask("a", limit=1), ask("b", limit=3), ask("c", limit=1, seconds=3600)]

    answers = [count_calls(mixed) for _ in range(2)]

    assert answers == [(None, None, None), (50.0, None, 3590.0)]
    assert [count_calls([ask("b", limit=3)]) for _ in range(2)] == [(None,), (50.0,)]


def test_the_next_window_begins_at_none(monkeypatch):
    for _ in range(3):
        count_calls([ask("a")])
    monkeypatch.setattr(throttle.time, "time", lambda: NOW + 50)

    assert count_calls([ask("a")]) == (None,)


def test_counts_end_with_their_window(tenant):
    count_calls([ask("a"), ask("b", seconds=3600)])

    client = connect(cache._servers[0])
    kept = sorted(client.ttl(key) for key in client.keys(f"{tenant.schema_name}:*throttle:*"))
    assert kept == [120, 7200]


def test_a_name_is_not_readable_in_redis(tenant):
    count_calls([ask("ana@example.com")])

    keys = connect(cache._servers[0]).keys("*throttle*")
    assert len(keys) == 1
    assert b"ana" not in keys[0]


def test_any_number_of_limits_takes_one_round_trip(assert_redis_round_trips):
    count_calls([ask("warm")])

    with assert_redis_round_trips(1):
        count_calls([ask(ident) for ident in "abcdef"])


def test_one_visitor_keeps_as_much_as_the_limit_says():
    keep = {"scope": "test", "ident": "a", "limit": 2, "seconds": 60}

    assert [open_one(**keep) for _ in range(3)] == [True, True, False]
    close_one(scope="test", ident="a")
    assert [open_one(**keep) for _ in range(2)] == [True, False]


def test_closing_what_is_not_open_gives_no_credit():
    for _ in range(3):
        close_one(scope="test", ident="a")

    assert [open_one(scope="test", ident="a", limit=1, seconds=60) for _ in range(2)] == [True, False]


def test_opening_takes_one_round_trip(assert_redis_round_trips):
    count_calls([ask("warm")])

    with assert_redis_round_trips(1):
        open_one(scope="test", ident="a", limit=1, seconds=60)


@pytest.mark.usefixtures("no_redis")
def test_a_redis_that_is_down_lets_everybody_through():
    assert [count_calls([ask("a", limit=0), ask("b", limit=0)]) for _ in range(2)] == [(None, None)] * 2
    assert open_one(scope="test", ident="a", limit=0, seconds=60)
    close_one(scope="test", ident="a")


def test_every_thread_asks_over_the_same_connections():
    """Django makes a cache for each thread; a connection for each would cost more than what is asked over it."""
    clients: list[redis.Redis] = []

    def ask_cache() -> None:
        clients.append(caches["default"]._cache.get_client("key"))

    threads = [threading.Thread(target=ask_cache) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clients == [connect(cache._servers[0])] * 3
