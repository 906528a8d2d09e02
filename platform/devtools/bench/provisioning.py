"""``./dev bench provisioning``: a new tenant from a spare schema, against running all its migrations."""

from __future__ import annotations

import argparse
import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from devtools.bench.report import Figure, print_figures
from tenants.services.migrations import migrate_platform
from tenants.services.spares import claim_spare, drop_spare, make_spare
from tenants.services.templates import ensure_template, migrate_schema

CLAIM_AIM = 1 / 100
MAKE_AIM = 1 / 10


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall-clock milliseconds of one way to get a schema: the median and all runs."""

    median_ms: float
    runs_ms: tuple[float, ...]


def run(arguments: Sequence[str]) -> int:
    """Measure in this process, one after the other, and print ratios; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="./dev bench provisioning")
    parser.add_argument("--runs", type=int, default=5, help="how often each way is measured (default 5)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    migrate_platform()
    # The first of each warms the catalog caches and is not counted.
    migrate = measure(_migrate, options.runs)
    make = measure(_make, options.runs)
    claim = measure(_claim, options.runs)
    figures = [
        Figure(name="migrate", milliseconds=migrate.median_ms, runs=migrate.runs_ms),
        Figure(name="make", milliseconds=make.median_ms, runs=make.runs_ms, base=migrate.median_ms, aim=MAKE_AIM),
        Figure(name="claim", milliseconds=claim.median_ms, runs=claim.runs_ms, base=migrate.median_ms, aim=CLAIM_AIM),
    ]
    print_figures("provisioning", figures, as_json=options.json)
    return 0 if all(figure.is_met for figure in figures) else 1


def measure(way: Callable[[], float], runs: int) -> Timing:
    """Run ``way`` once unmeasured and then ``runs`` times."""
    way()
    seconds = [way() for _ in range(runs)]
    milliseconds = tuple(1000 * each for each in seconds)
    return Timing(median_ms=statistics.median(milliseconds), runs_ms=milliseconds)


def _migrate() -> float:
    name = f"bench_{secrets.token_hex(6)}"
    started = time.perf_counter()
    _execute(f'CREATE SCHEMA "{name}"')
    migrate_schema(name)
    took = time.perf_counter() - started
    _execute(f'DROP SCHEMA "{name}" CASCADE')
    return took


def _make() -> float:
    started = time.perf_counter()
    spare = make_spare(ensure_template())
    took = time.perf_counter() - started
    drop_spare(spare.schema_name)
    return took


def _claim() -> float:
    make_spare(ensure_template())
    name = f"bench_{secrets.token_hex(6)}"
    started = time.perf_counter()
    with transaction.atomic():
        claim_spare(ensure_template(), name)
    took = time.perf_counter() - started
    _execute(f'DROP SCHEMA "{name}" CASCADE')
    return took


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
