"""What owners take along is what commands make: whole, tried, and made by a worker while the business goes on."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pyrage
import pytest

from accounts.models import User
from files import storage
from files.models import DataCopy
from files.selectors.data_copies import list_data_copies, make_place, make_progress_key
from files.services.data_copies import ask_for_copy
from kernel.clock import utc_now
from keyvalue.client import ask
from notifications.models import Message
from tenants.context import tenant_scope
from tenants.models import DueWork
from tenants.services.copies import backups, nightly
from tenants.services.copies.restores import restore, verify
from tests.fakes.due_work import perform_all


@pytest.fixture(autouse=True)
def work(settings, tmp_path) -> Path:
    """Where copies are made."""
    settings.BACKUP_WORK, settings.BACKUP_KEYS = tmp_path / "work", []
    return tmp_path / "work"


def take(info, kind: str) -> tuple[DataCopy, bytes]:
    """Ask as the owner, let a worker do it, and return the row and the file."""
    with tenant_scope(info):
        ask_for_copy(kind=kind, by=User.objects.get(role="owner"), now=utc_now())
    perform_all(info.schema_name, "data_copy")
    with tenant_scope(info):
        row = DataCopy.objects.latest("pk")
        assert (row.state, row.failure) == ("ready", "")
        return row, storage.get(make_place(row))


def test_export_is_that_of_the_command_without_its_own_row(changed_shop, work):
    row, content = take(changed_shop.info, "export")

    with zipfile.ZipFile(BytesIO(content)) as source:
        assert source.testzip() is None
        names = set(source.namelist())
    assert {"README.md", "business.json", "data/scheduling.Booking.json", "sheets/bookings.csv"} <= names
    assert [name for name in names if "DataCopy" in name or "copies/" in name] == []
    assert row.name.startswith(changed_shop.info.slug)
    assert list(work.iterdir()) == []
    kept = ask(lambda client: client.get(make_progress_key(row.key)), otherwise=None)
    done, parts = map(int, kept.split(b"/"))
    assert done == parts > 5
    with tenant_scope(changed_shop.info):
        assert Message.objects.filter(template="export_ready").count() == 1
        assert list_data_copies(now=utc_now())[0].parts == 0  # it is done: nothing is counted any more
    assert DueWork.objects.filter(schema_name=changed_shop.info.schema_name, kind="data_copy").count() == 0


def test_backup_restores_and_the_restored_business_takes_its_own_along(changed_shop, slug, tmp_path):
    row, content = take(changed_shop.info, "archive")
    archive = tmp_path / row.name
    archive.write_bytes(content)

    verify(archive=archive, now=utc_now())
    copy = restore(archive=archive, slug=slug, now=utc_now()).tenant

    with tenant_scope(copy):
        assert DataCopy.objects.count() == 0
    assert DueWork.objects.filter(schema_name=copy.schema_name, kind__startswith="data_copy").count() == 0
    again, _ = take(copy, "archive")
    assert again.name.startswith(slug)
    with tenant_scope(copy):
        # It writes to no customer, but to whoever works there.
        assert Message.objects.filter(template="archive_ready").count() == 1


def test_backup_is_encrypted_where_the_platform_has_a_key(changed_shop, settings, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    settings.BACKUP_KEYS = [str(identity.to_public())]

    row, content = take(changed_shop.info, "archive")

    assert row.name.endswith(".tar.gz.age")
    plain = tmp_path / "plain.tar.gz"
    plain.write_bytes(pyrage.decrypt(content, [identity]))
    verify(archive=plain, now=utc_now())


def test_full_disk_is_said_in_words_and_leaves_nothing(changed_shop, monkeypatch, work):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups.os, "fsync", fail)
    with tenant_scope(changed_shop.info):
        ask_for_copy(kind="export", by=User.objects.get(role="owner"), now=utc_now())

    perform_all(changed_shop.info.schema_name, "data_copy")

    with tenant_scope(changed_shop.info):
        (view,) = list_data_copies(now=utc_now())
        assert (view.state, view.failure) == ("failed", "full")
        assert storage.list_folder(f"{changed_shop.info.schema_name}/copies")[1] == []
    assert list(work.iterdir()) == []


def test_it_is_made_in_the_lane_of_the_nightly_ones(changed_shop):
    with tenant_scope(changed_shop.info):
        ask_for_copy(kind="export", by=User.objects.get(role="owner"), now=utc_now())

    due = DueWork.objects.get(schema_name=changed_shop.info.schema_name, kind="data_copy")

    assert due.lane == nightly.LANE
