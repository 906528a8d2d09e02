"""The SQL of a booking without Django: what a booking sent, sent again by a bare client.

So that a ratio to the write floor says what the statements cost, not what Python costs around
them. Both sides use the same client, prepared statements and durability.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from devtools.bench.workers import run_at_once

FLOOR_SQL = "INSERT INTO bench_floor (at, body) VALUES (now(), $1)"
FLOOR_TABLE_SQL = """
DROP TABLE IF EXISTS bench_floor;
CREATE TABLE bench_floor (id bigserial PRIMARY KEY, at timestamptz, body text)
"""
EMPTY_SQL = """
TRUNCATE scheduling_booking, scheduling_historicalbooking, scheduling_ruleusage, notifications_event, bench_floor
CASCADE
"""
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
BODY_BYTES, WARM_JOBS, ROUNDS, PROCESSES = 600, 10, 3, 2

Sent = tuple[str, tuple[Any, ...]]
Job = Sequence[Sent]


@dataclass(frozen=True, slots=True)
class Ratios:
    """Throughputs over the write floor's, medians of `ROUNDS` rounds in turns."""

    floor_per_second: float
    writes_over_floor: float
    all_over_floor: float


@dataclass(frozen=True, slots=True)
class _Plan:
    schema_name: str
    connections: int
    rounds: tuple[tuple[str, Sequence[Job]], ...]


@contextmanager
def recording(jobs: list[list[Sent]]) -> Iterator[None]:
    """Append what each job sends to the last of ``jobs``; planned statements alone can be sent again.

    Raises:
        RuntimeError: A job sent something else.
    """

    def note(execute: Callable[..., object], sql: str, parameters: Any, *rest: Any) -> object:
        if "%s" in sql:
            message = f"a booking sent what cannot be sent again: {sql[:200]}"
            raise RuntimeError(message)
        jobs[-1].append((sql, tuple(parameters or ())))
        return execute(sql, parameters, *rest)

    with connection.execute_wrapper(note):
        yield


def replay(schema_name: str, jobs: Sequence[Job], *, connections: int) -> Ratios:
    """Send recorded bookings again over so many connections, and plain INSERTs in turns with them.

    What was booked is removed before each round; what can be booked stays.

    Raises:
        RuntimeError: A booking has not exactly one writing statement, or the server is not durable.
    """
    with connection.cursor() as cursor:
        cursor.execute(FLOOR_TABLE_SQL)
        for name in DURABILITY:
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] != "on":
                message = f"{name} is off: this would compare what no business runs on"
                raise RuntimeError(message)
    writes = [[sent for sent in job if is_write(sent)] for job in jobs]
    if any(len(job) != 1 for job in writes):
        message = "a booking is expected to write with one statement"
        raise RuntimeError(message)
    floor = [[(FLOOR_SQL, (f"{number:0{BODY_BYTES}}",))] for number in range(len(jobs))]
    rounds = (("floor", floor), ("writes", writes), ("floor", floor), ("all", jobs)) * ROUNDS
    work = partial(_send_rounds, _Plan(schema_name, connections, rounds))
    spans = run_at_once(work, connections=connections, processes=min(PROCESSES, connections))
    per_second: dict[str, list[float]] = {}
    for number, (name, sent) in enumerate(rounds):
        mine = [each[number] for each in spans]
        took = max(ended for _, ended in mine) - min(began for began, _ in mine)
        per_second.setdefault(name, []).append((len(sent) - WARM_JOBS * connections) / took)
    medians = {name: median(each) for name, each in per_second.items()}
    return Ratios(medians["floor"], medians["writes"] / medians["floor"], medians["all"] / medians["floor"])


def is_write(sent: Sent) -> bool:
    """Tell whether a statement changes anything."""
    return "INSERT INTO" in sent[0]


def _send_rounds(plan: _Plan, number: int, wait: Callable[[], object]) -> list[tuple[float, float]]:
    """Return when each round began and ended on this connection."""
    database: dict[str, Any] = settings.DATABASES["default"]
    spans: list[tuple[float, float]] = []
    with psycopg.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"],
        options=database["OPTIONS"]["options"],
        autocommit=True,
        prepare_threshold=0,
        cursor_factory=psycopg.RawCursor,
    ) as client:
        client.execute("SELECT set_config('search_path', $1, false)", [f"{plan.schema_name}, public"])
        cursor = client.cursor(binary=True)
        for _, jobs in plan.rounds:
            wait()
            if number == 0:
                client.execute(EMPTY_SQL, prepare=False)
                client.execute("DELETE FROM tenants_duework WHERE schema_name = $1", [plan.schema_name])
            wait()
            mine = jobs[number :: plan.connections]
            for job in mine[:WARM_JOBS]:
                _send(cursor, job)
            wait()
            began = time.monotonic()
            for job in mine[WARM_JOBS:]:
                _send(cursor, job)
            spans.append((began, time.monotonic()))
    return spans


def _send(cursor: psycopg.Cursor[Any], job: Job) -> None:
    for sql, parameters in job:
        cursor.execute(sql, parameters)
        if cursor.description:
            cursor.fetchall()
