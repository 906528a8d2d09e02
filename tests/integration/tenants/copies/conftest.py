"""A business with something of everything: bookings, files, work that is due, a host of its own, odd names.

To make one, an archive and an export of it takes longer than most tests: each module has one that no test changes
(``shop``, ``backup``, ``exported``). Whoever changes it has one alone (``changed_shop``, ``changed_backup``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from shutil import copy, copytree
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from accounts.models import User
from files import storage
from files.models import StoredFile
from kernel.clock import utc_now
from notifications.public.models import TextedNumber
from tenants.context import tenant_scope
from tenants.models import DueWork, FormerAddress, SchemaState
from tenants.selectors.resolution import forget_tenants
from tenants.services.copies.archives import reading
from tenants.services.copies.backups import back_up
from tenants.services.copies.exports import export
from tenants.services.copies.seals import Identity
from tenants.services.life_cycle import add_domain, drop_tenant
from tenants.services.provisioning import provision_tenant
from tenants.types import TenantInfo
from tests.factories.scheduling import book, make_shop
from tests.harness.platform import STANDING
from tests.integration.tenants.conftest import make_details, new_slug

NAME = 'Taller “O\'Hara” & Hijas \\ "Ñandú"; DROP TABLE x;--'
PICTURES = {"480.webp": b"\x00\x01 small \xff", "960.webp": b"large\n" * 999}


@dataclass(frozen=True, slots=True)
class Shop:
    """The business, and the token of a booking's link."""

    info: TenantInfo
    token: str
    service_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A business that no test changes, the folder of its files, an archive and an export of it."""

    shop: Shop
    files: Path
    archive: Path
    exported: Path


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """The folder in which files of businesses lie."""
    settings.STORAGES = lay_files(tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture(scope="module")
def standing(tenants, django_db_blocker, tmp_path_factory) -> Iterator[Standing]:
    """The business of a module, committed."""
    place = tmp_path_factory.mktemp("standing")
    with django_db_blocker.unblock(), override_settings(STORAGES=lay_files(place / "files")):
        connection.set_schema_to_public()
        info = provision_tenant(details=make_details(new_slug(), business_name=NAME), now=utc_now())
        shop = fill(info)
        archive = back_up(slug=info.slug, folder=place / "archives", now=utc_now()).path
        exported = export(slug=info.slug, path=place / "exports" / "taller.zip", now=utc_now()).path
        STANDING.add(info.schema_name)
    yield Standing(shop, place / "files", archive, exported)
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        STANDING.discard(info.schema_name)
        drop_tenant(schema_name=info.schema_name)
        DueWork.objects.filter(schema_name=info.schema_name).delete()
        SchemaState.objects.filter(schema_name=info.schema_name).delete()
        forget_tenants()


@pytest.fixture
def shop(standing, committed, folder) -> Shop:
    """The business of the module, which the test leaves as it is; its files are the test's own."""
    copytree(standing.files, folder)
    return standing.shop


@pytest.fixture
def changed_shop(provision, folder) -> Shop:
    """A business of the test alone."""
    return fill(provision(business_name=NAME))


def lay_files(folder: Path) -> dict[str, dict[str, Any]]:
    """The setting with which files of businesses lie in a folder."""
    storages = deepcopy(settings.STORAGES)
    storages["files"]["OPTIONS"]["location"] = str(folder)
    return storages


def fill(info: TenantInfo) -> Shop:
    """Give a business something of everything."""
    add_domain(schema_name=info.schema_name, domain=f"{info.slug}.citas.example")
    with tenant_scope(info):
        service_id, _ = make_shop(2)
        first = (utc_now() + timedelta(days=7)).replace(hour=9, minute=0, second=0, microsecond=0)
        submitted = [book(service_id, first + timedelta(hours=hours), now=utc_now()) for hours in range(3)]
        User.objects.create(email="gone@example.com", name="Fue", role="provider", is_active=False)
        User.objects.update(password_changed_at=utc_now())
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
def backup(standing, shop, tmp_path) -> Path:
    """An archive of the business of the module."""
    return Path(copy(standing.archive, make_folder(tmp_path / "backups")))


@pytest.fixture
def changed_backup(changed_shop, tmp_path) -> Path:
    """An archive of the business of the test alone."""
    return back_up(slug=changed_shop.info.slug, folder=tmp_path / "backups", now=utc_now()).path


@pytest.fixture
def exported(standing, shop, tmp_path) -> Path:
    """An export of the business of the module."""
    return Path(copy(standing.exported, make_folder(tmp_path / "exports")))


def make_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


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


def read_all(path: Path, identities: Sequence[Identity] = ()) -> dict[str, bytes]:
    """Everything in an archive by its folder and name."""
    with reading(path, identities) as members:
        return {f"{member.folder}/{member.name}": member.content for member in members}
