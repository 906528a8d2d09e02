"""The workspace's navigation: each folder registers its entries, `templates/workspace/base.html` draws them.

A folder calls `add_entries` in its ``urls.py``, beside the addresses that the entries lead to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.functional import Promise

from accounts.policies import Permission, has_permission
from tenants.enums import Ability
from tenants.policies import may_business

register = template.Library()
PLACES_ON_A_PHONE = 4
"""Beside "More", which opens the rest."""


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
    """

    key: str
    label: str | Promise
    icon: str
    url_name: str
    permission: Permission
    position: int
    ability: Ability | None = None
    belongs: tuple[str, ...] = ()

    def leads_to(self, url_name: str) -> bool:
        """Tell whether the page with this address's name is part of what the entry leads to."""
        return url_name == self.url_name or url_name.startswith(self.belongs or "\0")


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as it is drawn.

    Attributes:
        current: Value of ``aria-current``: ``page`` on its own page, ``true`` on one that belongs to it, else empty.
        is_in_reach: On a phone it has a place of its own.
    """

    key: str
    label: str | Promise
    icon: str
    url: str
    current: str
    is_in_reach: bool


_entries: dict[str, NavEntry] = {}


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


def list_entries() -> tuple[NavEntry, ...]:
    """Return all entries in their order."""
    return tuple(sorted(_entries.values(), key=lambda entry: entry.position))


def arrange(entries: Sequence[NavEntry], *, user: object, url_name: str) -> tuple[NavLink, ...]:
    """Return the links for a person on a page: those that a phone has no place for are out of reach there.

    The first ones are in reach, and the current one always.
    """
    allowed = [entry for entry in entries if has_permission(user, entry.permission)]
    current = next((entry for entry in allowed if entry.leads_to(url_name)), None)
    near = allowed[:PLACES_ON_A_PHONE]
    if current and current not in near:
        near = [*near[:-1], current]
    return tuple(
        NavLink(
            key=entry.key,
            label=entry.label,
            icon=entry.icon,
            url=reverse(f"workspace:{entry.url_name}"),
            current=("page" if url_name == entry.url_name else "true") if entry is current else "",
            is_in_reach=entry in near,
        )
        for entry in allowed
    )


@register.simple_tag(takes_context=True)
def list_nav(context: RequestContext) -> tuple[NavLink, ...]:
    """``{% list_nav as nav %}``: the links of the person who sees the page."""
    request = context["request"]
    match = request.resolver_match
    open_now = [entry for entry in list_entries() if entry.ability is None or may_business(entry.ability)]
    return arrange(open_now, user=request.user, url_name=match.url_name or "" if match else "")


@register.simple_tag(takes_context=True)
def language_url(context: RequestContext, code: str) -> str:
    """``{% language_url "en" %}``: the address of the same page in another language."""
    request = context["request"]
    asked = request.GET.dict() if request.method == "GET" else {}
    return f"?{urlencode({**asked, 'lang': code})}"
