"""Pages of the second step: signing in, switching on and off, recovery codes, the owner's help, the operator's duty."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest
import time_machine
from django.conf import settings

from accounts.models import User
from accounts.policies import SECOND_STEP
from accounts.services import second_step
from accounts.services.second_step import make_code
from audit.models import Entry
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, make_operator, sign_in_fully
from tests.integration.web.workspace.conftest import staff_client as staff_client  # noqa: PLC0414 - a fixture

SECURITY, ON, OFF, CODES = (f"/accounts/security/{name}" for name in ("", "on/", "off/", "codes/"))
STEP = "/accounts/second-step/"


@pytest.fixture
def clock(tenants):
    with time_machine.travel("2026-11-26T12:00:05Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def guarded(owner, clock) -> User:
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    return owner


@pytest.fixture
def guarded_client(tenant, guarded) -> HostClient:
    """The owner's browser, signed in with both steps."""
    client = HostClient(tenant.primary_host)
    sign_in_fully(client, guarded)
    return client


def sign_in(client: HostClient, user: User, password: str = OWNER_PASSWORD):
    return client.post("/accounts/login/", {"login": user.email, "password": password})


def read_secret(html: str) -> str:
    return re.search(r'class="setup-secret">([^<]+)<', html)[1].replace(" ", "")


def read_sealed(html: str) -> str:
    return re.search(r'name="setup" value="([^"]+)"', html)[1]


def list_errors(html: str) -> dict[str, str]:
    return dict(re.findall(r'id="f-(\w+)_error">\s*<span class="error">.*?<span>([^<]*)</span>', html, re.DOTALL))


def list_codes(html: str) -> list[str]:
    return re.findall(r"<li><code>(\d{8})</code></li>", html)


def test_owner_switches_it_on_keeps_the_codes_and_signs_in_with_both_steps(owner_client, tenant, owner, clock):
    form = owner_client.get(ON).content.decode()
    secret = read_secret(form)
    typed = {"setup": read_sealed(form), "code": make_code(secret), "password": OWNER_PASSWORD}
    shown = owner_client.post(ON, typed)
    codes = list_codes(shown.content.decode())
    board = owner_client.get("/workspace/")

    assert ('<svg class="setup-code"' in form, "http" in re.search(r"<svg class=.setup-code.*?</svg>", form)[0]) == (
        True, False,
    )  # fmt: skip
    assert (shown.status_code, len(codes), board.status_code) == (200, 10, 200)
    assert "no-store" in shown.headers["Cache-Control"]
    file = unquote(unescape(re.search(r'href="data:text/plain;charset=utf-8,([^"]+)"', shown.content.decode())[1]))
    assert file.split() == [tenant.primary_host, *codes]

    clock.shift(60)
    client = HostClient(tenant.primary_host)
    after_password = sign_in(client, owner)
    still_outside = client.get("/workspace/")
    step = client.get(STEP).content.decode()
    done = client.post(STEP, {"code": make_code(secret)})

    assert (after_password.status_code, after_password["Location"]) == (302, STEP)
    assert still_outside["Location"].startswith("/accounts/login/")
    assert 'autocomplete="one-time-code"' in step
    assert (done.status_code, done["Location"], client.get("/workspace/").status_code) == (302, "/workspace/", 200)


def test_recovery_code_opens_the_door_once(tenant, guarded, guarded_client, clock):
    page = guarded_client.post(CODES, {"password": OWNER_PASSWORD, "code": make_code(SECRET)}).content.decode()
    code = list_codes(page)[0]

    outcomes = []
    for _ in range(2):
        client = HostClient(tenant.primary_host)
        sign_in(client, guarded)
        outcomes.append(client.post(STEP, {"code": f"{code[:4]}-{code[4:]}"}).status_code)

    assert outcomes == [302, 200]


def test_wrong_code_is_said_at_the_field_and_opens_nothing(tenant, guarded):
    client = HostClient(tenant.primary_host)
    sign_in(client, guarded)

    wrong, empty = client.post(STEP, {"code": "000000"}), client.post(STEP, {"code": ""})

    assert list_errors(wrong.content.decode())["code"].startswith("Este código no es correcto")
    assert list_errors(empty.content.decode()) == {"code": "Completa este campo."}
    assert client.get("/workspace/").status_code == 302


def test_too_many_wrong_codes_are_told_so(tenant, guarded):
    client = HostClient(tenant.primary_host)
    sign_in(client, guarded)
    for _ in range(5):
        client.post(STEP, {"code": "000000"})

    page = client.post(STEP, {"code": make_code(SECRET)})

    assert "demasiad" in list_errors(page.content.decode())["code"]
    assert client.get("/workspace/").status_code == 302


def test_step_without_a_password_leads_to_the_door(customer_client, guarded):
    answers = [customer_client.get(STEP), customer_client.post(STEP, {"code": make_code(SECRET)})]

    assert [(each.status_code, each["Location"]) for each in answers] == [(302, "/accounts/login/")] * 2


