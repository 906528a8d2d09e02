"""What becomes of a picture that is sent: from the request to the last byte that is removed."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.errors import PermissionMissing
from accounts.models import User
from files import storage
from files.engine import PictureRefused, Refusal
from files.errors import FileUnknown, StorageAway, StorageFull
from files.models import StoredFile
from files.selectors.files import (
    find_picture,
    find_upload,
    list_pictures,
    list_stored_objects,
    measure_usage,
    read_private,
    read_public,
)
from files.services import rendering, sweeping
from files.services.removal import finish_removal, remove_files_of
from files.services.rendering import render_file
from files.services.sweeping import sweep_files
from files.services.uploads import check_may_change, remove_picture, take_picture
from files.types import StoredObject, Upload, Usage
from tenants.errors import RetryLater, StatusForbids, TenantUnknown
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import DueWork, Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tests.factories.pictures import make_photo, make_scene, open_made, save
from tests.fakes.due_work import perform_all

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
PNG = save(make_scene(200, 200), "PNG")
pytestmark = pytest.mark.usefixtures("tenant", "changes")


@pytest.fixture
def owner() -> User:
    return User.objects.get(role="owner")


def send(user: User, content: bytes = PNG, *, kind: str = "face", owner_id: int = 1) -> StoredFile:
    take_picture(kind=kind, owner_id=owner_id, content=content, user=user, now=NOW)
    return StoredFile.objects.latest("pk")


def send_and_make(user: User, content: bytes = PNG, **place) -> StoredFile:
    row = send(user, content, **place)
    render_file(row.pk, NOW)
    row.refresh_from_db()
    return row


def list_names(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_picture_waits_in_the_row_until_a_worker_has_made_it(tenant, owner, folder, changes):
    send(owner)

    assert find_upload("face", 1) == Upload(picture=None, is_waiting=True, failure="")
    assert (list_names(folder), changes) == ([], [])
    assert measure_usage() == Usage(files=1, bytes=len(PNG), most_bytes=settings.FILES_BYTES_PER_TENANT)

    perform_all(tenant.schema_name, "file")

    picture = find_picture("face", 1)
    assert [(each.name, each.width, each.height) for each in picture.renditions] == [
        ("48.webp", 48, 48), ("96.webp", 96, 96),
    ]  # fmt: skip
    assert find_upload("face", 1) == Upload(picture=picture, is_waiting=False, failure="")
    assert list_names(folder) == [f"{tenant.schema_name}/face/{picture.key}-{size}.webp" for size in (48, 96)]
    assert changes == [(1, picture)]
    row = StoredFile.objects.get()
    assert (row.incoming, row.state, row.tries) == (None, "ready", 1)
    assert row.stored_bytes == measure_usage().bytes == sum(each.bytes for each in picture.renditions)


def test_what_is_stored_can_be_listed_and_compared_for_a_copy(tenant, owner, folder):
    row = send_and_make(owner)
    send(owner, owner_id=2)

    found = list(list_stored_objects())

    assert found == [
        StoredObject(path, len(content), hashlib.sha256(content).hexdigest(), NOW)
        for path in list_names(folder)
        for content in [(folder / path).read_bytes()]
    ]
    assert [each.path for each in found] == [
        f"{tenant.schema_name}/face/{row.key}-48.webp", f"{tenant.schema_name}/face/{row.key}-96.webp",
    ]  # fmt: skip


def test_nothing_is_left_of_the_place_where_a_photo_was_taken(owner, folder):
    send_and_make(owner, make_photo())

    assert len(list_names(folder)) == 2
    for name in list_names(folder):
        content = (folder / name).read_bytes()
        assert dict(open_made(content).getexif()) == {}
        assert b"Fairphone" not in content


def test_what_is_refused_leaves_nothing(owner, folder):
    with pytest.raises(PictureRefused) as refused:
        send(owner, b"<svg onload=alert(1)>")

    assert refused.value.refusal is Refusal.SVG
    assert (StoredFile.objects.count(), DueWork.objects.filter(kind="file").count()) == (0, 0)


def test_picture_that_cannot_be_decoded_is_told_and_the_one_before_stays(tenant, owner, folder):
    before = send_and_make(owner)
    photo = make_photo(800, 600)
    row = send(owner, photo[: len(photo) // 2])

    perform_all(tenant.schema_name, "file")

    row.refresh_from_db()
    upload = find_upload("face", 1)
    assert (row.state, row.failure, row.incoming) == ("failed", "damaged", None)
    assert (upload.picture.key, upload.is_waiting) == (before.key, False)
    assert upload.failure.startswith("The picture is damaged")


def test_new_picture_takes_the_place_of_the_one_before_when_it_is_ready(tenant, owner, folder, changes):
    first = send_and_make(owner)
    second = send(owner, save(make_scene(120, 90), "WEBP"))
    assert find_upload("face", 1) == Upload(find_picture("face", 1), is_waiting=True, failure="")
    assert find_picture("face", 1).key == first.key

    perform_all(tenant.schema_name, "file")
    perform_all(tenant.schema_name, "file_removal")

    assert find_picture("face", 1).key == second.key
    assert {name.split("/")[2][:36] for name in list_names(folder)} == {str(second.key)}
    assert [picture.key for _, picture in changes] == [first.key, second.key]
    assert list(StoredFile.objects.values_list("key", flat=True)) == [second.key]


def test_of_two_that_wait_only_the_last_one_is_made(tenant, owner):
    first, second = send(owner), send(owner)

    perform_all(tenant.schema_name, "file")

    first.refresh_from_db()
    assert (first.state, first.incoming, find_picture("face", 1).key) == ("removed", None, second.key)
    assert DueWork.objects.filter(kind="file").count() == 0


def test_owner_with_many_keeps_them_all(owner):
    keys = [send_and_make(owner, kind="visit").key for _ in range(2)]

    assert list(StoredFile.objects.filter(state="ready").order_by("pk").values_list("key", flat=True)) == keys


@pytest.mark.parametrize("owners", [1, 3])
def test_pictures_of_many_are_read_at_once(owner, owners, django_assert_num_queries):
    rows = {number: send_and_make(owner, owner_id=number) for number in range(1, owners + 1)}

    with django_assert_num_queries(1):
        found = list_pictures("face", range(1, 9))

    assert {number: picture.key for number, picture in found.items()} == {
        number: row.key for number, row in rows.items()
    }


def test_removed_picture_is_gone_at_once_and_its_bytes_after(tenant, owner, folder, changes):
    row = send_and_make(owner)
    send(owner)

    remove_picture(kind="face", owner_id=1, user=owner, now=NOW)

    assert find_upload("face", 1) == Upload(picture=None, is_waiting=False, failure="")
    assert changes[-1] == (1, None)
    with pytest.raises(FileUnknown):
        read_public(row.key, "48.webp")
    assert len(list_names(folder)) == 2
    perform_all(tenant.schema_name, "file_removal")
    assert (list_names(folder), StoredFile.objects.count()) == ([], 0)


def test_files_go_with_the_row_that_they_belong_to_and_come_back_with_a_rollback(owner):
    row = send_and_make(owner)

    with transaction.atomic():
        remove_files_of(kind="face", owner_id=1, now=NOW)
        transaction.set_rollback(True)
    assert find_picture("face", 1).key == row.key

    remove_files_of(kind="face", owner_id=1, now=NOW)
    assert (find_picture("face", 1), DueWork.objects.filter(kind="file_removal").count()) == (None, 1)


def test_removal_is_done_once_and_waits_for_a_store_that_is_away(owner, folder, monkeypatch):
    row = send_and_make(owner)
    finish_removal(row.pk, NOW)
    assert len(list_names(folder)) == 2  # nobody removed it
    remove_files_of(kind="face", owner_id=1, now=NOW)

    with monkeypatch.context() as away:
        away.setattr(storage, "get_storage", BrokenStorage)
        with pytest.raises(RetryLater) as later:
            finish_removal(row.pk, NOW)

    assert later.value.at == NOW + timedelta(minutes=5)
    finish_removal(row.pk, NOW)
    finish_removal(row.pk, NOW)
    assert (list_names(folder), StoredFile.objects.count()) == ([], 0)


class BrokenStorage:
    def _fail(self, *_, **__):
        raise PermissionError(13, "not today")

    save = open = delete = listdir = get_modified_time = _fail


def test_picture_waits_for_a_store_that_is_away(owner, monkeypatch):
    row = send(owner)
    with monkeypatch.context() as away:
        away.setattr(storage, "get_storage", BrokenStorage)
        for _ in range(5):
            with pytest.raises(RetryLater) as later:
                render_file(row.pk, NOW)
        with pytest.raises(StorageAway):
            storage.get("x/y/z")

    row.refresh_from_db()
    assert (later.value.at, row.state, row.tries) == (NOW + timedelta(seconds=30), "waiting", 0)
    render_file(row.pk, NOW)
    assert find_picture("face", 1).key == row.key


def test_file_that_kills_its_worker_is_given_up(owner, monkeypatch):
    def die(*_):
        raise SystemExit

    row = send(owner)
    monkeypatch.setattr(rendering, "make_pictures", die)
    for _ in range(3):
        with pytest.raises(SystemExit):
            render_file(row.pk, NOW)

    render_file(row.pk, NOW)

    row.refresh_from_db()
    assert (row.state, row.failure, row.incoming) == ("failed", "too_heavy", None)


def test_worker_that_comes_again_changes_nothing(owner, changes):
    row = send_and_make(owner)

    render_file(row.pk, NOW)
    render_file(row.pk + 1000, NOW)

    assert len(changes) == 1


@pytest.mark.parametrize("is_row_gone", [False, True])
def test_picture_that_is_removed_while_it_is_made_never_shows(owner, folder, changes, monkeypatch, is_row_gone):
    row = send(owner)
    put = storage.put

    def put_and_remove(path, content):
        put(path, content)
        remove_files_of(kind="face", owner_id=1, now=NOW)
        if is_row_gone:
            StoredFile.objects.all().delete()

    monkeypatch.setattr(storage, "put", put_and_remove)
    render_file(row.pk, NOW)

    assert (find_picture("face", 1), changes) == (None, [])
    if is_row_gone:
        with time_machine.travel(datetime.now(tz=UTC) + timedelta(days=2)):
            assert call_outside(sweep_files, now=datetime.now(tz=UTC)) == 2
    else:
        finish_removal(row.pk, NOW)
    assert list_names(folder) == []


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_who_may_not_change_the_owner_sends_and_removes_nothing(owner, role):
    kept = send_and_make(owner)
    person = User.objects.create(email=f"{role}@example.com", name=role, role=role)

    for act in (lambda: send(person), lambda: remove_picture(kind="face", owner_id=1, user=person, now=NOW)):
        with pytest.raises(PermissionMissing):
            act()

    assert (find_picture("face", 1).key, StoredFile.objects.count()) == (kept.key, 1)


@pytest.mark.parametrize(("kind", "owner_id"), [("face", 77), ("nothing", 1), ("face", -1)])
def test_nothing_is_kept_for_an_owner_that_does_not_exist(owner, kind, owner_id):
    with pytest.raises(FileUnknown):
        take_picture(kind=kind, owner_id=owner_id, content=PNG, user=owner, now=NOW)
    with pytest.raises(FileUnknown):
        check_may_change(kind, owner_id, user=owner)

    assert StoredFile.objects.count() == 0


def test_read_only_business_takes_no_pictures(tenant, owner):
    Tenant.objects.filter(pk=tenant.id).update(status="read_only")
    forget_tenants()
    stopped = find_tenant(tenant.schema_name)

    def try_to_send() -> None:
        with pytest.raises(StatusForbids):
            send(owner)
        with pytest.raises(StatusForbids):
            remove_picture(kind="face", owner_id=1, user=owner, now=NOW)

    call_outside(call_in_tenant, stopped.schema_name, try_to_send)
    assert StoredFile.objects.count() == 0


def test_business_keeps_only_so_much(owner, settings):
    settings.FILES_BYTES_PER_TENANT = 2_000_000
    send_and_make(owner)
    settings.FILES_BYTES_PER_TENANT = measure_usage().bytes + len(PNG) - 1

    with pytest.raises(StorageFull, match="your business may keep 0 MB"):
        send(owner, owner_id=2)

    settings.FILES_BYTES_PER_TENANT += 1
    send(owner, owner_id=2)
    assert StoredFile.objects.count() == 2


def test_what_only_staff_may_see_is_no_public_picture(owner):
    row = send_and_make(owner, kind="note")
    desk = User.objects.create(email="desk@example.com", name="Desk", role="receptionist")

    with pytest.raises(FileUnknown):
        read_public(row.key, "48.webp")
    for person in (desk, AnonymousUser()):
        with pytest.raises(PermissionMissing):
            read_private(person, row.key, "48.webp")
    found = read_private(owner, row.key, "48.webp")
    assert (found.media_type, open_made(found.content).size) == ("image/webp", (48, 48))


@pytest.mark.parametrize("name", ["49.webp", "48.png", "../48.webp", ""])
def test_size_that_was_never_made_is_unknown(owner, name):
    row = send_and_make(owner)

    with pytest.raises(FileUnknown):
        read_public(row.key, name)


def test_object_that_is_missing_from_the_store_is_unknown(owner, folder):
    row = send_and_make(owner)
    for name in list_names(folder):
        (folder / name).unlink()

    with pytest.raises(FileUnknown):
        read_public(row.key, "48.webp")


def test_neighbors_file_does_not_exist_here(tenant, other_tenant, owner, folder):
    def send_next_door() -> UUID:
        return send_and_make(User.objects.get(role="owner")).key

    key = call_outside(call_in_tenant, other_tenant.schema_name, send_next_door)
    mine = send_and_make(owner)

    assert {name.split("/")[0] for name in list_names(folder)} == {tenant.schema_name, other_tenant.schema_name}
    for read in (lambda: read_public(key, "48.webp"), lambda: read_private(owner, key, "48.webp")):
        with pytest.raises(FileUnknown):
            read()
    assert [each.path for each in list_stored_objects() if str(mine.key) not in each.path] == []
    assert measure_usage().files == 1
    assert call_outside(call_in_tenant, other_tenant.schema_name, read_public, key, "48.webp").media_type


def test_sweep_removes_old_objects_that_belong_to_nothing(tenant, owner, folder):
    kept = send_and_make(owner)
    orphan = f"{tenant.schema_name}/face/11111111-1111-4111-8111-111111111111-48.webp"
    strange = f"{tenant.schema_name}/face/readme.txt"
    gone = "t_gone/face/22222222-2222-4222-8222-222222222222-48.webp"
    for path in (orphan, strange, gone):
        storage.put(path, b"x")
    before = list_names(folder)
    today = datetime.now(tz=UTC)

    assert call_outside(sweep_files, now=today) == 0
    assert list_names(folder) == before
    assert call_outside(sweep_files, now=today + timedelta(days=2)) == 3
    assert {name[-45:-9] for name in list_names(folder)} <= {str(kept.key)} | {name[-45:-9] for name in before}
    assert list_names(folder) == [name for name in before if name not in {orphan, strange, gone}]


@pytest.mark.parametrize("error", [TenantUnknown(), ProgrammingError("relation does not exist")])
def test_sweep_goes_on_past_a_business_that_is_removed_meanwhile(tenant, other_tenant, folder, monkeypatch, error):
    orphans = [
        f"{info.schema_name}/face/11111111-1111-4111-8111-111111111111-48.webp" for info in (tenant, other_tenant)
    ]
    for path in orphans:
        storage.put(path, b"x")

    def call(schema_name, function, **values):
        if schema_name == min(tenant.schema_name, other_tenant.schema_name):  # folders come in order
            raise error
        return call_in_tenant(schema_name, function, **values)

    monkeypatch.setattr(sweeping, "call_in_tenant", call)

    assert call_outside(sweep_files, now=datetime.now(tz=UTC) + timedelta(days=2)) == 1
    assert list_names(folder) == [min(orphans)]


def test_sweep_leaves_the_store_of_another_platform_alone(folder):
    storage.put("t_theirs/face/22222222-2222-4222-8222-222222222222-48.webp", b"x")

    assert call_outside(sweep_files, now=datetime.now(tz=UTC) + timedelta(days=9)) == 0
    assert len(list_names(folder)) == 1


def test_sweep_forgives_a_store_that_is_away_and_an_empty_one(folder, monkeypatch, tenant):
    assert sweep_files(now=NOW) == 0
    path = f"{tenant.schema_name}/face/22222222-2222-4222-8222-222222222222-48.webp"
    storage.put(path, b"x")
    with monkeypatch.context() as quick:
        quick.setattr(storage, "find_age", lambda path, now: (_ for _ in ()).throw(FileUnknown))
        assert call_outside(sweep_files, now=NOW) == 0
    monkeypatch.setattr(storage, "get_storage", BrokenStorage)
    assert call_outside(sweep_files, now=NOW) == 0


def test_sweep_is_a_task(folder):
    from files.tasks import sweep_files as task

    assert call_outside(task, unknown="argument") is None


def test_row_says_which_it_is(owner):
    row = send(owner)

    assert re.fullmatch(r"face [0-9a-f-]{36}", str(row))


@pytest.mark.parametrize("wrong", [{"state": "new"}, {"incoming": None}, {"failure": "damaged"}, {"state": "ready"}])
def test_row_that_contradicts_itself_is_refused(wrong):
    values = {"kind": "face", "owner_id": 1, "incoming": b"x", "received_at": NOW}

    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.create(**values | wrong)
