"""A server that is measured: the application of a checkout, and beside it the bare views that it is compared with.

A script rather than a module to import, so that it also serves the application of another checkout
(the one that ``PYTHONPATH`` leads to)::

    python -P floor.py PORT

The floor goes through the same ASGI server, Django's own handler and the same database connections,
but through no middleware. Its addresses exist in this process alone: no urlconf of the product names them.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import django
import uvicorn
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

PREFIX = "/bench-floor/"
READ_SQL = "SELECT id, name, starts_at, minutes, note FROM public.bench_floor_read ORDER BY id LIMIT 100"
INSERT_SQL = "INSERT INTO public.bench_floor_written (name, starts_at, minutes, note) VALUES (%s, now(), %s, %s)"
NOTE = "x" * 100
NO_LIMIT = 1_000_000
"""Limits are counted as ever, but not reached: all requests come from one address."""


def read_rows(_request: HttpRequest) -> HttpResponse:
    """Answer a hundred rows."""
    with connection.cursor() as cursor:
        cursor.execute(READ_SQL)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return _measured(JsonResponse({"results": rows}))


def insert_row(_request: HttpRequest) -> HttpResponse:
    """Insert one row."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SQL, ["Bench", 45, NOTE])
    return _measured(JsonResponse({"done": True}, status=201))


def _measured(response: HttpResponse) -> HttpResponse:
    """Name the length, as the application's answers do: else the server sends chunks."""
    response.headers["Content-Length"] = str(len(response.content))
    return response


ADDRESSES: tuple[URLPattern, ...] = (
    path(f"{PREFIX[1:]}rows", read_rows),
    path(f"{PREFIX[1:]}row", insert_row),
)


class FloorHandler(ASGIHandler):
    """Django without middleware, with the floor's addresses."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Load none."""
        kept, settings.MIDDLEWARE = settings.MIDDLEWARE, []
        try:
            super().load_middleware(is_async=is_async)
        finally:
            settings.MIDDLEWARE = kept

    def create_request(self, scope: Any, body_file: Any) -> Any:
        """Lead the request to the floor's addresses."""
        request, refusal = super().create_request(scope, body_file)
        if request is not None:
            # Django's resolver takes patterns as well as the name of a module.
            request.urlconf = ADDRESSES  # type: ignore[assignment]
        return request, refusal


def make_application() -> ASGI3Application:
    """Return the checkout's application with the floor beside it."""
    from config.asgi import application as product  # noqa: PLC0415 - it needs Django set up

    floor = FloorHandler()

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        is_floor = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (floor if is_floor else product)(scope, receive, send)  # type: ignore[arg-type]

    return serve


def main(port: int) -> None:
    """Serve until SIGTERM, as the demo's web server does."""
    django.setup()
    settings.LIMITS = {name: replace(limit, size=limit.size * NO_LIMIT) for name, limit in settings.LIMITS.items()}
    uvicorn.run(
        make_application(),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
