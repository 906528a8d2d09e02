"""What a view asks of the person."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from rest_framework.views import APIView

from accounts.errors import PermissionMissing
from accounts.policies import Permission
from accounts.types import KeyView
from edge.access import OPEN, AsksRights, OpenToAnyone, open_to_anyone, requires

OWNER = SimpleNamespace(is_authenticated=True, is_active=True, role="owner", pk=1)
PROVIDER = SimpleNamespace(is_authenticated=True, is_active=True, role="provider", pk=2)
STRANGER = AnonymousUser()
NOW = datetime(2026, 12, 1, tzinfo=UTC)
SESSION = SimpleNamespace()
calls: list[object] = []
visits: list[tuple[object, int]] = []


def show(request, number=0):
    calls.append(request.user)
    return HttpResponse(f"seen {number}")


async def show_later(request, number=0):
    return show(request, number)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    calls.clear()
    visits.clear()
    monkeypatch.setattr("edge.access.note_visit", lambda session, *, user_id, now: visits.append((session, user_id)))


@pytest.fixture(params=["now", "later"])
def ask(request, rf):
    """Return a function that asks a guarded view, which is a plain or an asynchronous one."""

    def run(person: object, *, method: str = "get", path: str = "/workspace/x/?a=1", number: int = 3):
        asked = getattr(rf, method)(path)
        asked.user, asked.session = person, SESSION
        if request.param == "now":
            return requires(Permission.BOOKING_MANAGE)(show)(asked, number=number)
        return asyncio.run(requires(Permission.BOOKING_MANAGE)(show_later)(asked, number=number))

    return run


def test_whoever_may_sees_the_view_and_no_cache_keeps_it(ask):
    answer = ask(OWNER)

    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"seen 3", "private, no-store")
    assert (calls, visits) == ([OWNER], [(SESSION, 1)])


def test_anonymous_person_signs_in_and_comes_back(ask):
    answer = ask(AnonymousUser())

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/workspace/x/%3Fa%3D1")
    assert (calls, visits, answer["Cache-Control"]) == ([], [], "private, no-store")


def test_anonymous_post_does_not_come_back_to_itself(ask):
    assert ask(AnonymousUser(), method="post")["Location"] == "/accounts/login/?next=/"
    assert calls == []


def test_person_without_the_permission_is_refused(ask):
    with pytest.raises(PermissionMissing):
        ask(PROVIDER)

    assert calls == []


def test_view_may_say_more_about_caches(rf):
    def download(request):
        answer = HttpResponse()
        answer["Cache-Control"] = "no-cache"
        return answer

    asked = rf.get("/")
    asked.user, asked.session = OWNER, SESSION

    assert requires(Permission.REPORT_VIEW)(download)(asked)["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("view", [show, show_later])
def test_views_declare_what_they_ask(view):
    guarded = requires(Permission.REPORT_VIEW)(view)

    assert (guarded.declared_permission, guarded.__name__) == (Permission.REPORT_VIEW, view.__name__)


@pytest.mark.parametrize("declare", [open_to_anyone, requires(Permission.BOARD_VIEW)])
@pytest.mark.parametrize(
    ("method", "status"),
    [("GET", 200), ("HEAD", 200), ("POST", 200), ("PUT", 405), ("DELETE", 405), ("OPTIONS", 405), ("TRACE", 405)],
)
def test_page_is_asked_with_the_methods_of_browsers_only(rf, declare, method, status):
    asked = rf.generic(method, "/")
    asked.user, asked.session = OWNER, SESSION

    answer = declare(show)(asked)

    assert (answer.status_code, len(calls)) == (status, 1 if status == 200 else 0)


def test_open_view_declares_it():
    def home(request):
        return HttpResponse()

    assert open_to_anyone(home).declared_permission == OPEN


def test_open_stream_stays_one(rf):
    asked = rf.get("/")
    asked.user = AnonymousUser()
    opened = open_to_anyone(show_later)

    assert asyncio.run(opened(asked)).content == b"seen 0"
    assert opened.declared_permission == OPEN


def test_open_call_keeps_its_own_methods():
    view = APIView.as_view()

    assert open_to_anyone(view) is view
    assert view.declared_permission == OPEN


def ask_call(person: object, method: str, *, auth: object = None, area: str | None = None, **view: object) -> bool:
    """Tell whether a call is let in to a view that says so much of itself."""
    request = SimpleNamespace(user=person, method=method, auth=auth)
    return AsksRights().has_permission(request, SimpleNamespace(key_area=area, **view))


ONE = {"declared_permission": Permission.BOOKING_MANAGE}
EACH = {"declared_permission": {"GET": Permission.BOARD_VIEW, "POST": Permission.BOOKING_MANAGE}}
SHARED = {
    "declared_permission": {"GET": Permission.BOARD_VIEW, "POST": OPEN},
    "staff_permission": {"POST": Permission.BOOKING_MANAGE},
}


@pytest.mark.parametrize(
    ("view", "method", "who"),
    [
        (ONE, "GET", [OWNER]),
        (ONE, "POST", [OWNER]),
        (EACH, "GET", [OWNER, PROVIDER]),
        (EACH, "HEAD", [OWNER, PROVIDER]),
        (EACH, "POST", [OWNER]),
        (EACH, "DELETE", [OWNER, PROVIDER, STRANGER]),
        (EACH | {"http_method_names": ["get", "post", "delete"], "delete": show}, "DELETE", []),
        (EACH | {"http_method_names": ["get", "post"], "options": show}, "OPTIONS", [OWNER, PROVIDER, STRANGER]),
        ({"http_method_names": ["get"], "get": show}, "GET", []),
        (SHARED, "GET", [OWNER, PROVIDER]),
        (SHARED, "POST", [OWNER, STRANGER]),
        ({"declared_permission": OPEN}, "POST", [OWNER, PROVIDER, STRANGER]),
        ({"declared_permission": OPEN, "staff_permission": {}}, "POST", [STRANGER]),
    ],
)
def test_calls_ask_the_role_by_method(view, method, who):
    """A method that a view has not is answered by the view; one that it has and does not declare is closed."""
    assert [each for each in (OWNER, PROVIDER, STRANGER) if ask_call(each, method, **view)] == who


def make_key(**access: str) -> KeyView:
    return KeyView(1, "Accounting", "tk_abcdef", access, "Olga", NOW, None, None)


@pytest.mark.parametrize(
    ("access", "methods"),
    [
        ({"bookings": "read"}, ["GET", "HEAD"]),
        ({"bookings": "write"}, ["GET", "HEAD", "POST", "PATCH", "DELETE"]),
        ({"bookings": "everything"}, []),
        ({"customers": "write"}, []),
        ({}, []),
    ],
)
def test_key_goes_as_far_as_its_area(access, methods):
    asked = ["GET", "HEAD", "POST", "PATCH", "DELETE"]
    view = {**ONE, "area": "bookings", "auth": make_key(**access)}

    assert [method for method in asked if ask_call(OWNER, method, **view)] == methods
    assert [method for method in asked if ask_call(PROVIDER, method, **view)] == []


def test_key_opens_nothing_that_is_for_people_alone():
    assert ask_call(OWNER, "GET", auth=make_key(bookings="write"), **ONE) is False


def test_session_without_its_second_step_is_not_let_in():
    person = SimpleNamespace(is_authenticated=True, is_active=True, role="owner", pk=1, second_step="mark")
    request = SimpleNamespace(user=person, method="GET", auth=None, session={})

    assert AsksRights().has_permission(request, SimpleNamespace(**ONE)) is False
    request.session = {"second_step": "mark"}
    assert AsksRights().has_permission(request, SimpleNamespace(**ONE)) is True


def test_open_calls_ask_nothing():
    assert OpenToAnyone().has_permission(SimpleNamespace(user=AnonymousUser()), None) is True
