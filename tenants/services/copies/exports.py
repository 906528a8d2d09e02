"""Everything of a business as a ZIP for its people: sheets, documents, files, and a page that says what is what.

No hash of a password, no key and no token is in it: rooms say which columns stay out (`tenants.hooks.ExportRule`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.db import transaction
from django.db.models import Q

from database.connection import connection
from kernel.errors import NotFound
from tenants import hooks
from tenants.context import tenant_scope
from tenants.errors import ExampleNotKept, FileThere, TenantUnknown
from tenants.models import DueWork, Tenant
from tenants.selectors.resolution import make_info
from tenants.services.copies import shared, tables
from tenants.services.copies.backups import list_files, unfinished
from tenants.services.copies.documents import list_exported, read_documents, write_row
from tenants.services.copies.readme import write_readme
from tenants.services.copies.results import ExportDone
from tenants.types import TenantFile, TenantInfo

FORMAT = 1
README, BUSINESS, MANIFEST, WORK = "README.md", "business.json", "manifest.json", "data/due_work.json"
DATA, SHEETS, FILES = "data", "sheets", "files"
MARK = "\ufeff"
"""By which spreadsheets know the encoding (UTF-8)."""
OURS = frozenset(
    {"entitlements", "status", "status_since", "suspension_reason", "resumes_as", "reopens_as", "trial_ends_at",
     "is_example", "former_schemas", "quiet_since"}
)  # fmt: skip
"""Columns of the business's row that are the platform's to decide."""


class _Zip:
    """A ZIP that is written entry by entry, with the SHA-256 of each."""

    def __init__(self, target: ZipFile, now: datetime) -> None:
        self._zip, self._at = target, (now.year, now.month, now.day, now.hour, now.minute, now.second)
        self.sums: dict[str, str] = {}

    def add(self, name: str, parts: Iterable[bytes], *, is_packed: bool = False) -> None:
        """Add an entry; pictures are packed already."""
        info = ZipInfo(name, date_time=self._at)
        info.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as entry:
            for part in parts:
                digest.update(part)
                entry.write(part)
        self.sums[name] = digest.hexdigest()


def export(*, slug: str, path: Path, now: datetime) -> ExportDone:
    """Write everything of a business that is its people's into a ZIP at ``path``, where nothing may be yet.

    Must not run inside a transaction.

    Raises:
        TenantUnknown: There is no such business.
        ExampleNotKept: It is the public example.
        FileThere: Something is there already; it stays as it is.
        NoRoom: It cannot be written there.
        Unavailable: The files cannot be reached.
    """
    tenant = Tenant.objects.filter(slug=slug).prefetch_related("domains").first()
    if tenant is None:
        raise TenantUnknown
    if tenant.is_example:
        raise ExampleNotKept
    if path.exists():
        raise FileThere(path=str(path))
    info = make_info(tenant, tenant.domains.all())
    with unfinished(path.parent, path.stem, path.suffix) as draft:
        draft.path = path
        with ZipFile(draft.file, "w", allowZip64=True) as target:
            entries = _Zip(target, now)
            rows, files = _write_rows(info, entries, now=now)
            kept = _write_files(info, entries, files)
            _write_manifest(info, entries, rows, kept, now=now)
        draft.keep()
    return ExportDone(
        path=draft.path, bytes=draft.path.stat().st_size, tables=len(rows), rows=sum(rows.values()), files=len(kept)
    )


@transaction.atomic(durable=True)
def _write_rows(info: TenantInfo, entries: _Zip, *, now: datetime) -> tuple[dict[str, int], Mapping[str, TenantFile]]:
    """Write all rows as one instant has them; return how many each table has, and the files that they name."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables.speak_plainly(cursor)
        entries.add(BUSINESS, [_to_json(_describe_business(cursor, info, now))])
        with tenant_scope(info):
            for name, make in hooks.list_sheets().items():
                sheet = make()
                entries.add(f"{SHEETS}/{name}.csv", _make_sheet(sheet.header, sheet.rows))
            for each in list_exported(cursor, info.schema_name):
                counter = _Counter(read_documents(info.schema_name, each))
                entries.add(f"{DATA}/{each.label}.json", _make_list(counter))
                counts[each.label] = counter.seen
                cells = (json.loads(row).values() for row in read_documents(info.schema_name, each))
                entries.add(f"{DATA}/{each.label}.csv", _make_sheet(each.columns, (list(row) for row in cells)))
            entries.add(WORK, [_to_json(_list_work(info))])
            return counts, list_files()


def _describe_business(cursor: Any, info: TenantInfo, now: datetime) -> dict[str, Any]:
    row = {column: value for column, value in shared.read_tenant(cursor, info.id).items() if column not in OURS}
    sequences = tables.list_sequences(cursor, info.schema_name)
    return {"slug": info.slug, "host": info.primary_host, "exported_at": now, **row, "next_numbers": sequences}


def _list_work(info: TenantInfo) -> list[dict[str, Any]]:
    """Return what is due of the kinds that go on elsewhere, such as reminders."""
    wanted = Q(schema_name=info.schema_name, kind__in=hooks.list_exported_work(), is_parked=False)
    columns = ("kind", "row_id", "due_at", "urgency")
    return [dict(row) for row in DueWork.objects.filter(wanted).order_by("kind", "row_id").values(*columns)]


def _write_files(info: TenantInfo, entries: _Zip, files: Mapping[str, TenantFile]) -> dict[str, TenantFile]:
    """Write what can be read and is what was stored; the rest is left out."""
    stores = hooks.list_file_stores()
    kept: dict[str, TenantFile] = {}
    for place, file in files.items():
        with suppress(NotFound):
            content = stores[place.partition("/")[0]].read(info.schema_name, file.path)
            if hashlib.sha256(content).hexdigest() == file.sha256:
                entries.add(f"{FILES}/{place}", [content], is_packed=True)
                kept[place] = file
    return kept


def _write_manifest(
    info: TenantInfo, entries: _Zip, rows: Mapping[str, int], files: Mapping[str, TenantFile], *, now: datetime
) -> None:
    entries.add(README, [write_readme(info, rows, len(files), now=now).encode()])
    told = {
        "format": FORMAT,
        "exported_at": now,
        "tables": dict(rows),
        "files": list(files),
        "sums": dict(entries.sums),
    }
    entries.add(MANIFEST, [_to_json(told)])


class _Counter:
    """Rows, and how many went by."""

    def __init__(self, rows: Iterator[str]) -> None:
        self._rows = rows
        self.seen = 0

    def __iter__(self) -> Iterator[str]:
        for row in self._rows:
            self.seen += 1
            yield row


def _make_list(rows: Iterable[str]) -> Iterator[bytes]:
    """Return a JSON list with a row in each line."""
    yield b"[\n"
    before = ""
    for row in rows:
        yield f"{before}{row}".encode()
        before = ",\n"
    yield b"\n]\n"


def _make_sheet(header: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    yield (MARK + write_row(list(header))).encode()
    for row in rows:
        yield write_row(list(row)).encode()


def _to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_to_text).encode()


def _to_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"a {type(value).__name__} is in no export"
    raise TypeError(message)
