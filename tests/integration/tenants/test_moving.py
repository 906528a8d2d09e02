"""Another address below the platform's: the one before leads there for a while and is nobody else's, ever."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError

from audit.selectors.log import list_changes
from audit.services.addresses import ADDRESS
from tenants.context import current_tenant, tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import SlugInvalid, SlugReserved, SlugTaken, StatusForbids, TooManyAddressChanges
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import Domain, FormerAddress, Tenant
from tenants.policies import check_slug_is_free
from tenants.selectors import resolution
from tenants.selectors.addresses import list_former_addresses
from tenants.selectors.resolution import find_moved, forget_tenants, resolve_host
from tenants.selectors.typed import find_business
from tenants.services.addresses.moving import change_address
from tenants.services.life_cycle import drop_tenant
from tenants.services.provisioning import provision_tenant
from tests.conftest import HostClient
from tests.fakes.due_work import send_messages

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def forgotten():
    forget_tenants()
    yield
    forget_tenants()


def move(slug: str, *, now: datetime = NOW) -> str:
    """Change the address as the page does, and see it as the next request would."""
    info = change_address(slug=slug, author_id=None, now=now)
    forget_tenants()
    return info.home_host


def move_elsewhere(schema_name: str, slug: str) -> None:
    call_in_tenant(schema_name, change_address, slug=slug, author_id=None, now=NOW)


def list_hosts() -> list[tuple[str, bool]]:
    return sorted(Domain.objects.filter(tenant_id=current_tenant().id).values_list("domain", "is_primary"))


def test_business_answers_at_its_new_address_and_keeps_its_schema(tenant):
    before = tenant.schema_name

    host = move("taller-nuevo")

    found = resolve_host("taller-nuevo.testserver.example")
    assert host == "taller-nuevo.testserver.example"
    assert (found.schema_name, found.slug, found.primary_host, found.home_host) == (before, "taller-nuevo", host, host)
    assert resolve_host("taller.testserver.example") is None
    assert find_moved("Taller.testserver.example.:8000") == found
    assert list_hosts() == [(host, True)]


@pytest.mark.parametrize("method", ["get", "head"])
def test_old_address_leads_to_the_same_page_of_the_new_one(tenant, method):
    move("taller-nuevo")

    answer = getattr(HostClient("taller.testserver.example"), method)("/b/a-token/?lang=en&x=%C3%B1//evil.example")

    assert answer.status_code == 308
    assert answer.headers["Location"] == (
        "http://taller-nuevo.testserver.example/b/a-token/?lang=en&x=%C3%B1//evil.example"
    )
    # A permanent way is remembered for ever unless one says not to, and this one ends.
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.content, answer.cookies) == (b"", {})


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "/%0d%0aSet-Cookie:x"])
def test_no_path_leads_elsewhere(tenant, path):
    move("taller-nuevo")

    answer = HostClient("taller.testserver.example").get(path)

    assert answer.headers["Location"].startswith("http://taller-nuevo.testserver.example/")
    assert "\r" not in answer.headers["Location"]
    assert "Set-Cookie" not in answer.headers


def test_form_that_was_open_meanwhile_learns_that_nothing_was_sent(tenant):
    move("taller-nuevo")

    answer = HostClient("taller.testserver.example").post("/b/a-token/confirm/", {"x": "1"})

    page = answer.content.decode()
    assert answer.status_code == 410
    assert "Location" not in answer.headers
    assert "No se envió nada" in page
    assert 'href="http://taller-nuevo.testserver.example/b/a-token/confirm/"' in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_part_of_an_open_page_lets_it_say_where_it_is_now(tenant, method):
    move("taller-nuevo")

    answer = getattr(HostClient("taller.testserver.example"), method)(
        "/workspace/bookings/new/", headers={"HX-Request": "true"}
    )

    toast = json.loads(answer.headers["HX-Trigger"])["turnero:toast"]
    assert (answer.status_code, answer.content, answer.headers["HX-Reswap"]) == (410, b"", "none")
    assert "Location" not in answer.headers
    assert (toast["tone"], toast["title"]) == ("bad", "Esta página tiene ahora otra dirección")
    assert "taller-nuevo.testserver.example" in toast["text"]
    assert [each["url"] for each in toast["links"]] == ["http://taller-nuevo.testserver.example/workspace/"]


@pytest.mark.parametrize(
    ("page", "path"),
    [
        (
            "http://taller.testserver.example/workspace/catalog/services/?q=afinaci%C3%B3n",
            "/workspace/catalog/services/?q=afinaci%C3%B3n",
        ),
        ("http://taller.testserver.example//evil.example/", "//evil.example/"),
        ("http://evil.example/workspace/bookings/", "/workspace/"),
        ("javascript:alert(1)", "/workspace/"),
        ("http://[", "/workspace/"),
    ],
)
def test_open_page_leads_to_where_one_was(tenant, page, path):
    move("taller-nuevo")

    answer = HostClient("taller.testserver.example").get(
        "/workspace/bookings/new/", headers={"HX-Request": "true", "HX-Current-URL": page}
    )

    toast = json.loads(answer.headers["HX-Trigger"])["turnero:toast"]
    assert [each["url"] for each in toast["links"]] == [f"http://taller-nuevo.testserver.example{path}"]


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_programs_are_led_there_whatever_they_send(tenant, method):
    move("taller-nuevo")

    answer = getattr(HostClient("taller.testserver.example"), method)("/api/v1/holds/1?x=2")

    assert answer.status_code == 308
    assert answer.headers["Location"] == "http://taller-nuevo.testserver.example/api/v1/holds/1?x=2"
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (308, "tenant_moved")
    assert "http://taller-nuevo.testserver.example" in problem["detail"]


def test_program_of_another_site_may_follow(tenant):
    move("taller-nuevo")

    answer = HostClient("taller.testserver.example").get("/api/v1/services", headers={"Origin": "https://shop.example"})

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (308, "*")


def test_after_ninety_days_nobody_is_there_and_nobody_else_gets_it(tenant, tenants):
    with time_machine.travel(NOW, tick=False):
        move("taller-nuevo")
    with time_machine.travel(NOW + timedelta(days=90) - timedelta(seconds=1), tick=False):
        forget_tenants()
        late = HostClient("taller.testserver.example").get("/")
    with time_machine.travel(NOW + timedelta(days=90), tick=False):
        forget_tenants()
        later = HostClient("taller.testserver.example").get("/")

    assert (late.status_code, later.status_code) == (308, 404)
    with pytest.raises(SlugTaken):
        check_slug_is_free("taller")
    assert [each.redirects_until for each in list_former_addresses(now=NOW + timedelta(days=90))] == [None]


def test_another_business_cannot_have_an_address_that_somebody_left(tenant, tenants):
    move("taller-nuevo")

    with pytest.raises(SlugTaken):
        call_outside(move_elsewhere, tenants["salon"].schema_name, "taller")

    assert Tenant.objects.get(pk=tenants["salon"].id).slug == "salon"
    assert find_moved("taller.testserver.example").id == tenant.id


def test_business_may_go_back_and_then_the_way_is_the_other_one(tenant):
    move("taller-nuevo")

    move("taller", now=NOW + timedelta(days=1))

    assert resolve_host("taller.testserver.example").id == tenant.id
    assert find_moved("taller-nuevo.testserver.example").home_host == "taller.testserver.example"
    assert find_moved("taller.testserver.example") is None
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["taller-nuevo"]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [("slug_shape", {"slug": "con espacio"}), ("redirects", {"redirects_until": datetime(2026, 1, 1, tzinfo=UTC)})],
)
def test_former_address_that_cannot_be_is_refused_by_the_table(tenant, constraint, values):
    left_at = datetime(2026, 1, 2, tzinfo=UTC)

    with pytest.raises(IntegrityError, match=f"tenants_former_{constraint}"):
        FormerAddress.objects.create(**{"slug": "antes", "left_at": left_at, "redirects_until": left_at} | values)


def test_every_former_address_leads_to_the_present_one(tenant):
    move("taller-dos")
    move("taller-tres")

    ways = [HostClient(f"{slug}.testserver.example").get("/") for slug in ("taller", "taller-dos")]

    assert [way.headers["Location"] for way in ways] == ["http://taller-tres.testserver.example/"] * 2
    assert [each.host for each in list_former_addresses(now=NOW)] == [
        "taller-dos.testserver.example",
        "taller.testserver.example",
    ]


@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("salon", SlugTaken),
        ("admin", SlugReserved),
        ("negocios", SlugReserved),
        ("tvrnero", SlugReserved),
        ("turner0", SlugReserved),
        ("bbva-pagos", SlugReserved),
        ("a", SlugInvalid),
        ("Taller-Nuevo", SlugInvalid),
        ("taller.nuevo", SlugInvalid),
        ("taller-💇", SlugInvalid),
        ("x" * 300, SlugInvalid),
        ("", SlugInvalid),
    ],
)
def test_address_that_cannot_be_had_changes_nothing(tenant, slug, error):
    with pytest.raises(error):
        change_address(slug=slug, author_id=None, now=NOW)

    assert Tenant.objects.get(pk=tenant.id).slug == "taller"
    assert list_hosts() == [("taller.testserver.example", True)]
    assert FormerAddress.objects.count() == 0


def test_same_address_changes_nothing_and_counts_for_nothing(tenant):
    for _ in range(5):
        assert move("taller") == "taller.testserver.example"

    assert FormerAddress.objects.count() == 0
    assert list_changes(noun=ADDRESS, row_id=tenant.id) == ()


def test_fourth_change_in_ninety_days_is_refused(tenant):
    for slug in ("taller-dos", "taller-tres", "taller-cuatro"):
        move(slug)

    with pytest.raises(TooManyAddressChanges) as refused:
        change_address(slug="taller-cinco", author_id=None, now=NOW)

    assert refused.value.wait_seconds == pytest.approx(90 * 86_400)
    assert Tenant.objects.get(pk=tenant.id).slug == "taller-cuatro"
    move("taller-cinco", now=NOW + timedelta(days=90, seconds=1))


def test_business_that_may_change_nothing_changes_no_address(tenant):
    Tenant.objects.filter(pk=tenant.id).update(status=TenantStatus.SUSPENDED)
    forget_tenants()

    with pytest.raises(StatusForbids):
        call_outside(move_elsewhere, tenant.schema_name, "taller-nuevo")

    assert Tenant.objects.get(pk=tenant.id).slug == "taller"


def test_everybody_who_signs_in_hears_of_it_and_the_log_keeps_it(tenant):
    move("taller-nuevo")

    mail.outbox.clear()
    send_messages(tenant.schema_name)

    (sent,) = mail.outbox
    assert sent.to == ["owner@taller.example"]
    assert "taller-nuevo.testserver.example" in sent.body
    assert "http://taller-nuevo.testserver.example/accounts/login/" in sent.body
    assert "Las llaves de acceso valen para una sola dirección" in sent.body
    (line,) = list_changes(noun=ADDRESS, row_id=tenant.id)
    (field,) = line.fields
    assert (field.name, field.old, field.new) == (
        "moved", "taller.testserver.example", "taller-nuevo.testserver.example"
    )  # fmt: skip


def test_who_signs_in_from_the_platform_finds_it_by_its_former_address(tenant):
    move("taller-nuevo")

    assert [find_business(typed).slug for typed in ("taller", "https://taller.testserver.example/workspace/")] == [
        "taller-nuevo", "taller-nuevo"
    ]  # fmt: skip


def test_unknown_hosts_are_remembered_as_such(tenant, django_assert_num_queries):
    find_moved("nobody.testserver.example")
    find_moved("citas.example")

    with django_assert_num_queries(0):
        assert [find_moved("nobody.testserver.example"), find_moved("citas.example")] == [None, None]
    assert set(resolution._entries) >= {"moved:nobody.testserver.example", "moved:citas.example"}


def test_address_of_a_business_that_was_removed_stays_nobodys(provision, slug, details):
    info = provision()
    with tenant_scope(info):
        change_address(slug=slug, author_id=None, now=NOW)
    drop_tenant(schema_name=info.schema_name)

    try:
        assert find_moved(f"{info.slug}.testserver.example") is None
        with pytest.raises(SlugTaken):
            provision_tenant(details=details(info.slug), now=NOW)
        assert not Tenant.objects.filter(slug=info.slug).exists()
    finally:
        FormerAddress.objects.all().delete()
