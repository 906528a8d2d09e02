"""Remembering what is due, and doing it, the most urgent first.

A row is written in the transaction of whatever makes it due, so there is never one without
the other. After the commit a worker is woken through Celery. Which row it does, the table decides,
not the order in which workers are woken; when the message is lost, the sweeper wakes one anyway.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from database.connection import connection
from database.locks import KeySpace, lock_words
from database.statements import Statement
from kernel.clock import utc_now
from keyvalue.tasks import Notice, push_task
from telemetry.meters import note_due_work
from telemetry.tracing import find_request_id, traced
from tenants import hooks
from tenants.enums import Urgency
from tenants.errors import RetryLater, TenantUnknown
from tenants.jobs import call_in_schema
from tenants.models import DueWork

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
WOKEN_AT_ONCE = 20
TURN = timedelta(seconds=5)
"""How long a worker that was woken goes on; then Celery may give it something else."""
MAX_BACKOFF = timedelta(hours=1)
UNKNOWN_PAUSE, LONG_UNKNOWN_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""How long work of a kind waits that only another version knows: at first, and after `UNKNOWN_LONG`."""
UNKNOWN_LONG = timedelta(days=1)
"""By then a version that was rolled back is back as a rule; else its work may be of a kind that is gone for good."""
DONE = "done"

logger = logging.getLogger(__name__)
_is_at_work: ContextVar[bool] = ContextVar("is_at_work", default=False)

ADD_SQL = """
INSERT INTO tenants_duework
  (schema_name, kind, row_id, due_at, urgency, lane, request_id, attempts, leased_until, is_parked, last_error)
SELECT %({name}_schema)s::text, %({name}_kind)s::text, id, %({name}_at)s::timestamptz, %({name}_urgency)s::int2,
  %({name}_lane)s::text, %({name}_request)s::text, 0, NULL, false, ''
FROM {source}
ON CONFLICT (schema_name, kind, row_id) DO UPDATE SET due_at = EXCLUDED.due_at, urgency = EXCLUDED.urgency,
  lane = EXCLUDED.lane, request_id = EXCLUDED.request_id, attempts = EXCLUDED.attempts,
  leased_until = EXCLUDED.leased_until, is_parked = EXCLUDED.is_parked, last_error = EXCLUDED.last_error
"""
# One look into the index for each urgency: rows that are not due yet cost nothing, however many there are.
# A lane is full of those who are still connected: PostgreSQL notices at once when a worker is killed. Of a worker
# that does not say who it is (an old one), and behind a pooler, whose connections stay, the lease tells.
CLAIM_SQL = """
UPDATE tenants_duework SET leased_until = %(lease)s, leased_pid = pg_backend_pid() WHERE id = (
  SELECT next.id
  FROM generate_series(0, %(last)s) level
  CROSS JOIN LATERAL (
    SELECT d.id
    FROM tenants_duework d
    WHERE d.urgency = level AND d.due_at <= %(now)s AND NOT d.is_parked
      AND (d.leased_until IS NULL OR d.leased_until <= %(now)s)
      AND d.lane <> ALL (ARRAY(
        SELECT lane FROM tenants_duework
        WHERE leased_until > %(now)s AND lane <> ''
          AND (leased_pid IS NULL OR EXISTS (SELECT 1 FROM pg_stat_get_activity(leased_pid)))
        GROUP BY lane HAVING count(*) >= %(places)s))
    ORDER BY d.due_at, d.id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
  ) next
  ORDER BY level
  LIMIT 1
)
RETURNING id
"""
REMOVE_SQL = """
DELETE FROM tenants_duework d USING {source} s
WHERE d.schema_name = %({name}_schema)s::text AND d.kind = %({name}_kind)s::text AND d.row_id = s.id
"""


def add_due_work(
    *, kind: str, row_id: int, due_at: datetime, now: datetime, urgency: Urgency = Urgency.LATER, lane: str = ""
) -> None:
    """Remember that row ``row_id`` of the current schema wants ``kind`` of attention at ``due_at``.

    Belongs in the caller's transaction. A row that is there already gets the new time and a
    fresh count of attempts. What is due by ``now`` wakes a worker after the commit. Work of the same
    ``lane`` waits for the same thing outside.
    """
    statement = Statement()
    statement.add("wanted", "SELECT %(wanted_id)s::int8 AS id", {"id": row_id})
    add_due_part(statement, name="due", source="wanted", kind=kind, due_at=due_at, urgency=urgency, lane=lane)
    statement.fetch("SELECT id FROM wanted")
    if due_at <= now:
        wake_after_commit(kind=kind, row_id=row_id)


