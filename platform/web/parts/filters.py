"""What narrows a list: each filter is one parameter of the address, drawn as links or as a menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Filter:
    """A question with a few answers; the first one is taken when the address names none or an unknown one.

    Attributes:
        key: Name of the parameter.
        label: What it asks, for people who hear the page.
        choices: Value and text of each answer; the empty value stands for all.
    """

    key: str
    label: Text
    choices: Sequence[tuple[str, Text]]

    def read(self, asked: str | None) -> str:
        """Return the value that ``asked`` names."""
        known = [value for value, _ in self.choices]
        return asked if asked in known else (known[0] if known else "")


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One answer of a filter as a link; ``count`` is how many rows it would show, None when nobody counted."""

    label: Text
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class FilterLine:
    """A filter as a row of links."""

    key: str
    label: Text
    links: tuple[FilterLink, ...]


ACTIVE, ARCHIVED = "", "archived"

STATE = Filter(
    key="state",
    label=gettext_lazy("State"),
    choices=((ACTIVE, gettext_lazy("In use")), (ARCHIVED, gettext_lazy("Archived"))),
)
"""Whether rows that were archived are listed, instead of those in use."""
