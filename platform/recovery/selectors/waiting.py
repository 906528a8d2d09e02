"""What of the log waits: PostgreSQL has not handed it on, or it lies in the folder and is not in the store yet."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from database.connection import connection
from recovery.engine.wal import HISTORY, SEGMENT, has_whole_between

# A server that replays a log writes none. Where nobody writes, nothing is handed on, and nothing waits.
ARCHIVER_SQL = """
SELECT pg_size_bytes(current_setting('wal_segment_size')), pg_walfile_name(pg_current_wal_lsn()),
       coalesce(last_archived_wal, ''), coalesce(last_archived_time, stats_reset),
       coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
FROM pg_stat_archiver
WHERE current_setting('archive_mode') <> 'off' AND NOT pg_is_in_recovery()
"""


def list_waiting() -> list[tuple[Path, datetime]]:
    """Return the files that lie in the folder, oldest first, with when they were handed on."""
    spool = settings.WAL_DIR
    there = sorted(spool.iterdir()) if spool is not None and spool.is_dir() else []
    return [
        (path, datetime.fromtimestamp(path.stat().st_mtime, UTC))
        for path in there
        if SEGMENT.fullmatch(path.name) or HISTORY.fullmatch(path.name)
    ]


def find_log_wait(*, now: datetime) -> timedelta | None:
    """Return for how long, at most, a part of the log has waited on its way into the store; None: it is not kept.

    One query. ``archive_command`` may fail, and it may hang, which PostgreSQL does not call a failure.
    """
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVER_SQL)
        row = cursor.fetchone()
    if row is None:
        return None
    segment_bytes, current, archived, archived_at, has_failed = row
    since = []
    if has_failed or has_whole_between(archived, current, segment_bytes=segment_bytes):
        since.append(archived_at)
    with suppress(OSError):  # it lies on another machine, or a file of it went into the store meanwhile
        since += [at for _, at in list_waiting()]
    return max((now - at for at in since), default=timedelta())
