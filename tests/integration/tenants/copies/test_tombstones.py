"""Whoever was erased stays erased, whatever a copy is made of."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import CommandError
from django.db import connection, transaction

from accounts.policies import Permission
from api.models import IdempotentAnswer
from files.engine import Shape, Target
from files.hooks import FileKind, _kinds, register_kind
from files.models import StoredFile
from kernel.clock import utc_now
from notifications.models import Event, Message
from scheduling.models import Asset, Booking, BookingSearch, Contact, Customer
from scheduling.services.erasing import KIND
from tenants.context import tenant_scope
from tenants.errors import NoRoom, RetryLater, RowsUnknown, TombstonesDamaged, TombstonesUnreadable
from tenants.models import DueWork, Tenant, Tombstone
from tenants.services import shelves
from tenants.services.copies import restores
from tenants.services.copies.restores import restore
from tenants.services.erasures.erasing import (
    AGAIN_KIND,
    DUE_KIND,
    erase,
    erase_everywhere_again,
    store_all_waiting,
    store_waiting,
)
from tests.factories.scheduling import book
from tests.fakes.due_work import perform_all
from tests.integration.tenants.copies.conftest import list_files

NAME, PHONE, EMAIL, MODEL = "Ana Pérez", "+525512345678", "ana@example.com", "Versa"
PAPER = FileKind(
    name="paper",
    target=Target(Shape.WHOLE, widths=(480,)),
    changed_by=Permission.CATALOG_MANAGE,
    has_owner=lambda _: True,
    owner_model=KIND,
)


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path, changed_shop) -> Path:
    """Where archives and tombstones are kept."""
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["backups"]["OPTIONS"]["location"] = str(tmp_path / "shelf")
    settings.BACKUP_WORK = tmp_path / "work"
    settings.TOMBSTONE_KEYS = ["the present key"]
    register_kind(PAPER)
    yield tmp_path / "shelf"
    _kinds.pop(PAPER.name)
    Tombstone.objects.all().delete()


@pytest.fixture
def planted(changed_shop) -> int:
    """The customer of all bookings, of whom every room keeps something."""
    with tenant_scope(changed_shop.info):
        customer_id = Customer.objects.values_list("pk", flat=True).get()
        booking = Booking.objects.order_by("pk").first()
        Message.objects.create(
            channel="email", template="x", to=EMAIL, locale="es", subject=NAME, body_text=f"Hola {NAME} {PHONE}",
            body_html=NAME, subject_kind="booking", subject_id=booking.pk, dedup_key=f"planted:{EMAIL}",
            status="sent", created_at=utc_now(), sent_at=utc_now(),
        )  # fmt: skip
        Message.objects.create(
            channel="email", template="contact_code", to=EMAIL.title(), locale="es", subject="123456",
            subject_kind="contact_code", subject_id=1, dedup_key=f"contact_code:1:email:{EMAIL}", status="queued",
            created_at=utc_now(),
        )  # fmt: skip
        answer = {"reference": booking.reference, "customer": NAME}
        for key, document in (("theirs", answer), ("another's", {"reference": "NOBODY"})):
            IdempotentAnswer.objects.create(
                endpoint="book", key=key, body_hash="x", status=201, answer=document, created_at=utc_now()
            )
        StoredFile.objects.create(
            key=uuid4(), kind="paper", owner_id=customer_id, state="ready", renditions=[], received_at=utc_now(),
            ready_at=utc_now(), stored_bytes=0,
        )  # fmt: skip
        return customer_id


def find_words(schema_name: str) -> list[str]:
    """The tables in which something tells who the customer was."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema_name])
        for (table,) in cursor.fetchall():
            like = " OR ".join(["t::text ILIKE %s"] * 4)
            cursor.execute(
                f'SELECT count(*) FROM "{schema_name}"."{table}" t WHERE {like}',
                [f"%{each}%" for each in (NAME, PHONE[1:], "ana@example", MODEL)],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    # The owner has the same e-mail and the business the same number: neither is the customer.
    return [
        each
        for each in found
        if not each.startswith(("accounts_", "account_", "notifications_message", "scheduling_location"))
    ] + (["notifications_message"] if _are_told(schema_name) else [])


def _are_told(schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT count(*) FROM "{schema_name}".notifications_message t '
            "WHERE subject_kind IN ('booking', 'contact_code') AND t::text ILIKE ANY(%s)",
            [[f"%{NAME}%", "%ana@example%"]],
        )
        return bool(cursor.fetchone()[0])


def erase_in(info, customer_id: int, now: datetime | None = None) -> None:
    with tenant_scope(info):
        erase(kind=KIND, row_ids=[customer_id], now=now or utc_now())


def test_erased_customer_is_in_no_table(changed_shop, planted):
    before = find_words(changed_shop.info.schema_name)
    with tenant_scope(changed_shop.info):
        bookings, messages = Booking.objects.count(), Message.objects.count()
        elsewhere = Message.objects.create(
            channel="email", template="contact_code", to="eva@example.com", locale="es", subject="654321",
            subject_kind="contact_code", subject_id=2, dedup_key="contact_code:2:email:eva@example.com", status="sent",
            created_at=utc_now(), sent_at=utc_now(),
        )  # fmt: skip

    erase_in(changed_shop.info, planted)

    assert {
        "scheduling_customer", "scheduling_historicalcustomer", "scheduling_booking", "scheduling_historicalbooking",
        "scheduling_contact", "scheduling_asset", "notifications_message", "api_idempotentanswer",
    } <= set(before)  # fmt: skip
    assert find_words(changed_shop.info.schema_name) == []
    with tenant_scope(changed_shop.info):
        customer = Customer.objects.get()
        assert (customer.name, customer.erased_at is not None) == ("Persona borrada", True)
        assert (Booking.objects.count(), Message.objects.count()) == (bookings, messages + 1)
        codes = Message.objects.filter(subject_kind="contact_code").order_by("subject_id")
        assert list(codes.values_list("to", "status")) == [("", "cancelled"), (elsewhere.to, "sent")]
        assert (Contact.objects.count(), BookingSearch.objects.count(), Asset.objects.get().data) == (0, 0, {})
        assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["another's"]
        assert StoredFile.objects.get(kind="paper").state == "removed"
        assert not [
            payload for payload in Event.objects.values_list("payload", flat=True) if NAME in json.dumps(payload)
        ]


def test_what_was_being_written_meanwhile_is_erased_as_well(changed_shop, planted):
    has_written, is_erased = threading.Event(), threading.Event()
    at = utc_now()

    def book_slowly() -> None:
        try:
            with tenant_scope(changed_shop.info), transaction.atomic():
                begin = (at + timedelta(days=9)).replace(hour=12, minute=0, second=0, microsecond=0)
                book(changed_shop.service_id, begin, now=at)
                has_written.set()
                is_erased.wait(30)
        finally:
            has_written.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(book_slowly)
        has_written.wait(30)
        erase_in(changed_shop.info, planted, at)
        before = find_words(changed_shop.info.schema_name)
        is_erased.set()
        written.result()
    late = find_words(changed_shop.info.schema_name)
    perform_all(changed_shop.info.schema_name, AGAIN_KIND)

    assert before == []
    assert {"scheduling_booking", "scheduling_historicalbooking"} <= set(late)
    assert find_words(changed_shop.info.schema_name) == []
    with tenant_scope(changed_shop.info):
        assert Customer.objects.get().erased_at == at
        assert Booking.objects.filter(customer_id=planted).count() == 4
    assert not DueWork.objects.filter(schema_name=changed_shop.info.schema_name, kind=AGAIN_KIND).exists()


def test_another_erasure_touches_nobody_who_was_erased_before(changed_shop, planted):
    at = utc_now()
    erase_in(changed_shop.info, planted, at - timedelta(hours=1))
    perform_all(changed_shop.info.schema_name, AGAIN_KIND)
    with tenant_scope(changed_shop.info):
        Booking.objects.filter(customer_id=planted).update(note="Llega en grúa")
        another = Customer.objects.create(name="Berta", created_at=at)

    erase_in(changed_shop.info, another.pk, at)
    perform_all(changed_shop.info.schema_name, AGAIN_KIND)

    with tenant_scope(changed_shop.info):
        assert set(Booking.objects.values_list("note", flat=True)) == {"Llega en grúa"}
        assert Customer.objects.filter(erased_at=None).count() == 0


def test_whoever_was_erased_after_the_backup_is_not_in_the_copy(
    changed_backup, changed_shop, planted, slug, shelf, run
):
    archive = Path(run("backup_tenant", changed_shop.info.slug, "--to", shelf.parent / "second")[-1])
    erase_in(changed_shop.info, planted)

    done = restore(archive=archive, slug=slug, now=utc_now())

    assert find_words(changed_shop.info.schema_name) == []
    assert find_words(done.tenant.schema_name) == []
    assert "1 that were erased after the archive was made were erased here as well." in done.notes
    with tenant_scope(done.tenant):
        assert StoredFile.objects.get(kind="paper").state == "removed"
        assert IdempotentAnswer.objects.filter(key="theirs").count() == 0
        assert DueWork.objects.filter(schema_name=done.tenant.schema_name, kind="file_removal").exists()


def test_without_the_table_the_file_beside_the_archives_is_enough(changed_backup, changed_shop, planted, slug, shelf):
    erase_in(changed_shop.info, planted)
    with tenant_scope(changed_shop.info):
        store_waiting(0, utc_now())
    Tombstone.objects.all().delete()  # the platform was restored to before it

    done = restore(archive=changed_backup, slug=slug, now=utc_now())

    assert find_words(done.tenant.schema_name) == []
    assert [name.split("/")[:2] for name in list_files(shelf)] == [["tombstones", changed_shop.info.schema_name]]


def test_file_names_nobody_and_the_table_neither(changed_shop, planted, shelf):
    erase_in(changed_shop.info, planted)
    with tenant_scope(changed_shop.info):
        store_waiting(0, utc_now())
        store_waiting(0, utc_now())

    (name,) = list_files(shelf)
    head, stone, seal = map(json.loads, (shelf / name).read_text().splitlines())
    assert head == {"format": "turnero-tombstones/1", "schema": changed_shop.info.schema_name}
    assert (set(stone), stone["kind"], len(stone["mark"])) == ({"kind", "key", "mark", "erased_at"}, KIND, 64)
    assert seal["stones"] == 1
    assert Tombstone.objects.get().stored_at is not None


def test_whoever_is_erased_while_the_archive_is_read_is_not_in_the_copy(
    changed_backup, changed_shop, planted, slug, monkeypatch
):
    store = restores._store_files

    def erase_then_store(*arguments):
        erase_in(changed_shop.info, planted)
        return store(*arguments)

    monkeypatch.setattr(restores, "_store_files", erase_then_store)

    done = restore(archive=changed_backup, slug=slug, now=utc_now())

    assert find_words(done.tenant.schema_name) == []


def test_copy_of_a_copy_is_erased_as_well(changed_backup, changed_shop, planted, slug, run, tmp_path):
    copy = restore(archive=changed_backup, slug=slug, now=utc_now())
    second = Path(run("backup_tenant", slug, "--to", tmp_path / "more")[-1])
    erase_in(changed_shop.info, planted)

    done = restore(archive=second, slug=f"{slug}-otra", now=utc_now())

    assert find_words(copy.tenant.schema_name) != []
    assert find_words(done.tenant.schema_name) == []


def test_somebody_new_with_the_same_number_stays(changed_backup, changed_shop, planted, slug, run, tmp_path):
    """A copy gives the numbers of its archive again."""
    copy = restore(archive=changed_backup, slug=slug, now=utc_now())
    erase_in(changed_shop.info, planted)
    with tenant_scope(copy.tenant):
        Customer.objects.filter(pk=planted).update(created_at=utc_now(), name="Otra Persona")
    archive = Path(run("backup_tenant", slug, "--to", tmp_path / "more")[-1])

    done = restore(archive=archive, slug=f"{slug}-otra", now=utc_now())

    with tenant_scope(done.tenant):
        assert Customer.objects.get(pk=planted).name == "Otra Persona"


def test_import_of_an_export_of_before_brings_nobody_back(changed_shop, planted, slug, run, tmp_path):
    run("export_tenant", changed_shop.info.slug, "--to", tmp_path / "all.zip")
    erase_in(changed_shop.info, planted)

    run("import_tenant", tmp_path / "all.zip", "--as", slug)

    assert find_words(Tenant.objects.get(slug=slug).schema_name) == []


def test_new_key_knows_what_the_old_one_marked(changed_backup, changed_shop, planted, slug, settings):
    erase_in(changed_shop.info, planted)
    settings.TOMBSTONE_KEYS = ["a new key", "the present key"]

    done = restore(archive=changed_backup, slug=slug, now=utc_now())

    assert find_words(done.tenant.schema_name) == []


def test_lost_key_stops_every_restore(changed_backup, changed_shop, planted, slug, settings, count, run):
    erase_in(changed_shop.info, planted)
    settings.TOMBSTONE_KEYS = ["a new key"]
    before = count()

    with pytest.raises(TombstonesUnreadable, match="TURNERO_TOMBSTONE_KEYS"):
        restore(archive=changed_backup, slug=slug, now=utc_now())
    with pytest.raises(CommandError, match="TURNERO_TOMBSTONE_KEYS"):
        run("restore_tenant", changed_backup, "--as", slug)

    assert count() == before


def test_spoiled_file_stops_the_restore(changed_backup, changed_shop, planted, slug, shelf, count):
    erase_in(changed_shop.info, planted)
    with tenant_scope(changed_shop.info):
        store_waiting(0, utc_now())
    (name,) = list_files(shelf)
    text = (shelf / name).read_text()
    lines = text.splitlines()
    before = count()

    for spoiled in (
        "",
        text[:-20],
        text.replace("scheduling.Customer", "scheduling.Someone"),
        "\n".join([lines[0], *lines[2:]]) + "\n",
        text.replace('"schema": "', '"schema": "x'),
        "[]\n[]\n",
        "null",
    ):
        (shelf / name).write_text(spoiled)
        with pytest.raises(TombstonesDamaged, match="tombstones/"):
            restore(archive=changed_backup, slug=slug, now=utc_now())
        assert count() == before, spoiled


def test_store_that_is_away_stops_the_restore_and_not_the_erasure(
    changed_backup, changed_shop, planted, slug, settings, monkeypatch
):
    monkeypatch.setattr(shelves, "_get_storage", _Away)

    erase_in(changed_shop.info, planted)
    with tenant_scope(changed_shop.info), pytest.raises(RetryLater):
        store_waiting(0, utc_now())
    stored = store_all_waiting(now=utc_now())
    with pytest.raises(NoRoom):
        restore(archive=changed_backup, slug=slug, now=utc_now())

    assert find_words(changed_shop.info.schema_name) == []
    assert (stored, Tombstone.objects.get().stored_at) == (0, None)
    monkeypatch.undo()
    assert store_all_waiting(now=utc_now()) == 1
    assert Tombstone.objects.get().stored_at is not None


class _Away:
    def listdir(self, _path):
        raise OSError("away")

    def delete(self, _path):
        raise OSError("away")

    def save(self, _path, _file):
        raise OSError("away")


def test_tombstones_lie_in_object_stores_too(changed_backup, changed_shop, planted, slug, settings):
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "backups": memory}
    erase_in(changed_shop.info, planted)
    with tenant_scope(changed_shop.info):
        store_waiting(0, utc_now())
    Tombstone.objects.all().delete()

    assert isinstance(storages["backups"], InMemoryStorage)
    assert find_words(restore(archive=changed_backup, slug=slug, now=utc_now()).tenant.schema_name) == []


