"""What each process counts and measures.

With ``PROMETHEUS_MULTIPROC_DIR`` in the environment the library keeps the numbers in files there, one set per
process, and `telemetry.reading` adds them up; without it they stay in this process.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from telemetry.bounds import (
    CHANNELS,
    METHODS,
    MOST_VALUES,
    OUTCOMES,
    PARTS,
    SERVICES,
    STEPS,
    Bound,
    choose,
    classify_status,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each

OWN = CollectorRegistry()
"""What this process counted, where the library keeps no files."""
REQUEST_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
JOB_BUCKETS = (0.05, 0.25, 1.0, 5.0, 20.0, 60.0, 300.0)
POOL_EVERY_SECONDS = 1.0

REQUESTS = Counter("turnero_requests", "Requests that were answered.", ["route", "method", "status"], registry=OWN)
REQUEST_SECONDS = Histogram(
    "turnero_request_seconds", "Seconds until an answer began.", ["part"], buckets=REQUEST_BUCKETS, registry=OWN
)
JOBS = Counter("turnero_jobs", "Tasks that workers ended.", ["task", "outcome"], registry=OWN)
JOB_SECONDS = Histogram("turnero_job_seconds", "Seconds that a task took.", ["task"], buckets=JOB_BUCKETS, registry=OWN)
DUE_WORK = Counter("turnero_due_work", "Rows of due work that were tried.", ["kind", "outcome"], registry=OWN)
DUE_WORK_SECONDS = Histogram(
    "turnero_due_work_seconds", "Seconds that a row of due work took.", ["kind"], buckets=JOB_BUCKETS, registry=OWN
)
MESSAGES = Counter("turnero_messages", "Attempts to send a message.", ["channel", "outcome"], registry=OWN)
BOOKINGS = Counter(
    "turnero_bookings", "Times that were asked for: held, submitted or booked.", ["step", "outcome"], registry=OWN
)
POOL_WAITS = Counter("turnero_pool_waits", "Requests for a connection that had to wait.", registry=OWN)
POOL_WAIT_SECONDS = Counter("turnero_pool_wait_seconds", "Seconds that they waited.", registry=OWN)
POOL_FAILURES = Counter("turnero_pool_failures", "Requests for a connection that got none.", registry=OWN)
POOL_WAITING = Gauge(
    "turnero_pool_waiting", "Threads that wait for a connection.", registry=OWN, multiprocess_mode="livesum"
)
POOL_SIZE = Gauge("turnero_pool_size", "Connections of the pools.", registry=OWN, multiprocess_mode="livesum")
POOL_IDLE = Gauge("turnero_pool_idle", "Connections that nobody uses.", registry=OWN, multiprocess_mode="livesum")
PEAK = Gauge(
    "turnero_process_peak_bytes",
    "Most memory that any process had at once.",
    ["service"],
    registry=OWN,
    multiprocess_mode="livemax",
)

# What is rare has to stand at zero first: a series whose first value is one has not risen, to Prometheus.
for _step in STEPS:
    BOOKINGS.labels(_step, "failed")
for _channel in CHANNELS:
    MESSAGES.labels(_channel, "failed")

_routes, _tasks, _kinds = (Bound(MOST_VALUES[label]) for label in ("route", "task", "kind"))
_looks_again_at = 0.0


def note_request(*, route: str, part: str, method: str, status: int, seconds: float) -> None:
    """Count an answer; ``route`` is the name of an address, never the address that was asked."""
    REQUESTS.labels(_routes.take(route), choose(method, METHODS), classify_status(status)).inc()
    REQUEST_SECONDS.labels(choose(part, PARTS)).observe(seconds)


def note_task(*, task: str, outcome: str, seconds: float) -> None:
    """Count a task of a worker."""
    name = _tasks.take(task)
    JOBS.labels(name, choose(outcome, OUTCOMES)).inc()
    JOB_SECONDS.labels(name).observe(seconds)


def expect_tasks(tasks: Iterable[str]) -> None:
    """Let failures of these tasks stand at zero, so that the first one is a rise."""
    for task in tasks:
        JOBS.labels(_tasks.take(task), "failed")


def note_due_work(*, kind: str, outcome: str, seconds: float) -> None:
    """Count a row of due work that somebody tried to do."""
    name = _kinds.take(kind)
    DUE_WORK.labels(name, choose(outcome, OUTCOMES)).inc()
    DUE_WORK_SECONDS.labels(name).observe(seconds)


def note_message(*, channel: str, outcome: str) -> None:
    """Count an attempt to send a message."""
    MESSAGES.labels(choose(channel, CHANNELS), choose(outcome, OUTCOMES)).inc()


def note_booking(*, step: str, outcome: str) -> None:
    """Count how it ended when somebody asked for a time."""
    BOOKINGS.labels(choose(step, STEPS), choose(outcome, OUTCOMES)).inc()


def wants_process() -> bool:
    """Tell whether a second has passed since the pool and the memory of this process were looked at."""
    global _looks_again_at  # noqa: PLW0603 - one clock for the whole process
    now = time.monotonic()
    if now < _looks_again_at:
        return False
    _looks_again_at = now + POOL_EVERY_SECONDS
    return True


def note_process(*, service: str, pool: Mapping[str, int], peak_bytes: int) -> None:
    """Note how this process is: ``pool`` is what its pool counted since the last time (psycopg's ``pop_stats``)."""
    PEAK.labels(choose(service, SERVICES)).set(peak_bytes)
    POOL_WAITING.set(pool.get("requests_waiting", 0))
    POOL_SIZE.set(pool.get("pool_size", 0))
    POOL_IDLE.set(pool.get("pool_available", 0))
    POOL_WAITS.inc(pool.get("requests_queued", 0))
    POOL_WAIT_SECONDS.inc(pool.get("requests_wait_ms", 0) / 1000)
    POOL_FAILURES.inc(pool.get("requests_errors", 0))
