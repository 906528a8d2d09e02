"""Health of this process, for load balancers and the supervisor."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from accounts.access import open_to_anyone


@open_to_anyone
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Tell that the process answers; asks nothing of other servers."""
    return JsonResponse({"status": "ok"})


@open_to_anyone
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Tell whether PostgreSQL answers (503 if not) and whether Redis does (reported only: we work without)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    try:
        cache.get("readyz")
    except RedisError:
        redis = "down"
    else:
        redis = "ok"
    return JsonResponse({"status": "ok", "redis": redis})
