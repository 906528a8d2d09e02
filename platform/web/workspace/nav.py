"""The workspace's navigation: each folder registers its entries, `templates/workspace/base.html` draws them.

A folder calls `add_entries` in its ``urls.py``, beside the addresses that the entries lead to; the few places that a
phone has at its foot are tabs of their own, registered with `add_tabs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.template import RequestContext
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.policies import Permission, has_permission
from tenants.enums import Ability
from tenants.policies import may_business
from web.parts.assets import describe_customer_search, describe_search

register = template.Library()


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A way into a part of the workspace.

    Attributes:
        icon: Name in Lucide.
        url_name: Name of the address it leads to, in the workspace's URLs.
        permission: Only who has it sees the entry.
        position: Its place: 10, 20, … leave room between.
        ability: What the state of the business must allow, if anything.
        belongs: Beginnings of the names of other addresses on which it is the current entry.
        parent: Key of the entry in whose menu it stands, instead of beside it.
        roles: Only they have it; empty: everybody with the permission.
    """

    key: str
    label: str | Promise
    icon: str
    url_name: str
    permission: Permission
    position: int
    ability: Ability | None = None
    belongs: tuple[str, ...] = ()
    parent: str = ""
    roles: tuple[Role, ...] = ()

    def is_for(self, user: object) -> bool:
        """Tell whether a person has it."""
        return has_permission(user, self.permission) and (not self.roles or getattr(user, "role", "") in self.roles)

    def leads_to(self, url_name: str) -> bool:
        """Tell whether the page with this address's name is part of what the entry leads to."""
        return url_name == self.url_name or url_name.startswith(self.belongs or "\0")


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as it is drawn.

    Attributes:
        current: Value of ``aria-current``: ``page`` on its own page, ``true`` on one that belongs to it, else empty.
        is_in_reach: On a phone a tab leads there.
    """

    key: str
    label: str | Promise
    icon: str
    url: str
    current: str
    is_in_reach: bool

    @property
    def has_menu(self) -> bool:
        """Tell whether it opens a menu: on a phone that stands in its place."""
        return self.key == SETTINGS


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Links of a menu that belong together."""

    title: str | Promise
    links: tuple[NavLink, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of the settings; ``is_here``: the page is one of them, and the menu stands beside it."""

    groups: tuple[MenuGroup, ...]
    is_here: bool


@dataclass(frozen=True, slots=True)
class PhoneTab:
    """A place in the bar at the foot of a phone; beside them "More" opens the rest.

    Attributes:
        label: One short word: five of them share 320 pixels.
        url_name: Name of the address it leads to, with ``query`` behind it.
        roles: Only they have it; empty: everybody with the permission.
        shows: Whether the page of its address that a request asks for is this tab's; None: always.
    """

    key: str
    label: str | Promise
    icon: str
    url_name: str
    permission: Permission
    position: int
    query: str = ""
    ability: Ability | None = None
    roles: tuple[Role, ...] = ()
    shows: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True, slots=True)
class PhoneBar:
    """The bar as it is drawn; ``is_elsewhere``: the page is reached through "More"."""

    tabs: tuple[NavLink, ...]
    is_elsewhere: bool


SETTINGS = "settings"
MENU: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Your business"),
        ("business", "services", "team", "hours", "locations", "rules", "payments", "people", "privacy", "imports"),
    ),
    (gettext_lazy("Online"), ("page", "notice", "address", "widget", "feeds", "keys", "webhooks")),
)
"""Where an owner finds everything, by the keys of entries; what else stands in the menu comes after it."""

_entries: dict[str, NavEntry] = {}
_tabs: dict[str, PhoneTab] = {}


def add_entries(*entries: NavEntry) -> None:
    """Register entries; the same one again changes nothing.

    Raises:
        ValueError: Another entry has the key or the position.
    """
    for entry in entries:
        others = [each for key, each in _entries.items() if key != entry.key]
        if _entries.get(entry.key, entry) != entry or entry.position in {each.position for each in others}:
            message = f"the navigation has another entry with the key or position of {entry.key}"
            raise ValueError(message)
        _entries[entry.key] = entry


def add_tabs(*tabs: PhoneTab) -> None:
    """Register tabs; the same one again changes nothing.

    Raises:
        ValueError: Another tab has the key or the position.
    """
    for tab in tabs:
        others = [each for key, each in _tabs.items() if key != tab.key]
        if _tabs.get(tab.key, tab) != tab or tab.position in {each.position for each in others}:
            message = f"the bar of the phone has another tab with the key or position of {tab.key}"
            raise ValueError(message)
        _tabs[tab.key] = tab


def list_entries() -> tuple[NavEntry, ...]:
    """Return all entries in their order."""
    return tuple(sorted(_entries.values(), key=lambda entry: entry.position))


def arrange(entries: Sequence[NavEntry], *, user: object, url_name: str) -> tuple[NavLink, ...]:
    """Return the links for a person on a page, without what stands in the menu of another one.

    Those that no tab of a phone leads to are out of reach there.
    """
    allowed = [entry for entry in entries if entry.is_for(user)]
    current = _find_current(allowed, url_name)
    keys = {entry.key for entry in allowed}
    return tuple(
        _make_link(entry, url_name, is_current=current is not None and entry.key in {current.key, current.parent})
        for entry in allowed
        if entry.parent not in keys
    )


def arrange_menu(entries: Sequence[NavEntry], *, user: object, url_name: str) -> Menu:
    """Return the menu of the settings for a person on a page; without groups for who may not open the settings."""
    allowed = {entry.key: entry for entry in entries if entry.is_for(user)}
    if SETTINGS not in allowed:
        return Menu((), is_here=False)
    current = _find_current(tuple(allowed.values()), url_name)
    placed = {key for _, keys in MENU for key in keys}
    rest = tuple(key for key, entry in allowed.items() if entry.parent == SETTINGS and key not in placed)
    groups = (
        MenuGroup(
            title,
            tuple(
                _make_link(allowed[key], url_name, is_current=current is not None and key == current.key)
                for key in keys
                if key in allowed
            ),
        )
        for title, keys in (*MENU, (gettext_lazy("Account"), rest))
    )
    is_here = current is not None and SETTINGS in {current.key, current.parent}
    return Menu(tuple(group for group in groups if group.links), is_here=is_here)


def _find_current(entries: Iterable[NavEntry], url_name: str) -> NavEntry | None:
    """Return the entry of a page: rather one of a menu than the one that opens it."""
    found = [entry for entry in entries if entry.leads_to(url_name)]
    return next((entry for entry in found if entry.parent), next(iter(found), None))


def _make_link(entry: NavEntry, url_name: str, *, is_current: bool) -> NavLink:
    return NavLink(
        key=entry.key,
        label=entry.label,
        icon=entry.icon,
        url=reverse(f"workspace:{entry.url_name}"),
        current=("page" if url_name == entry.url_name else "true") if is_current else "",
        is_in_reach=entry.url_name in {tab.url_name for tab in _tabs.values()},
    )


def arrange_tabs(tabs: Iterable[PhoneTab], request: HttpRequest, *, url_name: str) -> tuple[NavLink, ...]:
    """Return the tabs of the person who asks, in their order."""
    role = getattr(request.user, "role", "")
    mine = [
        tab
        for tab in sorted(tabs, key=lambda tab: tab.position)
        if has_permission(request.user, tab.permission) and (not tab.roles or role in tab.roles)
    ]
    return tuple(
        NavLink(
            key=tab.key,
            label=tab.label,
            icon=tab.icon,
            url=reverse(f"workspace:{tab.url_name}") + (f"?{tab.query}" if tab.query else ""),
            current="page" if tab.url_name == url_name and (tab.shows is None or tab.shows(request)) else "",
            is_in_reach=True,
        )
        for tab in mine
    )


@register.simple_tag(takes_context=True)
def make_phone_bar(context: RequestContext, links: Sequence[NavLink]) -> PhoneBar:
    """``{% make_phone_bar nav as bar %}``: the tabs of the person who sees the page, whose links are ``nav``."""
    request = context["request"]
    match = request.resolver_match
    open_now = [tab for tab in _tabs.values() if tab.ability is None or may_business(tab.ability)]
    tabs = arrange_tabs(open_now, request, url_name=match.url_name or "" if match else "")
    is_here = any(tab.current for tab in tabs)
    return PhoneBar(tabs, is_elsewhere=not is_here and any(link.current and not link.is_in_reach for link in links))


@register.simple_tag
def search_hint() -> str:
    """``{% search_hint %}``: what bookings are found by, in the trade's own words."""
    return describe_search()


@register.simple_tag
def search_hint_of_customers() -> str:
    """``{% search_hint_of_customers %}``: what customers are found by, likewise."""
    return describe_customer_search()


@register.simple_tag(takes_context=True)
def list_nav(context: RequestContext) -> tuple[NavLink, ...]:
    """``{% list_nav as nav %}``: the links of the person who sees the page."""
    request = context["request"]
    match = request.resolver_match
    open_now = [entry for entry in list_entries() if entry.ability is None or may_business(entry.ability)]
    return arrange(open_now, user=request.user, url_name=match.url_name or "" if match else "")


@register.simple_tag(takes_context=True)
def list_menu(context: RequestContext) -> Menu:
    """``{% list_menu as menu %}``: the menu of the settings, for the person who sees the page."""
    request = context["request"]
    match = request.resolver_match
    open_now = [entry for entry in list_entries() if entry.ability is None or may_business(entry.ability)]
    return arrange_menu(open_now, user=request.user, url_name=match.url_name or "" if match else "")


@register.simple_tag(takes_context=True)
def language_url(context: RequestContext, code: str) -> str:
    """``{% language_url "en" %}``: the address of the same page in another language."""
    request = context["request"]
    asked = request.GET.dict() if request.method == "GET" else {}
    return f"?{urlencode({**asked, 'lang': code})}"
