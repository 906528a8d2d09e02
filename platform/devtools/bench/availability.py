"""``./dev bench availability``: the whole path through Django against fetching the same rows bare.

Work A: one resource, 30 days, 8 h/day with a lunch break, 15-minute step, 30-minute service.
Work B: 20 staff x 10 bays, 30 days, 45 + 10 minutes, 15-minute step, 5,000 bookings.
Work C: the next free slot for 100 resources with 100,000 bookings, whose first 56 days are full
and whose others are half empty, against one pass over a year. ``C packed``: the same when all
100,000 lie in those 56 days, so that both have to read the same rows.
FLOOR: the same busy rows as integer minutes with psycopg, in the same run, out of a table that
holds instants and has the index that such a table would have. ``over_columns`` compares with the
same rows out of our own integer columns. CPU of this process and of its PostgreSQL backend
together, medians. Nothing is cached between two answers. Growth compares whole answers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

import psutil
from django.db import connection

from devtools.bench.business import Business, make_business
from devtools.scratch.tenant import temporary_tenant
from kernel.instants import to_minutes
from scheduling.selectors.availability.free_times import find_next_available, get_availability
from scheduling.types import AvailabilityQuery, Wish
from tenants.jobs import call_in_tenant
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

FLOOR_TABLE_SQL = """
DROP TABLE IF EXISTS bench_floor;
CREATE TABLE bench_floor AS SELECT resource_id, starts_at, ends_at FROM scheduling_allocation WHERE is_active;
CREATE INDEX ON bench_floor (resource_id, ends_at) INCLUDE (starts_at);
"""
FLOOR_SQL = """
SELECT resource_id, (extract(epoch FROM starts_at) / 60)::int4, (extract(epoch FROM ends_at) / 60)::int4
FROM bench_floor
WHERE resource_id = ANY(%s) AND ends_at > %s AND starts_at < %s
ORDER BY resource_id, ends_at
"""
COLUMNS_SQL = """
SELECT a.resource_id, a.starts_minute, a.ends_minute
FROM scheduling_allocation a
WHERE a.resource_id = ANY(%s) AND a.is_active AND a.ends_minute > %s AND a.starts_minute < %s
ORDER BY a.resource_id, a.ends_minute
"""
GOALS = {
    "A 100": ("over_floor", 2.5),
    "A 1000": ("over_floor", 1.5),
    "B": ("over_floor", 1.0),
    "C": ("over_full_pass", 0.2),
    "bookings x4": ("growth", 4.5),
    "resources x2": ("growth", 2.2),
    "days x4": ("growth", 4.5),
    "past x13": ("growth", 1.4),
}
"""What the design asks for, at most."""


def run(argv: Sequence[str]) -> int:
    """Measure every work and print the ratios."""
    with temporary_tenant("bench") as tenant:
        results, index = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    for name, (small, large) in GROWTH.items():
        results[name] = {"growth": results[large]["cpu_ms"] / results[small]["cpu_ms"]}
    missed = [name for name, (key, goal) in GOALS.items() if results[name][key] > goal]
    if "--json" in argv:
        print(json.dumps({"results": results, "goals": GOALS, "missed": missed, "index_at_100000": index}))
        return 0
    for name, figures in results.items():
        line = f"{name:<13}" + "  ".join(f"{key} {value:.2f}" for key, value in figures.items())
        if name in GOALS:
            line += f"  goal <= {GOALS[name][1]}: {'MISSED' if name in missed else 'met'}"
        print(line)
    print(f"at 100,000 bookings PostgreSQL uses: {index}")
    return 0


def _measure_all(tenant: TenantInfo) -> tuple[dict[str, Mapping[str, float]], str]:
    results = {name: _measure_window(make_business(tenant, name, now=NOW), days=days) for name, days in WINDOWS.items()}
    # The same business: only the window is shorter.
    results["A 15 days"] = _measure_window(make_business(tenant, "A 60 days", now=NOW), days=15)
    results["C packed"] = _measure_next(make_business(tenant, "C packed", now=NOW))
    everything = make_business(tenant, "C", now=NOW)
    results["C"] = _measure_next(everything)
    return results, _find_index(everything)


def _measure_window(business: Business, *, days: int) -> Mapping[str, float]:
    first = NOW.date() + timedelta(days=1)
    query = AvailabilityQuery(Wish((business.service_id,)), from_on=first, to_on=first + timedelta(days=days - 1))
    bounds = (NOW + timedelta(hours=16), NOW + timedelta(days=days, hours=16))
    with connection.cursor() as cursor:
        cursor.execute(FLOOR_TABLE_SQL)
        cursor.execute("VACUUM (ANALYZE) bench_floor")

    def ask() -> int:
        answer = get_availability(query=query, now=NOW)
        return sum(len(day.slots) for day in answer.days)

    def fetch() -> int:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR_SQL, [business.resource_ids, *bounds])
            return len(cursor.fetchall())

    def fetch_columns() -> int:
        with connection.cursor() as cursor:
            cursor.execute(COLUMNS_SQL, [business.resource_ids, *map(to_minutes, bounds)])
            return len(cursor.fetchall())

    asked, floor, columns = _compare(ask, fetch, fetch_columns)
    return {
        "over_floor": asked / floor,
        "over_columns": asked / columns,
        "cpu_ms": asked * 1000,
        "floor_ms": floor * 1000,
        "slots": ask(),
    }


def _measure_next(business: Business) -> Mapping[str, float]:
    query = AvailabilityQuery(Wish((business.service_id,)), from_on=NOW.date(), to_on=NOW.date())
    first = NOW.date() + timedelta(days=1)

    def find() -> int:
        return int(find_next_available(query=query, now=NOW) is not None)

    def pass_all() -> int:
        slots = 0
        for offset in range(0, YEAR_DAYS, PASS_DAYS):
            begin = first + timedelta(days=offset)
            window = replace(query, from_on=begin, to_on=begin + timedelta(days=PASS_DAYS - 1))
            slots += sum(len(day.slots) for day in get_availability(query=window, now=NOW).days)
        return slots

    found, whole = _compare(find, pass_all, rounds=5)
    return {"over_full_pass": found / whole, "cpu_ms": found * 1000, "full_pass_ms": whole * 1000}


def _find_index(business: Business) -> str:
    """Return the index that the rows of a window are found with."""
    bounds = (to_minutes(NOW), to_minutes(NOW + timedelta(days=PASS_DAYS)))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + COLUMNS_SQL, [business.resource_ids[:1], *bounds])
        lines = [line for (line,) in cursor.fetchall()]
    return next((line.strip() for line in lines if "Index" in line), "no index")


def _compare(*functions: Callable[[], int], rounds: int = ROUNDS) -> list[float]:
    """Return the median CPU seconds of each, measured in turns."""
    meter = _Meter()
    times: list[list[float]] = [[] for _ in functions]
    for function in functions:
        function()
        function()
    for _ in range(rounds):
        for kept, function in zip(times, functions, strict=True):
            kept.append(meter.measure(function))
    return [median(each) for each in times]


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
