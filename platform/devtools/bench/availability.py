"""``./dev bench availability``: the whole path through Django against fetching the same rows bare.

Work A: one resource, 30 days, 8 h/day with a lunch break, 15-minute step, 30-minute service.
Work B: 20 staff x 10 bays, 30 days, 45 + 10 minutes, 15-minute step, 5,000 bookings.
Work C: the next free slot within half a year for a shop of 20 whose first 60 days are full,
against one pass over everything.
FLOOR: the same busy rows as integer minutes with psycopg, in the same run. CPU of this process
and of its PostgreSQL backend together.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import psutil
from django.db import connection

from devtools.bench.business import CASES, Business, make_business
from devtools.scratch import make_scratch_tenant
from kernel.clock import utc_now
from kernel.ids import new_reference
from scheduling.selectors.availability import find_next_available, get_availability
from scheduling.types import AvailabilityQuery
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAYS = 30
ROUNDS = 25

FLOOR_SQL = """
SELECT a.resource_id, (date_part('epoch', a.starts_at) / 60)::int4, (date_part('epoch', a.ends_at) / 60)::int4
FROM scheduling_allocation a
WHERE a.resource_id = ANY(%s) AND a.is_active AND a.ends_at > %s AND a.starts_at < %s
ORDER BY a.resource_id, a.starts_at
"""


def run(argv: Sequence[str]) -> int:
    """Measure every work and print the ratios."""
    tenant = make_scratch_tenant(slug=f"bench-{new_reference().lower()}", now=utc_now())
    try:
        results = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    finally:
        drop_tenant(schema_name=tenant.schema_name)
    growth = {
        "bookings x4": results["A 400"]["cpu_ms"] / results["A 100"]["cpu_ms"],
        "resources x2": results["B double"]["cpu_ms"] / results["B"]["cpu_ms"],
    }
    if "--json" in argv:
        print(json.dumps({"results": results, "growth": growth}))
        return 0
    for name, figures in results.items():
        print(f"{name:<10} " + "  ".join(f"{key} {value:.2f}" for key, value in figures.items()))
    print("growth     " + "  ".join(f"{key}: x{value:.2f}" for key, value in growth.items()))
    return 0


def _measure_all(tenant: TenantInfo) -> dict[str, Mapping[str, float]]:
    results = {name: _measure_window(make_business(tenant, name, now=NOW)) for name in CASES}
    results["C"] = _measure_next(make_business(tenant, "C", now=NOW))
    return results


def _measure_window(business: Business) -> Mapping[str, float]:
    first = NOW.date() + timedelta(days=1)
    query = AvailabilityQuery(service_id=business.service_id, from_on=first, to_on=first + timedelta(days=DAYS - 1))
    bounds = (NOW + timedelta(hours=16), NOW + timedelta(days=DAYS, hours=16))

    def ask() -> int:
        answer = get_availability(query=query, now=NOW)
        return sum(len(day.slots) for day in answer.days)

    def fetch() -> int:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR_SQL, [business.resource_ids, *bounds])
            return len(cursor.fetchall())

    asked, floor = _compare(ask, fetch)
    return {"over_floor": asked / floor, "cpu_ms": asked * 1000, "floor_ms": floor * 1000, "slots": ask()}


def _measure_next(business: Business) -> Mapping[str, float]:
    query = AvailabilityQuery(service_id=business.service_id, from_on=NOW.date(), to_on=NOW.date())
    first = NOW.date() + timedelta(days=1)

    def find() -> int:
        return int(find_next_available(query=query, now=NOW) is not None)

    def pass_all() -> int:
        slots = 0
        for offset in range(0, 180, DAYS * 2):
            begin = first + timedelta(days=offset)
            window = AvailabilityQuery(
                service_id=business.service_id, from_on=begin, to_on=begin + timedelta(days=DAYS * 2 - 1)
            )
            slots += sum(len(day.slots) for day in get_availability(query=window, now=NOW).days)
        return slots

    found, whole = _compare(find, pass_all, rounds=5)
    return {"over_full_pass": found / whole, "cpu_ms": found * 1000, "full_pass_ms": whole * 1000}


def _compare(one: Callable[[], int], other: Callable[[], int], *, rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the median CPU seconds of both, measured in turns."""
    meter = _Meter()
    one()
    other()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for kept, function in zip(times, (one, other), strict=True):
            kept.append(meter.measure(function))
    return median(times[0]), median(times[1])


class _Meter:
    """CPU of this process and of the PostgreSQL backend behind its connection."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        self._backend = psutil.Process(pid) if psutil.pid_exists(pid) else None

    def measure(self, function: Callable[[], int]) -> float:
        """Return the CPU seconds of one call, averaged over as many as last 60 ms."""
        calls = 0
        began, ends_at = self._read(), time.perf_counter() + 0.06
        while time.perf_counter() < ends_at:
            function()
            calls += 1
        return (self._read() - began) / calls

    def _read(self) -> float:
        own = time.process_time()
        if self._backend is None:
            return own
        used = self._backend.cpu_times()
        return own + float(used.user) + float(used.system)
