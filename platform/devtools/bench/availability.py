"""``./dev bench availability``: the whole path through Django against fetching the same rows bare.

Work A: one resource, 30 days, 8 h/day with a lunch break, 15-minute step, 30-minute service.
Work B: 20 staff x 10 bays, 30 days, 45 + 10 minutes, 15-minute step, 5,000 bookings.
Work C: the next free slot for 100 resources with 100,000 bookings, whose first 56 days are
full, against one pass over a year.
FLOOR: the same busy rows as integer minutes with psycopg, in the same run. CPU of this process
and of its PostgreSQL backend together, medians. Growth compares whole answers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import psutil
from django.db import connection

from devtools.bench.business import Business, make_business
from devtools.scratch import make_scratch_tenant
from kernel.clock import utc_now
from kernel.ids import new_reference
from scheduling.selectors.availability import find_next_available, get_availability
from scheduling.selectors.instants import to_minutes
from scheduling.types import AvailabilityQuery
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ROUNDS = 15
WINDOWS = {
    "A 100": 30,
    "A 400": 30,
    "A 1000": 30,
    "A 60 days": 60,
    "A past": 30,
    "A past x13": 30,
    "B": 30,
    "B double": 30,
}
GROWTH = {
    "bookings x4": ("A 100", "A 400"),
    "resources x2": ("B", "B double"),
    "days x4": ("A 15 days", "A 60 days"),
    "past x13": ("A past", "A past x13"),
}
"""Which answer is compared with which."""
PASS_DAYS, YEAR_DAYS = 60, 360

FLOOR_SQL = """
SELECT a.resource_id, a.starts_minute, a.ends_minute
FROM scheduling_allocation a
WHERE a.resource_id = ANY(%s) AND a.is_active AND a.ends_minute > %s AND a.starts_minute < %s
ORDER BY a.resource_id, a.ends_minute
"""


def run(argv: Sequence[str]) -> int:
    """Measure every work and print the ratios."""
    tenant = make_scratch_tenant(slug=f"bench-{new_reference().lower()}", now=utc_now())
    try:
        results, index = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    finally:
        drop_tenant(schema_name=tenant.schema_name)
    growth = {name: results[large]["cpu_ms"] / results[small]["cpu_ms"] for name, (small, large) in GROWTH.items()}
    if "--json" in argv:
        print(json.dumps({"results": results, "growth": growth, "index_at_100000": index}))
        return 0
    for name, figures in results.items():
        print(f"{name:<12} " + "  ".join(f"{key} {value:.2f}" for key, value in figures.items()))
    print("growth       " + "  ".join(f"{key}: x{value:.2f}" for key, value in growth.items()))
    print(f"at 100,000 bookings PostgreSQL uses: {index}")
    return 0


def _measure_all(tenant: TenantInfo) -> tuple[dict[str, Mapping[str, float]], str]:
    results = {name: _measure_window(make_business(tenant, name, now=NOW), days=days) for name, days in WINDOWS.items()}
    # The same business: only the window is shorter.
    results["A 15 days"] = _measure_window(make_business(tenant, "A 60 days", now=NOW), days=15)
    everything = make_business(tenant, "C", now=NOW)
    results["C"] = _measure_next(everything)
    return results, _find_index(everything)


def _measure_window(business: Business, *, days: int) -> Mapping[str, float]:
    first = NOW.date() + timedelta(days=1)
    query = AvailabilityQuery(service_id=business.service_id, from_on=first, to_on=first + timedelta(days=days - 1))
    bounds = (to_minutes(NOW + timedelta(hours=16)), to_minutes(NOW + timedelta(days=days, hours=16)))

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
        for offset in range(0, YEAR_DAYS, PASS_DAYS):
            begin = first + timedelta(days=offset)
            window = AvailabilityQuery(
                service_id=business.service_id, from_on=begin, to_on=begin + timedelta(days=PASS_DAYS - 1)
            )
            slots += sum(len(day.slots) for day in get_availability(query=window, now=NOW).days)
        return slots

    found, whole = _compare(find, pass_all, rounds=5)
    return {"over_full_pass": found / whole, "cpu_ms": found * 1000, "full_pass_ms": whole * 1000}


def _find_index(business: Business) -> str:
    """Return the index that the rows of a window are found with."""
    bounds = (to_minutes(NOW), to_minutes(NOW + timedelta(days=PASS_DAYS)))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + FLOOR_SQL, [business.resource_ids[:1], *bounds])
        lines = [line for (line,) in cursor.fetchall()]
    return next((line.strip() for line in lines if "Index" in line), "no index")


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
