from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from accounts.services import devices
from notifications.models import Message
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
    settings.LIMITS = settings.LIMITS | {"sign_in_strangers": replace(settings.LIMITS["sign_in_strangers"], size=3)}
    for number in range(3):
        sign_in_from(tenant, f"198.51.{number}.1", "intento", email="OWNER@taller.example")

    assert sign_in_from(tenant, "203.0.113.5", OWNER_PASSWORD).status_code == 200


def test_one_password_on_many_accounts_ends_too(tenant):
    for number in range(30):
        sign_in_from(tenant, f"198.51.100.{number}", "intento", email=f"nadie-{number}@example.com")

    assert sign_in_from(tenant, "198.51.100.200", OWNER_PASSWORD).status_code == 200
    assert sign_in_from(tenant, "198.51.101.200", OWNER_PASSWORD).status_code == 302


def guess_from_everywhere(tenant, count: int = 500, **more: str) -> None:
    for number in range(count):
        sign_in_from(tenant, f"198.51.{number % 250}.{number // 250}", f"intento-{number}", **more)


def test_strangers_with_500_wrong_passwords_shut_out_nobody(tenant, customer_client):
    known, visitor = customer_client, HostClient(tenant.primary_host, REMOTE_ADDR="203.0.113.5")
    at_home = "203.0.113.77"
    sign_in(known, "owner@taller.example")
    assert sign_in_from(tenant, at_home, OWNER_PASSWORD).status_code == 302
    known.post("/accounts/logout/")

    guess_from_everywhere(tenant)

    assert sign_in(visitor, "owner@taller.example").status_code == 200
    assert "Hubo demasiadas contraseñas" in sign_in(visitor, "owner@taller.example").content.decode()
    assert visitor.get("/workspace/").status_code == 302
    # On the known device, also from another network; on a new one in a known network; and by a new password.
    assert sign_in(known, "OWNER@taller.example").status_code == 302
    assert known.get("/workspace/").status_code == 200
    assert sign_in_from(tenant, at_home, OWNER_PASSWORD).status_code == 302
    assert set_password_by_mail(tenant, visitor).status_code == 302
    guess_from_everywhere(tenant, 120)
    assert sign_in(visitor, "owner@taller.example", "otra-clave-larga").status_code == 302


def test_strangers_shut_no_operator_out(platform_client, settings):
    settings.LIMITS = settings.LIMITS | {"sign_in_strangers": replace(settings.LIMITS["sign_in_strangers"], size=3)}
    before = connection.tenant
    connection.set_schema_to_public()
    operator = User(email="op@turnero.example", name="Olivia Operadora", role="operator")
    operator.set_password(OWNER_PASSWORD)
    operator.save()
    connection.set_tenant(before)
    sign_in(platform_client, operator.email)
    platform_client.post("/accounts/logout/")
    stranger = HostClient(settings.PLATFORM_HOST, REMOTE_ADDR="198.51.100.9")
    for _ in range(6):
        sign_in(stranger, operator.email, "intento")

    answers = [sign_in(stranger, operator.email), sign_in(platform_client, operator.email)]

    assert [answer.status_code for answer in answers] == [200, 302]


def set_password_by_mail(tenant, client: HostClient, email: str = "owner@taller.example"):
    client.post("/accounts/password/reset/", {"email": email})
    send_messages(tenant.schema_name)
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    address = client.get(link, follow=True).redirect_chain[-1][0]
    return client.post(address, {"password1": "otra-clave-larga", "password2": "otra-clave-larga"})


def test_a_known_device_is_known_for_its_people_and_its_host_alone(tenant, other_tenant, customer_client):
    sign_in(customer_client, "owner@taller.example")
    cookie = customer_client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"], cookie["max-age"]) == (
        True, "Lax", "", 365 * 24 * 3600,
    )  # fmt: skip
    assert "owner" not in cookie.value

    colleague = User.objects.create(email="eva@taller.example", name="Eva", role="manager")
    request = RequestFactory().get("/")
    request.COOKIES["device"] = cookie.value
    device = devices.read_device(request)
    known = [device.knows(email) for email in ("Owner@taller.example ", colleague.email)]
    request.COOKIES["device"] = cookie.value[:-1]
    forged = devices.read_device(request)
    request.COOKIES["device"] = cookie.value
    before = connection.tenant
    connection.set_tenant(other_tenant)
    next_door = devices.read_device(request)
    connection.set_tenant(before)

    assert (known, forged, next_door) == ([True, False], None, None)


