"""A new business of an export: its rows and files are those that were exported; ways in and links are new."""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.db import DatabaseError, IntegrityError, transaction

from database.connection import connection
from database.errors import explain_failure
from kernel.iso import parse_instant
from tenants import hooks
from tenants.context import tenant_scope
from tenants.enums import CopyAct, TenantStatus, Urgency
from tenants.errors import ArchiveDamaged, ArchiveUnknown, ImportStrange, SlugTaken
from tenants.hosts import make_subdomain
from tenants.models import Domain, DueWork, SchemaState, Tenant
from tenants.policies import check_slug_is_free, is_left_by_another
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.services.agreements.accepting import ask_anew
from tenants.services.copies import quiet, shared, tables
from tenants.services.copies.backups import list_files
from tenants.services.copies.documents import BATCH, count_allowed, list_exported, write_documents
from tenants.services.copies.exports import BUSINESS, DATA, FILES, FORMAT, MANIFEST, OURS, WORK
from tenants.services.copies.restores import forget_files, is_inside
from tenants.services.copies.results import RestoreDone
from tenants.services.erasures.erasing import erase_again, list_noted
from tenants.services.provisioning import TRIAL
from tenants.services.spares import claim_spare, name_schema
from tenants.services.templates import ensure_template, get_migration_state
from tenants.types import RestoredTenant, TenantFile, TenantInfo
from verticals.contract import VerticalUnknown
from verticals.registry import get_vertical

CHUNK = 1 << 20
LARGEST, LONGEST_ROW = 1 << 28, 1 << 24
"""Bytes of an entry that is read at once, and of a row. A ZIP of a few kilobytes can unfold to any number of them."""
KEPT_TABLES = frozenset({"django_migrations"})
"""What a new schema has of its own."""
NOT_COLUMNS = frozenset({"id", "schema_name", "slug", "host", "exported_at", "next_numbers"})
PASSWORDS = "People set a new password by mail: “Forgot your password?” where they sign in."

logger = logging.getLogger(__name__)


def import_business(*, path: Path, slug: str, now: datetime) -> RestoreDone:
    """Make a new business of an export, at the address ``slug``; all of it or nothing.

    Must not run inside a transaction. It begins as a trial: what it may do is the platform's to decide.

    Raises:
        SlugInvalid, SlugReserved, SlugTaken: The address cannot be given.
        ArchiveUnknown, ArchiveDamaged: It is no export, or not as it was written.
        ImportStrange: It holds what no business can have, or what this version does not know.
        TombstonesUnreadable: Whoever was erased might come back.
        Unavailable: Its files cannot be stored, or the database is away.
    """
    check_slug_is_free(slug)
    with _opened(path) as source:
        told = _check(source)
        ensure_template()
        with connection.cursor() as cursor:
            tenant_id = shared.reserve_tenant_id(cursor)
        schema_name = name_schema(tenant_id, slug)
        try:
            files = _store_files(source, told, schema_name)
            with _explained(slug), transaction.atomic(durable=True):
                done = _make(source, told, files, tenant_id=tenant_id, schema_name=schema_name, slug=slug, now=now)
                transaction.on_commit(forget_tenants)
        except BaseException:
            forget_files(schema_name)
            raise
    logger.info("tenant_imported", extra={"schema_name": schema_name})
    return done


@contextmanager
def _opened(path: Path) -> Iterator[ZipFile]:
    try:
        source = ZipFile(path)
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveUnknown from error
    with source:
        yield source


