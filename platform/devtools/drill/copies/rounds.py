"""The steps of the drill, on businesses of their own."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from uuid import uuid4
from zipfile import ZipFile

import pyrage
from django.db import connection
from psycopg.conninfo import make_conninfo

from devtools.bench import business
from devtools.scratch.tenant import make_scratch_tenant
from devtools.servers.postgres_server import find_program
from files import storage
from kernel.clock import utc_now
from kernel.ids import new_reference
from tenants.jobs import call_in_tenant
from tenants.services.copies.backups import back_up
from tenants.services.copies.exports import export
from tenants.services.copies.imports import import_business
from tenants.services.copies.restores import restore, verify
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

PHOTO_BYTES = 30_000
FILE_SQL = """
INSERT INTO files_storedfile
  (key, kind, owner_id, state, failure, renditions, stored_bytes, tries, received_at, ready_at)
SELECT r.key, 'drill', 1, 'ready', '', jsonb_build_array(jsonb_build_object(
  'name', '480.webp', 'width', 480, 'height', 480, 'bytes', %s, 'sha256', r.digest)), %s, 1, now(), now()
FROM unnest(%s::uuid[], %s::text[]) r(key, digest)
"""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and what came of it."""

    name: str
    seconds: float
    about: str


@dataclass(slots=True)
class Found:
    """What was measured; `verify`, `restore` and `import_business` compare by themselves, and raise."""

    start_megabytes: float
    steps: list[Step] = field(default_factory=list)
    peak_megabytes: float = 0.0
    differing: tuple[str, ...] = ("nothing was compared",)

    def time(self, name: str, function: Callable[[], T], about: Callable[[T], str]) -> T:
        """Do a step and note how long it took."""
        begun = time.perf_counter()
        result = function()
        self.steps.append(Step(name, time.perf_counter() - begun, about(result)))
        return result

    @property
    def is_equal(self) -> bool:
        """Tell whether everything came back as it was."""
        return not self.differing


def run_in_scratch(*, bookings: int, photos: int) -> Found:
    """Make the business, copy it every way, compare, and leave nothing."""
    slug = f"copies-{new_reference().lower()}"
    tenants = [make_scratch_tenant(slug=slug, now=utc_now())]
    with TemporaryDirectory() as folder:
        try:
            call_in_tenant(tenants[0].schema_name, fill, tenants[0], bookings=bookings, photos=photos)
            found = Found(start_megabytes=_read_peak())
            _copy(found, tenants, slug, Path(folder))
        finally:
            for tenant in tenants:
                drop_tenant(schema_name=tenant.schema_name)
    found.peak_megabytes = _read_peak()
    return found


def _copy(found: Found, tenants: list[TenantInfo], slug: str, folder: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    (folder / "key").write_text(str(identity))
    made = found.time(
        "backup, encrypted",
        lambda: back_up(slug=slug, folder=folder, keys=[str(identity.to_public())], now=utc_now()),
        lambda done: f"{done.rows} rows, {done.files} files, {done.bytes / 1e6:.1f} MB",
    )
    tried = found.time(
        "verify",
        lambda: verify(archive=made.path, identity=folder / "key", now=utc_now()),
        lambda done: f"{done.rows} rows",
    )
    again = found.time(
        "restore",
        lambda: restore(archive=made.path, slug=f"{slug}-r", identity=folder / "key", now=utc_now()),
        lambda done: f"{done.files} files",
    )
    tenants.append(again.tenant)
    first = found.time(
        "export",
        lambda: export(slug=slug, path=folder / "first.zip", now=utc_now()),
        lambda done: f"{done.bytes / 1e6:.1f} MB",
    )
    imported = found.time(
        "import",
        lambda: import_business(path=first.path, slug=f"{slug}-i", now=utc_now()),
        lambda done: f"{done.rows} rows",
    )
    tenants.append(imported.tenant)
    second = export(slug=f"{slug}-i", path=folder / "second.zip", now=utc_now())
    dump = _find_dump()
    if dump is not None:
        found.time(
            "pg_dump -n, rows alone", lambda: _dump(dump, tenants[0], folder), lambda size: f"{size / 1e6:.1f} MB"
        )
    counts = {"verify": tried.rows, "restore": again.rows}
    lost = [f"{step}: {rows} of {made.rows} rows" for step, rows in counts.items() if rows != made.rows]
    found.differing = (*lost, *compare_exports(first.path, second.path))


def fill(tenant: TenantInfo, *, bookings: int, photos: int) -> None:
    """Give the current business so many bookings, and photos with their files."""
    shape = replace(business.SHAPES["C"], bookings=bookings * 2 // 3, later=bookings - bookings * 2 // 3)
    business.SHAPES["copies"] = shape
    business.make_business(tenant, "copies", now=utc_now())
    keys, digests = [], []
    for _ in range(photos):
        key, content = uuid4(), os.urandom(PHOTO_BYTES)
        storage.put(storage.make_path(tenant.schema_name, "drill", key, "480.webp"), content)
        keys.append(key)
        digests.append(hashlib.sha256(content).hexdigest())
    with connection.cursor() as cursor:
        cursor.execute(FILE_SQL, [PHOTO_BYTES, PHOTO_BYTES, keys, digests])


def compare_exports(first: Path, second: Path) -> list[str]:
    """Name the tables, sheets and files of two exports that differ.

    All of them have to be equal byte by byte, numbers of rows included; what names the business itself (its address,
    the day) stands beside the folders, and is not compared.
    """
    sums = [_read_sums(path) for path in (first, second)]
    return sorted(name for name in sums[0].keys() | sums[1].keys() if sums[0].get(name) != sums[1].get(name))


def _read_sums(path: Path) -> dict[str, str]:
    """Return the SHA-256 of every entry that lies in a folder."""
    with ZipFile(path) as source:
        names = [name for name in source.namelist() if "/" in name]
        return {name: hashlib.sha256(source.read(name)).hexdigest() for name in names}


def _find_dump() -> str | None:
    own = find_program("pg_dump")
    return str(own) if own is not None else shutil.which("pg_dump")


def _dump(program: str, tenant: TenantInfo, folder: Path) -> int:
    known = connection.get_connection_params()
    address = {name: known[name] for name in ("host", "port", "user", "password", "dbname") if known.get(name)}
    target = folder / "dump"
    subprocess.run(
        [program, "--dbname", make_conninfo(**address), "-n", tenant.schema_name, "-Fc", "-f", target], check=True
    )
    return target.stat().st_size


def _read_peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
