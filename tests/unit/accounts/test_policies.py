from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from accounts.policies import PERMISSIONS_BY_ROLE, Permission, has_permission

VIEWER = {"board_view", "customer_view"}
WORKER = VIEWER | {"own_work"}
DESK = VIEWER | {"catalog_view"}
RECEPTION = DESK | {"booking_manage", "customer_manage", "own_work"}
MANAGER = RECEPTION | {
    "booking_override",
    "catalog_manage",
    "key_manage",
    "privacy_manage",
    "report_view",
    "settings_manage",
}


def make_person(role: str, **changes: object) -> SimpleNamespace:
    return SimpleNamespace(**({"is_authenticated": True, "is_active": True, "role": role} | changes))


def list_allowed(person: object) -> set[str]:
    return {permission.value for permission in Permission if has_permission(person, permission)}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (
            Role.OWNER,
            MANAGER
            | {"address_manage", "money_manage", "team_manage", "data_take", "business_close", "privacy_blocked"},
        ),
        (Role.MANAGER, MANAGER),
        (Role.RECEPTIONIST, RECEPTION),
        (Role.PROVIDER, WORKER),
        (Role.READ_ONLY, DESK | {"report_view"}),
        (Role.OPERATOR, {"operator"}),
        ("", set()),
        ("king", set()),
    ],
)
def test_role_may_do_this_and_nothing_else(role, allowed):
    assert list_allowed(make_person(role)) == allowed


def test_every_role_is_decided_on():
    assert set(PERMISSIONS_BY_ROLE) == set(Role)


@pytest.mark.parametrize(
    "person",
    [
        AnonymousUser(),
        object(),
        None,
        make_person("owner", is_active=False),
        make_person("owner", is_authenticated=False),
        SimpleNamespace(is_authenticated=True, is_active=True),
    ],
)
def test_nobody_in_particular_may_do_nothing(person):
    assert list_allowed(person) == set()
