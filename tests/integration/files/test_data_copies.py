"""Copies of all data that owners ask for: what is asked, what a worker may meet, and what becomes of them."""

from __future__ import annotations

import errno
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import PermissionMissing, ProofWrong
from accounts.models import User
from audit.public.models import PlatformEntry
from database.locks import KeySpace, try_lock_platform
from files import storage
from files.enums import CopyKind
from files.errors import CopyAway, CopyUnknown, FileUnknown, StorageAway
from files.models import DataCopy
from files.selectors.data_copies import get_data_copy, list_data_copies, make_place, make_progress_key
from files.services import copying, data_copies
from files.services.copying import make_copy
from files.services.data_copies import ask_for_copy, end_copy, erase_copies, forget_copies, take_copy
from files.services.sweeping import sweep_files
from files.types import DataCopyView
from kernel.clock import utc_now
from kernel.errors import Unavailable
from keyvalue.client import ask
from notifications.models import Message
from scheduling.models import Customer
from tenants.errors import ArchiveDamaged, ExampleNotKept, NoRoom, RetryLater
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import DueWork
from tenants.services.erasures.erasing import erase
from tenants.types import ErasedRows
from tests.factories.data_copies import make_ready

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
CONTENT = b"PK everything" * 100
pytestmark = pytest.mark.usefixtures("tenant", "folder")


@pytest.fixture
def owner() -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def made(monkeypatch, tmp_path) -> list[str]:
    """Let copies be `CONTENT`, and return which kinds were made."""
    kinds: list[str] = []

    def write(*, kind, slug, folder, show, now):
        kinds.append(kind)
        show(1, 2)
        path = folder / f"{slug}.zip"
        path.write_bytes(CONTENT)
        return path

    monkeypatch.setattr(copying, "_write", write)
    return kinds


@pytest.fixture(autouse=True)
def work(settings, tmp_path) -> None:
    settings.BACKUP_WORK = tmp_path / "work"


def ask_row(owner: User, kind: CopyKind = CopyKind.EXPORT, now: datetime = NOW) -> DataCopy:
    return DataCopy.objects.get(key=ask_for_copy(kind=kind, by=owner, now=now).key)


def list_due(kind: str) -> list[tuple[int, datetime, str]]:
    return list(DueWork.objects.filter(kind=kind).order_by("row_id").values_list("row_id", "due_at", "lane"))


def list_mails() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("template", "to"))


def list_taken(tenant) -> list[tuple[int | None, str, datetime]]:
    entries = PlatformEntry.objects.filter(schema_name=tenant.schema_name, action="take").order_by("pk")
    return list(entries.values_list("author_id", "reason", "at"))


def prove() -> None:
    """Somebody who typed what they had to."""


def test_asked_twice_is_the_same_one(owner):
    first, second, other = ask_row(owner), ask_row(owner), ask_row(owner, CopyKind.ARCHIVE)

    assert (first.pk == second.pk, DataCopy.objects.count()) == (True, 2)
    assert list_due("data_copy") == [(first.pk, NOW, "backups"), (other.pk, NOW, "backups")]
    assert (first.state, first.asked_by_id, first.asked_at) == ("asked", owner.pk, NOW)


def test_one_that_was_just_made_is_the_same_one_and_later_another_is_made(owner):
    row = make_ready(CONTENT, asked_by_id=owner.pk, now=NOW)

    soon = ask_for_copy(kind=CopyKind.EXPORT, by=owner, now=NOW + timedelta(minutes=9))
    later = ask_for_copy(kind=CopyKind.EXPORT, by=owner, now=NOW + timedelta(minutes=11))

    assert (soon.key, soon.is_ready, later.key == row.key, later.is_at_work) == (row.key, True, False, True)


def test_two_at_once_are_refused_by_the_database(owner):
    ask_row(owner)

    with pytest.raises(IntegrityError, match="files_copy_one_at_work"), transaction.atomic():
        DataCopy.objects.create(kind="export", asked_by_id=owner.pk, asked_at=NOW)


@pytest.mark.parametrize("role", ["manager", "receptionist", "provider", "read_only"])
def test_only_owners_ask(role):
    person = User.objects.create(email=f"{role}@example.com", name="X", role=role)

    with pytest.raises(PermissionMissing):
        ask_for_copy(kind=CopyKind.EXPORT, by=person, now=NOW)

    assert (DataCopy.objects.count(), list_due("data_copy")) == (0, [])


def test_the_example_is_not_taken(tenant, owner, monkeypatch):
    monkeypatch.setattr(data_copies, "current_tenant", lambda: replace(tenant, is_example=True))

    with pytest.raises(ExampleNotKept):
        ask_for_copy(kind=CopyKind.EXPORT, by=owner, now=NOW)

    assert DataCopy.objects.count() == 0


