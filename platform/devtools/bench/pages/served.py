"""A checkout's application as production serves it, and each answer says what it cost.

A script, as `devtools.bench.floor` is, and for the same reason::

    python -P served.py PORT
"""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from devtools.bench import floor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
GZIP = "django.middleware.gzip.GZipMiddleware"
COUNTER = f"{__name__}.count"
MILLISECONDS, CPU, QUERIES = "X-Bench-Milliseconds", "X-Bench-CPU", "X-Bench-Queries"


def count(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Name time, CPU of the thread and queries in the head of each answer; the first of the middleware."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        queries = 0

        def execute(run: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal queries
            queries += 1
            return run(*arguments)

        began, used = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(execute):
            response = get_response(request)
        response.headers[MILLISECONDS] = f"{(time.perf_counter() - began) * 1000:.3f}"
        response.headers[CPU] = f"{(time.thread_time() - used) * 1000:.3f}"
        response.headers[QUERIES] = str(queries)
        return response

    return answer


def arrange(middleware: list[str]) -> list[str]:
    """Return the middleware with the counter before all, and pages compressed as the proxy of production does it."""
    place = middleware.index(WHITENOISE) + 1
    return [COUNTER, *middleware[:place], GZIP, *middleware[place:]]


def main(port: int) -> None:
    """Collect the static files as production does, and serve until SIGTERM."""
    django.setup()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "web.sheet_storage.SheetStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    settings.MIDDLEWARE = arrange(settings.MIDDLEWARE)
    logging.disable(logging.WARNING)  # Lighthouse asks for robots.txt, which is not there
    call_command("collectstatic", interactive=False, verbosity=0)
    floor.main(port)


if __name__ == "__main__":
    main(int(sys.argv[1]))
