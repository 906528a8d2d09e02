"""What a service takes, in words: "2 mechanics with brakes"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from scheduling.selectors.catalog.entries import list_resource_entries, list_resource_type_entries
from scheduling.types import Entry, RequirementSetup, ResourceSetup, ResourceTypeSetup

MOST_NAMES = 2


@dataclass(frozen=True, slots=True)
class Pools:
    """Types and resources by their ids, archived ones too: an old requirement may name them."""

    types: Mapping[int, Entry[ResourceTypeSetup]]
    resources: Mapping[int, Entry[ResourceSetup]]

    def describe(self, each: RequirementSetup) -> str:
        """Return how many of what a requirement takes."""
        names = [row.setup.name for row in self._list_named(each)]
        of_type = self.types.get(each.resource_type_id or 0)
        kind = of_type.setup.name.lower() if of_type else ""
        named = ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
        what = kind or named or each.skill
        if each.skill and what != each.skill:
            what = gettext("%(what)s with %(skill)s") % {"what": what, "skill": each.skill}
        return f"{each.quantity} {what}"

    def describe_logged(self, value: Mapping[str, Any]) -> str:
        """Return a requirement as the log keeps it, with its minutes where it takes only some."""
        each = RequirementSetup(**{**value, "resource_ids": tuple(value["resource_ids"])})
        begins, lasts = each.starts_after_minutes, each.duration_minutes
        words = self.describe(each)
        if begins or lasts is not None:
            until = "…" if lasts is None else str(begins + lasts)
            words = f"{words} ({begins}–{until} min)"
        if each.same_as is None:
            return words
        return gettext("%(what)s, the same as in %(number)s") % {"what": words, "number": each.same_as + 1}

    def is_person(self, each: RequirementSetup) -> bool:
        """Tell whether a requirement takes people."""
        type_ids = {row.setup.resource_type_id for row in self._list_named(each)} | {each.resource_type_id or 0}
        return any(self.types[type_id].setup.is_person for type_id in type_ids if type_id in self.types)

    def _list_named(self, each: RequirementSetup) -> list[Entry[ResourceSetup]]:
        return [self.resources[row_id] for row_id in each.resource_ids if row_id in self.resources]


def load_pools(*, now: datetime) -> Pools:
    """Load types and resources; a constant number of queries."""
    return Pools(
        types={each.id: each for each in list_resource_type_entries(now=now, is_active=None)},
        resources={each.id: each for each in list_resource_entries(now=now, is_active=None)},
    )
