"""``./dev bench board``: the day board of 20 people with 160, 480 and 960 visits.

From the request to the bytes, in one process. CPU of this process and of its PostgreSQL backend together: medians in
milliseconds, and how much each grew over the smallest day.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.shortcuts import render
from django.test import RequestFactory

from devtools.bench.business import SHAPES, make_business
from devtools.scratch.spent import read_cpu
from devtools.scratch.tenant import temporary_tenant
from devtools.terminal import say
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo
from web.workspace.board.views import load_board_page

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAY = "2026-01-06"
DAYS = ("day 160", "day 480", "day 960")
ROUNDS = 15


def run(argv: Sequence[str]) -> int:
    """Measure and print, or with ``--json`` print for programs."""
    with temporary_tenant("bench") as tenant:
        figures = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    if "--json" in argv:
        say(json.dumps(figures))
        return 0
    floor = figures[DAYS[0]][0]
    for name, (milliseconds, size) in figures.items():
        visits = SHAPES[name].bookings / SHAPES[DAYS[0]].bookings
        say(f"{name}: {milliseconds:7.1f} ms, {size} bytes; visits x{visits:.0f}, time x{milliseconds / floor:.2f}")
    return 0


def _measure_all(tenant: TenantInfo) -> dict[str, tuple[float, int]]:
    figures = {}
    for name in DAYS:
        make_business(tenant, name, now=NOW)
        _draw()
        spent = []
        for _ in range(ROUNDS):
            began = read_cpu()
            size = _draw()
            spent.append(1000 * (read_cpu() - began))
        figures[name] = (median(spent), size)
    return figures


def _draw() -> int:
    """Return the bytes of the day; refuse to measure a board without it."""
    request: HttpRequest = RequestFactory().get("/", {"date": DAY})
    request.user = AnonymousUser()
    return len(render(request, "workspace/day.html", {"page": load_board_page(request, now=NOW)}).content)
