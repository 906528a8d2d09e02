"""Counting calls in windows, and what someone holds at a time; the counts live in the shared cache."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache


def count_call(*, scope: str, ident: str, limit: int, seconds: int) -> float | None:
    """Count one call of ``ident``; return None when it is within ``limit`` per ``seconds``, else the seconds to wait.

    A cache that is down counts nothing: it lets everybody through.
    """
    window = int(time.time()) // seconds
    key = f"throttle:{scope}:{window}:{_digest(ident)}"
    cache.add(key, 0, timeout=seconds * 2)
    try:
        count = cache.incr(key)
    except ValueError:  # the key went away in between: Redis was restarted
        return None
    return None if count <= limit else (window + 1) * seconds - time.time()


def count_open(*, scope: str, ident: str) -> int:
    """Return how many things ``ident`` keeps open; 0 when the cache is down."""
    return int(cache.get(_open_key(scope, ident), 0))


def note_opened(*, scope: str, ident: str, seconds: int) -> None:
    """Count one more open thing; forgotten ``seconds`` after the last one was opened."""
    key = _open_key(scope, ident)
    cache.add(key, 0, timeout=seconds)
    try:
        cache.incr(key)
    except ValueError:  # the key went away in between
        return
    cache.touch(key, timeout=seconds)


def note_closed(*, scope: str, ident: str) -> None:
    """Count one open thing less; never below none."""
    key = _open_key(scope, ident)
    if int(cache.get(key, 0)) > 0:
        try:
            cache.decr(key)
        except ValueError:  # the key went away in between
            return


def _open_key(scope: str, ident: str) -> str:
    return f"open:{scope}:{_digest(ident)}"


def _digest(ident: str) -> str:
    return hashlib.sha256(ident.encode()).hexdigest()[:32]
