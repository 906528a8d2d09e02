"""Sessions know whose they are, from what they were opened and when they were used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.errors import SessionUnknown
from accounts.models import Session, User
from accounts.selectors.sessions import list_sessions
from accounts.services import second_step, sessions
from kernel.clock import utc_now
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
START = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


def sign_in(tenant, agent: str = CHROME, password: str = OWNER_PASSWORD) -> HostClient:
    client = HostClient(tenant.primary_host, HTTP_USER_AGENT=agent)
    client.post("/accounts/login/", {"login": "owner@taller.example", "password": password})
    return client


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (CHROME, "chrome windows"),
        (f"{CHROME} Edg/131.0.0.0", "edge windows"),
        (f"{CHROME} OPR/115.0", "opera windows"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/26.0 Chrome/122.0 Safari/537.36", "samsung android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "safari iphone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/131.0 Mobile Safari/604.1", "chrome iphone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "safari ipad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0", "firefox mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "firefox linux"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541) Chrome/131.0 Safari/537.36", "chrome chromeos"),
        ("", "other other"),
        ("curl/8.5.0", "other other"),
        ("<script>" * 5000, "other other"),
    ],
)  # fmt: skip
def test_browser_and_system_are_read(agent, said):
    assert sessions.describe_agent(agent) == said


def test_a_session_says_whose_it_is(tenant, owner):
    with time_machine.travel(START, tick=False):
        client = sign_in(tenant)

        (view,) = list_sessions(owner.pk, here=client.session.session_key, now=utc_now())

    assert (view.browser, view.system, view.began_at, view.seen_at, view.is_here) == (
        "chrome", "windows", START, START, True,
    )  # fmt: skip
    assert view.name not in client.session.session_key


def test_use_is_noted_every_ten_minutes(tenant, owner, django_assert_num_queries):
    with time_machine.travel(START, tick=False) as clock:
        client = sign_in(tenant)
        seen = []
        for minutes in (1, 8, 2, 30):
            clock.shift(timedelta(minutes=minutes))
            client.get("/workspace/news/")
            seen.append(Session.objects.get(user=owner).seen_at - START)

    assert seen == [timedelta(minutes=0)] * 2 + [timedelta(minutes=11), timedelta(minutes=41)]


def test_a_session_of_before_is_known_from_its_next_use(tenant, owner):
    client = sign_in(tenant)
    Session.objects.update(user=None, seen_at=None, agent="", began_at=None)

    client.get("/workspace/")

    (view,) = list_sessions(owner.pk, now=utc_now())
    assert (view.browser, view.system, view.began_at) == ("other", "other", None)


def test_strangers_have_sessions_of_nobody(tenant, customer_client):
    client = HostClient(tenant.primary_host)
    session = client.session
    session["x"] = 1
    session.save()

    assert Session.objects.get().user_id is None


def test_one_session_ends_and_the_others_go_on(tenant, owner):
    here, there = sign_in(tenant), sign_in(tenant)
    views = list_sessions(owner.pk, here=here.session.session_key, now=utc_now())
    assert [view.is_here for view in views] == [True, False]

    sessions.end_session(owner.pk, views[1].name)

    assert [client.get("/workspace/").status_code for client in (here, there)] == [200, 302]
    for name in (views[1].name, "", "x"):
        with pytest.raises(SessionUnknown):
            sessions.end_session(owner.pk, name)


def test_nobody_ends_a_session_of_somebody_else(tenant, owner):
    client = sign_in(tenant)
    (view,) = list_sessions(owner.pk, now=utc_now())

    with pytest.raises(SessionUnknown):
        sessions.end_session(owner.pk + 1, view.name)

    assert client.get("/workspace/").status_code == 200


def test_a_new_password_ends_the_other_sessions(tenant, owner):
    here, there = sign_in(tenant), sign_in(tenant)
    new = "otra-clave-muy-larga"

    here.post("/accounts/password/change/", {"oldpassword": OWNER_PASSWORD, "password1": new, "password2": new})

    assert [client.get("/workspace/").status_code for client in (here, there)] == [200, 302]
    assert len(list_sessions(owner.pk, now=utc_now())) == 1


@pytest.mark.parametrize(("ticked", "cookie_seconds", "life"), [
    ({"remember": "on"}, 14 * 24 * 3600, timedelta(days=14)),
    ({}, "", timedelta(days=1)),
])  # fmt: skip
def test_whoever_does_not_stay_is_out_when_the_browser_is_closed(tenant, owner, ticked, cookie_seconds, life):
    client = HostClient(tenant.primary_host)
    assert 'name="remember" checked' in client.get("/accounts/login/").content.decode()
    with time_machine.travel(START, tick=False):
        client.post("/accounts/login/", {"login": "owner@taller.example", "password": OWNER_PASSWORD} | ticked)

        kept = Session.objects.get(user=owner)

    assert (client.cookies["sessionid"]["max-age"], kept.expire_date - START) == (cookie_seconds, life)


def test_the_second_step_keeps_what_was_chosen_at_the_first(tenant, owner):
    second_step.seed(owner.email, secret=SECRET)
    client = HostClient(tenant.primary_host)

    client.post("/accounts/login/", {"login": "owner@taller.example", "password": OWNER_PASSWORD})
    client.post("/accounts/second-step/", {"code": second_step.make_code(SECRET)})

    assert (client.get("/workspace/").status_code, client.session.get_expire_at_browser_close()) == (200, True)
