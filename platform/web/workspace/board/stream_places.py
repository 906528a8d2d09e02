"""How many live streams one person has: one more ends the oldest.

The oldest, not the newest, gives way: a phone that lost its network leaves streams behind that
nobody reads, and must not wait for them. Kept in the process, whose sockets are what is scarce,
so nothing is left of it when the process dies.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import contextmanager, suppress

MAX_STREAMS = 5
"""Per person and process; a browser without HTTP/2 opens six connections to a host, and pages need one."""

_taken: dict[Hashable, list[asyncio.Event]] = {}


@contextmanager
def take_place(person: Hashable) -> Iterator[asyncio.Event]:
    """Hold one of the person's places in the block; the event is set when a newer stream takes it over."""
    mine = asyncio.Event()
    places = _taken.setdefault(person, [])
    places.append(mine)
    for oldest in places[:-MAX_STREAMS]:
        oldest.set()
        places.remove(oldest)
    try:
        yield mine
    finally:
        with suppress(ValueError):  # taken over
            places.remove(mine)
        if not places and _taken.get(person) is places:
            _taken.pop(person, None)


async def follow_until(end: asyncio.Event, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pass ``events`` on until they are over or ``end`` is set, also while the next one is awaited."""
    ending = asyncio.ensure_future(end.wait())
    step: asyncio.Future[bytes] | None = None
    try:
        while not end.is_set():
            step = asyncio.ensure_future(_take_next(events))
            await asyncio.wait({step, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not step.done() or not (event := step.result()):
                return
            yield event
    finally:
        ending.cancel()
        if step is not None and not step.done():
            step.cancel()
            # Until the source has let go of what it holds.
            await asyncio.wait({step})


async def _take_next(events: AsyncIterator[bytes]) -> bytes:
    """Return the next event, or nothing at the end: a task cannot raise StopAsyncIteration well."""
    return await anext(events, b"")
