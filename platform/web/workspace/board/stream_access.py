"""Whether those who listen may still listen: looked up for all streams of the process at once.

A stream ends when anything about its listener has changed since it began: the account, the role,
the password, the session, the state of the business. The browser comes back by itself and is asked
again. While the database does not answer nothing can happen that a stream could tell, so streams stay.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async

from accounts.selectors.presence import find_absent, find_new_home
from accounts.types import Presence
from kernel.clock import utc_now
from tenants.services.connections import release_connections

RECHECK_SECONDS = 2.0


@dataclass(slots=True, eq=False)
class Watch:
    """One stream; ``end`` is set when its listener may not listen any more, and ``is_lost`` says so."""

    listener: Presence
    end: asyncio.Event
    is_lost: bool = False


@dataclass(slots=True)
class _Rounds:
    task: asyncio.Task[None] | None = None
    watches: set[Watch] = field(default_factory=set)


_rounds: dict[AbstractEventLoop, _Rounds] = {}


@contextmanager
def watch(listener: Presence, end: asyncio.Event, *, seconds: float = RECHECK_SECONDS) -> Iterator[Watch]:
    """Look every ``seconds`` in the block whether the listener still may; the first stream of a loop says how often."""
    loop = asyncio.get_running_loop()
    rounds = _rounds.setdefault(loop, _Rounds())
    mine = Watch(listener, end)
    rounds.watches.add(mine)
    if rounds.task is None or rounds.task.done():
        # In a context of its own: it is nobody's request, and enters no tenant.
        rounds.task = loop.create_task(_look_around(rounds.watches, seconds), context=Context())
    try:
        yield mine
    finally:
        rounds.watches.discard(mine)
        if not rounds.watches:
            rounds.task.cancel()
            _rounds.pop(loop, None)


def find_lost(listeners: Collection[Presence]) -> frozenset[Presence]:
    """Return those of whom something has changed; reads the database, so it must not run in the event loop."""
    try:
        return find_absent(listeners, now=utc_now())
    finally:
        release_connections()


def look_for_new_home(listener: Presence) -> str:
    """Return where the business is now if its address was changed, else nothing; reads the database as above."""
    try:
        return find_new_home(listener)
    finally:
        release_connections()


async def _look_around(watches: set[Watch], seconds: float) -> None:
    try:
        while True:
            await asyncio.sleep(seconds)
            asked = tuple(watches)
            lost = await sync_to_async(find_lost, thread_sensitive=False)({each.listener for each in asked})
            _end(each for each in asked if each.listener in lost)
    finally:
        # Whatever ended this: nobody listens unwatched.
        _end(watches)


def _end(watches: Iterable[Watch]) -> None:
    for each in watches:
        each.is_lost = True
        each.end.set()
