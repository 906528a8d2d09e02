"""Counting calls in windows of fixed length; the count lives in the shared cache."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache


def count_call(*, scope: str, ident: str, limit: int, seconds: int) -> float | None:
    """Count one call of ``ident``; return None when it is within ``limit`` per ``seconds``, else the seconds to wait.

    A cache that is down counts nothing: it lets everybody through.
    """
    window = int(time.time()) // seconds
    digest = hashlib.sha256(ident.encode()).hexdigest()[:32]
    key = f"throttle:{scope}:{window}:{digest}"
    cache.add(key, 0, timeout=seconds * 2)
    try:
        count = cache.incr(key)
    except ValueError:  # the key went away in between: Redis was restarted
        return None
    return None if count <= limit else (window + 1) * seconds - time.time()
