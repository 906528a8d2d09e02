"""The page about addresses: typed, waiting, verified, fallen; and the change of the one below the platform's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from outgoing import records
from tenants.enums import DomainState, TenantStatus
from tenants.models import OwnDomain, Tenant
from tenants.selectors.resolution import forget_tenants, resolve_host
from tenants.services.addresses.checks import check_domain
from tenants.services.life_cycle import add_domain
from tests.conftest import HostClient
from tests.fakes.name_server import serve_names

URL, DOMAIN = "/workspace/address/", "/workspace/address/domain/"
NAME, TARGET = "citas.tallermorales.mx", "negocios.testserver.example"
NOW = datetime(2026, 11, 24, 16, 40, tzinfo=UTC)


@pytest.fixture
def names(settings, monkeypatch):
    monkeypatch.setattr(records, "LOOK_SECONDS", 0.4)
    with serve_names() as server:
        settings.DNS_SERVERS = (server.address,)
        server.write(TARGET, "A", "192.0.2.1")
        yield server


@pytest.fixture(autouse=True)
def at_rest():
    forget_tenants()
    with time_machine.travel(NOW, tick=False):
        yield
    forget_tenants()


def read(client: HostClient) -> str:
    return client.get(URL).content.decode()


def look(*, now: datetime = NOW) -> OwnDomain:
    own = OwnDomain.objects.get()
    check_domain(own.pk, now)
    forget_tenants()
    own.refresh_from_db()
    return own


def verify(names) -> OwnDomain:
    own = OwnDomain.objects.get()
    names.write(f"_turnero.{own.name}", "TXT", f"turnero-verificar={own.token}")
    names.write(own.name, "CNAME", TARGET)
    return look()


def test_page_begins_with_the_address_that_always_works(owner_client):
    page = read(owner_client)

    assert "<b>taller.testserver.example</b>" in page
    assert f'action="{DOMAIN}"' in page
    assert ("Dominio propio" in page, "walk" in page) == (True, False)


def test_managers_see_the_addresses_and_change_nothing(owner_client, staff_client, names):
    owner_client.post(DOMAIN, {"name": NAME})
    manager = staff_client("manager")

    page = read(manager)
    refused = [manager.post(f"{DOMAIN}{each}", {"name": NAME}).status_code for each in ("", "check/", "remove/")]
    refused.append(manager.get(f"{URL}change/").status_code)

    assert ("Solo los dueños cambian" in page, NAME in page) == (True, True)
    assert (f'action="{DOMAIN}' in page, f'href="{URL}change/"' in page) == (False, False)
    assert refused == [403] * 4
    assert OwnDomain.objects.get().name == NAME


def test_typed_domain_waits_with_its_records(owner_client, names):
    answer = owner_client.post(DOMAIN, {"name": "https://Citas.TallerMorales.mx/"})
    own = OwnDomain.objects.get()
    asked = read(owner_client)
    look()
    page = read(owner_client)

    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    assert ["load delay:3s" in each for each in (asked, page)] == [True, False]
    proof = f"turnero-verificar={own.token}"
    for value in ("Esperando el cambio", TARGET, proof, "_turnero.citas", "TXT aún no aparece"):
        assert value in page
    assert 'data-copy="#record-cname"' in page
    assert "mailto:?subject=Dos%20registros%20DNS" in page


def test_page_says_where_the_domain_leads_instead(owner_client, names):
    owner_client.post(DOMAIN, {"name": NAME})
    names.write(NAME, "CNAME", "parking.registrar.example")
    look()

    page = read(owner_client)

    assert "<code>parking.registrar.example</code>" in page
    assert "El dominio aún apunta a otro lado" in page


def test_verified_domain_is_the_one_that_is_shown_everywhere(owner_client, names):
    owner_client.post(DOMAIN, {"name": NAME})
    verify(names)

    page, own_page = read(owner_client), owner_client.get("/workspace/page/").content.decode()

    assert f"Tu página responde en {NAME}." in page
    assert f'href="http://{NAME}/"' in page
    assert f'value="http://{NAME}"' in own_page
    assert "<b>taller.testserver.example</b>" in page


def test_fallen_domain_says_that_nothing_is_lost_and_what_to_mend(owner_client, names):
    owner_client.post(DOMAIN, {"name": NAME})
    verify(names)
    names.write(NAME, "CNAME", "parking.registrar.example")
    look(now=NOW + timedelta(days=1))

    page = read(owner_client)

    parking = "parking.registrar.example"
    for text in ("Dejó de apuntar", "no pierdes citas", parking, "Corregir los registros", "Vuelve solo"):
        assert text in page


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("citas.taller.mx/agenda", 422, "sin la página"),
        ("salon.testserver.example", 422, "es nuestra"),
        ("192.168.1.1", 422, "número de una computadora"),
        ("💇.mx", 422, "no es un dominio"),
        ("com.mx", 422, "comparten muchos"),
        ("x" * 300, 422, "demasiado largo"),
        ("", 422, "Escribe tu dominio"),
        ("<script>alert(1)</script>.mx", 422, "sin la página"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_stays_there(owner_client, typed, status, said):
    answer = owner_client.post(DOMAIN, {"name": typed})

    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert "<script>alert" not in page
    assert 'aria-invalid="true"' in page
    assert OwnDomain.objects.count() == 0


def test_typed_domain_that_is_refused_leaves_the_verified_one(owner_client, names):
    owner_client.post(DOMAIN, {"name": NAME})
    verify(names)

    answer = owner_client.post(DOMAIN, {"name": "otro.mx/x"})

    page = answer.content.decode()
    assert (answer.status_code, '<details class="tucked" open>' in page, 'value="otro.mx/x"' in page) == (
        422,
        True,
        True,
    )
    assert resolve_host(NAME).id == OwnDomain.objects.get(name=NAME, state="verified").tenant_id


def test_domain_of_another_business_is_refused(owner_client, other_tenant):
    OwnDomain.objects.create(
        tenant_id=other_tenant.id, name=NAME, token="t" * 20, state_since=NOW, asked_at=NOW, state=DomainState.VERIFIED
    )
    add_domain(schema_name=other_tenant.schema_name, domain=NAME)

    answer = owner_client.post(DOMAIN, {"name": NAME})

    assert answer.status_code == 409
    assert "responde por otro negocio" in answer.content.decode()


def test_second_look_within_ten_seconds_says_how_long_to_wait(owner_client, names):
    owner_client.post(DOMAIN, {"name": NAME})

    early = owner_client.post(f"{DOMAIN}check/")
    with time_machine.travel(NOW + timedelta(seconds=10), tick=False):
        later = owner_client.post(f"{DOMAIN}check/")

    assert (early.status_code, early.headers["Retry-After"]) == (429, "10")
    assert "Espera 10 segundos" in early.content.decode()
    assert later.status_code == 302


def test_domain_is_removed_by_its_name(owner_client, names):
    owner_client.post(DOMAIN, {"name": NAME})
    verify(names)

    stale = owner_client.post(f"{DOMAIN}remove/", {"name": "otro.mx"})
    gone = owner_client.post(f"{DOMAIN}remove/", {"name": NAME})
    forget_tenants()

    assert (stale.status_code, gone.status_code) == (404, 302)
    assert (OwnDomain.objects.count(), resolve_host(NAME)) == (0, None)
    page = read(owner_client)
    for line in (f"Dominio escrito: {NAME}", f"Dominio verificado: {NAME}", f"Dominio quitado: {NAME} · Olga Owner"):
        assert line in " ".join(page.split())


def test_change_says_first_what_it_means(owner_client):
    page = owner_client.get(f"{URL}change/").content.decode()

    sure = ("durante 90 días", "Las llaves de acceso valen", "usan la API", "inicia sesión otra vez", "tres veces")
    assert [text for text in sure if text not in page] == []


def test_changed_address_is_answered_by_a_page_that_leads_there(owner_client):
    answer = owner_client.post(f"{URL}change/", {"slug": " Taller-Nuevo "})
    forget_tenants()

    page = answer.content.decode()
    # No redirect: browsers let no form of ours lead to another host (form-action of the policy).
    assert (answer.status_code, "form-action 'self'" in answer.headers["Content-Security-Policy"]) == (200, True)
    assert 'href="http://taller-nuevo.testserver.example/accounts/login/"' in page
    assert HostClient("taller.testserver.example").get(URL).headers["Location"] == (
        f"http://taller-nuevo.testserver.example{URL}"
    )
    there = HostClient("taller-nuevo.testserver.example")
    there.force_login(User.objects.get(role="owner"))
    assert "taller.testserver.example" in read(there)


@pytest.mark.parametrize(
    ("slug", "status", "said"),
    [
        ("salon", 409, "ya está"),
        ("admin", 409, "reservada"),
        ("tvrnero", 409, "confundirse"),
        ("taller nuevo", 422, "letras minúsculas"),
        ("x" * 300, 422, "letras minúsculas"),
        ("", 422, "Error"),
    ],
)
def test_address_that_cannot_be_had_is_refused_at_its_field(owner_client, slug, status, said):
    answer = owner_client.post(f"{URL}change/", {"slug": slug})

    page = answer.content.decode()
    assert (answer.status_code, said in page, 'aria-invalid="true"' in page) == (status, True, True)
    assert Tenant.objects.filter(slug="taller").exists()


def test_same_address_is_no_change(owner_client):
    answer = owner_client.post(f"{URL}change/", {"slug": "taller"})

    assert (answer.status_code, answer.headers["Location"]) == (302, URL)


def test_fourth_change_says_to_wait(owner_client):
    host = "taller.testserver.example"
    for slug in ("taller-dos", "taller-tres", "taller-cuatro"):
        client = HostClient(host)
        client.force_login(User.objects.get(role="owner"))
        client.post(f"{URL}change/", {"slug": slug})
        forget_tenants()
        host = f"{slug}.testserver.example"
    client = HostClient(host)
    client.force_login(User.objects.get(role="owner"))

    answer = client.post(f"{URL}change/", {"slug": "taller-cinco"})

    assert (answer.status_code, "varias veces" in answer.content.decode()) == (429, True)


def test_read_only_business_is_offered_nothing(owner_client, names, tenant):
    owner_client.post(DOMAIN, {"name": NAME})
    Tenant.objects.filter(pk=tenant.id).update(status=TenantStatus.READ_ONLY)
    forget_tenants()

    page, answer = read(owner_client), owner_client.post(DOMAIN, {"name": "otro.mx"})

    assert (f'action="{DOMAIN}' in page, answer.status_code) == (False, 403)
    assert OwnDomain.objects.get().name == NAME


def test_page_asks_the_same_however_much_was_done(owner_client, names, known_tenants):
    asked = []
    for typed in (("a.mx",), ("b.mx", "c.mx")):
        for name in typed:
            owner_client.post(DOMAIN, {"name": name})
        owner_client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(URL)
        asked.append(len(queries))

    assert asked == [asked[0]] * 2