def test_it_is_made_stored_and_told(tenant, owner, made, folder):
    row = ask_row(owner)
    before = utc_now()

    make_copy(row.pk, NOW)

    row.refresh_from_db()
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert (row.state, row.name, row.bytes, row.sha256, row.tries) == (
        "ready", f"{tenant.slug}.zip", len(CONTENT), digest, 1,
    )  # fmt: skip
    assert before <= row.ready_at <= utc_now()
    assert row.ends_at == row.ready_at + timedelta(days=7)
    assert storage.get(make_place(row)) == CONTENT
    assert list_due("data_copy_end") == [(row.pk, row.ends_at, "")]
    assert list_mails() == [("export_ready", owner.email)]
    text = Message.objects.get().body_text
    assert f"{tenant.home_host}/workspace/data/{row.key}/" in text
    assert list_taken(tenant) == []  # it was made; nobody took it yet
    assert list((folder.parent / "work").iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "locale", "template", "words"),
    [
        ("export", "es", "export_ready", "Ya puedes descargar los datos"),
        ("export", "en", "export_ready", "Your data of"),
        ("archive", "es", "archive_ready", "Ya puedes descargar el respaldo"),
        ("archive", "en", "archive_ready", "The backup of"),
    ],
)
def test_mail_is_in_the_language_of_who_asked(owner, made, kind, locale, template, words):
    User.objects.filter(pk=owner.pk).update(locale=locale)

    make_copy(ask_row(owner, CopyKind(kind)).pk, NOW)

    message = Message.objects.get()
    assert (message.template, message.locale, words in message.subject) == (template, locale, True)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "manager"}])
def test_who_may_not_have_it_any_more_gets_no_mail(owner, made, change):
    row = ask_row(owner)
    User.objects.filter(pk=owner.pk).update(**change)

    make_copy(row.pk, NOW)

    row.refresh_from_db()
    assert (row.state, list_mails()) == ("ready", [])


def test_newer_one_takes_the_place_of_the_one_before(owner, made):
    old = make_ready(b"old", asked_by_id=owner.pk, now=NOW)
    other = make_ready(b"other", kind="archive", asked_by_id=owner.pk, now=NOW)
    row = ask_row(owner, now=NOW + timedelta(hours=1))

    make_copy(row.pk, NOW)

    assert dict(DataCopy.objects.values_list("pk", "state")) == {old.pk: "gone", other.pk: "ready", row.pk: "ready"}
    end_copy(old.pk, utc_now())
    assert storage.list_folder(make_place(old).rpartition("/")[0])[1] == sorted(
        [f"{other.key}-archive", f"{row.key}-export"]
    )


def test_second_worker_waits_and_a_late_one_does_nothing(tenant, owner, made):
    row = ask_row(owner)
    held: list[bool] = []
    asked, done = Event(), Event()

    def hold() -> None:
        with try_lock_platform(KeySpace.OWN_COPY, tenant.schema_name, str(row.pk)) as is_mine:
            held.append(is_mine)
            asked.set()
            done.wait(20)
        connection.close()

    thread = Thread(target=hold)
    thread.start()
    try:
        assert asked.wait(20)
        with pytest.raises(RetryLater) as later:
            make_copy(row.pk, NOW)
    finally:
        done.set()
        thread.join()
    assert (held, later.value.at, made) == ([True], NOW + timedelta(minutes=1), [])

    make_copy(row.pk, NOW)
    make_copy(row.pk, NOW)
    make_copy(row.pk + 1000, NOW)

    assert made == ["export"]


def test_whoever_comes_after_a_killed_worker_goes_on_and_gives_up_in_words(owner, made, monkeypatch):
    row = ask_row(owner)

    def die(**_):
        raise KeyboardInterrupt

    write = copying._write
    monkeypatch.setattr(copying, "_write", die)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            make_copy(row.pk, NOW)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("working", 3)
    DataCopy.objects.update(tries=2)
    monkeypatch.setattr(copying, "_write", write)
    make_copy(row.pk, NOW)
    assert DataCopy.objects.get().state == "ready"

    DataCopy.objects.update(state="working", tries=3)
    make_copy(row.pk, NOW)

    row.refresh_from_db()
    assert (row.state, row.failure, list_mails()[-1]) == ("failed", "stopped", ("data_copy_failed", owner.email))


