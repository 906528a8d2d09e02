"""Out of an archive comes the business that went in, under another address, or nothing at all."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection

from accounts.models import Session, User
from config.environment import ROOT
from database.errors import TooBusy
from devtools.scratch.browser import HostClient
from files.models import StoredFile
from files.selectors.files import read_public
from kernel.clock import utc_now
from notifications.public.models import TextedNumber
from scheduling.models import Booking, FormerLink
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.services.messages.relinking import find_new_token
from tenants import hooks
from tenants.context import tenant_scope
from tenants.errors import ArchiveDamaged, ArchiveNewer, ArchiveStrange, CopyDiffers, SlugTaken
from tenants.models import Domain, DueWork, SchemaState, Tenant
from tenants.selectors.resolution import resolve_host
from tenants.services.copies import restores, tables
from tenants.services.copies.backups import back_up
from tenants.services.copies.restores import restore, verify
from tenants.services.due_work import work_off
from tenants.services.life_cycle import drop_tenant
from tenants.services.spares import drop_spare, make_spare
from tenants.services.templates import ensure_template, get_migration_state, migrate_schema
from tenants.services.workplaces import list_workplaces
from tests.factories.scheduling import book
from tests.integration.tenants.copies.conftest import NAME, PICTURES, list_files, read_all

OWNER = ("ana@example.com", "un-secreto-largo")
CHANGED_BY_STEPS = {"scheduling_booking": "token_hash"}
ADDED_BY_STEPS = "scheduling_formerlink"


def dump(schema_name: str) -> dict[str, list[str]]:
    """Every row of every table, without what has to differ."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables.list_tables(cursor, schema_name):
            if table == ADDED_BY_STEPS:
                continue
            without = CHANGED_BY_STEPS.get(table, "")
            cursor.execute(f'SELECT (to_jsonb(t) - %s)::text FROM "{schema_name}"."{table}" t ORDER BY 1', [without])
            found[table] = [row for (row,) in cursor.fetchall()]
        found["sequences"] = [
            f"{each}" for each in tables.list_sequences(cursor, schema_name).items() if ADDED_BY_STEPS not in each[0]
        ]
    return found


def list_due(schema_name: str) -> list[tuple[object, ...]]:
    rows = DueWork.objects.filter(schema_name=schema_name)
    return sorted(rows.values_list("kind", "row_id", "due_at", "urgency", "lane", "attempts", "is_parked"))


def test_restored_business_is_the_one_that_went_in(changed_backup, changed_shop, run, slug, folder):
    before, due = dump(changed_shop.info.schema_name), list_due(changed_shop.info.schema_name)

    said = run("restore_tenant", changed_backup, "--as", slug)

    new = Tenant.objects.get(slug=slug)
    assert said[-1] == f"It answers at {slug}.testserver.example"
    assert dump(new.schema_name) == before
    assert (list_due(new.schema_name), len(due) >= 3) == (due, True)
    assert new.name == NAME
    assert SchemaState.objects.get(schema_name=new.schema_name).state == get_migration_state()
    assert [each.removeprefix(new.schema_name) for each in list_files(folder / new.schema_name)] == list_files(
        folder / changed_shop.info.schema_name
    )
    assert TextedNumber.objects.get(schema_name=new.schema_name).words == "BAJA"


def test_the_business_itself_is_as_it_was_but_for_its_address(backup, shop):
    done = restore(archive=backup, slug="otra-direccion", now=utc_now())

    old, new = (Tenant.objects.filter(pk=each.id).values().get() for each in (shop.info, done.tenant))
    different = {column for column in old if old[column] != new[column]}
    assert different == {"id", "schema_name", "slug", "former_schemas", "quiet_since"}
    assert new["former_schemas"] == [shop.info.schema_name]
    assert done.tenant.primary_host == "otra-direccion.testserver.example"


