"""The rounds of the drill, on businesses of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import pyrage
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from devtools.drill.copies.rounds import fill
from devtools.drill.platform.beating import run_beating
from devtools.errors import DevtoolsError
from devtools.scratch.tenant import make_scratch_tenant
from kernel.clock import utc_now
from kernel.ids import new_reference
from recovery.engine.bases import BaseBackup, Kind
from recovery.management.commands.restore_drill import describe
from recovery.services import keeping, objects
from recovery.services.drills import drill
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo

SMALL, SMALL_BOOKINGS, SMALL_PHOTOS = 3, 300, 5
FEW = 100
"""Bookings between the full backup and the incremental one, and again after it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one round measured."""

    name: str
    lines: tuple[str, ...]
    is_equal: bool


def run_rounds(*, bookings: int, photos: int, is_encrypted: bool, minutes: float) -> Iterator[Found]:
    """Make the businesses, back up, restore and compare, and leave nothing."""
    tenants: list[TenantInfo] = []
    _forget_store()
    with TemporaryDirectory() as folder:
        identity = _make_key(Path(folder)) if is_encrypted else None
        try:
            tenants.extend(_make_business(SMALL_BOOKINGS, SMALL_PHOTOS) for _ in range(SMALL))
            yield _run(f"{SMALL} businesses of {SMALL_BOOKINGS} bookings", identity, tenants)
            if minutes:
                beaten = run_beating(seconds=minutes * 60, identity=identity)
                yield Found(f"{minutes:g} minutes of writing", beaten.describe(), beaten.is_bound)
            if bookings:
                tenants.append(_make_business(bookings, photos))
                yield _run(f"and one of {bookings} bookings and {photos} photos", identity, tenants)
        finally:
            for tenant in tenants:
                drop_tenant(schema_name=tenant.schema_name)
            _forget_store()


def _run(name: str, identity: Path | None, tenants: list[TenantInfo]) -> Found:
    lines = [_back_up(Kind.FULL)]
    tenants.append(_make_business(FEW, 0))
    lines.append(_back_up(None))
    tenants.append(_make_business(FEW, 1))
    done = drill(target=None, folder=None, identity=identity, now=utc_now())
    return Found(name, (*lines, *describe(done)), not done.different and not done.spoiled)


def _back_up(kind: Kind | None) -> str:
    begun = time.perf_counter()
    made: BaseBackup = keeping.back_up_now(kind=kind, now=utc_now())
    seconds = time.perf_counter() - begun
    ratio = f"{made.stored_bytes / made.raw_bytes:.2f} of what was sent"
    return (
        f"{made.kind:<12} {seconds:.1f} s, {made.files} files, {made.raw_bytes / 1e6:.1f} MB sent, "
        f"{made.stored_bytes / 1e6:.1f} MB kept ({ratio}){', encrypted' if made.is_encrypted else ''}"
    )


def _make_business(bookings: int, photos: int) -> TenantInfo:
    tenant = make_scratch_tenant(slug=f"platform-{new_reference().lower()}", now=utc_now())
    call_in_tenant(tenant.schema_name, fill, tenant, bookings=bookings, photos=photos)
    return tenant


def _make_key(folder: Path) -> Path:
    identity = pyrage.x25519.Identity.generate()
    (folder / "key").write_text(str(identity))
    settings.BACKUP_KEYS = [str(identity.to_public())]
    return folder / "key"


def _forget_store() -> None:
    """Remove the store and the log of an earlier run: this server is the drill's own."""
    storage = objects.get_storage()
    if not isinstance(storage, FileSystemStorage) or settings.WAL_DIR is None:
        message = "the drill needs an embedded PostgreSQL, and a folder to keep archives in"
        raise DevtoolsError(message)
    rmtree(Path(storage.path(objects.ROOT)), ignore_errors=True)
    rmtree(settings.WAL_DIR, ignore_errors=True)