def chain(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (chain(NoRoom(why="x"), OSError(errno.ENOSPC, "full")), "full"),
        (chain(StorageAway(), OSError(errno.EDQUOT, "full")), "full"),
        (chain(NoRoom(why="x"), OSError(errno.EACCES, "no")), "trouble"),
        (StorageAway(), "away"),
        (Unavailable(), "away"),
        (ArchiveDamaged(), "trouble"),
    ],
)
def test_what_fails_is_said_in_words_and_can_be_asked_again(owner, made, monkeypatch, error, failure):
    row = ask_row(owner)

    def fail(**_):
        raise error

    monkeypatch.setattr(copying, "_write", fail)
    storage.put(make_place(row), b"half of one")
    make_copy(row.pk, NOW)

    with pytest.raises(FileUnknown):
        storage.get(make_place(row))
    (view,) = list_data_copies(now=NOW)
    assert (view.state, view.failure, view.is_at_work, view.percent) == ("failed", failure, False, 0)
    assert list_mails() == [("data_copy_failed", owner.email)]
    assert ask_row(owner).pk != row.pk


def test_storage_that_is_full_leaves_no_copy_that_counts(owner, made, monkeypatch):
    row = ask_row(owner)

    class Full:
        def save(self, _path, _file):
            raise OSError(errno.ENOSPC, "No space left on device")

        def delete(self, _path):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(storage, "get_storage", Full)
    make_copy(row.pk, NOW)

    row.refresh_from_db()
    assert (row.state, row.failure, row.ends_at) == ("failed", "full", None)


def test_how_far_it_is_is_read_while_it_is_made(owner):
    row = ask_row(owner)
    assert (list_data_copies(now=NOW)[0].parts, list_data_copies(now=NOW)[0].percent) == (0, 0)

    DataCopy.objects.update(state="working")
    assert list_data_copies(now=NOW)[0].parts == 0  # nobody counted anything, or Redis lost it
    ask(lambda client: client.set(make_progress_key(row.key), "3/9", ex=60), otherwise=None)
    (view,) = list_data_copies(now=NOW)
    assert (view.done, view.parts, view.percent) == (3, 9, 33)

    for odd in ("", "3", "x/y"):
        ask(lambda client, odd=odd: client.set(make_progress_key(row.key), odd, ex=60), otherwise=None)
        assert list_data_copies(now=NOW)[0].parts == 0


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_one_query(owner, django_assert_num_queries, count):
    for number in range(count):
        make_ready(b"x", asked_by_id=owner.pk, now=NOW + timedelta(hours=number))

    with django_assert_num_queries(1):
        views = list_data_copies(now=NOW)

    assert [type(view) for view in views] == [DataCopyView] * count


def test_it_is_taken_until_its_time_is_over_and_each_taking_is_logged(tenant, owner):
    row = make_ready(CONTENT, asked_by_id=owner.pk, now=NOW)
    last = row.ends_at - timedelta(seconds=1)
    view = get_data_copy(row.key, now=last)

    for user_id in (owner.pk, owner.pk + 1):
        opened = take_copy(view, user_id=user_id, prove=prove, now=last)
        with opened.file as file:
            assert (file.read(), opened.name, opened.size) == (CONTENT, row.name, len(CONTENT))

    told = f"{len(CONTENT)} bytes, SHA-256 {row.sha256}"
    assert list_taken(tenant) == [
        (None, f"export by person {owner.pk}, {told}", last),
        (None, f"export by person {owner.pk + 1}, {told}", last),
    ]

    row.refresh_from_db()
    assert row.taken_at == last
    with pytest.raises(CopyUnknown):
        get_data_copy(row.key, now=row.ends_at)
    assert list_data_copies(now=row.ends_at)[0].state == "gone"


def test_file_that_is_gone_or_cannot_be_reached_is_said_in_words(owner, monkeypatch):
    row = make_ready(CONTENT, asked_by_id=owner.pk, now=NOW)
    view = get_data_copy(row.key, now=NOW)
    storage.remove(make_place(row))
    proofs: list[str] = []

    def take() -> None:
        take_copy(view, user_id=owner.pk, prove=lambda: proofs.append("code"), now=NOW)

    with pytest.raises(CopyUnknown):
        take()

    def fail(path):
        raise StorageAway

    monkeypatch.setattr(storage, "open_object", fail)
    with pytest.raises(CopyAway):
        take()

    row.refresh_from_db()
    assert (row.taken_at, proofs) == (None, [])  # a code counts once: none is asked for in vain


def test_who_proves_nothing_gets_no_file_and_is_not_logged(tenant, owner, monkeypatch):
    row = make_ready(CONTENT, asked_by_id=owner.pk, now=NOW)
    opened = []

    def open_object(path):
        opened.append(storage_open(path))
        return opened[-1]

    def refuse():
        raise ProofWrong

    storage_open = storage.open_object
    monkeypatch.setattr(storage, "open_object", open_object)

    with pytest.raises(ProofWrong):
        take_copy(get_data_copy(row.key, now=NOW), user_id=owner.pk, prove=refuse, now=NOW)

    row.refresh_from_db()
    assert (row.taken_at, list_taken(tenant), [file.closed for file in opened]) == (None, [], [True])


