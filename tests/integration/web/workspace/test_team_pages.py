"""Pages of who signs in: the list, inviting, one person, and joining by the link."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from django.core import mail

from accounts.models import Invitation, Session, User
from accounts.services import second_step
from accounts.services.own_account import replace_password
from kernel.clock import utc_now
from scheduling.models import Resource
from scheduling.selectors.catalog.staff import list_bookable_people
from scheduling.services.catalog.staff import link_user
from scheduling.types import SYSTEM
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, sign_in_fully
from tests.factories.accounts import invite as make_invitation
from tests.fakes.due_work import send_messages
from tests.integration.web.workspace.browser_form import read_page

LIST, INVITE = "/workspace/people/", "/workspace/people/invite/"
PASSWORD = "una-clave-larga-y-nueva"


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def ana(tenant) -> User:
    return User.objects.create(email="ana@taller.example", name="Ana Ruiz", role="provider")


@pytest.fixture
def carlos(tenant) -> Resource:
    return Resource.objects.filter(resource_type__is_person=True).order_by("position", "pk").first()


def read(answer) -> str:
    return unescape(answer.content.decode())


def read_form(client: HostClient, address: str) -> dict:
    """What a browser would send from the page's own form."""
    page = client.get(address).content.decode()
    return read_page(re.sub(r'<form class="[^"]*" method="post" novalidate>', '<form class="setup-form">', page))


def list_errors(html: str) -> dict[str, str]:
    return dict(re.findall(r'id="f-(\w+)_error">\s*<span class="error">.*?<span>([^<]*)</span>', html, re.DOTALL))


def list_said(client: HostClient) -> list[str]:
    page = read(client.get(LIST))
    said = re.search(r'<div class="said".*?</main>', page, re.DOTALL)[0].partition("<nav")[0]
    return re.findall(r"<span>([^<]+)</span>", said)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(owner_client, django_assert_num_queries, count):
    for number in range(count):
        User.objects.create(email=f"a{number}@x.example", name=f"Ana {number}", role="provider", is_active=number != 2)
        make_invitation(f"b{number}@x.example", token=f"t{number}")
    owner_client.get(LIST)

    with django_assert_num_queries(7):  # schema, session, person; people, who is booked, invitations, what changed
        page = read(owner_client.get(LIST))

    assert len(re.findall(r'class="name" href="/workspace/people/\d+/"', page)) == min(count, 2) + 1


def test_owner_invites_and_somebody_joins(owner_client, tenant, carlos):
    page = read(owner_client.get(LIST))
    assert f"{INVITE}?resource={carlos.pk}" in page
    typed = read_form(owner_client, f"{INVITE}?resource={carlos.pk}")
    assert (typed["role"], typed["resource_id"]) == ("provider", str(carlos.pk))

    sent = owner_client.post(INVITE, typed | {"email": "Jose@Taller.example"})
    assert (sent.status_code, sent["Location"]) == (302, LIST)
    assert list_said(owner_client) == ["La invitación va en camino: jose@taller.example"]
    send_messages(tenant.schema_name)
    link = re.search(r"http://[^/]+(/accounts/invitation/\S+/)", mail.outbox[-1].body)[1]

    visitor = HostClient(tenant.primary_host)
    shown = read(visitor.get(link))
    assert ("Olga Owner te invita como: <b>Profesional</b>" in shown, "jose@taller.example" in shown) == (True, True)
    refused = visitor.post(link, {"name": "José Peña", "password": "corta"})
    assert (refused.status_code, list(list_errors(read(refused))), 'value="José Peña"' in read(refused)) == (
        422, ["password"], True,
    )  # fmt: skip
    joined = visitor.post(link, {"name": "José Peña", "password": PASSWORD})

    assert (joined.status_code, joined["Location"]) == (302, "/workspace/")
    assert visitor.get("/workspace/").status_code == 200
    made = User.objects.get(email="jose@taller.example")
    carlos.refresh_from_db()
    assert (made.name, made.role, carlos.user_id) == ("José Peña", "provider", made.pk)
    again = HostClient(tenant.primary_host).get(link)
    assert (again.status_code, "cada una sirve una sola vez" in read(again)) == (409, True)


