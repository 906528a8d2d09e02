"""The PostgreSQL that runs: what it says of itself, and whether it can be backed up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings

from recovery.engine.chains import FIRST_INCREMENTAL_MAJOR
from recovery.errors import ServerAway, ServerUnready
from recovery.types import ServerFacts

CONNECT_SECONDS = 10
OLDEST_MAJOR = 15
REPLAYED = (
    "max_connections",
    "max_locks_per_transaction",
    "max_prepared_transactions",
    "max_wal_senders",
    "max_worker_processes",
)
"""Settings that a server which replays the log of another needs at least as large as that one."""
FACTS_SQL = """
SELECT current_database(),
       (SELECT system_identifier::text FROM pg_control_system()),
       current_setting('server_version_num')::int,
       pg_size_bytes(current_setting('wal_segment_size')),
       current_setting('archive_mode') <> 'off',
       coalesce(current_setting('summarize_wal', true), 'off') = 'on',
       coalesce((SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user), false),
       (SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint FROM pg_database
        WHERE has_database_privilege(oid, 'CONNECT'))
"""
ARCHIVER_SQL = """
SELECT last_failed_time FROM pg_stat_archiver WHERE last_failed_time > coalesce(last_archived_time, '-infinity')
"""
SETTINGS_SQL = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name"


@contextmanager
def connected(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection of our own, beside Django's: also to a server that is not the platform's.

    Raises:
        ServerAway: It does not answer, or went away.
    """
    try:
        with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS, autocommit=True) as connection:
            connection.execute("SET timezone = 'UTC'")
            yield connection
    except psycopg.OperationalError as error:
        raise ServerAway(why=" ".join(str(error).split())) from error


def ask() -> ServerFacts:
    """Return what the platform's server says of itself.

    Raises:
        ServerAway: It does not answer.
    """
    with connected(settings.REPLICATION_URL) as connection:
        row = connection.execute(FACTS_SQL).fetchone()
        found = dict(connection.execute(SETTINGS_SQL, [list(REPLAYED)]).fetchall())
    if row is None:
        raise ServerAway(why="it said nothing")
    database, system, version, segment_bytes, archives, summarizes, may_replicate, data_bytes = row
    return ServerFacts(
        database=database,
        system=system,
        version=version,
        segment_bytes=segment_bytes,
        archives=archives,
        summarizes=summarizes,
        may_replicate=may_replicate,
        data_bytes=data_bytes,
        settings=found,
    )


def find_archive_failure() -> datetime | None:
    """Return when the server last failed to hand on its log; None: it has done so since, or never failed.

    Raises:
        ServerAway: It does not answer.
    """
    with connected(settings.REPLICATION_URL) as connection:
        row = connection.execute(ARCHIVER_SQL).fetchone()
    failed_at: datetime | None = row[0] if row else None
    return failed_at


def refuse_unready(facts: ServerFacts) -> None:
    """Refuse a server of which no base backup can be taken.

    Raises:
        ServerUnready: The role may not, or the server is too old.
    """
    if facts.major < OLDEST_MAJOR:
        raise ServerUnready(why=f"PostgreSQL {facts.major} is older than {OLDEST_MAJOR}")
    if not facts.may_replicate:
        raise ServerUnready(
            why="the role of TURNERO_REPLICATION_URL, or else of DATABASE_URL, may not replicate "
            "(ALTER ROLE … REPLICATION)"
        )


def explain_no_incremental(facts: ServerFacts) -> str:
    """Return why this server has full backups only; empty: it can have others."""
    if facts.major < FIRST_INCREMENTAL_MAJOR:
        return f"PostgreSQL {facts.major} has no incremental backups, which came with {FIRST_INCREMENTAL_MAJOR}"
    if not facts.summarizes:
        return "summarize_wal is off, so that the server does not know what changed"
    return ""


def explain_no_log(facts: ServerFacts) -> str:
    """Return why no instant between two backups can be reached; empty: it can."""
    if facts.archives:
        return ""
    return "archive_mode is off: what happened after the last backup is lost with the machine"