def test_its_end_removes_the_file_and_keeps_the_record_for_a_year(owner, monkeypatch):
    row = make_ready(CONTENT, asked_by_id=owner.pk, now=NOW)
    old = make_ready(b"x", asked_by_id=owner.pk, now=NOW - timedelta(days=400), state="gone")

    with pytest.raises(RetryLater) as early:
        end_copy(row.pk, NOW)
    assert (early.value.at, storage.get(make_place(row))) == (row.ends_at, CONTENT)

    remove = storage.remove

    def fail(path):
        raise StorageAway

    monkeypatch.setattr(storage, "remove", fail)
    with pytest.raises(RetryLater) as away:
        end_copy(row.pk, row.ends_at)
    assert away.value.at == row.ends_at + data_copies.PATIENCE
    monkeypatch.setattr(storage, "remove", remove)
    for _ in range(2):
        end_copy(row.pk, row.ends_at)
    end_copy(row.pk + 1000, row.ends_at)

    assert dict(DataCopy.objects.values_list("pk", "state")) == {row.pk: "gone"}
    assert storage.list_folder(make_place(row).rpartition("/")[0])[1] == [f"{old.key}-export"]  # the sweep's


def test_copy_of_before_an_erasure_cannot_be_taken(owner, made):
    ready = [make_ready(CONTENT, kind=kind, asked_by_id=owner.pk, now=NOW) for kind in ("export", "archive")]
    failed = make_ready(b"x", asked_by_id=owner.pk, now=NOW, state="failed", failure="full")
    customer = Customer.objects.create(name="Rosa Ibarra", created_at=NOW)

    erase(kind="scheduling.Customer", row_ids=[customer.pk], now=NOW + timedelta(hours=1))

    for row in ready:
        with pytest.raises(CopyUnknown):
            get_data_copy(row.key, now=NOW + timedelta(hours=1))
        end_copy(row.pk, NOW + timedelta(hours=1))
        with pytest.raises(FileUnknown):
            storage.get(make_place(row))
    assert [(row_id, due_at) for row_id, due_at, _ in list_due("data_copy_end")] == [
        (row.pk, NOW + timedelta(hours=1)) for row in ready
    ]
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_copy_that_is_made_during_an_erasure_is_made_anew(tenant, owner, made, monkeypatch):
    row, erased = ask_row(owner), ErasedRows(kind="scheduling.Customer", row_ids=(1,), at=NOW)
    write = copying._write

    def erase_meanwhile(**values):
        path = write(**values)
        call_in_tenant(tenant.schema_name, erase_copies, erased)
        return path

    monkeypatch.setattr(copying, "_write", erase_meanwhile)
    with pytest.raises(RetryLater):
        make_copy(row.pk, NOW)
    row.refresh_from_db()
    assert (row.state, row.tries, list_mails()) == ("asked", 0, [])
    with pytest.raises(FileUnknown):
        storage.get(make_place(row))

    monkeypatch.setattr(copying, "_write", write)
    make_copy(row.pk, NOW)

    row.refresh_from_db()
    assert (row.state, storage.get(make_place(row)), made) == ("ready", CONTENT, ["export", "export"])


def test_sweep_leaves_copies_and_removes_what_is_left_of_those_that_are_gone(tenant, owner, folder):
    kept = make_ready(CONTENT, asked_by_id=owner.pk, now=NOW)
    for state in ({"state": "gone"}, {"state": "failed", "failure": "full"}):
        make_ready(b"x", kind="archive", asked_by_id=owner.pk, now=NOW, **state)

    call_outside(sweep_files, now=utc_now() + timedelta(days=2))

    assert storage.list_folder(make_place(kept).rpartition("/")[0])[1] == [f"{kept.key}-export"]


def test_business_of_an_archive_begins_without_them(owner):
    row = ask_row(owner)
    make_ready(CONTENT, kind="archive", asked_by_id=owner.pk, now=NOW)

    assert forget_copies(None) == ()  # type: ignore[arg-type]

    assert (DataCopy.objects.count(), list_due("data_copy")) == (0, [])
    assert str(row) == f"export {row.key}"


def test_put_file_is_read_piece_by_piece(tmp_path):
    (tmp_path / "x").write_bytes(CONTENT)

    storage.put_file("t/copies/x", tmp_path / "x")

    with storage.open_object("t/copies/x") as file:
        assert b"".join(iter(lambda: file.read(100), b"")) == CONTENT
