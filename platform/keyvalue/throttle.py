"""Counting calls in windows, and what someone holds at a time; one round trip for everything that is counted at once.

The counts lie beside the shared cache, under keys that carry the schema as the cache's do. A Redis
that is down counts nothing: it lets everybody through.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

import redis
from django.core.cache import cache

from keyvalue.client import ask


@dataclass(frozen=True, slots=True)
class Call:
    """One call that counts: ``ident`` may make ``limit`` of them per ``seconds`` within ``scope``."""

    scope: str
    ident: str
    limit: int
    seconds: int


def count_calls(calls: Sequence[Call]) -> tuple[float | None, ...]:
    """Count each call, also when another one is over its limit.

    Returns for each None when it is within its limit, else the seconds until its window ends.
    """
    now = time.time()

    def count(client: redis.Redis) -> list[int]:
        with client.pipeline(transaction=False) as pipe:
            for call in calls:
                key = _make_key(f"throttle:{call.scope}:{int(now) // call.seconds}", call.ident)
                pipe.set(key, 0, ex=call.seconds * 2, nx=True)
                pipe.incr(key)
            return pipe.execute()[1::2]

    counts = ask(count, otherwise=[0] * len(calls))
    return tuple(
        None if count <= call.limit else (int(now) // call.seconds + 1) * call.seconds - now
        for call, count in zip(calls, counts, strict=True)
    )


def open_one(*, scope: str, ident: str, limit: int, seconds: int) -> bool:
    """Count one more thing that ``ident`` keeps open; False, and not counted, when it keeps ``limit`` already.

    All are forgotten ``seconds`` after the last one was opened.
    """
    key = _make_key(f"open:{scope}", ident)

    def open_and_count(client: redis.Redis) -> int:
        with client.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, seconds)
            return int(pipe.execute()[0])

    if ask(open_and_count, otherwise=0) <= limit:
        return True
    close_one(scope=scope, ident=ident)
    return False


def close_one(*, scope: str, ident: str) -> None:
    """Count one open thing less; never below none."""
    key = _make_key(f"open:{scope}", ident)

    def close(client: redis.Redis) -> None:
        if client.decr(key) < 0:
            client.delete(key)

    ask(close, otherwise=None)


def _make_key(name: str, ident: str) -> str:
    return cache.make_key(f"{name}:{hashlib.sha256(ident.encode()).hexdigest()[:32]}")
