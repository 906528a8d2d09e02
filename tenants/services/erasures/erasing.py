"""The door to erasing people: what is erased here stays erased, whichever archive a copy is made of.

The tombstone is a row, written in the transaction that erases; a worker puts it beside the archives after that.
Whoever makes a business of an archive reads both and erases again, before anybody can see the copy.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from kernel.errors import DomainError
from kernel.instants import to_instant, to_minutes
from tenants import hooks
from tenants.context import current_tenant, tenant_scope
from tenants.enums import Urgency
from tenants.errors import RetryLater, RowsUnknown, TombstonesUnreadable
from tenants.models import Tombstone
from tenants.selectors.resolution import forget_tenants, list_tenants
from tenants.services.due_work import add_due_work
from tenants.services.erasures import businesses, stones
from tenants.services.erasures.marks import MarkKey, list_keys
from tenants.services.erasures.stones import Stone
from tenants.types import ErasedRows

DUE_KIND = "store_tombstones"
AGAIN_KIND = "erase_again"
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=15))
"""When to look again at whoever was erased. A transaction that had begun before may write about them after it: it saw
nothing of the erasure, and no lock stops it, since foreign keys are checked at its end. None lasts longer than a task,
ten minutes."""
AGAIN_MINUTES = 15
"""What was erased within one quarter of an hour is looked at together, and nobody who was erased before: what has been
written about their visits since then stays."""
PATIENCE = timedelta(minutes=10)
BATCH = 1000

logger = logging.getLogger(__name__)


@transaction.atomic
def erase(*, kind: str, row_ids: Collection[int], now: datetime) -> None:
    """Erase rows of the current business, with all that says something about these people, for good.

    ``kind`` is one of those that rooms registered (`tenants.hooks.register_erasable`), ``scheduling.Customer`` for
    instance. Rooms may name more rows than those: all that stand for the same people. Erasing somebody twice changes
    nothing.

    Raises:
        RowsUnknown: One of the rows is not there; nobody was erased.
    """
    wanted = sorted(set(row_ids))
    made = dict(hooks.get_erasable(kind)(wanted))
    missing = [row_id for row_id in wanted if row_id not in made]
    if missing:
        raise RowsUnknown(kind=kind, row_ids=tuple(missing))
    wanted = sorted(made)
    key = list_keys()[0]
    found = [Stone(kind, key.id, key.mark(kind, row_id, made[row_id]), now) for row_id in wanted]
    _note(current_tenant().schema_name, found, stored_at=None)
    add_due_work(kind=DUE_KIND, row_id=0, due_at=now, now=now, urgency=Urgency.SOON)
    for number, wait in enumerate(AGAIN_AFTER):
        row_id = to_minutes(now) // AGAIN_MINUTES * len(AGAIN_AFTER) + number
        add_due_work(kind=AGAIN_KIND, row_id=row_id, due_at=now + wait, now=now)
    _erase(kind, dict.fromkeys(wanted, now), now)


@transaction.atomic
def erase_late(row_id: int, now: datetime) -> None:
    """Erase once more whom a quarter of an hour erased, with what was being written meanwhile; a due handler.

    ``row_id`` counts quarters, `len` of `AGAIN_AFTER` for each.
    """
    since = to_instant(row_id // len(AGAIN_AFTER) * AGAIN_MINUTES)
    until = since + timedelta(minutes=AGAIN_MINUTES)
    rows = Tombstone.objects.filter(schema_name=current_tenant().schema_name, erased_at__gte=since, erased_at__lt=until)
    erase_again([Stone(*row) for row in rows.values_list("kind", "key_id", "mark", "erased_at")], now=now)


def note_removed(schema_name: str, tenant_id: int, created_at: datetime, *, closed_at: datetime) -> None:
    """Leave a tombstone of a whole business, in the transaction that removes it."""
    _note(schema_name, [businesses.make_stone(tenant_id, created_at, closed_at=closed_at)], stored_at=None)


def store_of(schema_name: str, *, now: datetime) -> None:
    """Put the tombstones of a schema beside the archives that do not lie there yet; it may be gone.

    Raises:
        RetryLater: The storage does not answer.
    """
    _store(schema_name, now)


def store_waiting(_row_id: int, now: datetime) -> None:
    """Put the tombstones of the current business beside the archives that do not lie there yet; a due handler.

    Raises:
        RetryLater: The storage does not answer.
    """
    _store(current_tenant().schema_name, now)


def store_all_waiting(*, now: datetime) -> int:
    """Put everybody's tombstones there, those of businesses that are gone as well; return of how many businesses."""
    waiting = Tombstone.objects.filter(stored_at=None).order_by("schema_name")
    names = list(waiting.values_list("schema_name", flat=True).distinct())
    stored = 0
    for schema_name in names:
        try:
            _store(schema_name, now)
        except RetryLater:
            logger.warning("tombstones_wait", extra={"schema_name": schema_name})
            continue
        stored += 1
    return stored


