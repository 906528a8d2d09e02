"""Everything of a business as a ZIP for its people: sheets, documents, files, and a page that says what is what.

No hash of a password, no key and no token is in it: rooms say which columns stay out (`tenants.hooks.ExportRule`).
"""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
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
from tenants.services.copies.archives import write_json
from tenants.services.copies.backups import list_files, unfinished
from tenants.services.copies.documents import BATCH, Exported, list_exported, read_documents, write_rows
from tenants.services.copies.readme import write_readme
from tenants.services.copies.results import ExportDone, Progress, Teller, tell_nobody
from tenants.services.copies.spreadsheets import Workbook
from tenants.types import TenantFile, TenantInfo

FORMAT = 1
README, BUSINESS, MANIFEST, WORK = "README.md", "business.json", "manifest.json", "data/due_work.json"
DATA, SHEETS, FILES = "data", "sheets", "files"
MARK = codecs.BOM_UTF8
"""By which spreadsheets know the encoding."""
COMPRESSION = 3
"""Of zlib's nine levels, as in archives."""
SPOOLED = 1 << 20
"""Bytes of a sheet that wait in memory; more of them wait on the disk."""
LONGEST_TITLE = 25
"""Letters of a sheet's name; a spreadsheet takes 31, and a long table goes on in "title 2"."""
OURS = frozenset(
    {"entitlements", "status", "status_since", "suspension_reason", "resumes_as", "reopens_as",
     "is_closed_by_owner", "trial_ends_at", "is_example", "former_schemas", "quiet_since", "was_quiet_since",
     "was_quiet_until", "agreed"}
)  # fmt: skip
"""Columns of the business's row that are the platform's to decide."""


class _Zip:
    """A ZIP that is written entry by entry, with the SHA-256 of each."""

    def __init__(self, target: ZipFile, folder: Path, now: datetime) -> None:
        self._zip, self._at = target, (now.year, now.month, now.day, now.hour, now.minute, now.second)
        self._folder = folder
        self.sums: dict[str, str] = {}

    def add(self, name: str, parts: Iterable[bytes], *, is_packed: bool = False) -> None:
        """Add an entry; pictures and workbooks are packed already."""
        info = ZipInfo(name, date_time=self._at)
        info.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
        info._compresslevel = COMPRESSION  # type: ignore[attr-defined]  # noqa: SLF001 - public from Python 3.13 on
        info.external_attr = 0o600 << 16
        digest = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as entry:
            for part in parts:
                digest.update(part)
                entry.write(part)
        self.sums[name] = digest.hexdigest()

    def add_sheet(self, name: str, sheet: hooks.Sheet, timezone: str) -> None:
        """Add a table for people, as CSV and as workbook, reading it once."""
        with self._wait() as waiting:
            with Workbook(waiting, title=name, header=sheet.header, timezone=timezone, folder=self._folder) as workbook:

                def write_lines() -> Iterator[bytes]:
                    yield MARK + write_rows([sheet.header])
                    rows = iter(sheet.rows)
                    while batch := list(islice(rows, BATCH)):
                        workbook.add(batch)
                        yield write_rows(batch)

                self.add(f"{SHEETS}/{name}.csv", write_lines())
            self._add_waiting(f"{SHEETS}/{name}.xlsx", waiting, is_packed=True)

    def add_table(self, name: str, columns: Sequence[str], batches: Iterable[list[str]], timezone: str) -> int:
        """Add a table as document, sheet and workbook, reading it once; return how many rows it has.

        A ZIP takes one entry at a time: the others wait in files without a name, which go with the process. In the
        workbook, values are what the document has: instants are texts in ISO 8601, to the microsecond.
        """
        rows, title = 0, name.rpartition(".")[2][:LONGEST_TITLE]
        with self._wait() as sheet, self._wait() as book:
            with Workbook(book, title=title, header=columns, timezone=timezone, folder=self._folder) as workbook:
                sheet.write(MARK + write_rows([columns]))

                def write_document() -> Iterator[bytes]:
                    nonlocal rows
                    yield b"[\n"
                    for batch in batches:
                        yield (",\n" if rows else "").encode() + ",\n".join(batch).encode()
                        values = [list(json.loads(row).values()) for row in batch]
                        sheet.write(write_rows(values))
                        workbook.add(values)
                        rows += len(batch)
                    yield b"\n]\n"

                self.add(f"{DATA}/{name}.json", write_document())
            self._add_waiting(f"{DATA}/{name}.csv", sheet)
            self._add_waiting(f"{DATA}/{name}.xlsx", book, is_packed=True)
        return rows

    def _wait(self) -> SpooledTemporaryFile[bytes]:
        return SpooledTemporaryFile(max_size=SPOOLED, dir=str(self._folder))

    def _add_waiting(self, name: str, waiting: IO[bytes], *, is_packed: bool = False) -> None:
        waiting.seek(0)
        self.add(name, iter(lambda: waiting.read(SPOOLED), b""), is_packed=is_packed)


def export(*, slug: str, path: Path, now: datetime, tell: Teller = tell_nobody) -> ExportDone:
    """Write everything of a business that is its people's into a ZIP at ``path``, where nothing may be yet.

    Must not run inside a transaction. ``tell`` hears how far it is.

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
            entries, progress = _Zip(target, draft.make_folder(), now), Progress(tell)
            rows, files = _write_rows(info, entries, progress, now=now)
            kept = _write_files(info, entries, files)
            progress.step()
            _write_manifest(info, entries, rows, kept, now=now)
        draft.keep()
    return ExportDone(
        path=draft.path, bytes=draft.path.stat().st_size, tables=len(rows), rows=sum(rows.values()), files=len(kept)
    )


@transaction.atomic(durable=True)
def _write_rows(
    info: TenantInfo, entries: _Zip, progress: Progress, *, now: datetime
) -> tuple[dict[str, int], Mapping[str, TenantFile]]:
    """Write all rows as one instant has them; return how many each table has, and the files that they name."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables.speak_plainly(cursor)
        entries.add(BUSINESS, [write_json(_describe_business(cursor, info, now), indent=1)])
        with tenant_scope(info):
            exported = list_exported(cursor, info.schema_name)
            progress.begin(len({_name_room(each) for each in exported}) + 2)
            for name, make in hooks.list_sheets().items():
                entries.add_sheet(name, make(), info.timezone)
            progress.step()
            for _, room in groupby(exported, key=_name_room):
                for each in room:
                    batches = read_documents(info.schema_name, each)
                    counts[each.label] = entries.add_table(each.label, each.columns, batches, info.timezone)
                progress.step()
            entries.add(WORK, [write_json(_list_work(info), indent=1)])
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
    entries.add(MANIFEST, [write_json(told, indent=1)])


def _name_room(each: Exported) -> str:
    return each.label.partition(".")[0]
