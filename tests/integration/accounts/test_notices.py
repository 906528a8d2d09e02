"""Whoever signs in hears by mail of every way in that is added, removed or replaced."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from accounts.enums import SignInChange
from accounts.models import User
from accounts.services import passkeys, second_step
from accounts.services.own_account import replace_password
from accounts.types import Proof
from kernel.clock import utc_now
from notifications.models import Message
from notifications.services.notices.accounts import CHANGES
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, sign_in_fully
from tests.fakes.due_work import send_messages
from tests.harness.mails import read_subject

CHANGE, NEW = "/accounts/password/change/", "otra-clave-muy-larga"


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def with_step(owner) -> User:
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    return owner


def prove(**typed: str) -> Proof:
    return Proof(network="203.0.113.5", now=utc_now(), password=OWNER_PASSWORD, **typed)


def add_passkey(owner: User) -> int:
    return Authenticator.objects.create(user=owner, type="webauthn", data={"name": "Teléfono"}).pk


def read_mails(tenant) -> list[str]:
    send_messages(tenant.schema_name)
    found = [
        each for each in mail.outbox if read_subject(each) == "Cambió tu forma de iniciar sesión en Negocio taller"
    ]
    assert {tuple(each.to) for each in found} <= {("owner@taller.example",)}
    return [each.body for each in found]


def test_each_change_has_its_sentence():
    assert set(CHANGES) == set(SignInChange)


def test_a_removed_passkey_is_told(tenant, owner):
    passkeys.remove(owner, add_passkey(owner))

    (body,) = read_mails(tenant)
    assert "Se quitó una llave de acceso" in body
    assert re.search(rf"http://{re.escape(tenant.primary_host)}/accounts/password/reset/", body)


def test_a_second_step_is_told_on_renewed_and_off(tenant, owner):
    code = second_step.make_code(SECRET)
    second_step.switch_on(owner, secret=SECRET, proof=prove(code=code))
    codes = Authenticator.objects.get(user=owner, type="recovery_codes").wrap().generate_codes()
    second_step.renew_recovery_codes(owner, proof=prove(code=codes[0]))
    codes = Authenticator.objects.get(user=owner, type="recovery_codes").wrap().generate_codes()
    second_step.switch_off(owner, proof=prove(code=codes[0]))

    said = read_mails(tenant)
    assert ["segundo paso está activado" in said[0], "códigos de recuperación nuevos" in said[1],
            "segundo paso está desactivado" in said[2], len(said)] == [True, True, True, 3]  # fmt: skip


def test_a_removed_second_step_is_told(tenant, with_step):
    second_step.reset_by_command(with_step.email, now=utc_now())

    (body,) = read_mails(tenant)
    assert "quitó el segundo paso" in body


def test_what_failed_is_told_to_nobody(tenant, with_step):
    with pytest.raises(second_step.ProofWrong):
        second_step.switch_off(with_step, proof=prove(code="000000"))

    assert Message.objects.count() == 0


def test_a_changed_password_is_told_and_keeps_passkeys(tenant, owner, owner_client):
    add_passkey(owner)

    owner_client.post(CHANGE, {"oldpassword": OWNER_PASSWORD, "password1": NEW, "password2": NEW})

    (body,) = read_mails(tenant)
    assert ("Se cambió la contraseña" in body, len(passkeys.list_passkeys(owner))) == (True, 1)


def reset_by_mail(tenant) -> HostClient:
    visitor = HostClient(tenant.primary_host)
    visitor.post("/accounts/password/reset/", {"email": "owner@taller.example"})
    send_messages(tenant.schema_name)
    (link,) = re.findall(r"http://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    address = visitor.get(link, follow=True).redirect_chain[-1][0]
    assert visitor.post(address, {"password1": NEW, "password2": NEW}).status_code == 302
    return visitor


def test_a_password_by_mail_takes_passkeys_and_keeps_the_second_step(tenant, with_step, owner_client):
    """A thief with a session and the password added a key: the link of a mail shuts it out."""
    sign_in_fully(owner_client, with_step)
    add_passkey(with_step)

    reset_by_mail(tenant)

    bodies = read_mails(tenant)
    with_step.refresh_from_db()
    assert ("todas las llaves de acceso" in bodies[-1], passkeys.list_passkeys(with_step)) == (True, ())
    assert (bool(with_step.second_step), owner_client.get("/workspace/").status_code) == (True, 302)


def test_a_password_that_is_set_writes_nothing_else(tenant, owner):
    """The request read the person before somebody else made them a manager."""
    stale = User.objects.get(pk=owner.pk)
    User.objects.filter(pk=owner.pk).update(role="manager")
    replace_password(stale, NEW, is_by_link=False, session_key=None, now=utc_now())

    owner.refresh_from_db()
    assert (owner.role, owner.check_password(NEW)) == ("manager", True)


def test_twenty_mails_a_day_are_enough(tenant, owner):
    for _ in range(22):
        passkeys.remove(owner, add_passkey(owner))

    assert len(read_mails(tenant)) == 20
