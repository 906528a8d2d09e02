"""Remembering what is due, and doing it.

A row is written in the transaction of whatever makes it due, so there is never one without
the other. After the commit a worker is woken through Celery; when that message is lost, the
sweeper finds the row anyway.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q

from database.connection import connection
from database.statements import Statement
from kernel.clock import utc_now
from keyvalue.tasks import Notice, push_task
from tenants import hooks
from tenants.errors import RetryLater, TenantUnknown
from tenants.jobs import call_in_schema
from tenants.models import DueWork

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
SWEEP_BATCH = 200
MAX_LEASED = 400
MAX_BACKOFF = timedelta(hours=1)

logger = logging.getLogger(__name__)

ADD_SQL = """
INSERT INTO tenants_duework (schema_name, kind, row_id, due_at, attempts, leased_until, is_parked, last_error)
SELECT %({name}_schema)s::text, %({name}_kind)s::text, id, %({name}_at)s::timestamptz, 0, NULL, false, ''
FROM {source}
ON CONFLICT (schema_name, kind, row_id) DO UPDATE SET due_at = EXCLUDED.due_at, attempts = EXCLUDED.attempts,
  leased_until = EXCLUDED.leased_until, is_parked = EXCLUDED.is_parked, last_error = EXCLUDED.last_error
"""
REMOVE_SQL = """
DELETE FROM tenants_duework d USING {source} s
WHERE d.schema_name = %({name}_schema)s::text AND d.kind = %({name}_kind)s::text AND d.row_id = s.id
"""


def add_due_work(*, kind: str, row_id: int, due_at: datetime, now: datetime) -> None:
    """Remember that row ``row_id`` of the current schema wants ``kind`` of attention at ``due_at``.

    Belongs in the caller's transaction. A row that is there already gets the new time and a
    fresh count of attempts. What is due by ``now`` wakes a worker after the commit.
    """
    statement = Statement()
    statement.add("wanted", "SELECT %(wanted_id)s::int8 AS id", {"id": row_id})
    add_due_part(statement, name="due", source="wanted", kind=kind, due_at=due_at)
    statement.fetch("SELECT id FROM wanted")
    if due_at <= now:
        wake_after_commit(kind=kind, row_id=row_id)


def add_due_part(statement: Statement, *, name: str, source: str, kind: str, due_at: datetime) -> None:
    """Let a statement do what `add_due_work` does, for the ``id`` that its part ``source`` returns.

    What is due already the caller hands to `wake_after_commit` afterwards.
    """
    values = {"schema": connection.schema_name, "kind": kind, "at": due_at}
    statement.add(name, ADD_SQL.format(name=name, source=source), values)


def remove_due_part(statement: Statement, *, name: str, source: str, kind: str) -> None:
    """Let a statement do what `remove_due_work` does, for the ``id`` that its part ``source`` returns."""
    statement.add(name, REMOVE_SQL.format(name=name, source=source), {"schema": connection.schema_name, "kind": kind})


def wake_after_commit(*, kind: str, row_id: int, notice: Notice | None = None) -> None:
    """Ask a worker to look at a row of the current schema as soon as the caller's transaction is committed.

    ``notice`` is published at the same time.
    """
    wake = partial(wake_worker, schema_name=connection.schema_name, kind=kind, row_id=row_id, notice=notice)
    transaction.on_commit(wake)


def remove_due_work(*, kind: str, row_id: int) -> None:
    """Forget about something that is not due any more."""
    DueWork.objects.filter(schema_name=connection.schema_name, kind=kind, row_id=row_id).delete()


def wake_worker(
    *, schema_name: str, kind: str, row_id: int, lease: datetime | None = None, notice: Notice | None = None
) -> None:
    """Ask a worker to look at one row now; a broker that does not answer is only logged.

    ``lease`` is the lease under which the row was handed out; only its holder may do the work.
    ``notice`` is published in the same round trip.
    """
    values = {
        "schema_name": schema_name,
        "kind": kind,
        "row_id": row_id,
        "lease": lease.isoformat() if lease else None,
    }
    if not push_task("tenants.perform_due_work", values, notice=notice):
        logger.warning("wake_failed", extra={"kind": kind, "row_id": row_id})


def sweep_due_work(*, now: datetime) -> int:
    """Wake workers for what is due and not being done; return how many rows.

    Rows are leased, so that the next sweep does not queue them again. At most `MAX_LEASED` are
    out at a time: a longer queue would outlive its leases, and be queued again and again.
    """
    room = MAX_LEASED - DueWork.objects.filter(leased_until__gt=now).count()
    if room <= 0:
        return 0
    with transaction.atomic():
        due = list(
            DueWork.objects.select_for_update(skip_locked=True)
            .filter(Q(leased_until=None) | Q(leased_until__lte=now), due_at__lte=now, is_parked=False)
            .order_by("due_at")[: min(room, SWEEP_BATCH)]
        )
        DueWork.objects.filter(pk__in=[row.pk for row in due]).update(leased_until=now + LEASE)
    for row in due:
        wake_worker(schema_name=row.schema_name, kind=row.kind, row_id=row.row_id, lease=now + LEASE)
    return len(due)


def perform_due_work(*, schema_name: str, kind: str, row_id: int, now: datetime, lease: datetime | None = None) -> bool:
    """Do one piece of due work inside its tenant; return whether it was done here and now.

    The row is leased first and deleted after: a worker that dies in between lets the lease
    run out, and another one does it again. Whoever got it from the sweeper brings the
    sweeper's ``lease`` and takes it over. A handler that fails is tried again later, at most
    `MAX_ATTEMPTS` times, then the row is parked for people to look at.
    """
    rows = DueWork.objects.filter(schema_name=schema_name, kind=kind, row_id=row_id, is_parked=False)
    is_free = Q(leased_until=None) | Q(leased_until__lte=now)
    if lease is not None:
        is_free |= Q(leased_until=lease)
    # The lease needs the clock of this moment, not ``now``: the task may have waited for a connection
    # since then, and a lease from the past would let a second worker in beside the first.
    mine = utc_now() + LEASE
    if not rows.filter(is_free, due_at__lte=now).update(leased_until=mine):
        return False
    row = rows.filter(leased_until=mine).first()
    if row is None:
        return False
    try:
        call_in_schema(schema_name, hooks.get_due_handler(kind), row_id, now)
    except RetryLater as later:
        rows.filter(due_at=row.due_at).update(due_at=later.at, leased_until=None)
        return False
    except TenantUnknown:
        rows.delete()
        return False
    except Exception as error:  # noqa: BLE001 - the edge: whatever a handler raises, the row must not be lost
        _note_failure(row, error, now)
        return False
    # A handler may have moved the row to another time: that is new work, and stays.
    rows.filter(due_at=row.due_at).delete()
    return True


def _note_failure(row: DueWork, error: Exception, now: datetime) -> None:
    attempts = row.attempts + 1
    backoff = min(timedelta(seconds=2**attempts), MAX_BACKOFF)
    DueWork.objects.filter(pk=row.pk).update(
        attempts=F("attempts") + 1,
        due_at=now + backoff,
        leased_until=None,
        is_parked=attempts >= MAX_ATTEMPTS,
        last_error=f"{type(error).__name__}: {error}"[:300],
    )
    logger.error(
        "due_work_failed",
        exc_info=error,
        extra={"schema_name": row.schema_name, "kind": row.kind, "row_id": row.row_id, "attempts": attempts},
    )