@pytest.mark.parametrize("password", ["josé-peña-1", "jose@taller.example", "password123", "123456789"])
def test_a_weak_password_is_said_at_the_field(tenant, customer_client, password):
    make_invitation("jose@taller.example", token="t")

    answer = customer_client.post("/accounts/invitation/t/", {"name": "José-Peña-1", "password": password})

    assert (answer.status_code, list(list_errors(read(answer))), User.objects.count()) == (422, ["password"], 1)


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"ended_at": "now", "end": "revoked"}, 409, "El negocio retiró esta invitación"),
        ({"ended_at": "now", "end": "replaced"}, 409, "Usa el enlace del último correo"),
        ({"expires_at": "now"}, 409, "Esta invitación venció"),
    ],
)
def test_why_a_link_opens_nothing_is_said(customer_client, values, status, said):
    make_invitation("jose@taller.example", token="t")
    Invitation.objects.update(**{name: utc_now() if value == "now" else value for name, value in values.items()})

    for answer in (
        customer_client.get("/accounts/invitation/t/"),
        customer_client.post("/accounts/invitation/t/", {"name": "José", "password": PASSWORD}),
    ):
        assert (answer.status_code, said in read(answer)) == (status, True)
    assert customer_client.get("/accounts/invitation/other/").status_code == 404
    assert User.objects.count() == 1


def test_somebody_else_signs_out_first(owner_client, tenant):
    make_invitation("jose@taller.example", token="t")

    answer = owner_client.post("/accounts/invitation/t/", {"name": "José", "password": PASSWORD})

    assert (answer.status_code, "Cierra primero la sesión" in read(answer), User.objects.count()) == (409, True, 1)


