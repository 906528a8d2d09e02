"""The list of first steps beside the board: each step's answer comes from what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from accounts.models import User
from devtools.scratch.browser import HostClient
from files.models import StoredFile
from files.services.brand import BUSINESS_PHOTO
from scheduling.enums import FirstStep
from scheduling.models import Location, Resource, Service, WorkingHours
from scheduling.selectors.catalog.photos import LOCATION_PHOTO
from scheduling.selectors.first_run.steps import read_first_run
from tenants.context import tenant_scope
from tenants.models import Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tenants.services.publishing import note_test
from tests.factories.scheduling import NOW
from web.workspace.start import guide
from web.workspace.start.guide import make_guide

GUIDE = "Poner en marcha"
LOGO = {"key": "1f0a", "widths": [96], "png_width": 192}


@pytest.fixture(autouse=True)
def newcomer(tenant) -> Iterator[None]:
    """A workshop as sign-up leaves it: samples, a draft, neither address nor phone."""
    Tenant.objects.filter(pk=tenant.id).update(published_at=None, guide_ended_at=None, accent="#1d4ed8")
    Service.objects.update(is_sample=True)
    Resource.objects.update(is_sample=True)
    Location.objects.update(address="", phone="", map_url="")
    forget_tenants()
    yield
    forget_tenants()


def change(tenant, **values: object) -> None:
    Tenant.objects.filter(pk=tenant.id).update(**values)
    forget_tenants()


def keep_picture(kind: str, owner_id: int) -> None:
    StoredFile.objects.create(kind=kind, owner_id=owner_id, state="ready", received_at=NOW)


def read_states(client: HostClient, address: str = "/workspace/") -> dict[str, str]:
    page = client.get(address).content.decode()
    listed = re.search(r'<ol class="card steps-list".*?</ol>', page, re.DOTALL)
    assert listed is not None, page[:500]
    return dict(zip((step.value for step in FirstStep), re.findall(r'<li class="(\w+)"', listed[0]), strict=True))


def read_done(tenant) -> set[str]:
    with tenant_scope(find_tenant(tenant.schema_name)):
        return {step.value for step in read_first_run(now=NOW).done}


def test_guide_newcomer_begins_with_the_services(tenant, owner_client):
    states = read_states(owner_client)

    assert states == {
        "services": "next", "people": "open", "hours": "done", "contact": "open", "look": "open",
        "test": "open", "publish": "open", "share": "locked",
    }  # fmt: skip
    page = owner_client.get("/workspace/").content.decode()
    assert ("1 de 8" in page, "Falta la dirección." in page, 'action="/workspace/page/publish/"' in page) == (
        True, True, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("do", "step"),
    [
        (lambda tenant: Service.objects.filter(pk=Service.objects.first().pk).update(is_sample=False), "services"),
        (lambda tenant: Resource.objects.filter(resource_type__is_person=True).update(is_sample=False), "people"),
        (lambda tenant: Location.objects.update(address="Av. 1", phone="+525512345678"), "contact"),
        (lambda tenant: change(tenant, accent="#c2410c"), "look"),
        (lambda tenant: change(tenant, logo=LOGO), "look"),
        (lambda tenant: keep_picture(BUSINESS_PHOTO, 0), "look"),
        (lambda tenant: keep_picture(LOCATION_PHOTO, Location.objects.get().pk), "look"),
        (lambda tenant: change(tenant, tested_at=NOW), "test"),
        (lambda tenant: change(tenant, published_at=NOW), "publish"),
        (lambda tenant: change(tenant, shared_at=NOW), "share"),
    ],
)  # fmt: skip
def test_step_is_done_when_its_matter_is(tenant, do, step):
    before = read_done(tenant)

    do(tenant)

    assert (before, read_done(tenant)) == ({"hours"}, {"hours", step})


@pytest.mark.parametrize(
    ("undo", "step"),
    [
        (lambda: WorkingHours.objects.all().delete(), "hours"),
        (lambda: Service.objects.update(is_sample=False, is_online=False), "services"),
        (lambda: Resource.objects.filter(resource_type__is_person=False).update(is_sample=False), "people"),
        (lambda: Location.objects.update(address="Av. 1"), "contact"),
        (lambda: Location.objects.update(phone="+525512345678"), "contact"),
    ],
)
def test_step_is_not_done_by_half(tenant, undo, step):
    undo()

    assert step not in read_done(tenant)


def test_guide_one_step_is_open_and_another_one_on_demand(owner_client):
    first, later = read_states(owner_client), read_states(owner_client, "/workspace/?step=contact")
    bad = read_states(owner_client, "/workspace/?step=share")

    assert [step for step, state in first.items() if state == "next"] == ["services"]
    assert [step for step, state in later.items() if state == "next"] == ["contact"]
    assert bad == first


def test_step_without_a_page_is_listed_and_never_opened(owner_client, monkeypatch):
    monkeypatch.setitem(guide.URL_NAMES, FirstStep.LOOK, "no_such_page")

    page = owner_client.get("/workspace/?step=look").content.decode()

    assert read_states(owner_client, "/workspace/?step=look")["services"] == "next"
    assert ("Logo y color" in page, 'href=""' in page) == (True, False)


def test_guide_costs_the_same_whatever_there_is(tenant, django_assert_num_queries):
    """Whether there is a free time at all is asked once per edition of the catalog."""
    with django_assert_num_queries(8):
        read_first_run(now=NOW)
    Service.objects.filter(pk__gt=Service.objects.first().pk).update(is_active=False)

    with django_assert_num_queries(7):
        read_first_run(now=NOW)


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_guide_is_for_those_who_can_take_its_steps(tenant, role):
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email=f"new-{role}@taller.example", name="Rita", role=role))

    assert GUIDE not in client.get("/workspace/").content.decode()


def test_guide_is_put_away_after_publishing_only(tenant, owner_client, django_capture_on_commit_callbacks):
    early = owner_client.post("/workspace/page/guide/end/")
    still = owner_client.get("/workspace/").content.decode()
    change(tenant, published_at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        owner_client.post("/workspace/page/guide/end/")

    assert (early.status_code, GUIDE in still) == (403, True)
    assert GUIDE not in owner_client.get("/workspace/").content.decode()


def test_share_is_marked_after_publishing_only(tenant, owner_client, django_capture_on_commit_callbacks):
    early = owner_client.post("/workspace/page/shared/")
    untouched = Tenant.objects.get(pk=tenant.id).shared_at
    change(tenant, published_at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        owner_client.post("/workspace/page/shared/")

    assert (early.status_code, untouched) == (403, None)
    assert read_states(owner_client)["share"] == "done"


def test_noted_steps_keep_their_first_time(tenant):
    change(tenant, tested_at=NOW)
    with tenant_scope(find_tenant(tenant.schema_name)):
        note_test(now=NOW.replace(year=2030))

    assert Tenant.objects.get(pk=tenant.id).tested_at == NOW


def test_guide_with_everything_done_says_so(tenant, owner_client):
    change(tenant, published_at=NOW, shared_at=NOW, tested_at=NOW, accent="#c2410c")
    Service.objects.update(is_sample=False)
    Resource.objects.update(is_sample=False)
    Location.objects.update(address="Av. Coyoacán 1213", phone="+525512345678")

    page = owner_client.get("/workspace/").content.decode()

    assert set(read_states(owner_client).values()) == {"done"}
    assert ("8 de 8" in page, "Todo listo" in page, "Ocultar esta lista" in page) == (True, True, True)


def test_guide_in_english_counts_minutes(tenant):
    with tenant_scope(find_tenant(tenant.schema_name)), translation.override("en"):
        drawn = make_guide(read_first_run(now=NOW))
        title = str(drawn.rows[0].text.title)

    assert (drawn.done, drawn.percent, drawn.minutes, title) == (1, 12, 13, "Services and prices")


def test_your_page_shares_link_and_message_once_published(tenant, owner_client):
    before = owner_client.get("/workspace/page/").content.decode()
    change(tenant, published_at=NOW)

    page = owner_client.get("/workspace/page/").content.decode()

    assert ("wa.me" in before, "https://wa.me/?text=Ya+puedes+agendar" in page) == (False, True)
    assert f'value="http://{tenant.primary_host}"' in page


def test_the_bar_of_a_draft_leads_to_your_page_from_every_other_one(tenant, owner_client):
    def read_bar(address: str) -> str:
        return re.search(
            r'<div class="note warn state".*?</div></div>', owner_client.get(address).content.decode(), re.DOTALL
        )[0]

    assert ['href="/workspace/page/"' in read_bar(each) for each in ("/workspace/", "/workspace/page/samples/")] == [
        True,
        True,
    ]
    assert "<a " not in read_bar("/workspace/page/")


@pytest.mark.parametrize(
    ("values", "has_photo", "said"),
    [
        ({"accent": "#c2410c"}, False, "En tu color"),
        ({"logo": LOGO}, False, "Con tu logo"),
        ({"accent": "#c2410c", "logo": LOGO}, False, "Con tu logo y en tu color"),
        ({}, True, "Con tu foto"),
    ],
)
def test_guide_says_what_of_the_look_is_set(tenant, values, has_photo, said):
    change(tenant, **values)
    if has_photo:
        keep_picture(BUSINESS_PHOTO, 0)

    with tenant_scope(find_tenant(tenant.schema_name)), translation.override("es"):
        rows = {row.key: row.note for row in make_guide(read_first_run(now=NOW)).rows}

    assert rows["look"] == said


def test_strip_of_a_draft_names_what_is_missing(tenant, owner_client):
    missing = owner_client.get("/workspace/services/").content.decode()
    Location.objects.update(address="Av. 1")
    ready = owner_client.get("/workspace/services/").content.decode()

    assert ["Antes de publicar: Falta la dirección." in " ".join(each.split()) for each in (missing, ready)] == [
        True,
        False,
    ]


def test_strip_tells_those_who_cannot_publish_no_more_than_that(tenant):
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email="rita@taller.example", name="Rita", role="receptionist"))

    page = client.get("/workspace/").content.decode()

    assert ("Borrador, aún no publicado" in page, "Falta la dirección" in page) == (True, False)
