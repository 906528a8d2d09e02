"""One business as an archive: its rows as they were at one instant, its files, its rows in tables of the platform.

Nothing waits for it and it waits for nobody: the rows are read in a transaction that only reads.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from shutil import copyfileobj, rmtree
from time import time
from typing import Any, BinaryIO

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.crypto import salted_hmac

from database.connection import connection
from database.errors import explain_failure, find_sqlstate
from kernel.errors import NotFound
from tenants import hooks
from tenants.context import tenant_scope
from tenants.errors import ExampleNotKept, NoRoom, TenantUnknown
from tenants.hosts import get_platform_name
from tenants.models import SchemaState, Tenant
from tenants.selectors.resolution import make_info
from tenants.services.copies import shared, tables
from tenants.services.copies.archives import FILES, SHARED, TABLES, ArchiveWriter, Head, Manifest
from tenants.services.copies.hosts import find_own_domain
from tenants.services.copies.results import BackupDone, Progress, Teller, tell_nobody
from tenants.services.copies.seals import encrypting, read_recipients
from tenants.types import TenantFile, TenantInfo

MOST_TRIES = 3
"""Of an archive whose files are removed while they are read."""
UNFINISHED, GRACE_SECONDS = ".turnero-part", 60.0
"""The suffix is ours alone: drafts are looked for in any folder that somebody names."""
NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS})
GONE = frozenset({"42P01", "3F000"})
"""No such table, no such schema: the business was removed while it was read."""
SUFFIX, ENCRYPTED_SUFFIX = ".tar.gz", ".tar.gz.age"


class _FileWentAway(Exception):
    """A file that the rows name was removed, with its row, after they had been read."""


def back_up(
    *, slug: str, folder: Path, keys: Sequence[str] = (), now: datetime, tell: Teller = tell_nobody
) -> BackupDone:
    """Write a business with everything that belongs to it into an archive in ``folder``.

    Must not run inside a transaction. The archive has its final name only once all of it is on the disk.
    With ``keys`` (of age or SSH) only those who have the other half can read it. ``tell`` hears how far it is.

    Raises:
        TenantUnknown: There is no such business.
        ExampleNotKept: It is the public example.
        KeyInvalid: One of the keys is none.
        NoRoom: It cannot be written there.
        Unavailable: The files cannot be reached.
    """
    recipients = read_recipients(keys)
    tenant = Tenant.objects.filter(slug=slug).prefetch_related("domains").first()
    if tenant is None:
        raise TenantUnknown
    if tenant.is_example:
        raise ExampleNotKept
    info = make_info(tenant, tenant.domains.all())
    name = f"{slug}-{now:%Y%m%dT%H%M%S%fZ}"  # to the microsecond: two of one second are two
    progress = Progress(tell)
    for attempt in range(1, MOST_TRIES + 1):
        try:
            with unfinished(folder, name, ENCRYPTED_SUFFIX if recipients else SUFFIX) as draft:
                with encrypting(draft.file, recipients) as raw:
                    manifest = _write(info, raw, progress, now=now, is_last=attempt == MOST_TRIES)
                draft.keep()
        except _FileWentAway:
            continue
        break
    return BackupDone(
        path=draft.path,
        bytes=draft.path.stat().st_size,
        tables=len(manifest.tables),
        rows=manifest.rows,
        files=len(manifest.files),
        lost=tuple(manifest.lost),
    )


def encrypt_for_platform(archive: Path) -> Path:
    """Return the archive as it is kept: the one that was tried, encrypted when somebody holds a key."""
    recipients = read_recipients(settings.BACKUP_KEYS)
    if not recipients:
        return archive
    sealed = archive.with_name(archive.name.removesuffix(SUFFIX) + ENCRYPTED_SUFFIX)
    with archive.open("rb") as plain, sealed.open("wb") as file, encrypting(file, recipients) as raw:
        copyfileobj(plain, raw)
    return sealed


def list_files() -> dict[str, TenantFile]:
    """Return the files of the current tenant, by their place in archives."""
    return {
        f"{name}/{file.path}": file for name, store in hooks.list_file_stores().items() for file in store.list_files()
    }


def mark_secret() -> str:
    """Return by what two platforms know that they have the same secret, without telling it."""
    return salted_hmac("tenants.copies", "secret", algorithm="sha256").hexdigest()[:32]


def _write(info: TenantInfo, raw: BinaryIO, progress: Progress, *, now: datetime, is_last: bool) -> Manifest:
    manifest = Manifest()
    with ArchiveWriter(raw) as archive:
        files = _write_rows(info, archive, manifest, progress, now=now)
        _write_files(info, archive, manifest, files, is_last=is_last)
        progress.step()
        archive.finish(manifest)
    return manifest


@transaction.atomic(durable=True)
def _write_rows(
    info: TenantInfo, archive: ArchiveWriter, manifest: Manifest, progress: Progress, *, now: datetime
) -> Mapping[str, TenantFile]:
    """Write all rows as one instant has them, and return the files that they name.

    Raises:
        TenantUnknown: The business was removed meanwhile.
    """
    schema_name = info.schema_name
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables.speak_plainly(cursor)
        tenant = Tenant.objects.filter(pk=info.id).prefetch_related("domains").first()
        found = tables.list_tables(cursor, schema_name)
        if tenant is None or not found:
            raise TenantUnknown
        archive.put_head(_make_head(cursor, tenant, found, now))
        progress.begin(len({_name_room(table) for table in found}) + 1)
        empty = {apps.get_model(label)._meta.db_table for label in hooks.list_kept_empty()}  # noqa: SLF001
        for _, room in groupby(found, key=_name_room):
            for table in room:
                manifest.tables[table] = tables.EMPTY
                if table in empty:
                    continue
                for number, piece in enumerate(tables.read_table(cursor, schema_name, table, found[table])):
                    archive.put(f"{TABLES}/{table}/{number:06}.copy", piece)
                manifest.tables[table] = tables.digest_table(cursor, schema_name, table, found[table])
            progress.step()
        manifest.sequences = tables.list_sequences(cursor, schema_name)
        for model in shared.list_shared_models():
            rows = shared.read_shared(cursor, model, schema_name)
            archive.put(f"{SHARED}/{model._meta.label}.jsonl", "\n".join(rows).encode())  # noqa: SLF001
            manifest.shared[model._meta.label] = shared.digest_rows(rows)  # noqa: SLF001
    with tenant_scope(info):
        return list_files()


def _name_room(table: str) -> str:
    """Return whose a table is: Django begins its name with that of its app."""
    return table.partition("_")[0]


def _make_head(cursor: Any, tenant: Tenant, found: Mapping[str, tuple[str, ...]], now: datetime) -> Head:
    quoted = connection.ops.quote_name(tenant.schema_name)
    cursor.execute(f"SELECT app, name FROM {quoted}.django_migrations ORDER BY id")  # noqa: S608 - quoted
    applied = tuple((app, name) for app, name in cursor.fetchall())
    state = SchemaState.objects.filter(schema_name=tenant.schema_name).values_list("state", flat=True).first()
    return Head(
        made_at=now,
        platform=get_platform_name(),
        secret=mark_secret(),
        schema_name=tenant.schema_name,
        slug=tenant.slug,
        name=tenant.name,
        state=state or "",
        applied=applied,
        tenant=shared.read_tenant(cursor, tenant.pk),
        domains=tuple((each.domain, each.is_primary) for each in tenant.domains.all()),
        own_domain=find_own_domain(tenant),
        tables=found,
    )


def _write_files(
    info: TenantInfo, archive: ArchiveWriter, manifest: Manifest, files: Mapping[str, TenantFile], *, is_last: bool
) -> None:
    """Write what the rows name; what cannot be read, or is not what was stored, is noted and left out.

    Raises:
        _FileWentAway: Somebody removed one meanwhile: these rows and these files do not belong together.
    """
    stores = hooks.list_file_stores()
    for place, file in files.items():
        content = _read_file(stores[place.partition("/")[0]], info.schema_name, file)
        if content is None:
            manifest.lost[place] = file
        else:
            archive.put(f"{FILES}/{place}", content)
            manifest.files[place] = file
    if manifest.lost and not is_last:
        with tenant_scope(info):
            named = list_files()
        if not manifest.lost.keys() <= named.keys():
            raise _FileWentAway


def _read_file(store: hooks.FileStore, schema_name: str, file: TenantFile) -> bytes | None:
    with suppress(NotFound):
        content = store.read(schema_name, file.path)
        if hashlib.sha256(content).hexdigest() == file.sha256:
            return content
    return None


@dataclass(slots=True)
class _Draft:
    """An archive that is being written, under a name that nobody takes for one."""

    file: BinaryIO
    draft_path: Path
    path: Path

    def make_folder(self) -> Path:
        """Make a folder beside it for what waits to go into it; it goes when the draft goes."""
        folder = _name_folder(self.draft_path)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def keep(self) -> None:
        """Give it its name, once the disk has all of it."""
        self.file.flush()
        os.fsync(self.file.fileno())
        base, number = self.path, 1
        while not _give_name(self.draft_path, self.path):
            number += 1
            stem, _, suffix = base.name.partition(".")
            self.path = base.with_name(f"{stem}-{number}.{suffix}")
        handle = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def unfinished(folder: Path, name: str, suffix: str) -> Iterator[_Draft]:
    """Yield a draft that goes when it was not kept; those of processes that were killed go as well."""
    draft_path = folder / f".{name}-{os.getpid()}{UNFINISHED}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_abandoned(folder)
        with os.fdopen(os.open(draft_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield _Draft(file, draft_path, folder / f"{name}{suffix}")
    except OSError as error:
        raise NoRoom(why=_explain(error, folder)) from error
    except DatabaseError as error:
        failure = TenantUnknown() if find_sqlstate(error) in GONE else explain_failure(error)
        if failure is None:
            raise
        raise failure from error
    finally:
        rmtree(_name_folder(draft_path), ignore_errors=True)
        with suppress(OSError):
            draft_path.unlink()


def _remove_abandoned(folder: Path) -> None:
    for path in folder.glob(f".*{UNFINISHED}"):
        with suppress(OSError), path.open("rb") as file:
            if time() - path.stat().st_mtime < GRACE_SECONDS:
                continue
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever still writes it has it
            rmtree(_name_folder(path), ignore_errors=True)
            path.unlink()


def _name_folder(draft_path: Path) -> Path:
    return draft_path.with_name(f"{draft_path.name}.d")


def _give_name(draft: Path, path: Path) -> bool:
    """Give a draft its name in one step, unless somebody has it, be it since a moment ago; tell whether it did."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if path.exists():  # a disk that knows no second name, such as a stick: nobody else writes there
            return False
        draft.rename(path)
        return True
    draft.unlink()
    return True


def _explain(error: OSError, folder: Path) -> str:
    if error.errno == errno.ENOSPC:
        return f"no space is left in {folder}"
    return f"{folder}: {error.strerror or error}"
