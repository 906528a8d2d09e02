"""What somebody decides about an import: its columns, that it begins, that it stops, that it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from scheduling.enums import IMPORTS_AT_WORK, ImportKind, ImportState, KnownRule
from scheduling.errors.imports import ImportBusy, ImportElsewhere, ImportNotFound
from scheduling.models import Import
from scheduling.services.imports.columns import check_targets
from scheduling.services.imports.uploading import DUE_KIND, KEPT, LANE, UNCONFIRMED, WAITING
from scheduling.types.imports.options import VisitOptions
from tenants.enums import Ability, Urgency
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work, remove_due_work

DEFAULT_OPTIONS = VisitOptions()


@write_transaction()
def choose_columns(
    *,
    key: UUID,
    targets: Sequence[str],
    known: KnownRule = KnownRule.FILL,
    options: VisitOptions = DEFAULT_OPTIONS,
    now: datetime,
) -> None:
    """Keep what each column fills, and let all rows be checked anew: ``known`` for customers, ``options`` for visits.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        ImportNotFound: There is none.
        ImportElsewhere: It has begun already.
        ImportBusy: Another one is being worked on.
        ImportUnreadable: The columns cannot be read so.
    """
    run = take_import(key, ImportState.COLUMNS, ImportState.READY)
    check_targets(targets, heads=run.heads, kind=ImportKind(run.kind))
    run.targets, run.known, run.plans, run.ends_at = list(targets), known, {}, now + UNCONFIRMED
    run.options = options.to_json()
    set_to_work(run, ImportState.CHECKING, now=now)


@write_transaction()
def start_import(*, key: UUID, by_id: int, now: datetime) -> None:
    """Let the rows be written that may be.

    Raises:
        StatusForbids, ImportNotFound, ImportElsewhere, ImportBusy: As `choose_columns`.
    """
    run = take_import(key, ImportState.READY)
    run.by_id, run.started_at, run.ends_at = by_id, now, now + KEPT
    set_to_work(run, ImportState.RUNNING, now=now)


@write_transaction()
def stop_import(*, key: UUID, now: datetime) -> None:
    """Let an import end where it is: what it wrote stays, and can be undone; of one that is checked nothing stays.

    Raises:
        StatusForbids, ImportNotFound, ImportElsewhere: As `choose_columns`.
    """
    run = take_import(key, ImportState.RUNNING, ImportState.CHECKING)
    is_running = run.state == ImportState.RUNNING
    run.state = ImportState.STOPPED if is_running else ImportState.COLUMNS
    run.finished_at = now if is_running else None
    run.save()
    remove_due_work(kind=DUE_KIND, row_id=run.pk)


@write_transaction()
def undo_import(*, key: UUID, by_id: int, now: datetime) -> None:
    """Let everything be taken back that an import wrote and nobody has touched since.

    Raises:
        StatusForbids, ImportNotFound, ImportElsewhere, ImportBusy: As `choose_columns`; its rows may be gone, too.
    """
    run = take_import(key, ImportState.DONE, ImportState.STOPPED)
    if run.ends_at is None:
        raise ImportElsewhere
    run.undone_by_id = by_id
    set_to_work(run, ImportState.UNDOING, now=now)


@write_transaction()
def discard_import(*, key: UUID) -> None:
    """Forget a file that was not imported, be it still being read.

    Raises:
        StatusForbids, ImportNotFound, ImportElsewhere: As `choose_columns`.
    """
    take_import(key, *WAITING).delete()


def lock_run(rows: QuerySet[Import]) -> Import | None:
    """Return an import that nobody else works on until the transaction ends."""
    return rows.select_for_update().first()


def take_import(key: UUID, *states: ImportState) -> Import:
    """Return an import that is in one of these states, and that nobody else works on until the transaction ends.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        ImportNotFound, ImportElsewhere: There is none, or it is not there.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    run = lock_run(Import.objects.filter(key=key))
    if run is None:
        raise ImportNotFound
    if run.state not in states:
        raise ImportElsewhere
    return run


def set_to_work(run: Import, state: ImportState, *, now: datetime) -> None:
    """Let a worker do what is next, from the first row on.

    Raises:
        ImportBusy: Another one is being worked on.
    """
    lock_words(KeySpace.LIMIT, "imports")
    if Import.objects.filter(state__in=IMPORTS_AT_WORK).exclude(pk=run.pk).exists():
        raise ImportBusy
    run.state, run.position, run.done_rows = state, 0, 0
    run.save()
    add_due_work(kind=DUE_KIND, row_id=run.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)