def test_over_tls_the_cookie_is_bound_to_its_host(customer_client, settings):
    settings.SESSION_COOKIE_SECURE = True

    sign_in(customer_client, "owner@taller.example")

    cookie = customer_client.cookies["__Host-device"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_a_device_of_many_people_knows_the_last_twenty(tenant):
    request = RequestFactory().get("/")
    for number in range(25):
        response = HttpResponse()
        devices.remember_device(request, response, email=f"persona-{number}@taller.example")
        request.COOKIES["device"] = response.cookies["device"].value
    devices.remember_device(request, response, email="persona-5@taller.example")

    device = devices.read_device(request)

    assert [number for number in range(25) if device.knows(f"persona-{number}@taller.example")] == list(range(5, 25))
    assert len(request.COOKIES["device"]) <= devices.LONGEST_COOKIE


def test_guesses_on_a_known_device_end_there(tenant, customer_client):
    sign_in(customer_client, "owner@taller.example")
    customer_client.post("/accounts/logout/")
    for number in range(10):
        sign_in(customer_client, "owner@taller.example", f"intento-{number}")

    assert sign_in(customer_client, "owner@taller.example").status_code == 200
    assert sign_in_from(tenant, "203.0.113.5", OWNER_PASSWORD).status_code == 302


def test_right_passwords_count_for_nothing(tenant):
    for _ in range(12):
        assert sign_in_from(tenant, "203.0.113.5", OWNER_PASSWORD).status_code == 302


def count_links() -> int:
    return sum("/accounts/password/reset/key/" in each.body for each in mail.outbox)


def test_a_mailbox_gets_five_links_an_hour_and_each_works(tenant, customer_client, other_tenant):
    strangers = [HostClient(tenant.primary_host, REMOTE_ADDR=f"198.51.{number}.1") for number in range(20)]
    with time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC), tick=False) as clock:
        for stranger in strangers:
            answer = stranger.post("/accounts/password/reset/", {"email": "OWNER@taller.example"})
            assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")
            clock.shift(1)
        send_messages(tenant.schema_name)
        assert [message.to for message in mail.outbox] == [["owner@taller.example"]] * 5
        assert set_password_by_mail(tenant, customer_client).status_code == 302
        assert count_links() == 5
        clock.shift(3600)
        customer_client.post("/accounts/password/reset/", {"email": "owner@taller.example"})
        send_messages(tenant.schema_name)

    assert count_links() == 6
    held_back = Message.objects.filter(reason="too_many")
    assert (held_back.count(), set(held_back.values_list("status", "body_text"))) == (16, {("failed", "")})


def test_a_stranger_without_an_account_gets_three_mails_a_day_from_all_businesses(
    tenant, other_tenant, customer_client
):
    next_door = HostClient(other_tenant.primary_host)
    spellings = ["nadie@gmail.com", "NADIE@gmail.com", "na.die@gmail.com", "nadie+x@gmail.com", "nadie@googlemail.com"]
    for client in (customer_client, next_door):
        for spelling in spellings:
            client.post("/accounts/password/reset/", {"email": spelling})

    for each in (tenant, other_tenant):
        send_messages(each.schema_name)

    assert len(mail.outbox) == 3


def test_resets_from_one_block_are_limited(tenant, customer_client, settings):
    settings.LIMITS = settings.LIMITS | {"resets_address": replace(settings.LIMITS["resets_address"], size=1)}
    ask = {"email": "owner@taller.example"}

    answers = [customer_client.post("/accounts/password/reset/", ask) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 429]
    assert 0 < int(answers[1]["Retry-After"]) <= 60
    assert Message.objects.count() == 1


def test_new_password_lets_in_whoever_had_guessed(tenant, customer_client):
    for number in range(5):
        sign_in(customer_client, "owner@taller.example", f"intento-{number}")
    set_password_by_mail(tenant, customer_client)

    assert sign_in(customer_client, "owner@taller.example", "otra-clave-larga").status_code == 302


def test_what_allauth_limits_by_itself_says_when_to_try_again(customer_client):
    answers = [customer_client.post("/accounts/password/reset/key/1-abc-def/", {}) for _ in range(21)]

    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "60")
    assert "Demasiadas solicitudes" in answers[-1].content.decode()


def test_sign_in_works_without_redis(customer_client, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}

    response = sign_in(customer_client, "owner@taller.example")

    assert (response.status_code, response["Location"]) == (302, "/workspace/")
    assert customer_client.get("/workspace/").status_code == 200