def plan_due_work(
    *, kind: str, row_ids: Collection[int], due_at: datetime, urgency: Urgency = Urgency.LATER, lane: str = ""
) -> None:
    """Do the same for many rows with one statement, and wake nobody: the sweep finds them."""
    statement = Statement()
    statement.add("wanted", "SELECT unnest(%(wanted_ids)s::int8[]) AS id", {"ids": list(row_ids)})
    add_due_part(statement, name="due", source="wanted", kind=kind, due_at=due_at, urgency=urgency, lane=lane)
    statement.fetch("SELECT id FROM wanted")


def add_due_part(
    statement: Statement,
    *,
    name: str,
    source: str,
    kind: str,
    due_at: datetime,
    urgency: Urgency = Urgency.LATER,
    lane: str = "",
) -> None:
    """Let a statement do what `add_due_work` does, for the ``id`` that its part ``source`` returns.

    What is due already the caller hands to `wake_after_commit` afterwards.
    """
    values = {
        "schema": connection.schema_name,
        "kind": kind,
        "at": due_at,
        "urgency": int(urgency),
        "lane": lane,
        "request": find_request_id(),
    }
    statement.add(name, ADD_SQL.format(name=name, source=source), values)


def remove_due_part(statement: Statement, *, name: str, source: str, kind: str) -> None:
    """Let a statement do what `remove_due_work` does, for the ``id`` that its part ``source`` returns."""
    statement.add(name, REMOVE_SQL.format(name=name, source=source), {"schema": connection.schema_name, "kind": kind})


def wake_after_commit(*, kind: str, row_id: int, notice: Notice | None = None) -> None:
    """Ask a worker to look at a row of the current schema as soon as the caller's transaction is committed.

    ``notice`` is published at the same time. A worker in its turn wakes nobody: it looks for the next row itself.
    """
    if _is_at_work.get() and notice is None:
        return
    wake = partial(wake_worker, schema_name=connection.schema_name, kind=kind, row_id=row_id, notice=notice)
    transaction.on_commit(wake)


def remove_due_work(*, kind: str, row_id: int) -> None:
    """Forget about something that is not due any more."""
    remove_all_due_work(kind=kind, row_ids=[row_id])


def remove_all_due_work(*, kind: str, row_ids: Collection[int]) -> None:
    """Do the same for many rows with one statement."""
    DueWork.objects.filter(schema_name=connection.schema_name, kind=kind, row_id__in=row_ids).delete()


def wake_worker(*, schema_name: str, kind: str, row_id: int, notice: Notice | None = None) -> None:
    """Ask a worker to look for work now; a broker that does not answer is only logged.

    The row is named for workers of before, which do that one and no other. ``notice`` is published in
    the same round trip.
    """
    values = {"schema_name": schema_name, "kind": kind, "row_id": row_id, "lease": None}
    if not push_task("tenants.perform_due_work", values, notice=notice):
        logger.warning("wake_failed", extra={"kind": kind, "row_id": row_id})


def sweep_due_work(*, now: datetime) -> int:
    """Wake workers for what is due and not being done; return how often.

    A few are enough: each goes on while there is anything to do.
    """
    free = DueWork.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), due_at__lte=now, is_parked=False)
    waiting = list(free.order_by("urgency", "due_at")[:WOKEN_AT_ONCE])
    for row in waiting:
        wake_worker(schema_name=row.schema_name, kind=row.kind, row_id=row.row_id)
    return len(waiting)


def work_off(*, turn: timedelta = TURN) -> int:
    """Do what is due, the most urgent first, until nothing is left or the turn is over; return how much was tried.

    Whoever stops in the middle wakes somebody to go on.
    """
    ends_at = utc_now() + turn
    tried = 0
    before = _is_at_work.set(True)
    try:
        while (row := _claim(utc_now())) is not None:
            tried += 1
            _perform(row, utc_now())
            if utc_now() >= ends_at:
                wake_worker(schema_name=row.schema_name, kind=row.kind, row_id=row.row_id)
                break
    finally:
        _is_at_work.reset(before)
    return tried


