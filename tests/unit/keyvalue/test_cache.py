"""The shared cache while Redis does not answer."""

from __future__ import annotations

import pytest

from keyvalue.cache import FailOpenRedisCache


@pytest.fixture
def cache(tmp_path):
    return FailOpenRedisCache(f"unix://{tmp_path}/nobody-listens-here", {})


def test_lost_cache_hands_back_the_callers_default(cache):
    history: list[int] = []

    # By position, as allauth's limits do: None instead was a 500 at every sign-in.
    assert cache.get("key", history) is history
    assert cache.get("key", default=history) is history
    assert cache.get("key") is None
    assert cache.get_or_set("key", 5) == 5


def test_lost_cache_refuses_nobody(cache):
    cache.set("key", 1)

    assert (cache.add("key", 0), cache.incr("key"), cache.delete("key")) == (True, 1, False)


def test_lost_cache_is_left_alone_for_a_moment(cache, monkeypatch):
    tried = []
    monkeypatch.setattr(type(cache._cache), "get_client", lambda self, *args, **kwargs: tried.append(1) or _refuse())

    other = FailOpenRedisCache(cache._servers[0], {})  # each thread, so each request, has its own

    assert [cache.get("key"), other.get("key"), other.add("key", 0)] == [None, None, True]
    assert len(tried) == 1


def _refuse():
    raise ConnectionError