def test_people_sign_in_there_and_book(backup, shop, slug):
    done = restore(archive=backup, slug=slug, now=utc_now())
    client = HostClient(done.tenant.primary_host)

    answer = client.post("/accounts/login/", {"login": OWNER[0], "password": OWNER[1]})
    page = client.get("/workspace/")
    with tenant_scope(done.tenant):
        at = (utc_now() + timedelta(days=20)).replace(hour=9, minute=0, second=0, microsecond=0)
        booked = book(shop.service_id, at, now=utc_now())

    assert (answer.status_code, page.status_code) == (302, 200)
    assert HostClient(done.tenant.primary_host).get(f"/b/{booked.manage_token}/").status_code == 200
    assert {each.schema_name for each in list_workplaces(OWNER[0])} == {
        shop.info.schema_name, done.tenant.schema_name,
    }  # fmt: skip
    assert list_workplaces("gone@example.com") == ()


def test_nobody_is_signed_in_there_and_no_archive_could_sign_them_in(changed_shop, slug, tmp_path, monkeypatch):
    client = HostClient(changed_shop.info.primary_host)
    with tenant_scope(changed_shop.info):
        client.force_login(User.objects.get(email=OWNER[0]))
        key = Session.objects.get().session_key
    content = b"".join(read_all(back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now()).path).values())
    monkeypatch.setattr(hooks, "_kept_empty", {})  # as archives of before
    old = back_up(slug=changed_shop.info.slug, folder=tmp_path / "old", now=utc_now()).path

    done = restore(archive=old, slug=slug, now=utc_now())

    with tenant_scope(done.tenant):
        assert Session.objects.count() == 0
    with tenant_scope(changed_shop.info):
        assert Session.objects.count() == 1
    assert (key.encode() in content, key.encode() in b"".join(read_all(old).values())) == (False, True)


def test_links_are_derived_anew_and_old_ones_offer_the_new_one(backup, shop, slug):
    done = restore(archive=backup, slug=slug, now=utc_now())
    with tenant_scope(done.tenant):
        tokens = [make_manage_token(booking) for booking in Booking.objects.order_by("pk")]

    here, there = HostClient(done.tenant.primary_host), HostClient(shop.info.primary_host)
    assert [here.get(f"/b/{token}/").status_code for token in tokens] == [200, 200, 200]
    assert [there.get(f"/b/{token}/").status_code for token in tokens] == [404, 404, 404]
    old = here.get(f"/b/{shop.token}/")
    assert (old.status_code, f'href="/b/{tokens[0]}/"' in old.content.decode()) == (404, True)
    assert [f"/b/{token}/" in old.content.decode() for token in tokens[1:]] == [False, False]
    assert there.get(f"/b/{shop.token}/").status_code == 200
    assert any("Links in messages of before" in note for note in done.notes)


