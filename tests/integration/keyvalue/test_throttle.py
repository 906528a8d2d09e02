"""Counting in Redis: each limit by itself, all of them in one round trip, and open doors while Redis is down."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.core.cache import cache, caches
from django.db import connection

from kernel.limits import HOUR, Ask, Limit, index_limits
from keyvalue import throttle
from keyvalue.client import connect
from keyvalue.throttle import ask_limits, close_one, forget_calls, prolong_one, take_back_calls

NOW = 1_800_000_010.0
"""Ten seconds after the beginning of a minute, and of an hour."""
A, B, SLOW, OPEN = Ask("quick", "a"), Ask("quick", "b"), Ask("slow", "a"), Ask("open", "a")


@pytest.fixture(autouse=True)
def clean(tenant, settings, monkeypatch):
    cache.clear()
    monkeypatch.setattr(throttle.time, "time", lambda: NOW)
    settings.LIMITS = index_limits(
        Limit("quick", "clicks", "person", 2, 60),
        Limit("slow", "clicks", "person", 1, HOUR),
        Limit("open", "doors", "person", 2, 60, is_open=True),
        Limit("everywhere", "clicks", "person", 2, 60, is_shared=True),
    )


@pytest.fixture
def no_redis(settings):
    settings.REDIS_URL = "unix:///nonexistent/redis.sock"


def test_a_call_over_the_limit_waits_for_the_end_of_the_window():
    answers = [ask_limits([A]) for _ in range(3)]

    assert answers == [{}, {}, {"quick": 50.0}]


def test_each_limit_counts_and_refuses_by_itself():
    answers = [ask_limits([A, SLOW, OPEN]) for _ in range(3)]

    assert answers == [{}, {"slow": 3590.0}, {"quick": 50.0, "slow": 3590.0}]
    assert ask_limits([B]) == {}


def test_the_next_window_begins_at_none(monkeypatch):
    for _ in range(3):
        ask_limits([A])
    monkeypatch.setattr(throttle.time, "time", lambda: NOW + 50)

    assert ask_limits([A]) == {}


def test_counts_end_with_their_window(tenant):
    ask_limits([A, SLOW, OPEN])

    client = connect(cache._servers[0])
    kept = sorted(client.ttl(key) for key in client.keys(f"{tenant.schema_name}:*") if client.ttl(key) > 0)
    assert kept == [120, 7200, 172_800]


def test_a_name_is_not_readable_in_redis():
    ask_limits([Ask("quick", "ana@example.com"), Ask("open", "ana@example.com")])

    keys = connect(cache._servers[0]).keys("*:quick:*") + connect(cache._servers[0]).keys("*:open:*")
    assert len(keys) == 2
    assert not [key for key in keys if b"ana" in key]


def test_any_number_of_limits_takes_one_round_trip(assert_redis_round_trips):
    ask_limits([A])

    with assert_redis_round_trips(1):
        ask_limits([B, SLOW, OPEN, Ask("everywhere", "a")])


def test_one_visitor_keeps_as_much_as_the_limit_says():
    answers = [ask_limits([OPEN]) for _ in range(3)]

    assert answers == [{}, {}, {"open": 60.0}]
    close_one(OPEN)
    assert [ask_limits([OPEN]) for _ in range(2)] == [{}, {"open": 60.0}]


def test_what_stands_open_is_forgotten_one_by_one(monkeypatch):
    ask_limits([OPEN])
    monkeypatch.setattr(throttle.time, "time", lambda: NOW + 40)
    assert [ask_limits([OPEN]) for _ in range(2)] == [{}, {"open": 20.0}]
    monkeypatch.setattr(throttle.time, "time", lambda: NOW + 60)

    assert [ask_limits([OPEN]) for _ in range(2)] == [{}, {"open": 40.0}]


def test_what_stands_open_longer_is_forgotten_later_whatever_is_opened_meanwhile(monkeypatch):
    ask_limits([OPEN])
    prolong_one(OPEN, seconds=200)
    ask_limits([OPEN])
    monkeypatch.setattr(throttle.time, "time", lambda: NOW + 100)
    assert [ask_limits([OPEN]) for _ in range(2)] == [{}, {"open": 60.0}]
    monkeypatch.setattr(throttle.time, "time", lambda: NOW + 199)
    assert [ask_limits([OPEN]) for _ in range(2)] == [{}, {"open": 1.0}]
    monkeypatch.setattr(throttle.time, "time", lambda: NOW + 200)

    assert [ask_limits([OPEN]) for _ in range(2)] == [{}, {"open": 59.0}]


def test_what_another_limit_refuses_does_not_stand_open():
    ask_limits([SLOW])
    for _ in range(5):
        assert ask_limits([SLOW, OPEN]) == {"slow": 3590.0}

    assert [ask_limits([OPEN]) for _ in range(3)] == [{}, {}, {"open": 60.0}]


def test_closing_what_is_not_open_gives_no_credit():
    for _ in range(3):
        close_one(OPEN)

    assert [ask_limits([OPEN]) for _ in range(3)] == [{}, {}, {"open": 60.0}]


def test_of_sixteen_at_once_as_many_pass_as_the_limit_says(tenant):
    def ask_once(asked: Ask) -> bool:
        connection.set_tenant(tenant)  # a thread has a connection of its own; none is opened here
        return not ask_limits([asked])

    with ThreadPoolExecutor(16) as pool:
        passed = {asked.limit: sum(pool.map(ask_once, [asked] * 16)) for asked in (A, OPEN)}

    assert passed == {"quick": 2, "open": 2}


def test_calls_can_be_taken_back_and_forgotten():
    for _ in range(2):
        ask_limits([A])
    take_back_calls([A])
    assert [ask_limits([A]) for _ in range(2)] == [{}, {"quick": 50.0}]

    forget_calls([A])

    assert ask_limits([A]) == {}


def test_a_shared_limit_counts_all_businesses_together(other_tenant):
    everywhere = Ask("everywhere", "a")
    for asked in (A, everywhere):
        for _ in range(2):
            ask_limits([asked])

    before = connection.tenant
    connection.set_tenant(other_tenant)
    next_door = [ask_limits([A]), ask_limits([everywhere])]
    connection.set_tenant(before)

    assert next_door == [{}, {"everywhere": 50.0}]


@pytest.mark.usefixtures("no_redis")
def test_a_redis_that_is_down_lets_everybody_through():
    assert [ask_limits([A, SLOW, OPEN]) for _ in range(4)] == [{}] * 4
    close_one(OPEN)
    take_back_calls([A])
    forget_calls([A])


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
