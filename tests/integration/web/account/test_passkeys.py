"""Passkeys: added with the password, they sign in alone and count as both steps; everything else is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail

from accounts.models import User
from accounts.services import passkeys, second_step
from accounts.types import Proof
from audit.models import Entry
from kernel.clock import utc_now
from tenants.selectors.resolution import forget_tenants
from tenants.services.addresses.moving import change_address
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, sign_in_fully
from tests.fakes.due_work import send_messages
from tests.fakes.passkey import Device
from tests.integration.web.workspace.conftest import staff_client as staff_client  # noqa: PLC0414 - a fixture

ADD, SIGN_IN, OWN = "/workspace/account/passkeys/", "/accounts/passkey/", "/workspace/account/"


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def site(tenant) -> str:
    """The business over TLS: passkeys are made nowhere else."""
    return f"https://{tenant.primary_host.partition(':')[0]}"


@pytest.fixture
def device(site) -> Device:
    return Device(site)


def ask(client: HostClient, name: str = "iPhone de Olga", password: str = OWNER_PASSWORD):
    return client.post(ADD, {"name": name, "password": password})


def read_question(answer) -> tuple[dict, str]:
    page = answer.content.decode()
    options = re.search(r'<script id="passkey-options"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    return json.loads(options), unescape(re.search(r'name="sealed" value="([^"]+)"', page)[1])


def add(client: HostClient, device: Device):
    options, sealed = read_question(ask(client))
    return client.post(ADD, {"sealed": sealed, "credential": device.create(options)})


def sign_in(client: HostClient, device: Device, **changes: str):
    options = client.get(SIGN_IN).json()
    return client.post(SIGN_IN, {"credential": device.get(options, **changes)})


def test_a_device_signs_in_alone(owner_client, tenant, owner, device):
    added = add(owner_client, device)
    visitor = HostClient(tenant.primary_host)

    done = sign_in(visitor, device)

    assert (added.status_code, done.status_code, done["Location"]) == (302, 302, "/workspace/")
    assert visitor.get("/workspace/").status_code == 200
    (kept,) = passkeys.list_passkeys(owner)
    assert (kept.name, kept.used_at is None) == ("iPhone de Olga", False)
    assert "iPhone de Olga" in owner_client.get(OWN).content.decode()
    assert [row.fields for row in Entry.objects.filter(noun="person")] == [{"passkey": [False, True]}]


def test_it_counts_as_both_steps_and_the_password_still_asks_for_the_code(owner_client, tenant, owner, device):
    add(owner_client, device)
    second_step.seed(owner.email, secret=SECRET)

    by_key, by_password = HostClient(tenant.primary_host), HostClient(tenant.primary_host)
    sign_in(by_key, device)
    after = by_password.post("/accounts/login/", {"login": owner.email, "password": OWNER_PASSWORD})

    assert by_key.get("/workspace/").status_code == 200
    assert (after["Location"], by_password.get("/workspace/").status_code) == ("/accounts/second-step/", 302)


def test_without_a_second_step_the_password_asks_for_nothing_more(owner_client, tenant, owner, device):
    add(owner_client, device)
    client = HostClient(tenant.primary_host)

    answer = client.post("/accounts/login/", {"login": owner.email, "password": OWNER_PASSWORD})

    assert answer["Location"] == "/workspace/"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"password": ""}, "password"),
        ({"password": "no"}, "password"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(owner_client, typed, field):
    answer = ask(owner_client, **typed)

    page = answer.content.decode()
    assert (answer.status_code, re.findall(r'id="f-(\w+)_error"', page), Authenticator.objects.count()) == (
        422,
        [field],
        0,
    )


def bend(name: str, device: Device, site: str, options: dict) -> str:
    """Return an answer that no honest device gives here."""
    if name == "another site":
        return Device("https://turnero.example.evil").create(options)
    if name == "nobody checked":
        return Device(site, is_checked=False).create(options)
    if name == "another question":
        return device.create({"publicKey": options["publicKey"] | {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"}})
    return {"empty": "", "no json": "{", "a list": "[]", "nothing": "{}", "a number": "1", "long": "[" * 30_000,
            "half": json.dumps({"id": "a", "rawId": "b", "type": "public-key", "response": {}}),
            "noise": json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {
                "clientDataJSON": "e30", "attestationObject": "oA"}})}[name]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "another site",
        "nobody checked",
        "another question",
        "empty",
        "no json",
        "a list",
        "nothing",
        "a number",
        "half",
        "noise",
    ],
)
def test_what_no_honest_device_answers_is_kept_by_nobody(owner_client, device, site, name):
    options, sealed = read_question(ask(owner_client))

    answer = owner_client.post(ADD, {"sealed": sealed, "credential": bend(name, device, site, options)})

    assert (answer.status_code, "Esta llave de acceso no funciona" in answer.content.decode()) == (422, True)
    assert Authenticator.objects.count() == 0


def test_permission_is_for_oneself_and_ten_minutes(owner_client, staff_client, device):
    options, sealed = read_question(ask(owner_client))
    other = staff_client("provider")

    forged = other.post(ADD, {"sealed": sealed, "credential": device.create(options)})
    none = owner_client.post(ADD, {"sealed": "", "credential": device.create(options)})
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        late = owner_client.post(ADD, {"sealed": sealed, "credential": device.create(options)})

    assert [each.status_code for each in (forged, none, late)] == [422, 422, 422]
    assert Authenticator.objects.count() == 0


@pytest.mark.parametrize(
    "name",
    ["unknown", "signature", "no handle", "somebody else", "site", "unchecked", "empty", "{}", "[]", "1", "[" * 5000],
    ids=lambda name: name[:12],
)
def test_whoever_has_no_key_stays_outside(owner_client, tenant, owner, device, site, name):
    add(owner_client, device)
    visitor = HostClient(tenant.primary_host)
    stranger = Device(site)
    stranger.user_handle = device.user_handle
    if name == "site":
        device.origin = "https://turnero.example.evil"
    if name == "unchecked":
        device.flags = 1
    options = visitor.get(SIGN_IN).json()
    credential = {
        "unknown": lambda: stranger.get(options),
        "signature": lambda: device.get(options, signature="AAAA"),
        "no handle": lambda: device.get(options, userHandle=None),
        "somebody else": lambda: device.get(options, userHandle="OTk5OTk5"),
        "empty": lambda: "",
    }.get(name, lambda: device.get(options) if name in {"site", "unchecked"} else name)()

    answer = visitor.post(SIGN_IN, {"credential": credential})

    said = "Esta llave de acceso no funciona" in answer.content.decode()
    assert (answer.status_code, said, visitor.get("/workspace/").status_code) == (422, True, 302)


def test_an_answer_counts_once(owner_client, tenant, device):
    add(owner_client, device)
    visitor = HostClient(tenant.primary_host)
    credential = device.get(visitor.get(SIGN_IN).json())

    first = visitor.post(SIGN_IN, {"credential": credential})
    visitor.post("/accounts/logout/")
    second = HostClient(tenant.primary_host).post(SIGN_IN, {"credential": credential})

    assert (first["Location"], second.status_code) == ("/workspace/", 422)


def test_whoever_is_switched_off_stays_outside(owner_client, tenant, owner, device):
    add(owner_client, device)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    visitor = HostClient(tenant.primary_host)

    sign_in(visitor, device)

    assert visitor.get("/workspace/").status_code == 302


def test_people_go_on_to_where_they_wanted(owner_client, tenant, device):
    add(owner_client, device)
    found = []
    for wanted in ("/workspace/bookings/", "https://evil.example/"):
        visitor = HostClient(tenant.primary_host)
        credential = device.get(visitor.get(SIGN_IN).json())
        found.append(visitor.post(SIGN_IN, {"credential": credential, "next": wanted})["Location"])

    assert found == ["/workspace/bookings/", "/workspace/"]


def test_a_removed_key_opens_nothing(owner_client, tenant, owner, device, staff_client):
    add(owner_client, device)
    (kept,) = passkeys.list_passkeys(owner)

    staff_client("provider").post(f"{ADD}{kept.id}/remove/")
    still = len(passkeys.list_passkeys(owner))
    removed = [owner_client.post(f"{ADD}{kept.id}/remove/").status_code for _ in range(2)]

    visitor = HostClient(tenant.primary_host)
    sign_in(visitor, device)
    assert (still, removed, visitor.get("/workspace/").status_code) == (1, [302, 302], 302)


def test_ten_are_enough(owner_client, owner, device):
    Authenticator.objects.bulk_create(
        Authenticator(user=owner, type="webauthn", data={"name": f"n{number}"}) for number in range(10)
    )

    answer = ask(owner_client)

    assert (answer.status_code, "Tienes 10 llaves de acceso" in answer.content.decode()) == (409, True)


def test_a_step_that_is_switched_off_keeps_keys_and_one_that_is_reset_takes_them(owner_client, owner, device):
    add(owner_client, device)
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    code = second_step.make_code(SECRET)

    second_step.switch_off(owner, proof=Proof("203.0.113.5", utc_now(), OWNER_PASSWORD, code))
    kept = len(passkeys.list_passkeys(owner))
    second_step.seed(owner.email, secret=SECRET)
    second_step.reset_by_command(owner.email, now=utc_now())

    assert (kept, passkeys.list_passkeys(owner)) == (1, ())


def test_tries_from_one_block_are_limited(tenant, customer_client, settings):
    settings.LIMITS = settings.LIMITS | {"passkeys_address": replace(settings.LIMITS["passkeys_address"], size=3)}
    answers = [customer_client.get(SIGN_IN).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]


def test_wrong_passwords_of_others_keep_no_passkey_out(owner_client, tenant, device, settings):
    """Strangers behind the same address use up their own limit; keys that open count for nothing in theirs."""
    limits = settings.LIMITS
    settings.LIMITS = limits | {name: replace(limits[name], size=3) for name in ("sign_in_address", "passkeys_address")}
    add(owner_client, device)
    for number in range(5):
        typed = {"login": f"nadie-{number}@example.com", "password": "intento"}
        HostClient(tenant.primary_host).post("/accounts/login/", typed)

    answers = [sign_in(HostClient(tenant.primary_host), device).status_code for _ in range(6)]

    assert answers == [302] * 6


def test_whoever_has_a_second_step_types_a_code_to_add_a_key(owner_client, owner, device):
    """A thief with a session and the password alone adds none."""
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    sign_in_fully(owner_client, owner)
    assert 'name="code"' in owner_client.get(ADD).content.decode()

    for code in ("", "000000"):
        refused = owner_client.post(ADD, {"name": "iPhone", "password": OWNER_PASSWORD, "code": code})
        said = re.findall(r'id="f-(\w+)_error"', refused.content.decode())
        assert (refused.status_code, said, "passkey-options" in refused.content.decode()) == (422, ["code"], False)
    code = second_step.make_code(SECRET)
    options, sealed = read_question(owner_client.post(ADD, {"name": "i", "password": OWNER_PASSWORD, "code": code}))
    added = owner_client.post(ADD, {"sealed": sealed, "credential": device.create(options)})

    assert (added.status_code, len(passkeys.list_passkeys(owner))) == (302, 1)


def test_a_key_is_told_by_mail(owner_client, tenant, device):
    add(owner_client, device)

    send_messages(tenant.schema_name)
    assert [(each.to, "Se agregó una llave de acceso" in each.body) for each in mail.outbox] == [
        (["owner@taller.example"], True)
    ]


def test_ten_are_enough_also_when_they_are_added_at_once(owner_client, owner, device):
    options, sealed = read_question(ask(owner_client))
    Authenticator.objects.bulk_create(
        Authenticator(user=owner, type="webauthn", data={"name": f"n{number}"}) for number in range(10)
    )

    answer = owner_client.post(ADD, {"sealed": sealed, "credential": device.create(options)})

    said = "Tienes 10 llaves de acceso" in answer.content.decode()
    assert (answer.status_code, said, Authenticator.objects.count()) == (409, True, 10)


def test_key_of_a_former_address_says_that_it_opens_nothing_here(owner_client, owner, device):
    add(owner_client, device)
    before = owner_client.get(OWN).content.decode()

    change_address(slug="taller-nuevo", author_id=None, now=utc_now())
    forget_tenants()
    client = HostClient("taller-nuevo.testserver.example")
    client.force_login(owner)
    after = client.get(OWN).content.decode()

    forget_tenants()
    assert ["aquí no abre nada" in page for page in (before, after)] == [False, True]
    hosts = ("taller-nuevo.testserver.example:8000", "taller.testserver.example:8000")
    assert [passkeys.list_passkeys(owner, host=host)[0].is_here for host in hosts] == [False, True]
