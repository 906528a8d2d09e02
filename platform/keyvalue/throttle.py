"""Counting in Redis what the setting ``LIMITS`` limits; one round trip for everything that is asked at once.

The counts lie beside the shared cache, under keys that carry the schema as the cache's do. A Redis
that is down counts nothing: it lets everybody through. What must hold then as well is counted in
PostgreSQL (``tenants.services.counts``).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from redis.client import Pipeline

from kernel.limits import DAY, Ask, Limit
from keyvalue.client import ask

LONGEST_SECONDS = 2 * DAY
"""For so long a key of what stands open is kept: longer than anything stands open."""


@dataclass(frozen=True, slots=True)
class _Window:
    """So many times until the window ends; windows of one length begin together."""

    limit: Limit
    key: str
    ends_at: float

    def add(self, pipe: Pipeline) -> int:
        pipe.set(self.key, 0, ex=self.limit.seconds * 2, nx=True)
        pipe.incr(self.key)
        return 2

    def find_wait(self, answers: Sequence[Any], now: float) -> float | None:
        return None if int(answers[1]) <= self.limit.size else self.ends_at - now

    def take_back(self, pipe: Pipeline) -> None:
        pipe.decr(self.key)
        pipe.expire(self.key, self.limit.seconds * 2)  # the window may have ended: then the key is new


@dataclass(frozen=True, slots=True)
class _Opening:
    """So many at the same time; a sorted set of random names by the instant at which each is forgotten."""

    limit: Limit
    key: str
    ends_at: float
    name: str = field(default_factory=lambda: secrets.token_hex(8))

    def add(self, pipe: Pipeline) -> int:
        pipe.zremrangebyscore(self.key, "-inf", self.ends_at - self.limit.seconds)
        pipe.zadd(self.key, {self.name: self.ends_at})
        pipe.expire(self.key, LONGEST_SECONDS)
        pipe.zcard(self.key)
        pipe.zrange(self.key, 0, 0, withscores=True)
        return 5

    def find_wait(self, answers: Sequence[Any], now: float) -> float | None:
        if int(answers[3]) <= self.limit.size:
            return None
        ((_, first_ends_at),) = answers[4]
        return float(first_ends_at) - now

    def take_back(self, pipe: Pipeline) -> None:
        pipe.zrem(self.key, self.name)


def get_limit(name: str) -> Limit:
    """Return a limit of the setting ``LIMITS``.

    Raises:
        KeyError: There is none of that name.
    """
    limit: Limit = settings.LIMITS[name]
    return limit


def ask_limits(asks: Sequence[Ask]) -> dict[str, float]:
    """Count everything that is asked, and return the limits that are full; none: it may happen.

    Each full limit comes with the seconds until it has room again. What was to stand open is then not
    counted; calls are, also those of a limit that was not full.
    """
    now = time.time()
    counters = [_make_counter(each, now) for each in asks]

    def count(client: redis.Redis) -> list[float | None]:
        with client.pipeline(transaction=False) as pipe:
            lengths = [counter.add(pipe) for counter in counters]
            answers = pipe.execute()
        waits: list[float | None] = []
        for counter, length in zip(counters, lengths, strict=True):
            waits.append(counter.find_wait(answers[:length], now))
            answers = answers[length:]
        return waits

    nobody_waits: list[float | None] = [None] * len(counters)
    waits = ask(count, otherwise=nobody_waits)
    full = {asked.limit: wait for asked, wait in zip(asks, waits, strict=True) if wait is not None}
    openings = [counter for counter in counters if isinstance(counter, _Opening)]
    if full and openings:
        _take_back(openings)
    return full


def take_back_calls(asks: Sequence[Ask]) -> None:
    """Count calls less that turned out not to count; only within the window in which they were counted."""
    _take_back([_make_counter(each, time.time()) for each in asks])


def forget_calls(asks: Sequence[Ask]) -> None:
    """Begin at none again, for calls of the present window."""
    keys = [_make_counter(each, time.time()).key for each in asks]
    ask(lambda client: client.delete(*keys), otherwise=None)


def close_one(closing: Ask) -> None:
    """Count one open thing less: the one that would be forgotten first; never below none."""
    key = _make_counter(closing, time.time()).key
    ask(lambda client: client.zpopmin(key), otherwise=None)


def prolong_one(opening: Ask, *, seconds: float) -> None:
    """Count one open thing for ``seconds`` from now on, in place of the one that would be forgotten first."""
    counter = _Opening(get_limit(opening.limit), _make_counter(opening, 0).key, time.time() + seconds)

    def prolong(client: redis.Redis) -> None:
        with client.pipeline(transaction=False) as pipe:
            pipe.zpopmin(counter.key)
            pipe.zadd(counter.key, {counter.name: counter.ends_at})
            pipe.expire(counter.key, LONGEST_SECONDS)
            pipe.execute()

    ask(prolong, otherwise=None)


def _take_back(counters: Sequence[_Window | _Opening]) -> None:
    def take(client: redis.Redis) -> None:
        with client.pipeline(transaction=False) as pipe:
            for counter in counters:
                counter.take_back(pipe)
            pipe.execute()

    ask(take, otherwise=None)


def _make_counter(asked: Ask, now: float) -> _Window | _Opening:
    limit = get_limit(asked.limit)
    if limit.is_open:
        return _Opening(limit, _make_key(limit, "open", asked.ident), now + limit.seconds)
    window = int(now) // limit.seconds
    return _Window(limit, _make_key(limit, f"throttle:{window}", asked.ident), float((window + 1) * limit.seconds))


def _make_key(limit: Limit, kind: str, ident: str) -> str:
    key = f"{kind}:{limit.name}:{hashlib.sha256(ident.encode()).hexdigest()[:32]}"
    return f"shared:{key}" if limit.is_shared else str(cache.make_key(key))
