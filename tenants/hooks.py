"""Where rooms above plug in: provisioning, due work, refusals, logs, personal data, copies of a business, erasing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from kernel.errors import Unavailable
from kernel.personal import TableInventory
from tenants.types import (
    ActDone,
    AddressChange,
    BackupTrouble,
    BusinessRemoved,
    ErasedRows,
    RemovalProof,
    RestoredTenant,
    SettingChange,
    SignUpDetails,
    TenantFile,
    TenantInfo,
)

ProvisioningStep = Callable[[TenantInfo, SignUpDetails, datetime], None]
DueHandler = Callable[[int, datetime], None]
ActWriter = Callable[[ActDone], None]
AddressWriter = Callable[[AddressChange], None]
SettingWriter = Callable[[SettingChange], None]
BackupWriter = Callable[[BackupTrouble], None]
RemovalReader = Callable[[TenantInfo], Mapping[str, Any]]
RemovalWriter = Callable[[BusinessRemoved], None]
RestoreStep = Callable[[RestoredTenant], tuple[str, ...]]
Erasable = Callable[[Collection[int] | None], Iterable[tuple[int, datetime]]]
Eraser = Callable[[ErasedRows], None]


@dataclass(frozen=True, slots=True)
class _Step:
    order: int
    name: str
    function: ProvisioningStep


@dataclass(frozen=True, slots=True)
class Refusals:
    """Answers to requests that enter no tenant.

    Attributes:
        unknown_host: To a host that nobody has, or that is none.
        moved: To a host at which a tenant answered before; it has another address now.
        not_ready: To the host of a tenant that is being prepared.
        away: To any host, while the database cannot say whose it is.
    """

    unknown_host: Callable[[HttpRequest], HttpResponseBase]
    moved: Callable[[HttpRequest, TenantInfo], HttpResponseBase]
    not_ready: Callable[[HttpRequest, TenantInfo], HttpResponseBase]
    away: Callable[[HttpRequest, Unavailable], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class FileStore:
    """Where a room keeps files of businesses, for copies of them.

    Attributes:
        list_files: What the current tenant has, by its rows.
        read: The content of one (schema, path); raises `kernel.errors.NotFound` when it is gone.
        write: Store one, for a schema that may not be there yet.
        remove_all: Remove everything that lies under a schema's name.
    """

    list_files: Callable[[], Sequence[TenantFile]]
    read: Callable[[str, str], bytes]
    write: Callable[[str, str, bytes], None]
    remove_all: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ExportRule:
    """What an export leaves out of a table of a business.

    Attributes:
        model: ``app_label.Model``.
        left_out: Why no row of it is exported; empty: its rows are.
        where: Which are, as SQL over the table.
        without: Column that is not exported → what it holds after an import, as SQL over the imported row ``r``.
    """

    model: str
    left_out: str = ""
    where: str = "true"
    without: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for people: its columns as they are called, and its rows, read as they are written.

    Dates and wall times are those of a place. Instants are aware: a CSV has them in UTC, a workbook on the clocks of
    the business.
    """

    header: Sequence[str]
    rows: Iterable[Sequence[object]]


_steps: dict[str, _Step] = {}
_handlers: dict[str, DueHandler] = {}
_long: set[str] = set()
_inventory: dict[str, TableInventory] = {}
_refusals: list[Refusals] = []
_act_writers: list[ActWriter] = []
_address_writers: list[AddressWriter] = []
_setting_writers: list[SettingWriter] = []
_backup_writers: list[BackupWriter] = []
_removal_writers: dict[str, tuple[RemovalReader, RemovalWriter]] = {}
_file_stores: dict[str, FileStore] = {}
_restore_steps: dict[str, tuple[int, RestoreStep]] = {}
_erasables: dict[str, Erasable] = {}
_erasers: dict[tuple[str, str], tuple[int, Eraser]] = {}
_left_behind: dict[str, str] = {}
_outliving: dict[str, str] = {}
_kept_empty: dict[str, str] = {}
_export_rules: dict[str, ExportRule] = {}
_sheets: dict[str, Callable[[], Sheet]] = {}
_exported_work: set[str] = set()