def test_platform_that_was_restored_erases_again(changed_shop, planted, run, shelf):
    """The rows are as they were before the erasure; only what lies beside the archives is younger."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    with tenant_scope(changed_shop.info):
        before = Customer.objects.get(pk=planted)
    erase_in(changed_shop.info, planted, at)
    with tenant_scope(changed_shop.info):
        store_waiting(0, at)
        Customer.objects.filter(pk=planted).update(name=before.name, erased_at=None)
    Tombstone.objects.all().delete()

    said = run("erase_again")
    again = erase_everywhere_again(now=utc_now())

    assert (said[0], again[changed_shop.info.schema_name]) == (f"{changed_shop.info.schema_name}: 1", 1)
    assert find_words(changed_shop.info.schema_name) == []
    assert list(Tombstone.objects.values_list("schema_name", "erased_at")) == [(changed_shop.info.schema_name, at)]


def test_twice_is_once_and_whoever_is_not_there_is_refused(changed_shop, planted):
    erase_in(changed_shop.info, planted)
    erase_in(changed_shop.info, planted, utc_now() + timedelta(minutes=1))
    with tenant_scope(changed_shop.info), pytest.raises(RowsUnknown):
        erase(kind=KIND, row_ids=[planted, 999_999], now=utc_now())

    assert Tombstone.objects.count() == 1
    assert DueWork.objects.filter(schema_name=changed_shop.info.schema_name, kind=DUE_KIND).count() == 1
