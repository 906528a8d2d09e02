"""The platform with its beat and a worker, for minutes: how much work is in no copy at any moment, and a loss of all.

Somebody writes all the time. What is measured at every second is what `manage restore_drill` calls RPO; in the end
beat and worker are gone, as with the machine, and what the store has is restored as late as it goes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

from config.environment import ROOT
from devtools.drill.burst.worker import running_worker
from kernel.clock import utc_now
from recovery.services import restoring, second_server, server
from recovery.services.drills import measure_loss

BOUND_SECONDS = 120.0
"""A minute until PostgreSQL hands a segment on that is not full, and one until a worker takes it."""
PAUSE_SECONDS = 0.2
MAKE_SQL = "CREATE TABLE public.drill_beat (at timestamptz NOT NULL DEFAULT clock_timestamp())"
WRITE_SQL = "INSERT INTO public.drill_beat DEFAULT VALUES RETURNING at"
LAST_SQL = "SELECT max(at) FROM public.drill_beat"
SWITCH_SQL = "SELECT pg_switch_wal()"
"""The table itself is in the store after a minute."""
RELOAD_SQL = "SELECT pg_reload_conf()"
DROP_SQL = "DROP TABLE IF EXISTS public.drill_beat"


@dataclass(frozen=True, slots=True)
class Beaten:
    """What was measured.

    Attributes:
        losses: For how many seconds of work there was no copy, at each look.
        lost_seconds: How much was lost with the machine: from the last write that came back until the end.
    """

    losses: tuple[float, ...]
    lost_seconds: float

    @property
    def is_bound(self) -> bool:
        """Tell whether never more was at stake than is promised."""
        return bool(self.losses) and max(*self.losses, self.lost_seconds) <= BOUND_SECONDS

    def describe(self) -> tuple[str, ...]:
        """Return it in lines."""
        return (
            (
                f"with beat and worker running: {median(self.losses):.0f} s usually, {max(self.losses):.0f} s at most "
                f"({len(self.losses)} looks; {BOUND_SECONDS:.0f} s are promised)"
            ),
            f"everything gone at once: {self.lost_seconds:.1f} s of writes did not come back",
        )


def run_beating(*, seconds: float, identity: Path | None) -> Beaten:
    """Let beat and worker keep the log while somebody writes, then lose everything and restore what is in the store."""
    database = settings.REPLICATION_URL
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(DROP_SQL)
        connection.execute(MAKE_SQL)
        connection.execute(WRITE_SQL)
        connection.execute(SWITCH_SQL)
    try:
        with _handing_on_by_the_minute(database), TemporaryDirectory() as folder, _writing(database) as written:
            with running_worker(Path(folder), **_variables()):
                losses = tuple(_watch(seconds))
            last = written[-1]  # from here on nobody puts anything into the store
        return Beaten(losses, (last - _restore_last(identity)).total_seconds())
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(DROP_SQL)


def _watch(seconds: float) -> Iterator[float]:
    facts = server.ask()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        lost = measure_loss(facts, now=utc_now())
        if lost is not None:
            yield lost
        time.sleep(1)


def _restore_last(identity: Path | None) -> datetime:
    """Return the instant of the last write that is in the store."""
    database = server.ask().database
    with TemporaryDirectory(prefix="turnero-drill-") as folder:
        restored = restoring.restore(to=Path(folder) / "second", target=None, identity=identity, now=utc_now())
        with (
            second_server.running(restored, like=settings.REPLICATION_URL, database=database) as address,
            server.connected(address) as connection,
        ):
            return _read_instant(connection, LAST_SQL)


@contextmanager
def _writing(database: str) -> Iterator[list[datetime]]:
    """Write all the time as long as the block runs, and yield when; the last one is the latest."""
    written: list[datetime] = []
    is_over = threading.Event()

    def write() -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            while not is_over.wait(PAUSE_SECONDS):
                written.append(_read_instant(connection, WRITE_SQL))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield written
    finally:
        is_over.set()
        writer.join()


@contextmanager
def _handing_on_by_the_minute(database: str) -> Iterator[None]:
    """Set what `infra/postgresql-archive.conf` sets and an embedded server does without."""
    with psycopg.connect(make_conninfo(database, user="postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET archive_timeout = {read_timeout()}")
        connection.execute(RELOAD_SQL)
        try:
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET archive_timeout")
            connection.execute(RELOAD_SQL)


def read_timeout() -> int:
    """Return after how many seconds PostgreSQL hands on a segment that is not full."""
    lines = (ROOT / "infra" / "postgresql-archive.conf").read_text(encoding="utf-8").splitlines()
    return next(int(line.partition("=")[2]) for line in lines if line.startswith("archive_timeout"))


def _variables() -> Mapping[str, str]:
    return {"TURNERO_BACKUP_KEY": settings.BACKUP_KEYS[0]} if settings.BACKUP_KEYS else {}


def _read_instant(connection: psycopg.Connection[Any], sql: LiteralString) -> datetime:
    row = connection.execute(sql).fetchone()
    assert row is not None
    instant: datetime = row[0]
    return instant
