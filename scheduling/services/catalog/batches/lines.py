"""The lines of a file of the catalog: what each says, what becomes of it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from django.db import transaction

from audit.errors import ChangedMeanwhile
from kernel.errors import Conflict, Invalid
from kernel.text import mark
from scheduling.errors import SetupInvalid
from scheduling.models.row import CatalogRow
from scheduling.services.catalog.checks import Lookup
from scheduling.services.catalog.door import Noun, compare
from scheduling.services.editions import previewing
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", bound=CatalogRow)

NEEDED = mark("A new one needs this.")
UNKNOWN_ID = mark("Nothing in use has this number.")
TWICE = mark("This stands in the file twice.")
SEVERAL = mark("Several are called so: say which by its number.")
CHANGED = mark("Somebody changed it at this moment. Import the file once more.")
IN_THE_WAY = mark("This cannot be now: coming appointments or other settings need it as it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A line as it was read: ``values`` are the fields of the set-up that it gives, the others stay or are usual."""

    number: int
    row_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of a line: whether it is new, and the fields that differ with old and new, as the log has them."""

    number: int
    name: str
    is_new: bool
    fields: Mapping[str, tuple[object, object]]


class Numbered(Protocol):
    """A line that knows which one it is."""

    @property
    def number(self) -> int:
        """Return its place in the file."""


class LineErrors:
    """What is wrong, by line and field; the first word about a field counts."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, ...]] = {}

    def note(self, line: Numbered, name: str, text: str) -> None:
        """Note what is wrong with a field of a line."""
        self.found.setdefault(f"{line.number}.{name}", (text,))

    def take(self, line: Numbered, error: Invalid) -> None:
        """Note everything that a check has found in a line."""
        for name, texts in error.errors.items():
            field_name = name if name.startswith("texts.") else name.partition(".")[0]
            self.found.setdefault(f"{line.number}.{field_name}", texts)

    def raise_any(self) -> None:
        """Refuse when anything was noted.

        Raises:
            SetupInvalid: Names what is wrong, as ``<number of the line>.<field>``.
        """
        if self.found:
            raise SetupInvalid(errors=self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer(Generic[RowT]):
    """A kind of thing that can be read from a file.

    Attributes:
        read: A row's set-up.
        make: The set-up of a new one, from the values of a line.
        needed: Fields without which there is no new one.
        is_meant: Tells whether the values of a line that has no number name a set-up.
        twin_key: What two new ones of a file may not have in common, of a set-up.
        check: As the form's: takes ``before``, ``own_id`` and ``lookup``.
        create: Takes ``setup``, ``by`` and ``now``.
        change: Takes the row's id, and ``setup``, ``version``, ``by``, ``now``.
        name_of: What a set-up is called in the preview.
    """

    noun: Noun[RowT]
    read: Callable[[RowT], Any]
    make: Callable[..., Any]
    needed: tuple[str, ...]
    is_meant: Callable[[Any, Mapping[str, Any]], bool]
    twin_key: Callable[[Any], object]
    check: Callable[..., Any]
    create: Callable[..., int]
    change: Callable[..., int]
    name_of: Callable[[Any], str]


@contextmanager
def importing(*, is_trial: bool) -> Iterator[None]:
    """Do everything or nothing; a trial is undone in the end, and nobody waits for it."""
    if not is_trial:
        with transaction.atomic():
            yield
        return
    with previewing(), transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def import_rows(
    importer: Importer[RowT], *, lines: Sequence[FileLine], by: Actor, now: datetime, is_trial: bool = False
) -> tuple[LineOutcome, ...]:
    """Create and change what the lines say, and return what became of each; ``is_trial`` keeps nothing of it.

    What the file does not name stays as it is. Coming bookings that fit worse after it are refused, or reviewed
    where somebody decides about them (`fitting.collecting`).

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SetupInvalid: Names what cannot be, as ``<number of the line>.<field>``.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    with importing(is_trial=is_trial):
        return _import(importer, lines, by=by, now=now)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done for a line."""

    line: FileLine
    row: CatalogRow | None
    before: DataclassInstance | None
    after: DataclassInstance


def _import(
    importer: Importer[RowT], lines: Sequence[FileLine], *, by: Actor, now: datetime
) -> tuple[LineOutcome, ...]:
    rows = {row.pk: row for row in importer.noun.model._default_manager.filter(is_active=True)}  # noqa: SLF001
    setups = {row_id: importer.read(row) for row_id, row in rows.items()}
    errors, lookup = LineErrors(), Lookup()
    plans = [plan for line in lines if (plan := _plan(importer, line, rows, setups, errors, lookup)) is not None]
    _refuse_twins(importer, plans, errors)
    errors.raise_any()
    # Always in the same order: two who change some of the same wait for each other, and never both.
    for plan in sorted(plans, key=lambda each: each.row.pk if each.row else 0):
        _save(importer, plan, errors, by=by, now=now)
    errors.raise_any()
    return tuple(
        LineOutcome(
            plan.line.number,
            importer.name_of(plan.after),
            plan.row is None,
            compare(plan.before, plan.after) if plan.before else {},
        )
        for plan in plans
    )


def _plan(
    importer: Importer[RowT],
    line: FileLine,
    rows: Mapping[int, RowT],
    setups: Mapping[int, Any],
    errors: LineErrors,
    lookup: Lookup,
) -> _Plan | None:
    row_id = line.row_id
    if row_id is None:
        same = [known for known, setup in setups.items() if importer.is_meant(setup, line.values)]
        if len(same) > 1:
            errors.note(line, importer.needed[0], SEVERAL)
            return None
        row_id = next(iter(same), None)
    elif row_id not in rows:
        errors.note(line, "id", UNKNOWN_ID)
        return None
    before = None if row_id is None else setups[row_id]
    missing = [name for name in importer.needed if before is None and name not in line.values]
    for name in missing:
        errors.note(line, name, NEEDED)
    if missing:
        return None
    setup = importer.make(**line.values) if before is None else replace(before, **line.values)
    try:
        after = importer.check(setup, before=before, own_id=row_id, lookup=lookup)
    except Invalid as error:
        errors.take(line, error)
        return None
    return _Plan(line, rows.get(row_id or 0), before, after)


def _refuse_twins(importer: Importer[RowT], plans: Sequence[_Plan], errors: LineErrors) -> None:
    seen: set[object] = set()
    for plan in plans:
        key = plan.row.pk if plan.row else ("new", importer.twin_key(plan.after))
        if key in seen:
            errors.note(plan.line, importer.needed[0], TWICE)
        seen.add(key)


def _save(importer: Importer[RowT], plan: _Plan, errors: LineErrors, *, by: Actor, now: datetime) -> None:
    if plan.before == plan.after:
        return
    try:
        with transaction.atomic():
            if plan.row is None:
                importer.create(setup=plan.after, by=by, now=now)
            else:
                importer.change(plan.row.pk, setup=plan.after, version=plan.row.version, by=by, now=now)
    except Invalid as error:
        errors.take(plan.line, error)
    except ChangedMeanwhile:
        errors.note(plan.line, importer.needed[0], CHANGED)
    except Conflict as error:
        errors.note(plan.line, getattr(error, "field", "") or importer.needed[0], IN_THE_WAY)