@pytest.mark.parametrize("mark", [None, "", "of-before"])
def test_session_that_did_not_take_the_step_is_signed_out(tenant, guarded, mark):
    client = HostClient(tenant.primary_host)
    client.force_login(guarded)
    if mark is not None:
        session = client.session
        session[SECOND_STEP] = mark
        session.save()

    call = client.get("/api/v1/availability/explain?service=1&starts_at=2026-12-01T15:00:00Z")
    pages = [client.get(path) for path in ("/workspace/", SECURITY, ON, "/accounts/password/change/")]

    assert call.status_code == 403
    assert [page.status_code for page in pages] == [302] * 4
    assert {page["Location"].partition("?")[0] for page in pages} == {"/accounts/login/"}
    assert "_auth_user_id" not in client.session


def test_earlier_sessions_end_when_it_is_switched_on(owner_client, tenant, owner, clock):
    stolen = HostClient(tenant.primary_host)
    stolen.force_login(owner)
    assert stolen.get("/workspace/").status_code == 200

    form = owner_client.get(ON).content.decode()
    code = make_code(read_secret(form))
    owner_client.post(ON, {"setup": read_sealed(form), "code": code, "password": OWNER_PASSWORD})

    assert (owner_client.get("/workspace/").status_code, stolen.get("/workspace/").status_code) == (200, 302)


@pytest.mark.parametrize(
    ("typed", "status", "wrong"),
    [
        ({"code": "000000"}, 422, {"code"}),
        ({"password": "falsa"}, 422, {"password"}),
        ({"code": "", "password": ""}, 422, {"code", "password"}),
        ({"setup": "forged"}, 409, set()),
    ],
)
def test_what_is_wrong_is_said_and_the_picture_stays(owner_client, owner, clock, typed, status, wrong):
    form = owner_client.get(ON).content.decode()
    good = {"setup": read_sealed(form), "code": make_code(read_secret(form)), "password": OWNER_PASSWORD}

    page = owner_client.post(ON, {**good, **typed})

    html = page.content.decode()
    assert (page.status_code, set(list_errors(html))) == (status, wrong)
    assert (read_secret(html) == read_secret(form)) is (status == 422)
    assert OWNER_PASSWORD not in html
    owner.refresh_from_db()
    assert owner.second_step == ""


def test_switching_off_needs_password_and_code(guarded_client, guarded, clock):
    page = guarded_client.get(OFF).content.decode()
    refused = guarded_client.post(OFF, {"password": OWNER_PASSWORD, "code": "000000"})
    empty = guarded_client.post(OFF, {})
    done = guarded_client.post(OFF, {"password": OWNER_PASSWORD, "code": make_code(SECRET)}, follow=True)

    assert 'name="code"' in page
    assert (refused.status_code, set(list_errors(refused.content.decode()))) == (422, {"code"})
    assert (empty.status_code, set(list_errors(empty.content.decode()))) == (422, {"password", "code"})
    assert "El segundo paso está desactivado." in done.content.decode()
    guarded.refresh_from_db()
    assert guarded.second_step == ""


def test_too_many_wrong_proofs_are_told_so_above_the_form(guarded_client, guarded, clock):
    for _ in range(5):
        guarded_client.post(OFF, {"password": "falsa", "code": "000000"})

    page = guarded_client.post(OFF, {"password": OWNER_PASSWORD, "code": make_code(SECRET)})

    assert (page.status_code, 'role="alert"' in page.content.decode()) == (429, True)


@pytest.mark.parametrize("path", [OFF, CODES])
def test_nothing_to_switch_off_leads_back(owner_client, path):
    answers = [owner_client.get(path), owner_client.post(path, {"password": OWNER_PASSWORD, "code": "1"})]

    assert [(each.status_code, each["Location"]) for each in answers] == [(302, SECURITY)] * 2


def test_already_on_leads_back(guarded_client):
    assert guarded_client.get(ON)["Location"] == SECURITY


def test_security_page_says_how_many_codes_are_left(guarded_client, guarded, clock):
    assert "Te quedan 10 códigos" in guarded_client.get(SECURITY).content.decode()


@pytest.mark.parametrize("role", ["manager", "receptionist", "provider", "read_only"])
def test_everybody_of_the_staff_may_have_one_and_finds_the_way(staff_client, role):
    client = staff_client(role)

    assert 'href="/workspace/account/"' in client.get("/workspace/").content.decode()
    assert f'href="{SECURITY}"' in client.get("/workspace/account/").content.decode()
    assert client.get(ON).status_code == 200


def test_first_entry_asks_for_the_step_that_was_set_up_meanwhile(tenant, guarded, monkeypatch):
    monkeypatch.setattr("web.account.views.take_entry", lambda **_: guarded.email)
    client = HostClient(tenant.primary_host)

    answer = client.post("/accounts/entry/", {"token": "x"})

    assert (answer["Location"], client.get("/workspace/").status_code) == (STEP, 302)


