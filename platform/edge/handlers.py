"""How a request gets from the ASGI server to its view."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler

from edge.memory import SETTLED_AFTER, settle
from edge.problems import is_fit, make_problem_of
from edge.turns import Turns
from tenants.services.connections import release_connections

KEPT_THREADS = 32
"""Idle ones; a burst or many open boards may need more for a while."""
ENOUGH = 1 << 16
"""Bytes of a file that are read at a time, before they are sent."""


class OneThreadHandler(ASGIHandler):
    """Django's ASGI handler, which takes each request into its thread once, and out of it once.

    Middleware of ours works in the thread that owns the database connection. Around such
    middleware Django's handler goes back to the event loop before each ``process_view`` and before
    the view, and into the same thread again: for synchronous views that is more than a bare view
    costs. Here everything between server and view runs in that one thread, failures as well. An
    asynchronous view still runs in the event loop.

    Threads are kept for later requests, one request at a time in each, as servers for WSGI do:
    Django's own handler makes and ends one for every request.
    """

    def __init__(self) -> None:
        super().__init__()
        self._idle: list[Executor] = []
        self._requests = 0
        settle()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request in a thread that nobody else uses meanwhile."""
        executor = self._idle.pop() if self._idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=executor):
                await super().__call__(scope, receive, send)
        finally:
            self._requests += 1
            if self._requests in SETTLED_AFTER:
                settle()
            if len(self._idle) < KEPT_THREADS:
                self._idle.append(executor)
            else:
                executor.shutdown(wait=False)

    async def send_response(self, response: Any, send: Any) -> None:
        """Send an answer; a file, ours or a stylesheet, piece by piece: Django would read it whole first, and warn."""
        if response.streaming and not response.is_async:
            response.streaming_content = _read_pieces(iter(response.streaming_content))
        await super().send_response(response, send)

    def create_request(self, scope: Any, body_file: Any) -> tuple[Any, Any]:
        """Make the request; one that nobody can read is refused before any middleware, to programs in their form."""
        request, refusal = super().create_request(scope, body_file)
        if refusal is not None and not is_fit(scope["path"], refusal):
            refusal = make_problem_of(refusal)
        return request, refusal

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        """Put the middleware together as for WSGI, and enter it from the event loop."""
        super().load_middleware(is_async=False)
        chain: Any = self._middleware_chain  # type: ignore[has-type]
        self._middleware_chain = Turns(sync_to_async(chain, thread_sensitive=True))


async def _read_pieces(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield what a synchronous answer has, read in the thread of its request.

    A slow line keeps no connection to the database meanwhile.
    """
    await sync_to_async(release_connections, thread_sensitive=True)()
    while piece := await sync_to_async(_take, thread_sensitive=True)(content):
        yield piece


def _take(content: Iterator[bytes]) -> bytes:
    """Return the next bytes, `ENOUGH` or a little more; none: that was all."""
    pieces: list[bytes] = []
    size = 0
    for piece in content:
        pieces.append(piece)
        size += len(piece)
        if size >= ENOUGH:
            break
    return b"".join(pieces)
