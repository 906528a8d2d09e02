from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection

from accounts.models import User
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.fakes.due_work import send_messages


@pytest.fixture(autouse=True)
def fresh_limits(tenant):
    cache.clear()


def sign_in(client: HostClient, email: str, password: str = OWNER_PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_owner_signs_in_and_out(customer_client):
    response = sign_in(customer_client, "OWNER@taller.example")

    assert (response.status_code, response["Location"]) == (302, "/workspace/")
    assert customer_client.get("/workspace/").status_code == 200
    customer_client.post("/accounts/logout/")
    assert customer_client.get("/workspace/").status_code == 302


def test_wrong_password_says_so_and_keeps_the_address(customer_client):
    response = sign_in(customer_client, "owner@taller.example", "equivocada")

    page = response.content.decode()
    assert (response.status_code, 'role="alert"' in page, "owner@taller.example" in page) == (200, True, True)
    assert customer_client.get("/workspace/").status_code == 302


def test_staff_of_one_tenant_cannot_sign_in_at_another(tenant, other_tenant):
    neighbor = HostClient(other_tenant.primary_host)

    refused = sign_in(neighbor, "owner@taller.example")

    assert refused.status_code == 200
    assert neighbor.get("/workspace/").status_code == 302
    assert sign_in(neighbor, "owner@salon.example").status_code == 302


def test_session_of_one_tenant_opens_nothing_at_another(owner_client, other_tenant):
    assert owner_client.get("/workspace/").status_code == 200
    stolen = HostClient(other_tenant.primary_host)
    stolen.cookies = owner_client.cookies

    page = stolen.get("/workspace/")

    assert (page.status_code, page["Location"], page.content) == (302, "/accounts/login/?next=/workspace/", b"")


def test_suspended_person_is_out_at_once(owner_client):
    User.objects.filter(role="owner").update(is_active=False)

    answers = [owner_client.get(f"/workspace/{page}") for page in ("", "live/")]

    assert [(answer.status_code, answer["Location"].partition("?")[0]) for answer in answers] == [
        (302, "/accounts/login/")
    ] * 2


def test_password_reset_by_mail(customer_client, tenant):
    sent = customer_client.post("/accounts/password/reset/", {"email": "owner@taller.example"})

    send_messages(tenant.schema_name)
    (message,) = mail.outbox
    link = re.search(r"https?://\S+", message.body).group()
    assert (sent.status_code, message.to, tenant.primary_host.split(":")[0] in link) == (
        302,
        ["owner@taller.example"],
        True,
    )
    page = customer_client.get(re.sub(r"^https?://[^/]+", "", link), follow=True)
    address = page.redirect_chain[-1][0]
    saved = customer_client.post(address, {"password1": "otra-clave-larga", "password2": "otra-clave-larga"})
    assert saved.status_code == 302
    assert sign_in(HostClient(tenant.primary_host), "owner@taller.example", "otra-clave-larga").status_code == 302


@pytest.mark.parametrize("port", ["", ":1", ":8443"])
def test_reset_link_names_the_tenants_own_host(tenant, port):
    client = HostClient(f"{tenant.primary_host.partition(':')[0]}{port}")

    client.post("/accounts/password/reset/", {"email": "owner@taller.example"})

    send_messages(tenant.schema_name)
    (message,) = mail.outbox
    assert re.findall(r"https?://[^/]+/", message.body) == [f"http://{tenant.primary_host}/"]


def test_reset_tells_nobody_who_signs_in_here(customer_client):
    known = customer_client.post("/accounts/password/reset/", {"email": "owner@taller.example"})
    unknown = customer_client.post("/accounts/password/reset/", {"email": "nadie@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_old_reset_link_says_so(customer_client):
    page = customer_client.get("/accounts/password/reset/key/1-abc-def/").content.decode()

    assert "/accounts/password/reset/" in page


@pytest.mark.parametrize(
    "address",
    ["login/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/done/", "inactive/"],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_pages_are_ours_in_both_languages(customer_client, platform_client, address, language):
    for client in (customer_client, platform_client):
        page = client.get(f"/accounts/{address}?lang={language}")
        assert (page.status_code, f'<html lang="{language}"' in page.content.decode()) == (200, True)
        assert 'class="door"' in page.content.decode()


def test_operator_signs_in_on_the_platform_only(platform_client, customer_client):
    before = connection.tenant
    connection.set_schema_to_public()
    operator = User(email="op@turnero.example", name="Olivia Operadora", role="operator")
    operator.set_password(OWNER_PASSWORD)
    operator.save()
    connection.set_tenant(before)

    assert sign_in(customer_client, "op@turnero.example").status_code == 200
    response = sign_in(platform_client, "op@turnero.example")
    assert (response.status_code, response["Location"]) == (302, "/operator/")


def sign_in_from(tenant, address: str, password: str, email: str = "owner@taller.example", host: str = ""):
    return sign_in(HostClient(host or tenant.primary_host, REMOTE_ADDR=address), email, password)


def test_guesses_from_one_place_end_there_only(tenant):
    for number in range(5):
        sign_in_from(tenant, "198.51.100.9", f"intento-{number}", host=f"{tenant.primary_host.split(':')[0]}:{number}")

    refused = sign_in_from(tenant, "198.51.100.9", OWNER_PASSWORD)
    elsewhere = sign_in_from(tenant, "203.0.113.5", OWNER_PASSWORD)

    assert (refused.status_code, elsewhere.status_code) == (200, 302)


def test_addresses_of_one_network_count_together(tenant):
    for number in range(5):
        sign_in_from(tenant, f"2001:db8:1:2::{number}", "intento")

    refused = sign_in_from(tenant, "2001:db8:1:2:ffff::1", OWNER_PASSWORD)
    neighbor = sign_in_from(tenant, "2001:db8:1:3::1", OWNER_PASSWORD)

    assert (refused.status_code, neighbor.status_code) == (200, 302)


def test_guesses_from_many_places_end_too(tenant, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "3/h/key"}
    for number in range(3):
        sign_in_from(tenant, f"198.51.100.{number}", "intento", email="OWNER@taller.example")

    assert sign_in_from(tenant, "203.0.113.5", OWNER_PASSWORD).status_code == 200


def test_new_password_lets_in_whoever_had_guessed(tenant, customer_client):
    for number in range(5):
        sign_in(customer_client, "owner@taller.example", f"intento-{number}")
    customer_client.post("/accounts/password/reset/", {"email": "owner@taller.example"})
    send_messages(tenant.schema_name)
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    address = customer_client.get(link, follow=True).redirect_chain[-1][0]
    customer_client.post(address, {"password1": "otra-clave-larga", "password2": "otra-clave-larga"})

    assert sign_in(customer_client, "owner@taller.example", "otra-clave-larga").status_code == 302


def test_sign_in_works_without_redis(customer_client, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}

    response = sign_in(customer_client, "owner@taller.example")

    assert (response.status_code, response["Location"]) == (302, "/workspace/")
    assert customer_client.get("/workspace/").status_code == 200