def register_provisioning_step(name: str, order: int, function: ProvisioningStep) -> None:
    """Run ``function`` in each new tenant's schema, inside the provisioning transaction, by ``order``."""
    _steps[name] = _Step(order=order, name=name, function=function)


def list_provisioning_steps() -> tuple[ProvisioningStep, ...]:
    """Return the steps in the order in which they run."""
    return tuple(step.function for step in sorted(_steps.values(), key=lambda step: (step.order, step.name)))


def register_due_handler(kind: str, handler: DueHandler, *, takes_long: bool = False) -> None:
    """Let ``handler(row_id, now)`` do due work of ``kind``, inside its tenant; it must be safe to run twice.

    What ``takes_long`` keeps its lease, and with it its place in the lane, as long as a task may run.
    """
    _handlers[kind] = handler
    if takes_long:
        _long.add(kind)


def takes_long(kind: str) -> bool:
    """Tell whether due work of ``kind`` may take minutes."""
    return kind in _long


def has_due_handler(kind: str) -> bool:
    """Tell whether someone does due work of ``kind``."""
    return kind in _handlers


def get_due_handler(kind: str) -> DueHandler:
    """Return who does due work of ``kind``.

    Raises:
        KeyError: Nobody does.
    """
    return _handlers[kind]


def register_refusals(refusals: Refusals) -> None:
    """Let the room that answers over HTTP say what a refused request gets; the last one counts."""
    _refusals[:] = [refusals]


def get_refusals() -> Refusals:
    """Return what a refused request gets.

    Raises:
        LookupError: No room that answers over HTTP is installed.
    """
    return _refusals[0]


def register_act_writer(writer: ActWriter) -> None:
    """Let ``writer`` keep what is done to tenants; it runs in the transaction of the act, in the public schema."""
    if writer not in _act_writers:
        _act_writers.append(writer)


def note_act(done: ActDone) -> None:
    """Hand an act over to whoever keeps a log."""
    for writer in _act_writers:
        writer(done)


def register_address_writer(writer: AddressWriter) -> None:
    """Let ``writer`` keep or tell what becomes of a tenant's addresses, in the transaction that does it; twice is once.

    It runs in the tenant's schema.
    """
    if writer not in _address_writers:
        _address_writers.append(writer)


def note_address(change: AddressChange) -> None:
    """Hand over what became of an address to whoever keeps a log or writes to people."""
    for writer in _address_writers:
        writer(change)


def register_setting_writer(writer: SettingWriter) -> None:
    """Let ``writer`` keep what is done to settings of a tenant, in the transaction that does it; twice is once.

    For rooms that stand beside the one that keeps the log.
    """
    if writer not in _setting_writers:
        _setting_writers.append(writer)


def note_setting(change: SettingChange) -> None:
    """Hand a change of a setting over to whoever keeps a log."""
    for writer in _setting_writers:
        writer(change)


def register_backup_writer(writer: BackupWriter) -> None:
    """Let ``writer`` tell operators of archives that failed or are late; it runs on the platform's behalf."""
    if writer not in _backup_writers:
        _backup_writers.append(writer)


def note_backup_trouble(trouble: BackupTrouble) -> None:
    """Hand over what is wrong with archives to whoever writes to operators."""
    for writer in _backup_writers:
        writer(trouble)


def register_removal_writer(name: str, read: RemovalReader, write: RemovalWriter) -> None:
    """Let ``write`` tell people that nothing of their business is left, with what ``read`` found while it was there.

    ``read`` is called inside of the business, in the transaction that removes it, and returns what JSON can hold;
    ``write`` on the platform's behalf, when files and archives are gone as well, however much later that is.
    """
    _removal_writers[name] = (read, write)


def read_letters(tenant: TenantInfo) -> dict[str, Mapping[str, Any]]:
    """Return what is to be kept of the current business until its people are told that it is removed."""
    return {name: read(tenant) for name, (read, _) in _removal_writers.items()}


def note_removal(proof: RemovalProof, letters: Mapping[str, Mapping[str, Any]], *, at: datetime) -> None:
    """Hand over that a business is removed."""
    for name, (_, write) in _removal_writers.items():
        if name in letters:
            write(BusinessRemoved(proof=proof, letter=letters[name], at=at))


def register_inventory(tables: Iterable[TableInventory]) -> None:
    """Declare what tables keep about people; each room declares its own."""
    _inventory.update({table.model: table for table in tables})