def _check(source: ZipFile) -> dict[str, Any]:
    """Return the list of what an export holds, once every entry was found to be as it was written."""
    try:
        told: dict[str, Any] = json.loads(_read(source, MANIFEST))
        if told["format"] != FORMAT or not _is_list_of_contents(told):
            raise ArchiveUnknown
        names = {name: digest for name, digest in told["sums"].items() if name != MANIFEST}
        if {*source.namelist()} != {*names, MANIFEST} or any(_digest(source, name) != names[name] for name in names):
            raise ArchiveDamaged
    except (KeyError, ValueError, TypeError) as error:
        raise ArchiveUnknown from error
    except (BadZipFile, EOFError, OSError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ArchiveDamaged from error
    return told


def _is_list_of_contents(told: dict[str, Any]) -> bool:
    """Tell whether a list says of its entries what every export says; raises if it misses something."""
    sums, rows, places = told["sums"], told["tables"], told["files"]
    parse_instant(str(told["exported_at"]))
    if not (isinstance(sums, dict) and isinstance(rows, dict) and isinstance(places, list)):
        return False
    return {*(f"{DATA}/{label}.json" for label in rows), *(f"{FILES}/{place}" for place in places)} <= {*sums}


def _read(source: ZipFile, name: str) -> bytes:
    """Return an entry, as far as its size lets it be held in memory."""
    if source.getinfo(name).file_size > LARGEST:
        raise ImportStrange(what=f"{name[:100]} is too large")
    return source.read(name)


def _digest(source: ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with source.open(name) as entry:
        while data := entry.read(CHUNK):
            digest.update(data)
    return digest.hexdigest()


@contextmanager
def _explained(slug: str) -> Iterator[None]:
    """Say in words what the database thinks of rows that somebody may have written by hand."""
    try:
        yield
    except DatabaseError as error:
        failure = explain_failure(error)
        if failure is not None:
            raise failure from error
        if isinstance(error, IntegrityError) and Tenant.objects.filter(slug=slug).exists():
            raise SlugTaken from error
        raise ImportStrange(what=str(error).splitlines()[0][:200]) from error


def _store_files(source: ZipFile, told: dict[str, Any], schema_name: str) -> dict[str, TenantFile]:
    stores = hooks.list_file_stores()
    found: dict[str, TenantFile] = {}
    for place in told["files"]:
        name, _, path = str(place).partition("/")
        if name not in stores or not is_inside(path):
            raise ImportStrange(what=str(place)[:100])
        content = _read(source, f"{FILES}/{place}")
        stores[name].write(schema_name, path, content)
        found[place] = TenantFile(path, len(content), hashlib.sha256(content).hexdigest())
    return found


def _make(
    source: ZipFile,
    told: dict[str, Any],
    files: dict[str, TenantFile],
    *,
    tenant_id: int,
    schema_name: str,
    slug: str,
    now: datetime,
) -> RestoreDone:
    business = _read_json(source, BUSINESS)
    info = _add_tenant(business, tenant_id=tenant_id, schema_name=schema_name, slug=slug, now=now)
    with connection.cursor() as cursor:
        tables.speak_plainly(cursor)
        claim_spare(ensure_template(), schema_name)
        SchemaState.objects.create(schema_name=schema_name, state=get_migration_state())
        found = tables.list_tables(cursor, schema_name)
        tables.empty_tables(cursor, schema_name, [table for table in found if table not in KEPT_TABLES])
        exported = {each.label: each for each in list_exported(cursor, schema_name)}
        unknown = sorted(set(told["tables"]) - set(exported))
        if unknown:
            raise ImportStrange(what=f"unknown tables, of another version perhaps: {', '.join(unknown)[:100]}")
        for label, rows in told["tables"].items():
            written = 0
            for batch in _read_batches(source, f"{DATA}/{label}.json"):
                write_documents(cursor, schema_name, exported[label], batch)
                written += len(batch)
            if not written == rows == count_allowed(cursor, schema_name, exported[label]):
                raise ImportStrange(what=f"{label} has other rows than it says, or such as no export has")
        _set_numbers(cursor, schema_name, business.get("next_numbers", {}))
        tables.check_keys(cursor)
        _add_work(source, schema_name)
        notes = _put_right(info, files, now=now)
        with tenant_scope(info):
            erase_again(list_noted(), now=now)
        tables.check_keys(cursor)
        quiet.note(CopyAct.IMPORT, info, reason=f"exported {told['exported_at']}"[:500], now=now)
        tables.count_again(cursor, schema_name, list(found))
    return RestoreDone(
        tenant=info,
        name=info.name,
        made_at=parse_instant(told["exported_at"]),
        tables=len(told["tables"]),
        rows=sum(told["tables"].values()),
        files=len(files),
        notes=(PASSWORDS, quiet.NOTE, *notes),
    )


def _add_tenant(business: Any, *, tenant_id: int, schema_name: str, slug: str, now: datetime) -> TenantInfo:
    is_one = isinstance(business, dict) and isinstance(business.get("next_numbers", {}), dict)
    if not is_one or not _has_trade(business.get("vertical")):
        raise ImportStrange(what=BUSINESS)
    row = {column: value for column, value in business.items() if column not in NOT_COLUMNS | OURS}
    ours = {"status": TenantStatus.TRIAL, "status_since": now.isoformat(), "trial_ends_at": (now + TRIAL).isoformat()}
    with connection.cursor() as cursor:
        values = {**row, **ours, "entitlements": {}, "agreed": ask_anew(now), "quiet_since": now.isoformat()}
        shared.write_tenant(cursor, values, tenant_id=tenant_id, schema_name=schema_name, slug=slug)
    # Whoever left this address a moment ago held it until now; the row above waited for that.
    if is_left_by_another(slug):
        raise SlugTaken
    Domain.objects.create(domain=make_subdomain(slug), tenant_id=tenant_id, is_primary=True)
    tenant = Tenant.objects.get(pk=tenant_id)
    try:
        return make_info(tenant, tenant.domains.all())
    except (TypeError, KeyError, ValueError, AttributeError) as error:  # a profile or a logo of another shape
        raise ImportStrange(what=BUSINESS) from error


def _has_trade(vertical: object) -> bool:
    try:
        get_vertical(str(vertical))
    except VerticalUnknown:
        return False
    return True


def _read_batches(source: ZipFile, name: str) -> Iterator[list[str]]:
    """Return the rows of a document, some hundred at a time: a row stands in each line."""
    batch: list[str] = []
    size = 0
    with source.open(name) as entry:
        while line := entry.readline(LONGEST_ROW):
            row = _decode(line, name).strip().rstrip(",")
            if row in {"[", "]", ""}:
                continue
            batch.append(row)
            size += len(line)
            if len(batch) >= BATCH or size >= LONGEST_ROW:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _decode(line: bytes, name: str) -> str:
    """Return a row as text; what is longer than any is cut, and so no row any more."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise ImportStrange(what=name) from error


def _read_json(source: ZipFile, name: str) -> Any:
    try:
        return json.loads(_read(source, name))
    except (KeyError, ValueError, RecursionError) as error:
        raise ImportStrange(what=name) from error


def _set_numbers(cursor: Any, schema_name: str, wanted: dict[str, int | None]) -> None:
    """Let numbers go on after those that were given."""
    known = tables.list_sequences(cursor, schema_name)
    tables.set_sequences(cursor, schema_name, {name: wanted[name] for name in known if name in wanted})


def _add_work(source: ZipFile, schema_name: str) -> None:
    kinds = set(hooks.list_exported_work())
    try:
        wanted = [
            DueWork(
                schema_name=schema_name,
                kind=row["kind"],
                row_id=int(row["row_id"]),
                due_at=parse_instant(row["due_at"]),
                urgency=Urgency(row["urgency"]),
            )
            for row in _read_json(source, WORK)
            if row["kind"] in kinds
        ]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ImportStrange(what=WORK) from error
    DueWork.objects.bulk_create(wanted)


def _put_right(info: TenantInfo, files: dict[str, TenantFile], *, now: datetime) -> list[str]:
    """Let every room put right what an import lacks, and compare what its rows say of files."""
    restored = RestoredTenant(info, "", is_same_secret=False, at=now)
    with tenant_scope(info):
        notes = [note for step in hooks.list_restore_steps() for note in step(restored)]
        missing = [place for place in list_files() if place not in files]
    return [*notes, *(f"{place} was not in the export." for place in missing)]
