"""What the proxy asks before it fetches a certificate: for names at which a business answers, and nobody else asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from tenants.models import Domain, FormerAddress
from tenants.selectors.resolution import forget_tenants

HERE = "127.0.0.1:8000"


@pytest.fixture(autouse=True)
def forgotten():
    forget_tenants()
    yield
    forget_tenants()


def ask(
    domain: str | None, *, host: str = HERE, address: str = "127.0.0.1", method: str = "get", **headers: str
) -> int:
    given = {} if domain is None else {"domain": domain}
    client = Client(HTTP_HOST=host, REMOTE_ADDR=address, headers=headers)
    return getattr(client, method)("/certificate", given).status_code


@pytest.fixture
def own_domain(tenants, db):
    Domain.objects.create(tenant_id=tenants["taller"].id, domain="citas.taller.mx", is_primary=True)


@pytest.mark.parametrize(
    "domain",
    ["citas.taller.mx", "CITAS.Taller.mx", "citas.taller.mx.", "taller.testserver.example", "salon.testserver.example"],
)
def test_name_at_which_a_business_answers(own_domain, domain):
    assert ask(domain) == 200


@pytest.mark.parametrize(
    "domain",
    [
        None, "", ".", "www.citas.taller.mx", "taller.mx", "nobody.testserver.example", "x.taller.testserver.example",
        "testserver.example", "taller", "127.0.0.1", "[::1]", "citas.taller.mx:443", "x" * 300, "a\x00b",
        "citas.taller.mx/x", "citas.taller.mx, evil.example",
    ],
)  # fmt: skip
def test_any_other_name(own_domain, domain):
    assert ask(domain) == 404


def test_former_address_as_long_as_it_leads_on(tenants, db):
    now = datetime.now(tz=UTC)
    for slug, until in (("antes", now + timedelta(days=1)), ("mucho-antes", now)):
        FormerAddress.objects.create(slug=slug, tenant_id=tenants["taller"].id, left_at=now, redirects_until=until)

    assert [ask(f"{slug}.testserver.example") for slug in ("antes", "mucho-antes")] == [200, 404]


def test_answer_asks_no_database_once_it_is_known(own_domain, django_assert_num_queries):
    names = ("citas.taller.mx", "nobody.mx")
    for name in names:
        ask(name)

    with django_assert_num_queries(0):
        assert [ask(name) for name in names] == [200, 404]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"Via": "1.1 Caddy"},
    ],
)
def test_what_comes_through_the_proxy_is_not_the_proxy_asking(own_domain, headers):
    assert ask("citas.taller.mx", **headers) == 404


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.7", "", "x"])
def test_other_machines_learn_nothing(own_domain, address):
    assert [ask(name, address=address) for name in ("citas.taller.mx", "nobody.mx")] == [404, 404]


def test_at_a_business_it_is_a_page_like_any_other_that_is_not_there(own_domain, tenants):
    assert ask("citas.taller.mx", host=tenants["taller"].primary_host, address="203.0.113.9") == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_has_several_addresses(own_domain, address):
    assert ask("citas.taller.mx", address=address) == 200


@pytest.mark.parametrize("method", ["post", "head", "put"])
def test_it_is_asked_by_get(own_domain, method):
    assert ask("citas.taller.mx", method=method) == 404


def test_while_the_database_is_away_nothing_is_known(tenants, db, monkeypatch):
    def fail(_: str) -> None:
        raise OperationalError

    monkeypatch.setattr("web.certificates.resolve_host", fail)

    assert ask("citas.taller.mx") == 503