def read_tombstones(schema_names: Iterable[str]) -> tuple[Stone, ...]:
    """Return all tombstones of these schemas, from beside the archives and from the table.

    Raises:
        NoRoom: The storage does not answer. Nothing is restored then: somebody might come back.
        TombstonesDamaged: A file is not as it was written.
        TombstonesUnreadable: One was written with a key that is not among those of the settings.
    """
    names = sorted({each for each in schema_names if each})
    found = {stone.mark: stone for name in names for stone in stones.read(name)}
    return _check_keys({**{stone.mark: stone for stone in list_noted(names)}, **found}.values())


def list_noted(schema_names: Iterable[str] | None = None) -> tuple[Stone, ...]:
    """Return the tombstones in the table: of these schemas, or of all, since an export does not say whose it is.

    Raises:
        TombstonesUnreadable: One was written with a key that is not among those of the settings.
    """
    rows = Tombstone.objects.all() if schema_names is None else Tombstone.objects.filter(schema_name__in=schema_names)
    return _check_keys([Stone(*row) for row in rows.values_list("kind", "key_id", "mark", "erased_at")])


def erase_again(found: Collection[Stone], *, now: datetime) -> int:
    """Erase in the current business whoever a tombstone stands for; return how many rows that were.

    Belongs in the transaction that makes it of an archive.
    """
    marks: dict[str, dict[str, Stone]] = defaultdict(dict)
    for stone in found:
        if stone.kind != businesses.KIND:
            marks[stone.kind][stone.mark] = stone
    keys = list_keys()
    erased = 0
    for kind, by_mark in sorted(marks.items()):
        listed = hooks.get_erasable(kind)(None)
        found_at = ((row_id, _find(by_mark, keys, kind, row_id, made_at)) for row_id, made_at in listed)
        rows = {row_id: stone.erased_at for row_id, stone in found_at if stone is not None}
        if rows:
            _erase(kind, rows, now)
            erased += len(rows)
    return erased


def erase_everywhere_again(*, now: datetime) -> dict[str, int]:
    """Erase in every business whoever a tombstone stands for; return how many rows, by schema.

    For a platform that was restored as a whole: its own table is as old as its backup, what lies beside the archives
    is not, and is taken over. A business that had been removed is closed again, and removed within the hour. Safe to
    run twice.

    Raises:
        NoRoom, TombstonesDamaged, TombstonesUnreadable: As `read_tombstones`; those before it are done.
    """
    for schema_name in stones.list_schemas():
        _note(schema_name, stones.read(schema_name), stored_at=now)
    done: dict[str, int] = {}
    for tenant in list_tenants():
        found = read_tombstones([tenant.schema_name, *tenant.former_schemas])
        with tenant_scope(tenant), transaction.atomic():
            done[tenant.schema_name] = erase_again(found, now=now)
            if businesses.close_again(tenant, found):
                logger.warning("removed_business_closed_again", extra={"schema_name": tenant.schema_name})
    forget_tenants()
    return done


def _check_keys(found: Iterable[Stone]) -> tuple[Stone, ...]:
    all_of_them, known = tuple(found), {key.id for key in list_keys()}
    lost = sorted({stone.key_id for stone in all_of_them} - known)
    if lost:
        raise TombstonesUnreadable(key_id=lost[0])
    return all_of_them


def _find(
    by_mark: dict[str, Stone], keys: Iterable[MarkKey], kind: str, row_id: int, made_at: datetime
) -> Stone | None:
    marks = (key.mark(kind, row_id, made_at) for key in keys)
    return next((by_mark[mark] for mark in marks if mark in by_mark), None)


def _erase(kind: str, since: Mapping[int, datetime], now: datetime) -> None:
    """Erase rows, by number, each with the instant at which it was erased first."""
    row_ids = list(since)
    for begin in range(0, len(row_ids), BATCH):
        rows = ErasedRows(kind=kind, row_ids=tuple(row_ids[begin : begin + BATCH]), at=now, since=since)
        for eraser in hooks.list_erasers(kind):
            eraser(rows)


def _note(schema_name: str, found: Iterable[Stone], *, stored_at: datetime | None) -> None:
    rows = [
        Tombstone(
            schema_name=schema_name,
            kind=each.kind,
            key_id=each.key_id,
            mark=each.mark,
            erased_at=each.erased_at,
            stored_at=stored_at,
        )
        for each in found
    ]
    Tombstone.objects.bulk_create(rows, ignore_conflicts=True)


def _store(schema_name: str, now: datetime) -> None:
    rows = list(Tombstone.objects.filter(schema_name=schema_name, stored_at=None).order_by("pk"))
    if not rows:
        return
    found = [Stone(row.kind, row.key_id, row.mark, row.erased_at) for row in rows]
    try:
        # Whoever dies after this stores them a second time, which says nothing else.
        stones.store(schema_name, found, now=now)
    except DomainError as error:
        raise RetryLater(at=now + PATIENCE) from error
    Tombstone.objects.filter(pk__in=[row.pk for row in rows]).update(stored_at=now)