def perform_due_work(*, schema_name: str, kind: str, row_id: int, now: datetime) -> bool:
    """Do one row, however urgent it is; return whether it was done here and now."""
    rows = DueWork.objects.filter(schema_name=schema_name, kind=kind, row_id=row_id, is_parked=False)
    # The lease needs the clock of this moment, not ``now``: the task may have waited for a connection
    # since then, and a lease from the past would let a second worker in beside the first.
    mine = utc_now() + _find_lease(kind)
    is_free = Q(leased_until=None) | Q(leased_until__lte=now)
    if not rows.filter(is_free, due_at__lte=now).update(leased_until=mine, leased_pid=None):
        return False
    row = rows.filter(leased_until=mine).first()
    return row is not None and _perform(row, now)


def _claim(now: datetime) -> DueWork | None:
    """Lease the most urgent row that is due, and of those the oldest; none of a lane that is full."""
    values = {"lease": utc_now() + LEASE, "now": now, "last": max(Urgency), "places": settings.LANE_PLACES}
    with transaction.atomic():
        # Two that choose at the same time would both enter a lane with one place.
        lock_words(KeySpace.DUE_WORK)
        with connection.cursor() as cursor:
            cursor.execute(CLAIM_SQL, values)
            found = cursor.fetchone()
        if found is None:
            return None
        row = DueWork.objects.get(pk=found[0])
        if hooks.takes_long(row.kind):
            row.leased_until = utc_now() + _find_lease(row.kind)
            row.save(update_fields=["leased_until"])
        return row


def _find_lease(kind: str) -> timedelta:
    """Return for how long work is somebody's: what takes minutes would else leave its lane too early."""
    return timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) if hooks.takes_long(kind) else LEASE


def _perform(row: DueWork, now: datetime) -> bool:
    """Do a leased row inside its tenant, and count how it ended; return whether it was done.

    Its lines name what it was that caused it: the request that made it due, perhaps days ago.
    """
    begun = time.perf_counter()
    with traced(row.request_id, kind=row.kind, tenant=row.schema_name):
        outcome = _try(row, now)
    note_due_work(kind=row.kind, outcome=outcome, seconds=time.perf_counter() - begun)
    return outcome == DONE


def _try(row: DueWork, now: datetime) -> str:
    """Do a leased row, and return how it ended (`telemetry.bounds.OUTCOMES`).

    It is deleted after: a worker that dies in between lets the lease run out, and another one does it
    again. A handler that fails is tried again later, at most `MAX_ATTEMPTS` times, then the row is
    parked for people to look at. What nobody here does is a newer version's: it waits for as long as
    that one was rolled back.
    """
    rows = DueWork.objects.filter(pk=row.pk)
    if not hooks.has_due_handler(row.kind):
        return _put_off_unknown(row, now)
    if row.unknown_since is not None:
        rows.update(unknown_since=None)
    try:
        call_in_schema(row.schema_name, hooks.get_due_handler(row.kind), row.row_id, now)
    except RetryLater as later:
        rows.filter(due_at=row.due_at).update(due_at=later.at, leased_until=None)
        return "later"
    except TenantUnknown:
        rows.delete()
        return "gone"
    except Exception as error:  # noqa: BLE001 - the edge: whatever a handler raises, the row must not be lost
        return "parked" if _note_failure(row, error, now) else "failed"
    # A handler may have moved the row to another time: that is new work, and stays.
    rows.filter(due_at=row.due_at).delete()
    return DONE


def _put_off_unknown(row: DueWork, now: datetime) -> str:
    """Let a row wait whose kind nobody here does, and return how that is counted."""
    logger.warning("due_work_unknown", extra={"schema_name": row.schema_name, "kind": row.kind})
    since = row.unknown_since or now
    pause = UNKNOWN_PAUSE if now - since < UNKNOWN_LONG else LONG_UNKNOWN_PAUSE
    rows = DueWork.objects.filter(pk=row.pk, due_at=row.due_at)
    rows.update(due_at=now + pause, leased_until=None, unknown_since=since)
    return "unknown"


def _note_failure(row: DueWork, error: Exception, now: datetime) -> bool:
    """Put a row off that failed; return whether it is parked now."""
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
    return attempts >= MAX_ATTEMPTS
