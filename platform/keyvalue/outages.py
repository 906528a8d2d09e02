"""A server that does not answer is left alone for a moment, by everything in this process that asks it.

One request asks Redis in several places. Without this, each would wait for its own timeout when
Redis hangs; with it, one place in one request waits, and everybody else goes on without Redis.
"""

from __future__ import annotations

import time
from threading import Lock

REST_SECONDS = 2.0

_rests_until: dict[str, float] = {}
_lock = Lock()


def may_ask(server: str) -> bool:
    """Tell whether to ask the server at this address; when its rest is over, one caller tries for all."""
    if server not in _rests_until:
        return True
    with _lock:
        now = time.monotonic()
        if now < _rests_until.get(server, 0.0):
            return False
        _rests_until[server] = now + REST_SECONDS
        return True


def note_answer(server: str) -> None:
    """Say that the server answered: everybody may ask again."""
    _rests_until.pop(server, None)


def note_failure(server: str) -> None:
    """Say that the server did not answer: it rests for `REST_SECONDS`."""
    _rests_until[server] = time.monotonic() + REST_SECONDS


def forget_outages() -> None:
    """Ask every server again."""
    _rests_until.clear()