def test_old_link_is_worth_nothing_once_it_was_revoked(backup, shop, slug):
    done = restore(archive=backup, slug=slug, now=utc_now())
    here = HostClient(done.tenant.primary_host)
    with tenant_scope(done.tenant):
        Booking.objects.update(token_version=2)

    answers = [here.get(f"/b/{shop.token}/"), here.get("/b/an-unknown-token/"), here.post(f"/b/{shop.token}/confirm/")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert [b"new link" in answer.content or b"enlace nuevo" in answer.content for answer in answers] == [False] * 3


def test_links_of_the_first_business_are_known_after_two_restores(backup, shop, slug, tmp_path):
    restore(archive=backup, slug=slug, now=utc_now())
    path = back_up(slug=slug, folder=tmp_path, now=utc_now()).path
    twice = restore(archive=path, slug=f"{slug}-2", now=utc_now())

    with tenant_scope(twice.tenant):
        token = make_manage_token(Booking.objects.order_by("pk").first())
    assert f'href="/b/{token}/"' in HostClient(twice.tenant.primary_host).get(f"/b/{shop.token}/").content.decode()


def test_old_link_is_found_by_its_hash_however_many_bookings_there_are(backup, slug, shop, django_assert_num_queries):
    done = restore(archive=backup, slug=slug, now=utc_now())

    with tenant_scope(resolve_host(done.tenant.primary_host)):
        new = make_manage_token(Booking.objects.order_by("pk").first())
        kept = FormerLink.objects.count()
        with django_assert_num_queries(1):
            found = find_new_token(shop.token, now=utc_now())
        with django_assert_num_queries(1):
            unknown = find_new_token("an-unknown-token", now=utc_now())
        ended = find_new_token(shop.token, now=utc_now() + timedelta(days=60))

    assert (kept, found, unknown, ended) == (3, new, None, None)


def test_files_are_shown_there_also_when_the_first_business_is_gone(changed_backup, changed_shop, slug, folder):
    done = restore(archive=changed_backup, slug=slug, now=utc_now())
    drop_tenant(schema_name=changed_shop.info.schema_name)
    for path in (folder / changed_shop.info.schema_name).rglob("*.webp"):
        path.unlink()

    with tenant_scope(done.tenant):
        key = StoredFile.objects.get().key
        read = {name: read_public(key, name).content for name in PICTURES}

    assert read == PICTURES


def test_due_work_is_done_there(changed_backup, changed_shop, slug):
    drop_tenant(schema_name=changed_shop.info.schema_name)
    done = restore(archive=changed_backup, slug=slug, now=utc_now())
    DueWork.objects.exclude(schema_name=done.tenant.schema_name).delete()

    work_off()

    with tenant_scope(done.tenant), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notifications_event WHERE processed_at IS NULL")
        assert cursor.fetchone() == (0,)
    assert not DueWork.objects.filter(schema_name=done.tenant.schema_name, kind="event").exists()


def test_own_host_comes_back_unless_somebody_has_it(changed_backup, changed_shop, slug):
    host = f"{changed_shop.info.slug}.citas.example"

    beside = restore(archive=changed_backup, slug=slug, now=utc_now())
    drop_tenant(schema_name=changed_shop.info.schema_name)
    alone = restore(archive=changed_backup, slug=changed_shop.info.slug, now=utc_now())

    assert resolve_host(host).id == alone.tenant.id
    assert [note for note in beside.notes if host in note] == [f"{host} answers for another business: it was left out."]
    assert [note for note in alone.notes if host in note] == []
    assert set(Domain.objects.filter(tenant_id=beside.tenant.id).values_list("domain", flat=True)) == {
        beside.tenant.primary_host
    }


def test_verified_archive_leaves_nothing(backup, run, count, folder):
    before, files = count(), list_files(folder)

    said = run("verify_backup", backup)

    assert (count(), list_files(folder)) == (before, files)
    assert said[-1].startswith(NAME)
    assert said[-1].endswith("2 files are equal")
    assert connection.schema_name == "public"


def test_try_leaves_the_spare_of_the_next_business_as_it_was(backup):
    spare = make_spare(ensure_template())
    try:
        with connection.cursor() as cursor:
            before = tables.list_sequences(cursor, spare.schema_name)
            verify(archive=backup, now=utc_now())
            assert tables.list_sequences(cursor, spare.schema_name) == before
            assert before["scheduling_customer_id_seq"] is None
    finally:
        drop_spare(spare.schema_name)


def test_nobody_loses_their_place(backup, shop, run, count, folder):
    before, files = count(), list_files(folder)

    for slug in (shop.info.slug, "taller", "salon"):
        with pytest.raises(CommandError, match="This address is already taken"):
            run("restore_tenant", backup, "--as", slug)

    assert (count(), list_files(folder)) == (before, files)


def test_address_that_is_left_while_its_row_waits_is_taken(backup, left_slug, count, folder, monkeypatch):
    monkeypatch.setattr(restores, "check_slug_is_free", lambda slug: slug)
    before, files = count(), list_files(folder)

    with pytest.raises(SlugTaken):
        restore(archive=backup, slug=left_slug, now=utc_now())

    assert (count(), list_files(folder)) == (before, files)


@pytest.mark.parametrize(
    "slug", ["", "a", "Mayor", "con espacio", "o'hara", 'x"; DROP SCHEMA public;', "admin", "-x", "é-è"]
)
def test_address_that_nobody_gets_is_refused(backup, run, count, slug):
    before = count()

    with pytest.raises(CommandError):
        run("restore_tenant", backup, f"--as={slug}")

    assert count() == before


def spoil(backup: Path, kind: str) -> Path:
    content = backup.read_bytes()
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    spoiled = {"empty": b"", "cut": content[: len(content) // 2], "last byte": content[:-1], "flipped": bytes(changed)}
    path = backup.with_name("spoiled")
    path.write_bytes(spoiled[kind])
    return path


@pytest.mark.parametrize("kind", ["empty", "cut", "last byte", "flipped"])
def test_spoiled_archive_is_refused(backup, run, count, folder, slug, kind):
    before, files = count(), list_files(folder)
    path = spoil(backup, kind)

    for arguments in (["verify_backup", path], ["restore_tenant", path, "--as", slug]):
        with pytest.raises(CommandError, match="damaged or was cut off"):
            run(*arguments)

    assert (count(), list_files(folder)) == (before, files)


def test_what_is_no_archive_is_refused(committed, run, count, slug, tmp_path):
    before = count()
    (tmp_path / "letter").write_text("Dear backup")

    for path in (tmp_path / "letter", tmp_path / "nowhere", tmp_path):
        with pytest.raises(CommandError, match="not the archive of a business"):
            run("restore_tenant", path, "--as", slug)

    assert count() == before


def test_archive_of_newer_code_is_refused(changed_shop, count, slug, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{changed_shop.info.schema_name}".django_migrations (app, name, applied) '
            "VALUES ('scheduling', '9999_from_the_future', now())"
        )
    path = back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now()).path
    before = count()

    with pytest.raises(ArchiveNewer, match="9999_from_the_future"):
        restore(archive=path, slug=slug, now=utc_now())

    assert count() == before


@pytest.mark.slow
def test_archive_of_older_code_is_migrated(changed_shop, slug, tmp_path):
    """This business is as it was when one of the migrations was missing that are written once more as one."""
    last = ("scheduling", "0046_service_refunds")
    schema_name = changed_shop.info.schema_name
    migrate_schema(schema_name, targets=[("scheduling", "0045_waitlist_details")])
    SchemaState.objects.filter(schema_name=schema_name).update(state="older")
    with tenant_scope(changed_shop.info):
        User.objects.create(email="eva@example.com", name="Eva", role="owner")
    path = back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now()).path

    verified = verify(archive=path, now=utc_now())
    done = restore(archive=path, slug=slug, now=utc_now())

    with connection.cursor() as cursor:
        new = done.tenant.schema_name
        cursor.execute(f'SELECT count(*) FROM "{new}".django_migrations WHERE (app, name) = (%s, %s)', last)
        assert cursor.fetchone() == (1,)
        cursor.execute(f'SELECT email FROM "{new}".accounts_user')
        assert ("eva@example.com",) in cursor.fetchall()
    assert verified.rows == done.rows
    assert any("older version" in note for note in done.notes)
    assert SchemaState.objects.get(schema_name=new).state == get_migration_state()


def test_tables_that_nobody_knows_are_refused(changed_shop, count, slug, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{changed_shop.info.schema_name}".accounts_user ADD COLUMN shoe_size int')
    path = back_up(slug=changed_shop.info.slug, folder=tmp_path, now=utc_now()).path
    before = count()

    with pytest.raises(ArchiveStrange, match="accounts_user"):
        restore(archive=path, slug=slug, now=utc_now())

    assert count() == before


@pytest.mark.parametrize("act", [verify, restore])
def test_one_other_value_is_noticed(backup, count, folder, slug, monkeypatch, act):
    write, before, files = tables.write_table, count(), list_files(folder)

    def write_and_change(cursor, schema_name, table, columns, piece):
        write(cursor, schema_name, table, columns, piece)
        if table == "accounts_user":
            cursor.execute(f"UPDATE \"{schema_name}\".accounts_user SET name = name || ' '")

    monkeypatch.setattr(tables, "write_table", write_and_change)
    with pytest.raises(CopyDiffers, match="accounts_user"):
        act(archive=backup, now=utc_now(), **({"slug": slug} if act is restore else {}))

    assert (count(), list_files(folder)) == (before, files)


def test_file_that_no_row_names_is_noticed(backup, count, folder, slug, monkeypatch):
    before, files = count(), list_files(folder)
    store = hooks.list_file_stores()["pictures"]
    fewer = hooks.FileStore(lambda: store.list_files()[1:], store.read, store.write, store.remove_all)
    monkeypatch.setitem(hooks._file_stores, "pictures", fewer)

    with pytest.raises(CopyDiffers, match="files"):
        restore(archive=backup, slug=slug, now=utc_now())

    assert (count(), list_files(folder)) == (before, files)


def test_failing_step_leaves_nothing(backup, count, folder, slug, monkeypatch):
    before, files = count(), list_files(folder)

    def fail(restored) -> tuple[str, ...]:
        message = "no"
        raise RuntimeError(message)

    monkeypatch.setitem(hooks._restore_steps, "fail", (99, fail))
    with pytest.raises(RuntimeError):
        restore(archive=backup, slug=slug, now=utc_now())

    assert (count(), list_files(folder), connection.schema_name) == (before, files, "public")


def test_what_fails_after_the_commit_takes_no_files_away(backup, slug, folder, monkeypatch):
    def fail() -> None:
        message = "no"
        raise RuntimeError(message)

    monkeypatch.setattr(restores, "forget_tenants", fail)
    with pytest.raises(RuntimeError):
        restore(archive=backup, slug=slug, now=utc_now())

    new = Tenant.objects.get(slug=slug)
    assert len(list_files(folder / new.schema_name)) == len(PICTURES)


def test_file_outside_of_its_folder_is_refused(backup, committed, slug, monkeypatch, count):
    before = count()
    for path in ("../../etc/passwd", "/etc/passwd", "logo/../../x", ""):
        assert restores.is_inside(path) is False
    monkeypatch.setattr(restores, "is_inside", lambda _: False)

    with pytest.raises(ArchiveDamaged):
        restore(archive=backup, slug=slug, now=utc_now())

    assert count() == before


def test_another_secret_is_said(backup, shop, slug, settings):
    settings.SECRET_KEY = "another-secret-of-another-platform"

    done = restore(archive=backup, slug=slug, now=utc_now())

    assert any("reset_second_step" in note for note in done.notes)
    assert done.tenant.schema_name in {each.schema_name for each in list_workplaces(OWNER[0])}


def test_of_two_restores_at_once_one_wins(backup, slug, count):
    results: list[str] = []
    barrier = threading.Barrier(2)

    def race() -> None:
        try:
            barrier.wait(timeout=20)
            restore(archive=backup, slug=slug, now=utc_now())
            results.append("won")
        except (SlugTaken, TooBusy):  # a slow machine: it waited for the other one's commit for too long
            results.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["taken", "won"]
    assert Tenant.objects.filter(slug=slug).count() == 1


def test_restored_business_can_be_backed_up_and_restored_again(backup, slug, tmp_path):
    once = restore(archive=backup, slug=slug, now=utc_now())
    path = back_up(slug=slug, folder=tmp_path, now=utc_now()).path
    twice = restore(archive=path, slug=f"{slug}-2", now=utc_now())

    assert dump(twice.tenant.schema_name) == dump(once.tenant.schema_name)
    assert hashlib.sha256(path.read_bytes()).hexdigest() != hashlib.sha256(backup.read_bytes()).hexdigest()


KILLED = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.STORAGES["files"]["OPTIONS"]["location"] = sys.argv[5]
django.setup()
from pathlib import Path
from kernel.clock import utc_now
from tenants.services.copies import restores, tables
function, seen = getattr(tables, sys.argv[4]), 0
def run(*arguments):
    global seen
    seen += 1
    if seen == int(sys.argv[6]):
        os.kill(os.getpid(), signal.SIGKILL)
    return function(*arguments)
setattr(tables, sys.argv[4], run)
restores.restore(archive=Path(sys.argv[2]), slug=sys.argv[3], now=utc_now())
print(seen)
"""


@pytest.mark.slow
def test_killed_restore_leaves_no_business(backup, slug, count, folder):
    before = count()

    # While the tables are filled, compared, and at the very end.
    for name, kill_at in (("write_table", 3), ("digest_table", 9), ("check_keys", 2), ("count_again", 1)):
        ended = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KILLED), connection.settings_dict["NAME"], str(backup), slug,
             name, str(folder), str(kill_at)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, ""), ended.stderr
        assert count() == before

    done = restore(archive=backup, slug=slug, now=utc_now())

    assert done.tenant.slug == slug


def test_sequence_that_an_earlier_try_has_used_begins_anew(tenant):
    """What a sequence gives is not taken back with the transaction, and the next try may get the same spare schema."""
    name = "scheduling_formerlink_id_seq"

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{name}')")
        used = tables.list_sequences(cursor, tenant.schema_name)
        tables.set_sequences(cursor, tenant.schema_name, {**used, name: None})
        found = tables.list_sequences(cursor, tenant.schema_name)

    assert used[name] is not None
    assert found == {**used, name: None}