def test_confirming_by_password_offers_nothing_else(guarded_client):
    page = guarded_client.get("/accounts/reauthenticate/")

    assert (page.status_code, 'name="password"' in page.content.decode()) == (200, True)


def test_operator_sets_it_up_before_anything_else(tenants, db, clock):
    operator = User(email="op@example.com", name="Op", role="operator")
    operator.set_password(OWNER_PASSWORD)
    operator.save()
    client = HostClient(settings.PLATFORM_HOST)

    entered = sign_in(client, operator)
    paths = ("/operator/", "/operator/log/", f"/operator/tenants/{tenants['salon'].schema_name}/suspend/")
    kept_out = [client.get(path) for path in paths]
    form = client.get(ON).content.decode()
    typed = {"setup": read_sealed(form), "code": make_code(read_secret(form)), "password": OWNER_PASSWORD}
    client.post(ON, typed)

    assert entered["Location"] == "/operator/"
    assert [(page.status_code, page["Location"]) for page in kept_out] == [(302, ON)] * 3
    assert "Los operadores necesitan un segundo paso" in form
    assert client.get("/operator/").status_code == 200
    assert client.get(OFF)["Location"] == SECURITY
    assert OFF not in client.get(SECURITY).content.decode()


def test_operator_signs_in_with_both_steps(tenants, db, clock):
    operator = make_operator()
    operator.set_password(OWNER_PASSWORD)
    operator.save()
    client = HostClient(settings.PLATFORM_HOST)

    sign_in(client, operator)
    before = client.get("/operator/")["Location"]
    done = client.post(STEP, {"code": make_code(SECRET)})

    assert before.startswith("/accounts/login/")
    assert (done["Location"], client.get("/operator/").status_code) == ("/operator/", 200)


@pytest.mark.parametrize("count", [1, 3])
def test_people_page_asks_as_often_for_three_as_for_one(owner_client, django_assert_num_queries, count):
    for number in range(count - 1):
        User.objects.create(email=f"{number}@example.com", name=f"P{number}", role="provider")
    owner_client.get("/workspace/people/")

    with django_assert_num_queries(7):  # schema, session, person; people, who is booked, invitations, log
        page = owner_client.get("/workspace/people/").content.decode()

    assert len(re.findall(r'<a class="name" href="/workspace/people/', page)) == count


def test_owner_takes_off_the_step_of_somebody_who_lost_their_phone(owner_client, owner, clock):
    eva = User.objects.create(email="eva@example.com", name="Eva Ríos", role="provider")
    second_step.seed(eva.email, secret=SECRET)
    address = f"/workspace/people/{eva.pk}/second-step/"

    listed = owner_client.get("/workspace/people/").content.decode()
    shown = owner_client.get(f"/workspace/people/{eva.pk}/").content.decode()
    asked = owner_client.get(address).content.decode()
    empty = owner_client.post(address, {"password": ""})
    wrong = owner_client.post(address, {"password": "falsa"})
    still_on = bool(User.objects.get(pk=eva.pk).second_step)
    done = owner_client.post(address, {"password": OWNER_PASSWORD})
    again = owner_client.post(address, {"password": OWNER_PASSWORD})
    after = owner_client.get("/workspace/people/").content.decode()

    assert (f'href="{address}"' in shown, "Eva Ríos" in asked) == (True, True)
    assert re.search(r'<span class="badge good">.*?Dos pasos', listed)
    assert [(each.status_code, set(list_errors(each.content.decode()))) for each in (empty, wrong)] == [
        (422, {"password"}), (422, {"password"}),
    ]  # fmt: skip
    assert (still_on, done.status_code, again.status_code) == (True, 302, 409)
    assert User.objects.get(pk=eva.pk).second_step == ""
    assert ("Se quitó el segundo paso" in after, Entry.objects.filter(noun="person").count()) == (True, 1)


def test_owner_cannot_take_off_their_own_there(guarded_client, guarded):
    address = f"/workspace/people/{guarded.pk}/second-step/"

    page = guarded_client.get("/workspace/people/").content.decode()
    refused = guarded_client.post(address, {"password": OWNER_PASSWORD})

    assert (address in page, refused.status_code) == (False, 403)
    assert User.objects.get(pk=guarded.pk).second_step == guarded.second_step


def test_unknown_person_is_404(owner_client):
    assert owner_client.get("/workspace/people/987654/second-step/").status_code == 404


def test_manager_takes_off_nobodys_step(staff_client, guarded):
    address = f"/workspace/people/{guarded.pk}/second-step/"

    answers = [
        staff_client("manager").post(address, {"password": OWNER_PASSWORD}),
        staff_client("manager").get("/workspace/people/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert User.objects.get(pk=guarded.pk).second_step == guarded.second_step
