"""How a request gets from the ASGI server to its view."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """Django's ASGI handler, which takes each request into its thread once, and out of it once.

    Middleware of ours works in the thread that owns the database connection. Around such
    middleware Django's handler goes back to the event loop before each ``process_view`` and before
    the view, and into the same thread again: for synchronous views that is more than a bare view
    costs. Here everything between server and view runs in that one thread, failures as well. An
    asynchronous view still runs in the event loop.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        """Put the middleware together as for WSGI, and enter it from the event loop."""
        super().load_middleware(is_async=False)
        chain: Any = self._middleware_chain  # type: ignore[has-type]
        self._middleware_chain = sync_to_async(chain, thread_sensitive=True)
