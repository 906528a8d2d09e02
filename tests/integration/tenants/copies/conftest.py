"""A business with something of everything: bookings, files, work that is due, a host of its own, odd names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from files import storage
from files.models import StoredFile
from kernel.clock import utc_now
from notifications.public.models import TextedNumber
from tenants.context import tenant_scope
from tenants.models import FormerAddress
from tenants.services.life_cycle import add_domain
from tenants.types import TenantInfo
from tests.factories.scheduling import book, make_shop

NAME = 'Taller “O\'Hara” & Hijas \\ "Ñandú"; DROP TABLE x;--'
PICTURES = {"480.webp": b"\x00\x01 small \xff", "960.webp": b"large\n" * 999}


@dataclass(frozen=True, slots=True)
class Shop:
    """The business, and the token of a booking's link."""

    info: TenantInfo
    token: str
    service_id: int


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """The folder in which files of businesses lie."""
    folder = tmp_path / "files"
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["files"]["OPTIONS"]["location"] = str(folder)
    return folder


@pytest.fixture
def shop(provision, folder) -> Shop:
    info = provision(business_name=NAME)
    add_domain(schema_name=info.schema_name, domain=f"{info.slug}.citas.example")
    with tenant_scope(info):
        service_id, _ = make_shop(2)
        first = (utc_now() + timedelta(days=7)).replace(hour=9, minute=0, second=0, microsecond=0)
        submitted = [book(service_id, first + timedelta(hours=hours), now=utc_now()) for hours in range(3)]
        User.objects.create(email="gone@example.com", name="Fue", role="provider", is_active=False)
        add_picture(info)
    TextedNumber.objects.create(
        recipient_hash="a" * 64, schema_name=info.schema_name, texted_at=utc_now(), stopped_at=utc_now(), words="BAJA"
    )
    return Shop(info, submitted[0].manage_token, service_id)


def add_picture(info: TenantInfo) -> StoredFile:
    """A picture as a worker leaves it."""
    key, now = uuid4(), datetime(2026, 11, 1, tzinfo=UTC)
    renditions = []
    for name, content in PICTURES.items():
        storage.put(storage.make_path(info.schema_name, "logo", key, name), content)
        digest = hashlib.sha256(content).hexdigest()
        renditions.append({"name": name, "width": 1, "height": 1, "bytes": len(content), "sha256": digest})
    return StoredFile.objects.create(
        key=key, kind="logo", owner_id=0, state="ready", renditions=renditions, received_at=now, ready_at=now,
        stored_bytes=sum(map(len, PICTURES.values())),
    )  # fmt: skip


@pytest.fixture
def run() -> Callable[..., list[str]]:
    """Run a command and return the lines that it printed."""

    def call(*arguments: object) -> list[str]:
        out, err = StringIO(), StringIO()
        call_command(*map(str, arguments), stdout=out, stderr=err)
        return [*err.getvalue().splitlines(), *out.getvalue().splitlines()]

    return call


@pytest.fixture
def backup(shop, run, tmp_path) -> Path:
    """An archive of the business."""
    return Path(run("backup_tenant", shop.info.slug, "--to", tmp_path / "backups")[-1])


@pytest.fixture
def left_slug(shop, slug) -> Iterator[str]:
    """An address that another business has left, whatever was found when that was asked first."""
    FormerAddress.objects.create(slug=slug, tenant_id=shop.info.id, left_at=utc_now(), redirects_until=utc_now())
    yield slug
    FormerAddress.objects.filter(slug=slug).delete()


@pytest.fixture
def count() -> Callable[[], tuple[object, ...]]:
    """Return a function that says what there is of businesses: whatever is refused leaves it as it was."""

    def look() -> tuple[object, ...]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^t[0-9]' ORDER BY 1")
            schemas = [name for (name,) in cursor.fetchall()]
            cursor.execute("SELECT count(*), max(slug) FROM public.tenants_tenant")
            tenants = cursor.fetchone()
            cursor.execute(
                "SELECT (SELECT count(*) FROM public.tenants_domain), (SELECT count(*) FROM public.tenants_duework), "
                "(SELECT count(*) FROM public.tenants_workplace), (SELECT count(*) FROM public.tenants_schemastate)"
            )
            return tuple(schemas), tenants, cursor.fetchone()

    return look


def list_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
