"""The owner takes all data along: asks, sees how far it is, and downloads it, with password and code."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from accounts.services import second_step
from audit.public.models import PlatformEntry
from devtools.scratch.browser import HostClient
from files import storage
from files.models import DataCopy
from files.selectors.data_copies import make_place
from kernel.clock import utc_now
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import Backup, DueWork, Tenant
from tenants.selectors.resolution import forget_tenants
from tests.conftest import OWNER_PASSWORD
from tests.factories.accounts import SECRET, sign_in_fully
from tests.factories.data_copies import make_ready

URL, ASK = "/workspace/data/", "/workspace/data/ask/"
TYPED = {"password": OWNER_PASSWORD}
CONTENT = b"PK\x03\x04 everything" * 1000


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A storage of the test's own."""
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["files"]["OPTIONS"]["location"] = str(tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def ready(owner) -> DataCopy:
    return make_ready(CONTENT, asked_by_id=owner.pk, now=utc_now(), name="taller-2026-11-26.zip")


def read(response) -> bytes:
    return b"".join(response.streaming_content)


def test_page_is_in_the_menu_and_says_when_a_backup_was_restored(owner_client, tenant):
    before = owner_client.get(URL).content.decode()
    at = datetime(2026, 11, 26, 8, 41, tzinfo=UTC)
    Backup.objects.create(schema_name=tenant.schema_name, archive="x", began_at=at, verified_at=at)

    page = owner_client.get(URL).content.decode()

    assert ("El primero se hace esta noche." in before, "Aún nada." in before) == (True, True)
    assert "2:41" in page[page.index("Última restauración comprobada") :][:200]  # 08:41 UTC, in Mexico City
    assert 'href="/workspace/data/"' in owner_client.get("/workspace/settings/business/").content.decode()


def test_manager_has_no_such_page(tenant):
    manager = HostClient(tenant.primary_host)
    manager.force_login(User.objects.create(email="m@example.com", name="M", role="manager"))

    answers = [manager.get(URL), manager.post(ASK, {"kind": "export"})]

    assert ([each.status_code for each in answers], DataCopy.objects.count()) == ([403, 403], 0)
    assert URL not in manager.get("/workspace/settings/business/").content.decode()


def test_asking_makes_one_row_however_often(owner_client, owner):
    answers = [owner_client.post(ASK, {"kind": kind}) for kind in ("export", "export", "archive")]

    rows = DataCopy.objects.order_by("pk").values_list("kind", "state", "asked_by_id")
    page = owner_client.get(URL).content.decode()
    assert "Te escribimos cuando esté listo." in page
    assert [(each.status_code, each["Location"]) for each in answers] == [(302, URL)] * 3
    assert list(rows) == [("export", "asked", owner.pk), ("archive", "asked", owner.pk)]
    assert DueWork.objects.filter(kind="data_copy").count() == 2
    assert "<b>Respaldo de todo</b>" in page  # by the name that its card has
    assert (page.count("En espera"), owner.name in page) == (2, True)
    assert 'hx-trigger="load delay:3s, htmx:sendError delay:30s' in page
    assert ('id="ask-export"' in page, 'id="ask-archive"' in page) == (False, False)


@pytest.mark.parametrize(("minutes", "seconds"), [(0, 3), (1, 3), (3, 9), (9, 27), (60, 30), (-5, 3)])
def test_page_asks_for_the_part_that_changes_and_ever_more_rarely(owner_client, owner, minutes, seconds):
    asked_at = utc_now() - timedelta(minutes=minutes, seconds=1)
    DataCopy.objects.create(kind="export", asked_by_id=owner.pk, asked_at=asked_at)

    part = owner_client.get(URL, headers={"HX-Request": "true"}).content.decode()

    failed = "htmx:sendError delay:30s, htmx:responseError delay:30s"
    assert f'hx-trigger="load delay:{seconds}s, {failed}"' in part
    assert ("<html" in part, "En espera" in part, 'id="ask-archive"' in part) == (False, True, True)
    assert part.strip().startswith('<div class="copies" id="copies"')


def test_another_owner_is_told_that_somebody_asked(owner_client, tenant):
    owner_client.post(ASK, {"kind": "export"})
    second = HostClient(tenant.primary_host)
    second.force_login(User.objects.create(email="second@example.com", name="Dos", role="owner"))

    second.post(ASK, {"kind": "export"})

    page = second.get(URL).content.decode()
    assert (DataCopy.objects.count(), "Otra persona ya lo pidió" in page) == (1, True)
    assert "Te escribimos cuando esté listo." not in page


@pytest.mark.parametrize("kind", ["", "everything", "EXPORT", "export\x00", "\u202eexport"])
def test_something_else_is_not_made(owner_client, kind):
    answer = owner_client.post(ASK, {"kind": kind})

    assert (answer.status_code, DataCopy.objects.count()) == (302, 0)
    assert "Di qué quieres llevarte" in owner_client.get(URL).content.decode()


def test_asked_again_when_it_is_ready_offers_that_one(owner_client, ready):
    owner_client.post(ASK, {"kind": "export"})

    page = owner_client.get(URL).content.decode()
    assert (DataCopy.objects.count(), "Se hizo hace un momento" in page) == (1, True)
    assert f'<a id="take-{ready.key}" class="button small" href="/workspace/data/{ready.key}/"' in page
    assert "hx-trigger" not in page[page.index('id="copies"') :][:200]


def test_what_failed_says_why(owner_client, owner):
    reasons = {
        "full": "No hubo espacio en nuestro disco.",
        "away": "El almacén de archivos no respondió.",
        "trouble": "La copia no pasó nuestra revisión, así que no te la entregamos.",
    }
    for failure in reasons:
        DataCopy.objects.create(
            kind="export", state="failed", failure=failure, asked_by_id=owner.pk, asked_at=utc_now()
        )

    page = owner_client.get(URL).content.decode()

    assert [words for words in reasons.values() if words not in page] == []
    assert '<button id="ask-export"' in page


def test_page_is_in_english_too(owner_client, ready):
    page = owner_client.get(f"{URL}?lang=en").content.decode()

    assert "Everything as tables and files" in page
    assert "You can download it until" in page


@pytest.mark.parametrize("status", ["read_only", "suspended", "closed"])
def test_business_that_may_nothing_else_takes_its_data_along(owner_client, tenant, ready, status):
    Tenant.objects.filter(pk=tenant.id).update(status=status)
    forget_tenants()
    try:
        asked = owner_client.post(ASK, {"kind": "archive"})
        answer = owner_client.post(f"{URL}{ready.key}/", TYPED)
        page = owner_client.get(URL).status_code
    finally:
        forget_tenants()

    assert (asked.status_code, DataCopy.objects.filter(kind="archive").count(), page) == (302, 1, 200)
    assert read(answer) == CONTENT


def test_the_example_is_refused_in_words(owner_client, tenant):
    Tenant.objects.filter(pk=tenant.id).update(is_example=True)
    forget_tenants()
    try:
        owner_client.post(ASK, {"kind": "export"})
        page = owner_client.get(URL).content.decode()
    finally:
        forget_tenants()

    assert (DataCopy.objects.count(), "ejemplo público" in page) == (0, True)


def test_file_is_sent_whole_and_kept_by_nobody(owner_client, ready):
    shown = owner_client.get(f"{URL}{ready.key}/")
    page = shown.content.decode()
    assert (shown.status_code, ready.sha256 in page) == (200, True)
    assert ('name="password"' in page, 'name="code"' in page) == (True, False)
    assert DataCopy.objects.get().taken_at is None

    answer = owner_client.post(f"{URL}{ready.key}/", TYPED)

    assert (answer.status_code, read(answer)) == (200, CONTENT)
    assert answer["Content-Disposition"] == 'attachment; filename="taller-2026-11-26.zip"'
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert answer["Content-Length"] == str(len(CONTENT))
    assert DataCopy.objects.get().taken_at is not None
    assert "Descargado:" in owner_client.get(URL).content.decode()


@pytest.mark.parametrize("typed", [{}, {"password": ""}, {"password": "otra"}, {"password": "x" * 5000}])
def test_screen_that_was_left_open_carries_nothing_off(owner_client, tenant, ready, typed):
    answer = owner_client.post(f"{URL}{ready.key}/", typed)

    assert (answer.status_code, answer.streaming, DataCopy.objects.get().taken_at) == (422, False, None)
    assert not PlatformEntry.objects.filter(schema_name=tenant.schema_name, action="take").exists()
    assert 'name="password"' in answer.content.decode()


def test_code_is_asked_of_whoever_has_a_second_step(tenant, owner, ready):
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    client = HostClient(tenant.primary_host)
    sign_in_fully(client, owner)
    url = f"{URL}{ready.key}/"

    shown = client.get(url).content.decode()
    refused = [client.post(url, TYPED | typed) for typed in ({}, {"code": ""}, {"code": "000000"})]
    code = second_step.make_code(SECRET)
    refused.append(client.post(url, {"code": code}))  # the password is asked for as well
    place = make_place(ready)
    storage.remove(place)
    lost = client.post(url, TYPED | {"code": code})
    storage.put(place, CONTENT)
    right, again = client.post(url, TYPED | {"code": code}), client.post(url, TYPED | {"code": code})

    assert 'name="code"' in shown
    assert ([each.status_code for each in refused], lost.status_code) == ([422] * 4, 404)
    assert all(CONTENT not in each.content for each in refused)
    assert read(right) == CONTENT  # a file that was not there cost no code
    assert (again.status_code, again.streaming) == (422, False)


def test_too_many_wrong_codes_are_refused(tenant, owner, ready):
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    client = HostClient(tenant.primary_host)
    sign_in_fully(client, owner)

    answers = [client.post(f"{URL}{ready.key}/", TYPED | {"code": "000000"}) for _ in range(30)]

    assert (answers[0].status_code, answers[-1].status_code) == (422, 429)
    assert int(answers[-1]["Retry-After"]) > 0


def test_link_of_a_mail_asks_to_sign_in_and_ends_after_seven_days(tenant, owner_client, ready):
    url = f"{URL}{ready.key}/"
    stranger = HostClient(tenant.primary_host)

    asked = stranger.get(url)
    DataCopy.objects.update(ends_at=utc_now() - timedelta(seconds=1))
    late = [owner_client.get(url), owner_client.post(url, TYPED)]

    assert (asked.status_code, asked["Location"]) == (302, f"/accounts/login/?next={url}")
    assert [each.status_code for each in late] == [404, 404]
    assert "cada una se guarda siete días" in late[0].content.decode()
    assert "Ya no se guarda" in owner_client.get(URL).content.decode()


def test_whoever_signs_in_from_the_mail_takes_it_and_who_is_owner_no_more_does_not(tenant, owner, ready):
    url = f"{URL}{ready.key}/"
    client = HostClient(tenant.primary_host)
    page = client.get(url)["Location"]

    signed_in = client.post(page, {"login": owner.email} | TYPED)
    taken = client.post(signed_in["Location"], TYPED)
    User.objects.filter(pk=owner.pk).update(role="manager")
    refused = [client.get(url), client.post(url, TYPED)]

    assert (signed_in["Location"], read(taken)) == (url, CONTENT)
    assert [(each.status_code, CONTENT in each.content) for each in refused] == [(403, False)] * 2


def test_copy_of_a_neighbor_is_not_there(owner_client, other_tenant):
    def make() -> DataCopy:
        return make_ready(b"secret", asked_by_id=User.objects.get(role="owner").pk, now=utc_now())

    theirs = call_outside(call_in_tenant, other_tenant.schema_name, make)

    answers = [owner_client.get(f"{URL}{theirs.key}/"), owner_client.post(f"{URL}{theirs.key}/", TYPED)]

    assert [each.status_code for each in answers] == [404, 404]


def test_file_that_is_lost_is_said_in_words(owner_client, ready):
    storage.remove(make_place(ready))

    answer = owner_client.post(f"{URL}{ready.key}/", TYPED)

    assert (answer.status_code, "Pide una nueva" in answer.content.decode()) == (404, True)
