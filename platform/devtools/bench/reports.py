"""``./dev bench reports``: the pages of reports, and 100,000 bookings as files, against PostgreSQL's bare answer.

The bare answer is the same rows with the same columns, read by a cursor in the same parts and thrown away: what Django,
the texts and the format of the file add is the ratio. Seconds of the processor in one process, medians, in turns.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model

from database.connection import connection
from devtools.bench.business import make_business
from devtools.scratch.browser import HostClient
from devtools.scratch.tenant import temporary_tenant
from devtools.terminal import say
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SPAN = "from=2026-01-01&to=2028-12-31"
ROUNDS, PART = 3, 1000
READ_SQL = """
SELECT b.starts_at, b.reference, b.customer_name, b.customer_phone, b.customer_email, s.name, b.status, b.source,
l.timezone FROM scheduling_booking b JOIN scheduling_service s ON s.id = b.service_id
JOIN scheduling_location l ON l.id = b.location_id
WHERE b.status NOT IN ('held', 'expired') ORDER BY b.starts_at, b.id
"""
NAME_SQL = """
UPDATE scheduling_booking SET is_sample = false, source = 'page', customer_name = 'María Fernández ' || id,
customer_phone = '+5255' || lpad(id::text, 8, '0'), customer_email = 'cliente' || id || '@example.com',
price_minor = 45000
"""
ADDRESSES = {
    "bookings page": f"/workspace/reports/?period=own&{SPAN}",
    "occupancy page": f"/workspace/reports/use/?period=own&{SPAN}",
    "CSV": f"/workspace/reports/bookings.csv?report=1&{SPAN}",
    "XLSX": f"/workspace/reports/bookings.xlsx?report=1&{SPAN}",
}
BARE = "bare answer"


def run(argv: Sequence[str]) -> int:
    """Measure and print, or with ``--json`` print for programs."""
    with temporary_tenant("bench") as tenant:
        figures = call_in_tenant(tenant.schema_name, _measure, tenant)
    if "--json" in argv:
        say(json.dumps(figures))
        return 0
    for name, (seconds, size) in figures.items():
        ratio = seconds / figures[BARE][0]
        say(f"{name:<16} {seconds:6.2f} s of CPU   {ratio:5.1f} times the bare answer   {size:>12,} bytes")
    return 0


def _measure(tenant: TenantInfo) -> dict[str, tuple[float, int]]:
    make_business(tenant, "C", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(NAME_SQL)
        cursor.execute("VACUUM (ANALYZE) scheduling_booking")
    owner = HostClient(tenant.primary_host)
    owner.force_login(get_user_model().objects.get(role="owner"))
    asks: dict[str, Callable[[], int]] = {BARE: _read_bare}
    for name, address in ADDRESSES.items():
        asks[name] = lambda address=address: _ask(owner, address)  # type: ignore[misc]
    taken: dict[str, list[float]] = {name: [] for name in asks}
    sizes: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, ask in asks.items():
            begun = time.process_time()
            sizes[name] = ask()
            taken[name].append(time.process_time() - begun)
    return {name: (median(found), sizes[name]) for name, found in taken.items()}


def _read_bare() -> int:
    """Read all rows in parts, and count the letters."""
    size = 0
    with connection.cursor() as cursor:
        cursor.execute(READ_SQL)
        while rows := cursor.fetchmany(PART):
            size += sum(len(str(cell)) for row in rows for cell in row)
    return size


def _ask(client: HostClient, address: str) -> int:
    answer: Any = client.get(address)
    if answer.status_code != 200:  # noqa: PLR2004 - the one that is wanted
        said = f"{address}: {answer.status_code}"
        raise SystemExit(said)
    pieces = answer.streaming_content if getattr(answer, "streaming", False) else [answer.content]
    return sum(map(len, pieces))