@pytest.mark.parametrize(
    ("typed", "field", "text"),
    [
        ({"email": "nadie"}, "email", "correo"),
        ({"email": ""}, "email", ""),
        ({"email": "owner@taller.example"}, "email", "ya inicia sesión aquí"),
        ({"role": ""}, "role", ""),
        ({"role": "operator"}, "role", ""),
        ({"resource_id": "999999"}, "resource_id", ""),
        ({"resource_id": "x"}, "resource_id", ""),
        ({"role": "owner", "password": ""}, "password", "contraseña"),
        ({"role": "owner", "password": "equivocada"}, "password", "contraseña"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(owner_client, typed, field, text):
    filled = {"email": "jose@taller.example", "role": "provider", "resource_id": "", "password": ""} | typed

    answer = owner_client.post(INVITE, filled)

    page = read(answer)
    assert (answer.status_code, list(list_errors(page)), text in list_errors(page)[field]) == (422, [field], True)
    assert (f'value="{filled["email"]}"' in page or not filled["email"], Invitation.objects.count()) == (True, 0)


def test_an_invitation_is_sent_again_and_taken_back(owner_client):
    row = make_invitation("jose@taller.example", token="t")

    owner_client.post(f"{LIST}invitations/{row.pk}/again/")
    latest = Invitation.objects.get(ended_at=None)
    owner_client.post(f"{LIST}invitations/{latest.pk}/revoke/")
    twice = owner_client.post(f"{LIST}invitations/{latest.pk}/revoke/")

    assert list(Invitation.objects.order_by("pk").values_list("end", flat=True)) == ["replaced", "revoked"]
    assert (twice.status_code, list_said(owner_client)[-1]) == (302, "Esta invitación ya no está abierta.")


def test_a_person_gets_another_role_and_a_calendar(owner_client, ana, carlos):
    page = f"{LIST}{ana.pk}/"

    saved = owner_client.post(page, {"role": "receptionist", "resource_id": str(carlos.pk)})

    ana.refresh_from_db()
    carlos.refresh_from_db()
    assert (saved.status_code, ana.role, carlos.user_id) == (302, "receptionist", ana.pk)
    assert read_form(owner_client, page)["resource_id"] == str(carlos.pk)
    assert "Rol: Profesional → Recepcionista" in read(owner_client.get(page))
    owner_client.post(page, {"role": "receptionist", "resource_id": ""})
    carlos.refresh_from_db()
    assert carlos.user_id is None


def test_the_calendar_of_somebody_else_is_not_offered(owner_client, owner, ana, carlos):
    link_user(resource_id=carlos.pk, user_id=owner.pk, by=SYSTEM, now=utc_now())

    answer = owner_client.post(f"{LIST}{ana.pk}/", {"role": "provider", "resource_id": str(carlos.pk)})

    carlos.refresh_from_db()
    assert (answer.status_code, list(list_errors(read(answer))), carlos.user_id) == (422, ["resource_id"], owner.pk)


def test_role_and_calendar_are_saved_together_or_not_at_all(owner_client, owner, ana, carlos, monkeypatch):
    """The calendar was given to somebody else after the page had offered it."""
    link_user(resource_id=carlos.pk, user_id=owner.pk, by=SYSTEM, now=utc_now())
    stale = tuple(replace(each, user_id=None) for each in list_bookable_people())
    monkeypatch.setattr("web.workspace.people.views.list_bookable_people", lambda: stale)

    answer = owner_client.post(f"{LIST}{ana.pk}/", {"role": "receptionist", "resource_id": str(carlos.pk)})

    carlos.refresh_from_db()
    errors = list_errors(read(answer))
    assert (answer.status_code, errors) == (422, {"resource_id": "Esta agenda ya es de otra persona. Elige otra."})
    assert (User.objects.get(pk=ana.pk).role, carlos.user_id) == ("provider", owner.pk)


def test_making_an_owner_asks_for_the_password(owner_client, ana):
    page = f"{LIST}{ana.pk}/"

    for password in ("", "equivocada"):
        refused = owner_client.post(page, {"role": "owner", "resource_id": "", "password": password})
        assert (refused.status_code, list(list_errors(read(refused)))) == (422, ["password"])
        assert User.objects.get(pk=ana.pk).role == "provider"
    made = owner_client.post(page, {"role": "owner", "resource_id": "", "password": OWNER_PASSWORD})

    assert (made.status_code, User.objects.get(pk=ana.pk).role) == (302, "owner")


def test_own_rights_are_refused_in_words(owner_client, owner):
    page = f"{LIST}{owner.pk}/"

    shown = read(owner_client.get(page))
    forged = owner_client.post(page, {"role": "read_only", "resource_id": ""})
    owner_client.post(f"{page}deactivate/")

    assert ('name="role"' in shown, "No puedes cambiar tu propio rol" in shown) == (False, True)
    assert (forged.status_code, "No puedes cambiar tu propio rol" in read(forged)) == (403, True)
    assert list_said(owner_client)[-1].startswith("No puedes cambiar tu propio rol")
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_own_calendar_is_chosen_all_the_same(owner_client, owner, carlos):
    saved = owner_client.post(f"{LIST}{owner.pk}/", {"resource_id": str(carlos.pk)})

    carlos.refresh_from_db()
    assert (saved.status_code, carlos.user_id) == (302, owner.pk)


def test_switched_off_is_out_and_comes_back(owner_client, tenant, ana):
    client = HostClient(tenant.primary_host)
    client.force_login(ana)

    owner_client.post(f"{LIST}{ana.pk}/deactivate/")
    out = client.get("/workspace/")
    page = read(owner_client.get(LIST))
    off = read(owner_client.get(f"{LIST}{ana.pk}/"))
    owner_client.post(f"{LIST}{ana.pk}/reactivate/")

    assert (out.status_code, "Acceso desactivado (1)" in page, "Acceso desactivado" in off) == (302, True, True)
    assert User.objects.get(pk=ana.pk).is_active is True


def test_a_link_for_a_new_password_is_sent_to_whoever_still_works_here(owner_client, tenant, ana):
    page = f"{LIST}{ana.pk}/"

    sent = owner_client.post(f"{page}password/")
    User.objects.filter(pk=ana.pk).update(is_active=False)
    owner_client.post(f"{page}password/")

    send_messages(tenant.schema_name)
    assert (sent.status_code, sent["Location"]) == (302, page)
    assert [(each.to, "/accounts/password/reset/key/" in each.body) for each in mail.outbox] == [([ana.email], True)]


def test_sessions_are_shown_and_ended(owner_client, tenant, ana):
    clients = [HostClient(tenant.primary_host) for _ in range(3)]
    for client in clients:
        client.force_login(ana)
    page = read(owner_client.get(f"{LIST}{ana.pk}/"))
    names = re.findall(r'name="session" value="(\w+)"', page)
    keys = [client.session.session_key for client in clients]

    owner_client.post(f"{LIST}{ana.pk}/sessions/", {"session": names[0]})
    left = Session.objects.filter(user=ana).count()
    owner_client.post(f"{LIST}{ana.pk}/sessions/", {"session": names[0]})
    said = list_said(owner_client)
    owner_client.post(f"{LIST}{ana.pk}/sessions/")

    assert (len(names), left, said[-1], any(key in page for key in keys)) == (3, 2, "Esta sesión ya terminó.", False)
    assert Session.objects.filter(user=ana).count() == 0
    assert owner_client.get(LIST).status_code == 200


def test_ending_ones_own_sessions_keeps_this_one(owner_client, tenant, owner):
    other = HostClient(tenant.primary_host)
    other.force_login(owner)

    owner_client.post(f"{LIST}{owner.pk}/sessions/")

    assert [client.get(LIST).status_code for client in (owner_client, other)] == [200, 302]


def test_the_business_is_handed_over(owner_client, owner, ana):
    page = f"{LIST}{ana.pk}/hand-over/"

    refused = owner_client.post(page, {"password": "equivocada"})
    own = owner_client.post(f"{LIST}{owner.pk}/hand-over/", {"password": OWNER_PASSWORD})
    assert (refused.status_code, list(list_errors(read(refused))), own.status_code) == (422, ["password"], 403)
    done = owner_client.post(page, {"password": OWNER_PASSWORD})

    roles = [User.objects.get(pk=each.pk).role for each in (owner, ana)]
    assert (done.status_code, roles, owner_client.get(LIST).status_code) == (302, ["manager", "owner"], 403)


def test_whoever_has_a_second_step_is_asked_for_its_code(owner_client, owner, ana):
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    sign_in_fully(owner_client, owner)
    page, typed = f"{LIST}{ana.pk}/", {"role": "owner", "resource_id": "", "password": OWNER_PASSWORD}

    shown = [read(owner_client.get(address)) for address in (page, f"{page}hand-over/", INVITE)]
    wrong = owner_client.post(page, {**typed, "code": "000000"})
    harmless = owner_client.post(page, {"role": "manager", "resource_id": ""})
    handed = owner_client.post(f"{page}hand-over/", {"password": OWNER_PASSWORD, "code": second_step.make_code(SECRET)})

    assert ['name="code"' in each for each in shown] == [True, True, True]
    assert (wrong.status_code, list(list_errors(read(wrong)))) == (422, ["code"])
    assert (harmless.status_code, handed.status_code) == (302, 302)
    assert [User.objects.get(pk=each.pk).role for each in (owner, ana)] == ["manager", "owner"]


def test_since_when_a_password_holds_is_said(owner_client, owner, ana):
    page = f"{LIST}{ana.pk}/"
    before = read(owner_client.get(page))
    with time_machine.travel("2026-06-02T18:00:00Z", tick=False):
        replace_password(ana, "otra-clave-larga", is_by_link=False, session_key=None, now=utc_now())
    User.objects.filter(pk=owner.pk).update(password_changed_at=datetime(2026, 5, 4, 18, tzinfo=UTC))

    said = [" ".join(read(owner_client.get(each)).split()) for each in (page, "/workspace/account/")]

    assert "Nunca se cambió" in before
    assert ["Cambiada el 2 jun 2026" in said[0], "Cambiada el 4 may 2026" in said[1]] == [True, True]


def test_who_has_no_password_reads_where_to_get_one(owner_client, owner, ana):
    """So it is after an import; and for whoever took their e-mail back."""
    User.objects.update(password="!imported", password_changed_at=utc_now())

    owner_client.force_login(User.objects.get(pk=owner.pk))
    said = [" ".join(read(owner_client.get(each)).split()) for each in (f"{LIST}{ana.pk}/", "/workspace/account/")]

    assert ["Todavía no hay: «¿Olvidaste tu contraseña?» envía un enlace" in each for each in said] == [True, True]
    assert ["Cambiada el" in each for each in said] == [False, False]


@pytest.mark.parametrize("address", ["", "second-step/", "hand-over/"])
def test_nobody_is_not_found(owner_client, address):
    assert owner_client.get(f"{LIST}999999/{address}").status_code == 404


def test_the_password_is_asked_beside_the_role_that_needs_it(owner_client, ana):
    """The style sheet hides it for every other role."""
    for address in (INVITE, f"{LIST}{ana.pk}/"):
        page = read(owner_client.get(address))
        asked = re.search(r'<div class="for-owner">(.*?)</div>', page, re.DOTALL)[1]
        assert re.search(r"<label[^>]*>Tu contraseña, para dar el rol de dueño</label>", asked), address
        assert 'type="radio" name="role" value="owner"' in page
