"""A drill: the platform as it was a moment ago, on a second server made of the store alone, compared with the living.

A backup counts only when it was restored. What is compared is what the living server counted right before and right
after the instant; a table that nobody wrote to in between has to have the same count.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from django.conf import settings

from kernel.clock import utc_now
from recovery.errors import PlaceRefused, ServerUnready
from recovery.services import catalog, counting, log_archive, objects, pictures, restoring, second_server, server
from recovery.types import DrillDone, Restored, ServerFacts

PATIENCE_SECONDS = 120.0
"""How long the living server may take to hand on the segment with the instant in it."""
REACHED_SQL = "SELECT pg_last_xact_replay_timestamp()"
MARK_SQL = "SELECT pg_current_xact_id(), clock_timestamp()"
LAST_SQL = "SELECT pg_walfile_name(pg_current_wal_insert_lsn() - 1)"
"""The segment with the last byte that was written, also when the server has handed it on by itself meanwhile."""
SWITCH_SQL = "SELECT pg_switch_wal()"


@dataclass(frozen=True, slots=True)
class _Before:
    """What is known of the living server: counts before and after the instant, and how much was not safe by then."""

    target: datetime
    least: Mapping[str, int]
    most: Mapping[str, int]
    lost_seconds: float | None


def drill(*, target: datetime | None, folder: Path | None, identity: Path | None, now: datetime) -> DrillDone:
    """Restore the platform beside itself, at this moment or at an earlier instant, and compare and measure.

    For an earlier instant nothing is known of the living server, so that counts are only reported.

    Raises:
        PlaceRefused: The folder is none, or lies in the data directory.
        ServerUnready: It hands on no log, or too slowly.
        DomainError: As `recovery.services.restoring.restore` and `second_server.running`.
    """
    _refuse_folder(folder)
    facts = server.ask()
    before = _mark(facts) if target is None else _Before(target, {}, {}, measure_loss(facts, now=now))
    begun = time.perf_counter()
    steps: dict[str, float] = {}
    with TemporaryDirectory(prefix="turnero-drill-", dir=folder) as made:
        restored = restoring.restore(
            to=Path(made) / "second", target=before.target, identity=identity, now=max(utc_now(), before.target)
        )
        steps["fetch, check and combine"] = time.perf_counter() - begun
        started = time.perf_counter()
        with second_server.running(restored, like=settings.REPLICATION_URL, database=facts.database) as address:
            steps["replay the log and start"] = time.perf_counter() - started
            ready = time.perf_counter() - begun
            with server.connected(address) as connection:
                return _compare(connection, restored, before, facts, steps, ready)


def measure_loss(facts: ServerFacts, *, now: datetime) -> float | None:
    """Return for how many seconds of work there is no copy in the store; None: for all of it."""
    reached = [each.handed_at for each in log_archive.list_stored(facts.system).values()]
    reached += [each.end_at for each in catalog.read_catalog().bases if each.system == facts.system]
    return (now - max(reached)).total_seconds() if reached else None


def _refuse_folder(folder: Path | None) -> None:
    if folder is not None:
        objects.refuse_data_directory(folder)
        if not folder.is_dir():
            raise PlaceRefused(folder=str(folder), why="it is no folder")


def _mark(facts: ServerFacts) -> _Before:
    """Choose the instant, count around it, and see to it that the log up to there is in the store."""
    if not facts.archives:
        raise ServerUnready(why=server.explain_no_log(facts))
    lost = measure_loss(facts, now=utc_now())
    pictures.mirror(now=utc_now())
    with server.connected(settings.REPLICATION_URL) as connection:
        least = counting.count_rows(connection)
        target = _leave_mark(connection)
        time.sleep(0.01)  # the instant lies between two commits
        _leave_mark(connection)
        most = counting.count_rows(connection)
        name = _switch(connection)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while name not in log_archive.list_stored(facts.system):
        log_archive.ship()
        if time.monotonic() > deadline:
            raise ServerUnready(
                why=f"the log up to now ({name}) did not come into {settings.WAL_DIR} within "
                f"{PATIENCE_SECONDS:.0f} s: does archive_command work, and write there?"
            )
        time.sleep(0.2)
    return _Before(target, least, most, lost)


def _leave_mark(connection: psycopg.Connection[Any]) -> datetime:
    """Commit something, so that the log has an instant to stop at, and return one after it."""
    connection.execute(MARK_SQL)
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    instant: datetime = row[0] if row else utc_now()
    return instant.astimezone(UTC) + timedelta(microseconds=1)


def _switch(connection: psycopg.Connection[Any]) -> str:
    """Let the server hand on what it has of its log, and return the name of the last segment of that."""
    row = connection.execute(LAST_SQL).fetchone()
    try:
        connection.execute(SWITCH_SQL)
    except psycopg.errors.InsufficientPrivilege as error:
        raise ServerUnready(
            why="our role may not let the server hand on its log (GRANT EXECUTE ON FUNCTION pg_switch_wal() TO …)"
        ) from error
    return str(row[0]) if row else ""


def _compare(
    connection: psycopg.Connection[Any],
    restored: Restored,
    before: _Before,
    facts: ServerFacts,
    steps: Mapping[str, float],
    ready: float,
) -> DrillDone:
    row = connection.execute(REACHED_SQL).fetchone()
    found = counting.count_rows(connection)
    named, spoiled = counting.list_spoiled(connection, restored.files) if pictures.are_ours() else (0, ())
    least, most = before.least, before.most
    tables = {name: sorted((least.get(name, 0), most.get(name, 0))) for name in least.keys() | most.keys()}
    different = {
        name: (low, high, found.get(name, -1))
        for name, (low, high) in tables.items()
        if not low <= found.get(name, -1) <= high
    }
    between = sum(1 for name, (low, high) in tables.items() if low != high and name not in different)
    return DrillDone(
        target=before.target,
        reached=row[0] if row else None,
        lost_seconds=before.lost_seconds,
        ready_seconds=ready,
        steps=steps,
        tables=len(found),
        rows=sum(found.values()),
        equal=len(tables) - len(different) - between,
        between=between,
        different=different,
        pictures=named,
        spoiled=spoiled,
        raw_bytes=sum(each.raw_bytes for each in restored.bases),
        stored_bytes=sum(each.stored_bytes for each in restored.bases),
        data_bytes=facts.data_bytes,
        bases=len(restored.bases),
        segments=restored.segments,
    )
