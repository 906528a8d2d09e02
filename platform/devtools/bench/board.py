"""``./dev bench board``: the day board of 12 people with 30 to 300 visits, and of 20 with 160 to 960.

From the request to the bytes, in one process. CPU of this process and of its PostgreSQL backend together: medians in
milliseconds, queries, and how much time and bytes grew over the smallest day of as many people; each visit more than
there costs how much. A day of one person with one visit is asked for with as many queries.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from statistics import median

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.shortcuts import render
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from devtools.bench.business import SHAPES, make_business
from devtools.scratch.spent import read_cpu
from devtools.scratch.tenant import temporary_tenant
from devtools.terminal import say
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo
from web.workspace.board.views import load_board_page

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAY = "2026-01-06"
ALONE = "desk of one"
DAYS = (("desk 30", "desk 75", "desk 150", "desk 300"), ("day 160", "day 480", "day 960"))
ROUNDS = 15


def run(argv: Sequence[str]) -> int:
    """Measure and print, or with ``--json`` print for programs."""
    with temporary_tenant("bench") as tenant:
        figures = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    if "--json" in argv:
        say(json.dumps(figures))
        return 0
    say(f"{ALONE}: {figures[ALONE][2]} queries")
    for names in DAYS:
        least, (floor, small, _) = SHAPES[names[0]].bookings, figures[names[0]]
        for name in names:
            milliseconds, size, queries = figures[name]
            visits = SHAPES[name].bookings
            grown = f"visits x{visits / least:.1f}, time x{milliseconds / floor:.2f}, bytes x{size / small:.2f}"
            each = (milliseconds - floor) / (visits - least) if visits > least else 0.0
            say(f"{name}: {milliseconds:7.1f} ms, {size} bytes, {queries} queries; {grown}; {each:.3f} ms a visit")
    return 0


def _measure_all(tenant: TenantInfo) -> dict[str, tuple[float, int, int]]:
    figures = {}
    for name in (ALONE, *chain.from_iterable(DAYS)):
        make_business(tenant, name, now=NOW)
        _draw()
        with CaptureQueriesContext(connection) as asked:
            _draw()
        spent = []
        for _ in range(ROUNDS):
            began = read_cpu()
            size = _draw()
            spent.append(1000 * (read_cpu() - began))
        figures[name] = (median(spent), size, len(asked))
    return figures


def _draw() -> int:
    """Return the bytes of the day; refuse to measure a board without it."""
    request: HttpRequest = RequestFactory().get("/", {"date": DAY})
    request.user = AnonymousUser()
    return len(render(request, "workspace/day.html", {"page": load_board_page(request, now=NOW)}).content)
