"""Invitations: once, for seven days, for whoever reads that mailbox; everything else is refused in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection

from accounts.enums import Role
from accounts.errors import (
    InvitationEnded,
    InvitationForAnother,
    InvitationLate,
    InvitationReplaced,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    PermissionMissing,
    PersonInvalid,
    ProofWrong,
)
from accounts.models import Invitation, User
from accounts.selectors.team import list_invitations
from accounts.services import invitations, team
from accounts.types import NewPerson, Proof
from audit.models import Entry
from kernel.clock import utc_now
from kernel.errors import LimitReached
from notifications.models import Message
from scheduling.models import Resource
from tenants.errors import StatusForbids
from tenants.models import Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tests.conftest import OWNER_PASSWORD
from tests.factories.accounts import invite as make_invitation
from tests.fakes.due_work import send_messages

PASSWORD = "una-clave-larga-y-nueva"


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


def prove(password: str | None = None) -> Proof:
    return Proof(network="203.0.113.5", now=utc_now(), password=password)


def invite(owner: User, email: str = "jose@taller.example", role: str = "provider", **more: object) -> int:
    password = more.pop("password", None)
    return invitations.invite(NewPerson(email, role, "es", **more), by=owner, proof=prove(password))


def accept(token: str, *, name: str = "José Peña", user: object = None) -> User:
    return invitations.accept(token, name=name, password=PASSWORD, user=user, now=utc_now())


def read_token(tenant, number: int = -1) -> str:
    send_messages(tenant.schema_name)
    host = re.escape(tenant.primary_host)
    return re.search(rf"http://{host}/accounts/invitation/([\w-]+)/", mail.outbox[number].body)[1]


def test_whoever_is_invited_joins_once(tenant, owner):
    resource = Resource.objects.filter(resource_type__is_person=True).first()
    number = invite(owner, " Jose@Taller.example ", resource_id=resource.pk)
    token = read_token(tenant)

    joined = accept(token)

    resource.refresh_from_db()
    assert (joined.email, joined.name, joined.role, joined.check_password(PASSWORD)) == (
        "jose@taller.example", "José Peña", "provider", True,
    )  # fmt: skip
    assert resource.user_id == joined.pk
    assert list(Entry.objects.filter(noun="person", row_id=joined.pk).values_list("fields", "user_id")) == [
        ({"role": [None, "provider"]}, owner.pk)
    ]
    kept = Invitation.objects.get(pk=number)
    assert (kept.end, token in kept.token_hash, list_invitations(now=utc_now())) == ("accepted", False, ())
    with pytest.raises(InvitationUsed):
        accept(token, name="Otro")
    assert User.objects.filter(email="jose@taller.example").count() == 1


def test_mail_says_who_invites_to_what(tenant, owner):
    invite(owner, role="receptionist")
    send_messages(tenant.schema_name)

    (message,) = mail.outbox
    assert (message.to, "Olga Owner te invita" in message.body, "como: Recepcionista" in message.body) == (
        ["jose@taller.example"], True, True,
    )  # fmt: skip


def test_a_late_link_opens_nothing(tenant, owner):
    invite(owner)
    token = read_token(tenant)

    with time_machine.travel(utc_now() + timedelta(days=7, seconds=1), tick=False):
        with pytest.raises(InvitationLate):
            accept(token)
        assert [each.is_late for each in list_invitations(now=utc_now())] == [True]
        invite(owner)  # what is late stands in nobody's way

    assert User.objects.count() == 1


def test_a_link_works_until_its_last_second(tenant, owner):
    invite(owner)
    token = read_token(tenant)

    with time_machine.travel(Invitation.objects.get().expires_at - timedelta(seconds=1), tick=False):
        assert accept(token).email == "jose@taller.example"


def test_what_was_taken_back_opens_nothing(tenant, owner):
    number = invite(owner)
    token = read_token(tenant)

    assert invitations.revoke(number, now=utc_now()) == "jose@taller.example"

    with pytest.raises(InvitationRevoked):
        accept(token)
    for act in (invitations.revoke, lambda row_id, now: invitations.send_again(row_id, by=owner, now=now)):
        with pytest.raises(InvitationEnded):
            act(number, now=utc_now())
        with pytest.raises(InvitationUnknown):
            act(number + 1000, now=utc_now())


def test_sent_again_only_the_latest_link_works(tenant, owner):
    number = invite(owner)
    first = read_token(tenant)

    with time_machine.travel(utc_now() + timedelta(days=8), tick=False):
        invitations.send_again(number, by=owner, now=utc_now())
        second = read_token(tenant)
        with pytest.raises(InvitationReplaced):
            accept(first)
        assert accept(second).email == "jose@taller.example"


def test_somebody_else_who_is_signed_in_takes_nothing(tenant, owner):
    invite(owner)
    token = read_token(tenant)

    with pytest.raises(InvitationForAnother):
        accept(token, user=owner)

    assert User.objects.count() == 1


def test_link_of_another_business_opens_nothing(tenant, other_tenant, owner):
    invite(owner)
    token = read_token(tenant)
    connection.set_tenant(other_tenant)

    with pytest.raises(InvitationUnknown):
        accept(token)

    connection.set_tenant(tenant)


@pytest.mark.parametrize(
    ("email", "role", "errors"),
    [
        ("", "provider", {"email": (invitations.EMAIL_WRONG,)}),
        ("a@b", "provider", {"email": (invitations.EMAIL_WRONG,)}),
        ("OWNER@taller.example", "provider", {"email": (invitations.ALREADY_HERE,)}),
        ("gone@taller.example", "provider", {"email": (invitations.SWITCHED_OFF,)}),
        ("asked@taller.example", "provider", {"email": (invitations.ALREADY_INVITED,)}),
        ("new@taller.example", "operator", {"role": (invitations.ROLE_UNKNOWN,)}),
        ("new@taller.example", "king", {"role": (invitations.ROLE_UNKNOWN,)}),
        ("nobody", "", {"email": (invitations.EMAIL_WRONG,), "role": (invitations.ROLE_UNKNOWN,)}),
    ],
)
def test_who_cannot_be_invited_is_said_at_the_field(tenant, owner, email, role, errors):
    User.objects.create(email="gone@taller.example", name="Hugo", role="manager", is_active=False)
    make_invitation("asked@taller.example", token="asked")

    with pytest.raises(PersonInvalid) as refused:
        invite(owner, email, role)

    assert refused.value.errors == errors
    assert Invitation.objects.count() == 1


def test_an_owner_is_invited_with_the_password(tenant, owner):
    with pytest.raises(ProofWrong):
        invite(owner, role="owner", password="equivocada")
    assert Invitation.objects.count() == 0

    invite(owner, role="owner", password=OWNER_PASSWORD)

    assert accept(read_token(tenant)).role == Role.OWNER


def test_a_name_is_asked_for(tenant, owner):
    make_invitation("jose@taller.example", token="t")

    with pytest.raises(PersonInvalid) as refused:
        accept("t", name=" \u200b ")

    assert (refused.value.errors, Invitation.objects.get().end) == ({"name": (invitations.NAME_MISSING,)}, "")


def test_invitations_end_with_the_owner_who_sent_them(tenant, owner):
    second = User.objects.create(email="second@taller.example", name="Segundo", role="owner")
    make_invitation("jose@taller.example", token="t", invited_by=second)

    team.deactivate(second.pk, by=owner, now=utc_now())

    with pytest.raises(InvitationRevoked):
        accept("t")


def test_what_was_meant_for_them_may_be_gone(tenant, owner):
    resource = Resource.objects.filter(resource_type__is_person=True).first()
    make_invitation("jose@taller.example", token="t", resource_id=resource.pk)
    make_invitation("eva@taller.example", token="e", resource_id=resource.pk + 9999)
    Resource.objects.filter(pk=resource.pk).update(is_active=False)

    assert [accept("t").email, accept("e").email] == ["jose@taller.example", "eva@taller.example"]


def test_an_old_invitation_takes_no_calendar_from_anybody(tenant, owner):
    """The owner invited José as Carlos, and then gave that calendar to somebody else."""
    resource = Resource.objects.filter(resource_type__is_person=True).first()
    make_invitation("jose@taller.example", token="t", resource_id=resource.pk)
    Resource.objects.filter(pk=resource.pk).update(user_id=owner.pk)

    joined = accept("t")

    resource.refresh_from_db()
    assert (joined.email, resource.user_id) == ("jose@taller.example", owner.pk)


@pytest.mark.parametrize("fields", [{"role": "manager"}, {"is_active": False}])
def test_whoever_may_invite_nobody_any_more_sends_nothing(tenant, owner, fields):
    """Their page was checked before another owner took the right away."""
    second = User.objects.create(email="second@taller.example", name="Segundo", role="owner")
    number = make_invitation("jose@taller.example", token="t").pk
    User.objects.filter(pk=second.pk).update(**fields)

    for act in (
        lambda: invite(second, "otra@taller.example"),
        lambda: invitations.send_again(number, by=second, now=utc_now()),
    ):
        with pytest.raises(PermissionMissing):
            act()

    assert (Invitation.objects.count(), Message.objects.count()) == (1, 0)


def test_whoever_joins_in_the_same_moment_is_not_invited_again(tenant, owner, monkeypatch):
    """What was read before the locks is read again below them."""
    real, seen = invitations._check, []

    def check(person, *, now):
        seen.append(person)
        email = real(person, now=now)
        if len(seen) == 1:
            User.objects.create(email="jose@taller.example", name="José", role="provider")
        return email

    monkeypatch.setattr(invitations, "_check", check)

    with pytest.raises(PersonInvalid) as refused:
        invite(owner)

    assert refused.value.errors == {"email": (invitations.ALREADY_HERE,)}
    assert (Invitation.objects.count(), len(seen)) == (0, 2)


def test_a_mailbox_gets_five_a_day_and_whoever_invites_hears_of_it(tenant, owner):
    number = invite(owner, "jo.se+a@gmail.com")
    for _ in range(4):
        invitations.send_again(Invitation.objects.get(ended_at=None).pk, by=owner, now=utc_now())

    with pytest.raises(LimitReached):
        invitations.send_again(Invitation.objects.get(ended_at=None).pk, by=owner, now=utc_now())

    send_messages(tenant.schema_name)
    assert (len(mail.outbox), Invitation.objects.filter(ended_at=None).count(), number > 0) == (5, 1, True)


def test_two_at_once_are_one(tenant, owner, monkeypatch):
    make_invitation("jose@taller.example", token="t")
    monkeypatch.setattr(invitations, "_check", lambda person, now: person.email)
    monkeypatch.setattr(invitations, "_end", lambda *args, **more: None)

    with pytest.raises(PersonInvalid) as refused:
        invite(owner)

    assert (refused.value.errors, Invitation.objects.count()) == ({"email": (invitations.ALREADY_INVITED,)}, 1)


def test_a_suspended_business_invites_nobody(tenant, owner, monkeypatch):
    make_invitation("jose@taller.example", token="t")
    Tenant.objects.filter(schema_name=tenant.schema_name).update(status="suspended")
    forget_tenants()
    monkeypatch.setattr("tenants.policies.current_tenant", lambda: find_tenant(tenant.schema_name))

    for act in (
        lambda: invite(owner, "otra@taller.example"),
        lambda: accept("t"),
        lambda: invitations.send_again(Invitation.objects.get().pk, by=owner, now=utc_now()),
    ):
        with pytest.raises(StatusForbids):
            act()
    forget_tenants()
    assert (Invitation.objects.count(), User.objects.count()) == (1, 1)


def test_an_invitation_shows_no_address_in_logs(tenant, owner):
    assert re.fullmatch(r"invitation \d+ as provider", str(make_invitation("jose@taller.example", token="t")))
