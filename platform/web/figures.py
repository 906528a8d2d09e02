"""The figures of the running platform, as Prometheus reads them.

It asks by address, over plain HTTP, so it is answered before anything looks at the request; at a name, which may be a
business's, there are none. What is said is about the platform as a whole: no business, no person, no address. Still it
is for operators alone: who asks knows the token (``TURNERO_METRICS_TOKEN``), or, where there is none, asks on this
machine and not through the proxy. Everybody else gets what any unknown address gets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from secrets import compare_digest

from django.conf import settings
from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from database.connection import connection
from database.pools import count_connections, read_backend_bytes
from edge.requests import is_asked_by_address, is_from_here
from kernel.clock import utc_now
from notifications.services.outbox import DUE_KIND as EVENT_KIND
from recovery.selectors.standing import find_standing
from recovery.selectors.waiting import find_log_wait
from recovery.types import PlatformStanding as RecoveryStanding
from telemetry.reading import ProcessCollector
from tenants.selectors.standing import PlatformStanding, Queue, read_platform
from tenants.services.templates import get_migration_state
from web.health import METHODS, is_cache_up

PATH = "/metrics"
PATIENCE_MS = 5000
"""For each statement: figures must not make a bad hour worse."""

logger = logging.getLogger(__name__)


class FiguresMiddleware:
    """Answers `PATH` at addresses of machines; stands before all that knows tenants, and what counts requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or pass the request on."""
        if request.path_info != PATH or not _may_read(request):
            return self.get_response(request)
        response = (
            HttpResponse(write_figures(now=utc_now()), content_type=CONTENT_TYPE_PLAIN_0_0_4)
            if request.method in METHODS
            else HttpResponseNotAllowed(METHODS)
        )
        response.headers["Cache-Control"] = "no-store"
        return response


def write_figures(*, now: datetime) -> bytes:
    """Return every figure in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ProcessCollector(settings.METRICS_DIR))
    registry.register(PlatformCollector(now))
    return generate_latest(registry)


class PlatformCollector(Collector):
    """What the servers say when they are asked now. Where PostgreSQL says nothing, that is the figure."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Return the figures of the whole platform."""
        yield _make("turnero_redis_up", "Whether Redis answers.", is_cache_up())
        try:
            found = self._ask_database()
        except Error as error:
            logger.warning("figures_without_database", extra={"failure": type(error).__name__})
            found = []
        yield _make("turnero_database_up", "Whether PostgreSQL answers.", bool(found))
        yield from found

    def _ask_database(self) -> list[Metric]:
        connection.set_schema_to_public()
        state = get_migration_state()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            standing = read_platform(now=self._now, state=state)
            return [
                *_describe_queues(standing, self._now),
                *_describe_platform(standing, self._now),
                *_describe_recovery(find_standing(now=self._now), find_log_wait(now=self._now)),
                *_describe_server(),
            ]


def _may_read(request: HttpRequest) -> bool:
    if not is_asked_by_address(request):
        return False
    token = settings.METRICS_TOKEN
    if not token:
        return is_from_here(request)
    given = request.headers.get("Authorization", "")
    return compare_digest(given.encode(), f"Bearer {token}".encode())


def _make(name: str, said: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, said, value=value)


def _describe_queues(standing: PlatformStanding, now: datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("turnero_due_work_waiting", "Rows of due work whose time has come.", labels=["kind"])
    lag = GaugeMetricFamily("turnero_due_work_lag_seconds", "How late the oldest of them is.", labels=["kind"])
    parked = GaugeMetricFamily("turnero_due_work_parked", "Rows that failed too often to be tried.", labels=["kind"])
    for kind, queue in sorted(standing.queues.items()):
        waiting.add_metric([kind], queue.waiting)
        lag.add_metric([kind], _count_seconds(queue.oldest_at, now))
        parked.add_metric([kind], queue.parked)
    yield from (waiting, lag, parked)
    oldest = _count_seconds(standing.queues.get(EVENT_KIND, Queue()).oldest_at, now)
    yield _make("turnero_outbox_age_seconds", "How long the oldest event waits in the outbox.", oldest)


def _describe_platform(standing: PlatformStanding, now: datetime) -> Iterator[Metric]:
    businesses = GaugeMetricFamily("turnero_businesses", "Businesses in each state.", labels=["status"])
    for status, count in standing.businesses.items():
        businesses.add_metric([status], count)
    yield businesses
    yield _make("turnero_spares_ready", "Schemas that wait for a sign-up.", standing.spares_ready)
    yield _make("turnero_spares_wanted", "Schemas that should wait.", standing.spares_wanted)
    yield _make("turnero_migrations_behind", "Businesses without all migrations.", standing.migrations_behind)
    overdue = _count_seconds(standing.removal_due_at, now)
    yield _make("turnero_removal_lag_seconds", "For how long a closed business should have been gone.", overdue)
    backups = standing.backups
    yield _make("turnero_backups_late", "Businesses without a good archive for two nights.", backups.late)
    yield _make("turnero_backups_failed", "Businesses whose last archive failed.", backups.failed)
    for name, said, instant in (
        ("newest", "When an archive was last restored for a try.", backups.newest_at),
        ("oldest", "The same, of the business that waits the longest.", backups.oldest_at),
    ):
        if instant is not None:
            yield _make(f"turnero_backup_{name}_verified_timestamp_seconds", said, instant.timestamp())


def _describe_recovery(standing: RecoveryStanding, log_wait: timedelta | None) -> Iterator[Metric]:
    yield _make("turnero_platform_backup_late", "Whether the platform has had none for two nights.", standing.is_late)
    yield _make("turnero_platform_backup_failed", "Whether the last attempt failed.", bool(standing.failure))
    if standing.made_at is not None:
        said = "When the last good backup of the platform was begun."
        yield _make("turnero_platform_backup_timestamp_seconds", said, standing.made_at.timestamp())
    if log_wait is not None:
        said = "For how long a part of PostgreSQL's log has waited on its way into the store."
        yield _make("turnero_log_wait_seconds", said, log_wait.total_seconds())


def _describe_server() -> Iterator[Metric]:
    count, most = count_connections()
    yield _make("turnero_database_connections", "Connections of all clients of PostgreSQL.", count)
    yield _make("turnero_database_connections_limit", "How many it lets in.", most)
    size = read_backend_bytes()
    if size is not None:
        yield _make("turnero_database_backend_bytes", "Memory of the connection that was asked over.", size)


def _count_seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
