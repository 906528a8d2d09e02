"""Health of this process, for load balancers and the supervisor."""

from __future__ import annotations

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from edge.access import open_to_anyone
from kernel.ids import new_token

PROBE_SECONDS = 10


@open_to_anyone
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Tell that the process answers; asks nothing of other servers."""
    return JsonResponse({"status": "ok"})


@open_to_anyone
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Tell whether PostgreSQL answers (503 if not) and whether Redis does (reported only: we work without)."""
    redis = "ok" if _is_cache_up() else "down"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "down", "redis": redis}, status=503)
    return JsonResponse({"status": "ok", "redis": redis})


def _is_cache_up() -> bool:
    """Write and read back: a cache that is down raises nothing, it only forgets (`keyvalue.cache`)."""
    key, value = f"readyz:{new_token()}", "written"
    cache.set(key, value, PROBE_SECONDS)
    return bool(cache.get(key) == value)
