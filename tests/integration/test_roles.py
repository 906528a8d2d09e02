"""Every address is asked for with every method by every role; the table of who may what is written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase

from accounts.policies import PERMISSIONS_BY_ROLE
from edge.access import OPEN
from tests.conftest import HostClient
from tests.harness.role_table import (
    ANYONE,
    METHODS,
    OPERATOR,
    OWNER,
    PLATFORM,
    PROVIDER,
    READ_ONLY,
    STAFF,
    STRANGER,
    TENANT,
    Rights,
)
from tests.integration.test_every_url import (
    ASK_THEMSELVES,
    Door,
    facts,  # noqa: F401 - fixtures
    is_refused,
    list_doors,
    operator,  # noqa: F401
    sign_in,  # noqa: F401
    take_snapshot,
)

HOSTS = {"tenant": (settings.ROOT_URLCONF, TENANT), "platform": (settings.PUBLIC_SCHEMA_URLCONF, PLATFORM)}
USUAL_METHODS = ("GET", "POST")
ASK_WHO_WORKS_HERE = {"api/v1/bookings", "api/v1/waitlist"}
"""Calls that are open to customers: whoever works here and does not take bookings is no customer."""
NO_DESK = frozenset({PROVIDER, READ_ONLY})
IN, REFUSED, NO_METHOD, BROKEN = "in", "refused", "no such method", "broken"


def judge(answer: HttpResponseBase) -> str:
    if answer.status_code >= 500:
        return f"{BROKEN}: {answer.status_code}"
    if answer.status_code == 405:
        return NO_METHOD
    return REFUSED if is_refused(answer) else IN


def leads_up(answer: HttpResponseBase) -> bool:
    """Tell whether an address that only takes forms led to a page above it, and did nothing."""
    page = urlsplit(answer.headers.get("Location", "")).path
    return bool(page) and answer.wsgi_request.path.startswith(page)


def expect(rights: Rights, role: str, method: str) -> set[str]:
    """Return what may come of it: whom nothing is allowed learns nothing about methods, or no more than that."""
    if role in rights.get(method, ()):
        return {IN}
    if any(role in who for who in rights.values()):
        return {NO_METHOD, REFUSED} if method in rights else {NO_METHOD}
    return {REFUSED} if method in rights else {REFUSED, NO_METHOD}


def list_surprises(
    make_client: Callable[[], HostClient], doors: Mapping[str, Door], table: dict[str, Rights], role: str, values: dict
) -> list[str]:
    """Ask everything; what the role may not do is done for good, so that a snapshot afterwards shows it."""
    surprises = []
    for route, rights in table.items():
        # What only the method decides is the same for everybody between a stranger and the owner.
        for method in METHODS if role in {STRANGER, OWNER, OPERATOR} else {*USUAL_METHODS, *rights}:
            expected = expect(rights, role, method)
            with transaction.atomic():
                client = make_client()
                client.raise_request_exception = False
                answer = client.generic(method, doors[route].make_path(values))
                is_led = method in {"GET", "HEAD"} - set(rights) and leads_up(answer)
                verdict = NO_METHOD if is_led else judge(answer)
                transaction.set_rollback(IN in expected)
            if verdict not in expected:
                surprises.append(f"{method} {route} as {role}: {verdict}, not {' or '.join(sorted(expected))}")
    return surprises


def remember() -> dict[str, list[dict[str, object]]]:
    """Return every row, without when somebody signed in and with which session: each question has a new browser."""
    rows = take_snapshot()
    return rows | {"User": [{**user, "last_login": None} for user in rows["User"]], "Session": []}


@pytest.fixture
def people(tenant, sign_in, operator):  # noqa: F811
    """Return what makes browsers of somebody on a host."""

    def make(role: str, place: str) -> Callable[[], HostClient]:
        if role == OPERATOR:
            return operator
        if role == STRANGER:
            host = tenant.primary_host if place == "tenant" else settings.PLATFORM_HOST
            return lambda: HostClient(host)
        return sign_in(role)

    return make


@pytest.mark.parametrize("place", HOSTS)
def test_table_and_addresses_are_the_same(place):
    urlconf, table = HOSTS[place]

    assert sorted(table) == sorted(door.route for door in list_doors(urlconf))


@pytest.mark.parametrize("place", HOSTS)
def test_addresses_declare_what_the_table_says(place):
    urlconf, table = HOSTS[place]
    doors = {door.route: door for door in list_doors(urlconf)}
    declared = {
        route: {method: find_roles(doors[route].find_permission(method)) for method in rights}
        for route, rights in table.items()
    }
    asking = {route: dict.fromkeys(table[route], STAFF | {OPERATOR}) for route in ASK_THEMSELVES}
    at_desk = {route: {"POST": ANYONE - NO_DESK} for route in ASK_WHO_WORKS_HERE if route in declared}

    assert {
        route: rights | asking.get(route, {}) | at_desk.get(route, {}) for route, rights in declared.items()
    } == table


def find_roles(permission: str | None) -> frozenset[str]:
    """Return who has a permission; what is open has no other guard."""
    if permission == OPEN:
        return ANYONE
    return frozenset(str(role) for role, allowed in PERMISSIONS_BY_ROLE.items() if permission in allowed)


@pytest.mark.parametrize(("table", "role"), [(TENANT, OWNER), (PLATFORM, OPERATOR)])
def test_owners_at_home_and_operators_on_the_platform_may_do_everything(table, role):
    """Whether they are let in, the test below asks of every line of the table."""
    without = [
        f"{method} {route}" for route, rights in table.items() for method, who in rights.items() if role not in who
    ]

    assert without == []


@pytest.mark.parametrize(
    ("place", "role"),
    [*(("tenant", role) for role in sorted(STAFF | {STRANGER})), ("platform", STRANGER), ("platform", OPERATOR)],
)
def test_everybody_may_do_what_the_table_says_and_nothing_else(people, facts, place, role):  # noqa: F811
    urlconf, table = HOSTS[place]
    doors = {door.route: door for door in list_doors(urlconf)}
    client = people(role, place)
    before = remember()

    surprises = list_surprises(client, doors, table, role, facts)

    assert surprises == []
    assert remember() == before
    assert role != OWNER or len(before["Booking"]) > 0
