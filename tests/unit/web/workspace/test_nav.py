from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import get_resolver

import config.urls_tenant  # noqa: F401 - the folders register with their addresses
from accounts.policies import Permission
from web.templatetags.icons import icon
from web.workspace.nav import (
    Menu,
    NavEntry,
    NavLink,
    PhoneTab,
    _tabs,
    add_entries,
    add_tabs,
    arrange,
    arrange_menu,
    arrange_tabs,
    language_url,
    list_entries,
)

SET_UP = ("services", "services_prices", "resources", "resource_types", "hours", "days", "locations", "rules")
SECRET = NavEntry("secret", "secret", "list", "board", Permission.TEAM_MANAGE, 99)


def person(role: str) -> object:
    return SimpleNamespace(is_authenticated=True, is_active=True, role=role)


def list_links(menu: Menu) -> list[NavLink]:
    return [link for group in menu.groups for link in group.links]


def ask(role: str, query: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/workspace/?{query}")
    request.user = person(role)
    return request


def test_the_workspace_leads_from_day_to_day_work_to_the_rest():
    get_resolver("config.urls_tenant").url_patterns  # noqa: B018 - loads every folder

    assert [entry.key for entry in list_entries()][:3] == ["calendar", "mine", "bookings"]


@pytest.mark.parametrize("entry", list_entries(), ids=lambda entry: entry.key)
def test_every_entry_has_an_icon_and_an_address(entry):
    assert "<svg" in icon(entry.icon)
    role = entry.roles[0] if entry.roles else "owner"
    assert arrange([entry], user=person(role), url_name="")[0].url.startswith("/workspace/")


@pytest.mark.parametrize(
    ("role", "query", "url_name", "keys", "current"),
    [
        ("provider", "", "mine", ["mine", "agenda", "search"], ["mine"]),
        ("provider", "who=me", "board", ["mine", "agenda", "search"], ["agenda"]),
        ("provider", "who=all", "board", ["mine", "agenda", "search"], ["agenda"]),
        ("receptionist", "", "board", ["agenda", "search", "new"], ["agenda"]),
        ("receptionist", "who=me", "board", ["agenda", "search", "new"], ["agenda"]),
        ("owner", "", "list", ["agenda", "search", "new"], ["search"]),
        ("manager", "", "new", ["agenda", "search", "new"], ["new"]),
        ("owner", "", "services", ["agenda", "search", "new"], []),
        ("read_only", "", "board", ["agenda", "search"], ["agenda"]),
    ],
)
def test_tabs_of_a_phone_are_those_of_the_role(role, query, url_name, keys, current):
    tabs = arrange_tabs(_tabs.values(), ask(role, query), url_name=url_name)

    assert [tab.key for tab in tabs] == keys
    assert [tab.key for tab in tabs if tab.current] == current


def test_every_tab_has_an_icon_and_leads_to_an_entry():
    led_to = {entry.url_name for entry in list_entries()}

    for tab in _tabs.values():
        assert "<svg" in icon(tab.icon)
        assert tab.url_name in led_to


def test_what_no_tab_leads_to_is_behind_more():
    links = arrange(list_entries(), user=person("owner"), url_name="services")

    assert [link.key for link in links if link.is_in_reach] == ["calendar", "bookings", "new"]


@pytest.mark.parametrize("changes", [{"key": "agenda"}, {"key": "x", "position": 10}])
def test_two_tabs_cannot_share_a_key_or_a_place(changes):
    values = {
        "key": "x",
        "label": "x",
        "icon": "x",
        "url_name": "board",
        "permission": Permission.BOARD_VIEW,
        "position": 990,
    }

    with pytest.raises(ValueError, match="another tab"):
        add_tabs(PhoneTab(**values | changes))


def test_who_lacks_the_permission_sees_no_entry():
    seen = [[link.key for link in arrange([SECRET], user=person(role), url_name="")] for role in ("owner", "manager")]

    assert seen == [["secret"], []]


def test_a_page_that_belongs_to_an_entry_marks_it():
    entry = NavEntry("b", "b", "list", "list", Permission.BOARD_VIEW, 1, belongs=("booking",))

    marks = [
        arrange([entry], user=person("owner"), url_name=name)[0].current for name in ("list", "booking", "board", "")
    ]

    assert marks == ["page", "true", "", ""]
    assert arrange([entry], user=person("owner"), url_name="list") == (
        NavLink("b", "b", "list", "/workspace/bookings/", "page", is_in_reach=True),
    )


@pytest.mark.parametrize("changes", [{"key": "calendar"}, {"key": "mine", "position": 10}])
def test_two_entries_cannot_share_a_key_or_a_place(changes):
    values = {
        "key": "x",
        "label": "x",
        "icon": "x",
        "url_name": "board",
        "permission": Permission.BOARD_VIEW,
        "position": 990,
    }

    with pytest.raises(ValueError, match="another entry"):
        add_entries(NavEntry(**values | changes))


def test_another_language_shows_the_same_page():
    get = RequestFactory().get("/workspace/", {"date": "2026-11-24", "lang": "es"})
    post = RequestFactory().post("/workspace/?date=2026-11-24", {"name": "x"})

    assert [language_url({"request": each}, "en") for each in (get, post)] == ["?date=2026-11-24&lang=en", "?lang=en"]


def test_settings_stand_in_one_menu_and_once_in_the_rail():
    rail = arrange(list_entries(), user=person("owner"), url_name="people_change")
    menu = arrange_menu(list_entries(), user=person("owner"), url_name="people_change")

    assert [link.key for link in rail if link.current] == ["settings"]
    keys = [
        "calendar",
        "bookings",
        "new",
        "customers",
        "waitlist",
        "voices_waiting",
        "voices",
        "money",
        "reports",
        "settings",
    ]
    assert [link.key for link in rail] == keys
    assert [link.has_menu for link in rail] == [False] * 9 + [True]
    assert {entry.key for entry in list_entries() if entry.parent} == {link.key for link in list_links(menu)}
    assert [link.key for link in list_links(menu) if link.current] == ["people"]
    assert [link.key for link in menu.groups[0].links][:4] == ["business", "services", "team", "hours"]


def test_who_may_not_open_the_settings_finds_their_pages_in_the_rail():
    rail = arrange(list_entries(), user=person("receptionist"), url_name="services")

    assert [link.key for link in rail if link.current] == ["services"]
    assert {"hours", "team", "rules"} <= {link.key for link in rail}
    assert arrange_menu(list_entries(), user=person("receptionist"), url_name="services") == Menu((), is_here=False)


@pytest.mark.parametrize(
    ("role", "url_name", "has_menu"),
    [
        ("owner", "settings_business", True),
        ("owner", "page", True),
        *((role, name, True) for role in ("owner", "manager") for name in SET_UP),
        ("owner", "board", False),
        ("manager", "settings_business", True),
        ("receptionist", "board", False),
    ],
)
def test_menu_stands_beside_the_pages_of_the_settings(role, url_name, has_menu):
    assert arrange_menu(list_entries(), user=person(role), url_name=url_name).is_here is has_menu


def test_menu_is_behind_more_on_every_page():
    menus = [arrange_menu(list_entries(), user=person("owner"), url_name=name) for name in ("board", "hours")]

    assert len({tuple(link.url for link in list_links(menu)) for menu in menus}) == 1
    assert [[link.key for link in list_links(menu) if link.current] for menu in menus] == [[], ["hours"]]


def test_menu_has_only_what_the_person_may_open():
    menu = arrange_menu(list_entries(), user=person("manager"), url_name="page")

    assert "people" not in {link.key for link in list_links(menu)}


def test_menu_takes_what_nobody_placed_at_its_end():
    late = NavEntry("late", "late", "list", "list", Permission.BOARD_VIEW, 999, parent="settings")

    menu = arrange_menu([*list_entries(), late], user=person("owner"), url_name="page")

    assert [link.key for link in menu.groups[-1].links] == ["data", "closing", "terms", "late"]
