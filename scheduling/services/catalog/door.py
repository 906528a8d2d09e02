"""What each change of the catalog does: lock, compare, save, log with its author, tell.

The functions for each kind of thing say what is allowed; this says how it is written. Events
are called ``<noun>.<action>``, such as ``service.changed``. No message is sent for them: open
boards hear of them, and whoever registers a handler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from audit.enums import Action
from audit.errors import ChangedMeanwhile
from audit.selectors.log import list_changes
from audit.services.log import log_changes
from audit.types import FieldChanges, NewEntry
from database.locks import lock_resources
from kernel.errors import NotFound
from notifications.services.outbox import publish
from scheduling.enums import CatalogNoun
from scheduling.errors import Archived, SetupInvalid
from scheduling.models.row import CatalogRow
from scheduling.selectors.catalog.setups import to_column, to_fields
from scheduling.services.catalog.checks import DATE_TAKEN, NAME_TAKEN
from scheduling.services.editions import is_preview, make_edition
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", bound=CatalogRow)

TWINS: Mapping[str, str] = {
    "scheduling_location_name": "name",
    "scheduling_type_name": "name",
    "scheduling_resource_name": "name",
    "scheduling_service_name": "name",
    "scheduling_add_on_name": "name",
    "scheduling_override_resource_once": "on",
    "scheduling_override_location_once": "on",
    "scheduling_holiday_once": "on",
    "scheduling_off_once": "starts_at",
}
"""Unique constraint → the field that is told."""


@dataclass(frozen=True, slots=True)
class Noun(Generic[RowT]):
    """A kind of thing: what it is called, where it lies, and what is raised when there is none.

    Attributes:
        guard: Surrounds the archiving (False) and restoring (True) of a locked row: refuses what cannot be, and
            writes what goes with it.
        is_booked: Whoever books it waits while it is locked, and is counted after that.
    """

    name: CatalogNoun
    model: type[RowT]
    missing: type[NotFound]
    guard: Callable[[RowT, bool, datetime], AbstractContextManager[None]]
    is_booked: bool = False


def lock_row(noun: Noun[RowT], row_id: int, *, version: int | None, may_be_archived: bool = False) -> RowT:
    """Return a row that nobody else changes until the transaction ends; who books waits for it, and plans anew.

    ``version`` is what the caller had read; None: whatever it is now.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        NotFound: The noun's own, when there is no such row.
        ChangedMeanwhile: The row has another version; says what was done since.
        Archived: The row is archived.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    make_edition()
    if noun.is_booked and not is_preview():
        lock_resources([row_id])
    rows = noun.model._default_manager.filter(pk=row_id)  # noqa: SLF001
    row = rows.first() if is_preview() else rows.select_for_update(no_key=True).first()
    if row is None:
        raise noun.missing
    if version is not None and row.version != version:
        changes = list_changes(noun=noun.name, row_id=row_id, after_version=version)
        raise ChangedMeanwhile(version=row.version, changes=changes)
    if not (row.is_active or may_be_archived):
        raise Archived
    return row


def add_row(noun: Noun[RowT], row: RowT, *, by: Actor, now: datetime) -> int:
    """Save a new row and return its id.

    Raises:
        SetupInvalid: Somebody saved one of the same name a moment ago.
    """
    add_rows(noun, [row], by=by, now=now)
    _tell(noun, row, Action.CREATED, (), by=by, now=now)
    return int(row.pk)


def add_rows(noun: Noun[RowT], rows: Sequence[RowT], *, by: Actor, now: datetime) -> list[RowT]:
    """Save many new rows with two queries, and tell nobody: for a business that is being made. None change nothing.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SetupInvalid: There is one of the same name already.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    if not rows:
        return []
    make_edition()
    with _refusing_twins():
        made = noun.model._default_manager.bulk_create(rows)  # noqa: SLF001
    log_changes((NewEntry(noun.name, row.pk, row.version, Action.CREATED) for row in made), user_id=by.user_id, now=now)
    return made


def change_row(
    noun: Noun[RowT],
    row: RowT,
    before: DataclassInstance,
    after: DataclassInstance,
    *,
    by: Actor,
    now: datetime,
    is_restored: bool = False,
) -> int:
    """Save what differs between two set-ups of a locked row and return its version, the same when nothing does.

    Fields that are no columns are only logged: the caller writes them. ``is_restored`` takes an archived row
    back at once, so that it may return under another name; the caller has checked what the guard would.

    Raises:
        SetupInvalid: Somebody gave the same name to another row a moment ago.
    """
    fields, columns = compare(before, after), to_columns(after)
    if is_restored and not row.is_active:
        fields, columns = {**fields, "is_active": (False, True)}, {**columns, "is_active": True}
    action = Action.RESTORED if "is_active" in fields else Action.CHANGED
    if getattr(row, "is_sample", False):
        # Whoever saves it takes it over, also as it is; that changes nothing that anybody set up.
        noun.model._default_manager.filter(pk=row.pk).update(is_sample=False)  # noqa: SLF001
    return write_fields(noun, row, fields, columns, by=by, now=now, action=action)


def write_fields(
    noun: Noun[RowT],
    row: RowT,
    fields: FieldChanges,
    columns: Mapping[str, object],
    *,
    by: Actor,
    now: datetime,
    action: Action = Action.CHANGED,
    is_told: bool = True,
) -> int:
    """Save those of ``columns`` that ``fields`` names, log and tell; return the row's version."""
    if not fields:
        return row.version
    known = {field.attname for field in noun.model._meta.concrete_fields}  # noqa: SLF001 - Django's documented way
    changed = {name: columns[name] for name in fields if name in known}
    row.version += 1
    with _refusing_twins():
        noun.model._default_manager.filter(pk=row.pk).update(**changed, version=row.version)  # noqa: SLF001
    for name, value in changed.items():
        setattr(row, name, value)
    log_changes([NewEntry(noun.name, row.pk, row.version, action, fields)], user_id=by.user_id, now=now)
    if is_told:
        _tell(noun, row, action, fields, by=by, now=now)
    return row.version


