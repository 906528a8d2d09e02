"""What roles may do is said of every role that a business has, and names nothing that it may not."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.enums import Role
from accounts.policies import PERMISSIONS_BY_ROLE, Permission
from accounts.types import SessionView
from web.workspace.people.words import MAY, name_agent, pick_icon


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


WRITES = {
    Permission.BOOKING_MANAGE, Permission.BOOKING_OVERRIDE, Permission.CATALOG_MANAGE, Permission.CUSTOMER_MANAGE,
    Permission.SETTINGS_MANAGE, Permission.ADDRESS_MANAGE, Permission.MONEY_MANAGE, Permission.TEAM_MANAGE,
}  # fmt: skip


WITHHELD = {
    Permission.ADDRESS_MANAGE: "web address", Permission.TEAM_MANAGE: "team", Permission.DATA_TAKE: "data",
    Permission.BUSINESS_CLOSE: "closing", Permission.MONEY_MANAGE: "money",
    Permission.PRIVACY_BLOCKED: "blocked",
}  # fmt: skip
"""How the words of a manager call what only owners may."""


def make_session(browser: str, system: str) -> SessionView:
    return SessionView("n", browser, system, None, None, is_here=False)


def test_every_role_of_a_business_has_words():
    assert set(MAY) == set(Role) - {Role.OPERATOR}


def test_whoever_changes_nothing_is_said_to_change_nothing():
    silent = {role for role, words in MAY.items() if "Changes nothing" in str(words)}

    assert silent == {role for role in MAY if not PERMISSIONS_BY_ROLE[role] & WRITES}


def test_only_owners_have_everything():
    assert {role for role in MAY if Permission.TEAM_MANAGE in PERMISSIONS_BY_ROLE[role]} == {Role.OWNER}


def test_managers_read_all_that_only_owners_may():
    withheld = PERMISSIONS_BY_ROLE[Role.OWNER] - PERMISSIONS_BY_ROLE[Role.MANAGER]

    assert withheld == set(WITHHELD)
    assert [word for word in WITHHELD.values() if word not in str(MAY[Role.MANAGER])] == []


def test_sessions_are_named_by_what_is_known():
    known = [("chrome", "windows"), ("safari", "iphone"), ("firefox", "other"), ("other", "ipad"), ("other", "other")]

    assert [(name_agent(make_session(*each)), pick_icon(make_session(*each))) for each in known] == [
        ("Chrome on Windows", "monitor"), ("Safari on iPhone", "smartphone"), ("Firefox", "monitor"),
        ("iPad", "tablet"), ("Unknown browser", "monitor"),
    ]  # fmt: skip
