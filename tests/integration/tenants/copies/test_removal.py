"""A closed business is kept for thirty days, then nothing of it is left but the proof."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError
from django.db import OperationalError, ProgrammingError, connection, transaction

from accounts.models import User
from audit.public.models import PlatformEntry
from database.connection import LASTING
from database.locks import KeySpace, _make_number, try_lock_platform
from devtools.scratch.browser import HostClient
from files import storage as file_storage
from files.errors import StorageAway
from files.models import DataCopy
from files.services.copying import make_copy
from kernel.clock import utc_now
from notifications.models import Message as OwnMessage
from notifications.public.models import Message, TextedNumber
from scheduling.models import Booking
from tenants.context import tenant_scope
from tenants.errors import BusinessRemovedBefore, RetryLater, SlugTaken, TenantUnknown
from tenants.jobs import call_outside
from tenants.models import (
    Backup,
    Domain,
    DueWork,
    FormerAddress,
    Removal,
    SchemaState,
    SignUp,
    Tenant,
    Tombstone,
    Workplace,
)
from tenants.policies import check_slug_is_free
from tenants.selectors.removals import find_removal, list_removals
from tenants.services import acts, shelves
from tenants.services.copies import shared
from tenants.services.copies.nightly import back_up_tonight
from tenants.services.copies.restores import restore
from tenants.services.due_work import work_off
from tenants.services.erasures import businesses, erasing
from tenants.services.leaving import removal
from tenants.services.leaving.removal import plan_removals, remove_business
from tenants.types import AskedAct
from tests.integration.tenants.copies.conftest import list_files

KEPT = timedelta(days=30)


@pytest.fixture
def shelf(settings, tmp_path, changed_shop) -> Path:
    """Where archives are kept."""
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["backups"]["OPTIONS"]["location"] = str(tmp_path / "shelf")
    settings.BACKUP_WORK = tmp_path / "work"
    settings.BACKUP_KEYS = []
    yield tmp_path / "shelf"
    for model in (Backup, Removal, Message, Tombstone):
        model.objects.all().delete()
    FormerAddress.objects.filter(tenant=None).delete()


def ask(info, now) -> AskedAct:
    return AskedAct(schema_name=info.schema_name, reason="Se jubila", author_id=None, now=now)


@pytest.fixture
def closed(changed_shop, shelf):
    """The business, closed a while ago; it has an archive."""
    back_up_tonight(changed_shop.info.id, utc_now() - KEPT)
    acts.close(ask(changed_shop.info, utc_now() - KEPT), typed_name=changed_shop.info.slug)
    return changed_shop.info


def find_schema(schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [schema_name])
        return bool(cursor.fetchone()[0])


def list_kept(shelf: Path) -> list[str]:
    """What lies on the shelf besides the note that a business was removed."""
    names = list_files(shelf)
    assert sum(name.startswith("tombstones/") for name in names) == 1
    return [name for name in names if not name.startswith("tombstones/")]


def list_rows_left(schema_name: str) -> dict[str, int]:
    """The tables of the platform with rows that name the schema."""
    models = [model for model in shared.list_public_models() if shared.has_schema(model) and model is not Tenant]
    counts = {model._meta.label: model._default_manager.filter(schema_name=schema_name).count() for model in models}
    return {label: count for label, count in counts.items() if count}


def test_nothing_is_left_but_the_proof(closed, shelf, folder):
    with tenant_scope(closed):
        cache.set("asked", "something", 600)
        people = User.objects.count()
    SignUp.objects.create(
        business_name=closed.name, slug=closed.slug, vertical="automotive", country="MX", owner_name="Ana",
        email="ana@example.com", password_hash="x", locale="es", status="done", schema_name=closed.schema_name,
        created_at=utc_now(), expires_at=utc_now(),
    )  # fmt: skip
    files = list_files(folder / closed.schema_name)

    planned = plan_removals(now=utc_now())
    work_off()
    connection.set_schema_to_public()
    remove_business(closed.id, utc_now())

    assert (planned, people > 0, len(files)) == (1, True, 2)
    assert (find_schema(closed.schema_name), Tenant.objects.filter(pk=closed.id).exists()) == (False, False)
    assert Domain.objects.filter(domain__contains=closed.slug).count() == 0
    assert (list_files(folder), list_kept(shelf)) == ([], [])
    left = {"tenants.Removal", "tenants.Tombstone", "audit_public.PlatformEntry"}
    assert set(list_rows_left(closed.schema_name)) == left
    proof = find_removal(closed.schema_name)
    assert (proof.slug, proof.files, proof.archives, proof.cached >= 1) == (closed.slug, 2, 1, True)
    assert (proof.tables > 30, proof.rows > 10) == (True, True)
    assert proof.backups_gone_at - proof.finished_at == timedelta(days=35)
    assert list_removals().rows == (proof,)
    assert PlatformEntry.objects.filter(schema_name=closed.schema_name).latest("pk").action == "remove"
    assert HostClient(closed.primary_host).get("/").status_code == 404


def test_proof_names_no_person(closed):
    remove_business(closed.id, utc_now())

    row = str(Removal.objects.values().get())

    assert ("ana" in row.lower(), "O'Hara" in row, "@" in row) == (False, False, False)


def test_owner_gets_the_proof_and_is_forgotten_later(closed):
    remove_business(closed.id, utc_now())

    mail = Message.objects.get(template="business_removed")
    work = DueWork.objects.get(schema_name="public", kind="forget_removal_mail")
    assert (mail.to, closed.slug in mail.body_text, str(closed.id) in mail.body_text) == ("ana@example.com", True, True)
    assert "Si aceptaste nuestros términos al registrarte, tu correo queda solo en esa prueba." in mail.body_text
    assert work.due_at - mail.created_at == timedelta(days=35)

    DueWork.objects.filter(pk=work.pk).update(due_at=utc_now() - timedelta(seconds=1))
    Message.objects.update(status="sent", sent_at=utc_now())
    work_off()

    mail.refresh_from_db()
    assert (mail.to, mail.subject, mail.body_text, mail.body_html) == ("", "", "", "")
    assert "ana@" not in mail.dedup_key


def test_names_are_never_given_again(closed, backup_before, provision):
    remove_business(closed.id, utc_now())

    with pytest.raises(SlugTaken):
        check_slug_is_free(closed.slug)
    with pytest.raises(SlugTaken):
        restore(archive=backup_before, slug=closed.slug, although_removed=True, now=utc_now())
    assert FormerAddress.objects.get(slug=closed.slug).tenant is None
    assert provision().id > closed.id


def test_business_that_is_open_or_not_over_stays(changed_shop, shelf):
    info, now = changed_shop.info, utc_now()
    remove_business(info.id, now)
    acts.close(ask(info, now - KEPT + timedelta(minutes=1)), typed_name=info.slug)
    planned = plan_removals(now=now)
    remove_business(info.id, now)
    acts.reopen(ask(info, now))
    remove_business(info.id, now + KEPT)
    remove_business(0, now)

    assert (planned, Removal.objects.count(), find_schema(info.schema_name)) == (0, 0, True)


def test_reopened_between_plan_and_removal_stays(closed):
    plan_removals(now=utc_now())
    acts.reopen(ask(closed, utc_now()))

    remove_business(closed.id, utc_now())

    assert (find_schema(closed.schema_name), Removal.objects.count()) == (True, 0)


def test_removal_that_always_fails_is_parked_and_not_planned_anew(closed):
    connection.set_schema_to_public()
    now = utc_now()
    plan_removals(now=now)
    work = DueWork.objects.filter(schema_name="public", kind=removal.DUE_KIND, row_id=closed.id)
    work.update(attempts=12, is_parked=True, last_error="OperationalError")

    planned = plan_removals(now=now + timedelta(hours=1))

    left = work.values_list("attempts", "is_parked", "last_error").get()
    assert (planned, left) == (1, (12, True, "OperationalError"))
    work.delete()


def test_example_is_never_removed_this_way(closed):
    Tenant.objects.filter(pk=closed.id).update(is_example=True)

    assert plan_removals(now=utc_now()) == 0
    remove_business(closed.id, utc_now())

    assert find_schema(closed.schema_name)


def test_backup_that_is_running_is_waited_for(closed):
    key = [_make_number(KeySpace.BACKUP, closed.schema_name)]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", key)
            with pytest.raises(RetryLater):
                remove_business(closed.id, utc_now())
            cursor.execute("SELECT pg_advisory_unlock(%s)", key)
    finally:
        other.close()

    assert find_schema(closed.schema_name)
    remove_business(closed.id, utc_now())
    assert not find_schema(closed.schema_name)


def test_nobody_backs_up_what_is_being_removed(closed):
    with try_lock_platform(KeySpace.BACKUP, closed.schema_name):
        pass
    remove_business(closed.id, utc_now())

    back_up_tonight(closed.id, utc_now())

    assert Backup.objects.count() == 0


@pytest.mark.parametrize("step", ["_remove_archives", "forget_schema"])
def test_killed_midway_goes_on(closed, folder, shelf, monkeypatch, step):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(removal, step, die)
        with pytest.raises(KeyboardInterrupt):
            remove_business(closed.id, utc_now())
    is_schema_gone = not find_schema(closed.schema_name)
    planned = plan_removals(now=utc_now())
    remove_business(closed.id, utc_now())
    remove_business(closed.id, utc_now())

    proof = find_removal(closed.schema_name)
    assert (is_schema_gone, planned, proof.finished_at is not None) == (True, 1, True)
    assert (list_files(folder), list_kept(shelf)) == ([], [])
    assert Message.objects.filter(template="business_removed").count() == 1


def test_killed_before_the_commit_nothing_happened(closed, folder, monkeypatch):
    def die(**_):
        with connection.cursor() as cursor:
            cursor.execute("SHOW application_name")
            assert cursor.fetchone() == (LASTING,)  # nobody ends it for being slow
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(removal, "drop_tenant", die)
        with pytest.raises(KeyboardInterrupt):
            remove_business(closed.id, utc_now())

    assert (find_schema(closed.schema_name), Removal.objects.count(), Message.objects.count()) == (True, 0, 0)
    assert len(list_files(folder / closed.schema_name)) == 2
    assert Workplace.objects.filter(schema_name=closed.schema_name).exists()
    assert SchemaState.objects.filter(schema_name=closed.schema_name).exists()


def test_store_that_is_away_is_tried_again(closed, folder, monkeypatch):
    def away(*_):
        raise StorageAway

    with monkeypatch.context() as patch:
        patch.setattr(file_storage, "list_folder", away)
        with pytest.raises(RetryLater):
            remove_business(closed.id, utc_now())
    waiting, told_early = Removal.objects.get(), Message.objects.filter(template="business_removed").exists()

    later = utc_now() + timedelta(days=3)
    remove_business(closed.id, later)

    assert (waiting.finished_at, told_early, "ana@" in str(waiting.letters)) == (None, False, True)
    done, mail = Removal.objects.get(), Message.objects.get(template="business_removed")
    assert (list_files(folder), done.letters, done.finished_at, mail.created_at) == ([], {}, later, later)
    work = DueWork.objects.get(schema_name="public", kind="forget_removal_mail", row_id=closed.id)
    assert (work.due_at, done.backups_gone_at) == (later + timedelta(days=35),) * 2


def test_booking_that_is_being_made_ends_first_or_is_refused(closed):
    """Whoever holds rows of the business is waited for: the schema goes as a whole, or stays."""
    other = connection.copy()
    try:
        other.ensure_connection()
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f'LOCK TABLE "{closed.schema_name}".scheduling_booking IN ROW EXCLUSIVE MODE')
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            remove_business(closed.id, utc_now())
        with other.cursor() as cursor:
            cursor.execute("ROLLBACK")
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = DEFAULT")

    with tenant_scope(closed):
        assert Booking.objects.count() == 3
    remove_business(closed.id, utc_now())
    assert not find_schema(closed.schema_name)


def test_archive_of_a_removed_business_is_refused_unless_somebody_means_it(closed, backup_before, slug, run, count):
    remove_business(closed.id, utc_now())
    before = count()

    with pytest.raises(BusinessRemovedBefore, match="removed on"):
        restore(archive=backup_before, slug=slug, now=utc_now())
    with pytest.raises(CommandError, match="--although-removed"):
        run("restore_tenant", backup_before, "--as", slug)
    after = count()
    said = run("restore_tenant", backup_before, "--as", slug, "--although-removed")

    assert after == before
    assert said[-1].startswith("It answers at")
    assert Removal.objects.count() == 1


@pytest.fixture
def backup_before(closed, run, tmp_path) -> Path:
    """An archive that somebody took along."""
    return Path(run("backup_tenant", closed.slug, "--to", tmp_path / "taken")[-1])


def test_restored_closed_business_has_its_days_again(closed, backup_before, slug):
    now = utc_now()

    done = restore(archive=backup_before, slug=slug, now=now)
    remove_business(done.tenant.id, utc_now())

    new = Tenant.objects.get(slug=slug)
    assert (new.status, new.status_since) == ("closed", now)
    assert any("kept for 30 days" in note for note in done.notes)


def test_removal_while_the_archive_is_read(closed, backup_before, slug, count, monkeypatch):
    """The restore loses: it would bring back what was just removed."""
    made = restore.__globals__["_make"]

    def remove_then_make(*arguments, **values):
        done = made(*arguments, **values)
        Removal.objects.create(
            tenant_id=closed.id, schema_name=closed.schema_name, slug=closed.slug, closed_at=utc_now(),
            began_at=utc_now(),
        )  # fmt: skip
        return done

    monkeypatch.setitem(restore.__globals__, "_make", remove_then_make)
    before = count()

    with pytest.raises(BusinessRemovedBefore):
        restore(archive=backup_before, slug=slug, now=utc_now())

    assert count() == before


def test_owner_is_told_that_it_closed_and_opened(changed_shop, shelf):
    acts.close(ask(changed_shop.info, utc_now()), typed_name=changed_shop.info.slug)
    acts.reopen(ask(changed_shop.info, utc_now()))

    with tenant_scope(changed_shop.info):
        told = list(OwnMessage.objects.filter(template__endswith="_owner").order_by("pk").values_list("template", "to"))
    assert told == [("business_closed_owner", "ana@example.com"), ("business_reopened_owner", "ana@example.com")]


def test_reopening_after_the_removal_finds_nothing(closed):
    remove_business(closed.id, utc_now())

    with pytest.raises(TenantUnknown):
        acts.reopen(ask(closed, utc_now()))


def test_numbers_that_want_no_sms_are_forgotten_with_the_business(closed):
    remove_business(closed.id, utc_now())

    assert TextedNumber.objects.filter(schema_name=closed.schema_name).count() == 0
    assert shelves.list_names(closed.schema_name) == []
    assert not transaction.get_connection().in_atomic_block


def test_business_is_removed_again_after_the_platform_was_put_back(closed, shelf):
    """As the backup has it, it is open and nothing is noted; what lies beside the archives is younger."""
    created_at, closed_at = Tenant.objects.get(pk=closed.id).created_at, utc_now() - KEPT
    erasing.note_removed(closed.schema_name, closed.id, created_at, closed_at=closed_at)
    erasing.store_of(closed.schema_name, now=utc_now())
    Tombstone.objects.all().delete()
    Tenant.objects.filter(pk=closed.id).update(status="active", status_since=None)

    before = plan_removals(now=utc_now())
    erasing.erase_everywhere_again(now=utc_now())
    stones = erasing.read_tombstones([closed.schema_name])

    assert (before, plan_removals(now=utc_now())) == (0, 1)
    assert businesses.close_again(replace(closed, id=closed.id + 1, created_at=created_at), stones) is False
    assert businesses.close_again(replace(closed, created_at=created_at), ()) is False
    remove_business(closed.id, utc_now())
    assert not find_schema(closed.schema_name)


def test_copy_that_an_owner_asked_for_goes_as_well_even_if_it_is_being_made(closed, folder, monkeypatch):
    put = file_storage.put_file

    def put_and_remove(path, source):
        put(path, source)
        call_outside(remove_business, tenant_id=closed.id, now=utc_now())
        put(path, source)  # as if that had ended right before

    with tenant_scope(closed):
        owner = User.objects.get(role="owner")
        row = DataCopy.objects.create(kind="export", asked_at=utc_now(), asked_by_id=owner.pk)
    monkeypatch.setattr(file_storage, "put_file", put_and_remove)

    with tenant_scope(closed), pytest.raises(ProgrammingError):
        make_copy(row.pk, utc_now())

    assert (find_schema(closed.schema_name), list_files(folder)) == (False, [])