@transaction.atomic
def archive(noun: Noun[RowT], row_id: int, *, version: int | None, by: Actor, now: datetime) -> int:
    """Archive a row and return its version, the same when it is archived already.

    Raises:
        NotFound, ChangedMeanwhile: As in `lock_row`.
        Conflict: Something needs it; the noun's guard says what.
    """
    return _switch(noun, row_id, is_active=False, version=version, by=by, now=now)


@transaction.atomic
def restore(noun: Noun[RowT], row_id: int, *, version: int | None, by: Actor, now: datetime) -> int:
    """Restore a row and return its version, the same when it is in use already.

    Raises:
        NotFound, ChangedMeanwhile: As in `lock_row`.
        SetupInvalid: Another one has its name by now, or what it belongs to is archived.
        BookingsInTheWay: Of an exception to the hours: coming bookings lie in it.
    """
    return _switch(noun, row_id, is_active=True, version=version, by=by, now=now)


def delete_row(noun: Noun[RowT], row: RowT, before: DataclassInstance, *, by: Actor, now: datetime) -> None:
    """Delete a locked row and what belongs to it; the log keeps what it was."""
    row_id, version = row.pk, row.version + 1
    row.delete()
    row.pk, row.version = row_id, version
    fields = {name: (value, None) for name, value in to_fields(before).items()}
    log_changes([NewEntry(noun.name, row_id, version, Action.DELETED, fields)], user_id=by.user_id, now=now)
    _tell(noun, row, Action.DELETED, (), by=by, now=now)


@transaction.atomic
def reorder(noun: Noun[RowT], row_ids: Sequence[int], *, by: Actor, now: datetime) -> None:
    """Put rows into this order; others keep their place.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        NotFound: The noun's own, when one of them does not exist.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    manager = noun.model._default_manager  # noqa: SLF001
    rows: dict[int, Any] = {row.pk: row for row in manager.select_for_update(no_key=True).filter(pk__in=row_ids)}
    wanted = list(dict.fromkeys(row_ids))
    if rows.keys() != set(wanted):
        raise noun.missing
    for position, row_id in enumerate(wanted):
        row = rows[row_id]
        fields = {"position": (row.position, position)} if row.position != position else {}
        write_fields(noun, row, fields, {"position": position}, by=by, now=now)


def find_last_position(noun: Noun[RowT]) -> int:
    """Return the position after all others."""
    last = noun.model._default_manager.aggregate(last=Max("position"))["last"]  # noqa: SLF001
    return 0 if last is None else last + 1


def compare(before: DataclassInstance, after: DataclassInstance) -> FieldChanges:
    """Map each field that differs to (old, new)."""
    old, new = to_fields(before), to_fields(after)
    return {name: (old[name], new[name]) for name in new if old[name] != new[name]}


def to_columns(setup: DataclassInstance) -> dict[str, Any]:
    """Return the values of a set-up as a row's attributes take them."""
    return {name: to_column(getattr(setup, name)) for name in setup.__dataclass_fields__}


def _switch(noun: Noun[RowT], row_id: int, *, is_active: bool, version: int | None, by: Actor, now: datetime) -> int:
    row = lock_row(noun, row_id, version=version, may_be_archived=True)
    if row.is_active is is_active:
        return row.version
    action = Action.RESTORED if is_active else Action.ARCHIVED
    fields = {"is_active": (not is_active, is_active)}
    with noun.guard(row, is_active, now):
        return write_fields(noun, row, fields, {"is_active": is_active}, by=by, now=now, action=action)


@contextmanager
def _refusing_twins() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        field = TWINS.get(_find_constraint(error))
        if field is None:
            raise
        raise SetupInvalid(errors={field: (NAME_TAKEN if field == "name" else DATE_TAKEN,)}) from error


def _find_constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def _tell(noun: Noun[RowT], row: RowT, action: Action, fields: Iterable[str], *, by: Actor, now: datetime) -> None:
    payload = {"version": row.version, "fields": list(fields), "by": by.kind}
    publish(kind=f"{noun.name.value}.{action.value}", subject_id=row.pk, payload=payload, now=now)