def list_inventory() -> tuple[TableInventory, ...]:
    """Return every declared table, by the name of its model."""
    return tuple(_inventory[model] for model in sorted(_inventory))


def register_file_store(name: str, store: FileStore) -> None:
    """Let copies of a business have the files of this store; ``name`` stands in archives."""
    _file_stores[name] = store


def list_file_stores() -> Mapping[str, FileStore]:
    """Return every store by its name."""
    return dict(_file_stores)


def register_restore_step(name: str, order: int, function: RestoreStep) -> None:
    """Run ``function`` in a business that was made of an archive, in the transaction that makes it.

    For what holds the schema's name or the platform's secret. What it returns is told to whoever restores.
    """
    _restore_steps[name] = (order, function)


def list_restore_steps() -> tuple[RestoreStep, ...]:
    """Return the steps in the order in which they run."""
    in_order = sorted(_restore_steps.items(), key=lambda each: (each[1][0], each[0]))
    return tuple(function for _, (_, function) in in_order)


def register_erasable(kind: str, list_rows: Erasable) -> None:
    """Let rows of ``kind`` (``app.Model``) be erased for good (`tenants.services.erasures`).

    ``list_rows`` returns, inside the tenant, the number of each row and the instant at which it was made, which no
    change and no copy ever changes; of the rows with these numbers, or of all.
    """
    _erasables[kind] = list_rows


def get_erasable(kind: str) -> Erasable:
    """Return who lists the rows of ``kind``.

    Raises:
        KeyError: Nobody can erase such rows.
    """
    return _erasables[kind]


def register_eraser(kind: str, name: str, order: int, function: Eraser) -> None:
    """Let a room erase what it has of the people in rows of ``kind``, inside the tenant; it must be safe to run twice.

    It runs in the transaction that erases, and again in copies that are made of archives of before, by ``order``.
    Of an empty ``kind``: for rows of every kind.
    """
    _erasers[kind, name] = (order, function)


def list_erasers(kind: str) -> tuple[Eraser, ...]:
    """Return those of a kind in the order in which they run."""
    own = sorted((order, name, function) for (of, name), (order, function) in _erasers.items() if of in {kind, ""})
    return tuple(function for _, _, function in own)


def register_left_behind(reasons: Mapping[str, str]) -> None:
    """Say which tables of the platform (``app.Model``) are in no copy of a business, and why."""
    _left_behind.update(reasons)


def list_left_behind() -> Mapping[str, str]:
    """Return those tables with their reasons."""
    return dict(_left_behind)


def register_outliving(reasons: Mapping[str, str]) -> None:
    """Say of which tables of the platform (``app.Model``) the rows of a business stay when it is removed, and why."""
    _outliving.update(reasons)


def list_outliving() -> Mapping[str, str]:
    """Return those tables with their reasons."""
    return dict(_outliving)


def register_kept_empty(reasons: Mapping[str, str]) -> None:
    """Say which tables of a business (``app.Model``) have no rows in archives, and why: nothing may refer to them."""
    _kept_empty.update(reasons)


def list_kept_empty() -> Mapping[str, str]:
    """Return those tables with their reasons."""
    return dict(_kept_empty)


def register_export_rules(rules: Iterable[ExportRule]) -> None:
    """Say what of tables stays out of exports: secrets, and what only this platform can use."""
    _export_rules.update({rule.model: rule for rule in rules})


def get_export_rule(model: str) -> ExportRule:
    """Return how a table stands in exports; without a rule all of it does."""
    return _export_rules.get(model, ExportRule(model))


def register_sheet(name: str, make: Callable[[], Sheet]) -> None:
    """Let exports have a table for people, made inside the tenant; ``name`` is that of its files."""
    _sheets[name] = make


def list_sheets() -> Mapping[str, Callable[[], Sheet]]:
    """Return them by name, in the order of their names."""
    return dict(sorted(_sheets.items()))


def register_exported_work(kinds: Iterable[str]) -> None:
    """Let due work of these kinds go on after an import: its rows are exported, so they must hold no secret."""
    _exported_work.update(kinds)


def list_exported_work() -> tuple[str, ...]:
    """Return those kinds."""
    return tuple(sorted(_exported_work))
