"""Health of this process, for load balancers and the supervisor.

They ask by address, over plain HTTP and with whatever host they like, and they want an answer, not
a redirect to the public host. So both paths are answered before anything looks at the request:
no tenant, no session, no language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse

from edge.draining import is_draining
from kernel.ids import new_token

PROBE_SECONDS = 10
METHODS = ("GET", "HEAD")


class HealthMiddleware:
    """Answers `PATHS` at every host; stands before all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or pass the request on."""
        answer = PATHS.get(request.path_info)
        if answer is None:
            return self.get_response(request)
        response = answer() if request.method in METHODS else HttpResponseNotAllowed(METHODS)
        response.headers["Cache-Control"] = "no-store"
        return response


def tell_alive() -> HttpResponse:
    """Tell that the process answers (503: it does, but is about to end); asks nothing of other servers."""
    if is_draining():
        return JsonResponse({"status": "draining"}, status=503)
    return JsonResponse({"status": "ok"})


def tell_ready() -> HttpResponse:
    """Tell whether PostgreSQL answers (503 if not) and whether Redis does (reported only: we work without)."""
    if is_draining():
        return tell_alive()
    redis = "ok" if is_cache_up() else "down"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "down", "redis": redis}, status=503)
    return JsonResponse({"status": "ok", "redis": redis})


PATHS: Mapping[str, Callable[[], HttpResponse]] = MappingProxyType({"/healthz": tell_alive, "/readyz": tell_ready})


def is_cache_up() -> bool:
    """Write and read back: a cache that is down raises nothing, it only forgets (`keyvalue.cache`)."""
    key, value = f"readyz:{new_token()}", "written"
    cache.set(key, value, PROBE_SECONDS)
    return bool(cache.get(key) == value)
