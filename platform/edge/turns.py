"""Programs of one business take turns, so that those of its neighbors need not wait for them.

All requests of a process share one interpreter: two programs that call at once leave a third request a third of it.
Of the calls that carry a key each business therefore has one at work in a process; the next waits outside, without a
thread or a connection. People's requests and programs of other businesses pass.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from django.http import HttpRequest, HttpResponseBase

KEY = "bearer "
PATIENCE_SECONDS = 2.0
"""Who waited for so long goes on beside the others: a call that hangs holds nobody up for good."""

Answer = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class Turns:
    """Answers requests by ``answer``, of each host one call with a key at a time."""

    def __init__(self, answer: Answer, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._answer = answer
        self._patience_seconds = patience_seconds
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer when it is this request's turn; its body has been read already."""
        if not request.headers.get("Authorization", "").lower().startswith(KEY):
            return await self._answer(request)
        # Of a strange spelling the others do not hear: it has turns of its own, and is refused by its view.
        turn = self._turns.setdefault(request.headers.get("Host", "").lower(), asyncio.Lock())
        try:
            await asyncio.wait_for(turn.acquire(), self._patience_seconds)
        except TimeoutError:
            return await self._answer(request)
        try:
            return await self._answer(request)
        finally:
            turn.release()
