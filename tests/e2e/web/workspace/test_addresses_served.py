"""Addresses as whoever calls a server finds them: over a socket, from another process than the one that looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import settings as live_settings

from outgoing import records
from scheduling.models import Booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.context import tenant_scope
from tenants.errors import DomainTaken, SlugTaken
from tenants.models import FormerAddress, OwnDomain
from tenants.policies import check_slug_is_free
from tenants.services.addresses import claims
from tenants.services.addresses.checks import check_domain
from tenants.services.addresses.moving import change_address
from tenants.types import TenantInfo
from tests.e2e.web.workspace.conftest import sign_in
from tests.fakes.name_server import NameServer, serve_names
from tests.integration.web.workspace.conftest import book

pytestmark = pytest.mark.e2e

NAME, TARGET = "citas.tallermorales.mx", "negocios.testserver.example"
SEEN_SECONDS = 30

Ask = Callable[..., httpx.Response]


@pytest.fixture
def names(monkeypatch) -> Iterator[NameServer]:
    monkeypatch.setattr(records, "LOOK_SECONDS", 0.4)
    with serve_names() as server:
        monkeypatch.setattr(live_settings, "DNS_SERVERS", (server.address,))
        server.write(TARGET, "A", "192.0.2.1")
        yield server


@pytest.fixture
def ask(board_port) -> Iterator[Ask]:
    """Ask our server as if a name led to it."""
    with httpx.Client(base_url=f"http://127.0.0.1:{board_port}", timeout=30) as client:

        def send(host: str, path: str = "/", method: str = "GET", **options: object) -> httpx.Response:
            headers = {"Host": host, **options.pop("headers", {})}  # type: ignore[dict-item]
            return client.request(method, path, headers=headers, **options)  # type: ignore[arg-type]

        yield send


@pytest.fixture(autouse=True)
def unblocked_addresses(houses, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        for house in houses:
            with tenant_scope(house):
                for own in OwnDomain.objects.filter(tenant_id=house.id):
                    claims.remove_domain(name=own.name, author_id=None, now=datetime.now(tz=UTC))


def claim(house: TenantInfo) -> OwnDomain:
    with tenant_scope(house):
        claims.claim_domain(typed=f"HTTPS://{NAME.upper()}./", author_id=None, now=datetime.now(tz=UTC))
    return OwnDomain.objects.get(tenant_id=house.id)


def look(house: TenantInfo) -> None:
    own = OwnDomain.objects.get(tenant_id=house.id)
    with tenant_scope(house):
        check_domain(own.pk, datetime.now(tz=UTC))


def prove(names: NameServer, own: OwnDomain) -> None:
    names.write(f"_turnero.{NAME}", "TXT", f"turnero-verificar={own.token}")
    names.write(NAME, "CNAME", TARGET)


def wait_for(ask: Ask, host: str, status: int, path: str = "/") -> httpx.Response:
    """Ask until the server has seen what another process did."""
    until = time.monotonic() + SEEN_SECONDS
    while (answer := ask(host, path)).status_code != status:
        assert time.monotonic() < until, answer.status_code
        time.sleep(0.05)
    return answer


def test_domain_is_served_only_while_it_is_proven_and_goes_to_whoever_proves_it(houses, names, ask):
    one, other = houses
    question = f"/certificate?domain={NAME}"
    own = claim(one)
    assert [ask(NAME, path).status_code for path in ("/", "/workspace/", "/api/v1/business")] == [404, 404, 404]
    assert ask("127.0.0.1:8000", question).status_code == 404

    prove(names, own)
    look(one)
    assert one.name in wait_for(ask, NAME, 200).text
    assert ask(NAME.upper(), "/api/v1/business").json()["name"] == one.name
    assert ask("127.0.0.1:8000", question).status_code == 200
    assert ask(NAME, question).status_code == 200  # this machine may ask at any host
    assert ask(NAME, question, headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 404
    with pytest.raises(DomainTaken):
        claim(other)

    names.forget(f"_turnero.{NAME}")
    look(one)
    wait_for(ask, NAME, 404)
    assert ask("127.0.0.1:8000", question).status_code == 404

    prove(names, claim(other))
    look(one)
    look(other)
    assert other.name in wait_for(ask, NAME, 200).text
    assert one.name in ask(one.home_host).text


def test_old_address_leads_to_the_new_one_with_its_links_and_is_nobody_elses(houses, ask):
    house = houses[0]
    old, slug = house.home_host, f"{house.slug}-nuevo"
    cookies = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in sign_in(house).cookies.items())}
    with tenant_scope(house):
        link = f"/b/{make_manage_token(Booking.objects.get(pk=book('Primera Cita').booking_id))}/"
    assert ask(old, link).status_code == 200
    assert ask(old, "/workspace/", headers=cookies).status_code == 200

    with tenant_scope(house):
        moved = change_address(slug=slug, author_id=None, now=datetime.now(tz=UTC))
    wait_for(ask, old, 308)
    sent = ask(old, f"{link}?from=mail")
    kept = ask(old, "/workspace/live/", headers=cookies)

    assert (sent.status_code, sent.headers["location"]) == (308, f"http://{moved.home_host}{link}?from=mail")
    assert sent.headers["cache-control"] == "no-store"
    assert ask(moved.home_host, link).status_code == 200
    assert (kept.status_code, kept.headers["location"]) == (308, f"http://{moved.home_host}/workspace/live/")
    assert ask(moved.home_host, "/workspace/").headers["location"].startswith("/accounts/login/")
    with pytest.raises(SlugTaken):
        check_slug_is_free(house.slug)
    assert ask("testserver.example", f"/sign-up/check-slug/?slug={house.slug}").json()["status"] == "slug_taken"

    ended = datetime.now(tz=UTC) - timedelta(seconds=1)
    FormerAddress.objects.filter(slug=house.slug).update(left_at=ended - timedelta(days=90), redirects_until=ended)
    with tenant_scope(house):
        back = change_address(slug=house.slug, author_id=None, now=datetime.now(tz=UTC))
    assert back.home_host == old
    wait_for(ask, old, 200)
