"""Counting what was answered, by the names that addresses have in the code."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from database.pools import pop_pool_counts
from telemetry.living import stay_known
from telemetry.meters import note_process, note_request, wants_process

UNNAMED = "none"
"""The route of what was answered before any address was looked up: static files, redirects, unknown hosts."""
PARTS = {"accounts": "account", "api": "api", "operator": "operator", "workspace": "workspace"}
"""First segment of an address in the code → what it is a part of; all others are pages."""
KILOBYTE = 1024


class MeasuringMiddleware:
    """Counts every answer but those about the process itself; how long an answer streams does not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count."""
        # Before, not after: who waits for a connection is seen by the next one who comes.
        measure_process("web")
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        note_request(
            route=UNNAMED if match is None else match.view_name or UNNAMED,
            part=find_part("" if match is None else match.route),
            method=request.method or "",
            status=response.status_code,
            seconds=time.perf_counter() - begun,
        )
        return response


def find_part(route: str) -> str:
    """Return what an address, as it is written in the code, is a part of."""
    return PARTS.get(route.partition("/")[0], "page")


def measure_process(service: str) -> None:
    """Note how this process is, once a second at most."""
    if wants_process():
        stay_known(settings.OWN_METRICS_DIR)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE
        note_process(service=service, pool=pop_pool_counts(), peak_bytes=peak)
