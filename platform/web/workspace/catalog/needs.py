"""What a service takes, in words: "2 mechanics with brakes"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from scheduling.selectors.catalog.entries import list_resource_entries, list_resource_type_entries
from scheduling.types import Entry, RequirementSetup, ResourceSetup, ResourceTypeSetup

MOST_NAMES, MOST_LACKING = 2, 3


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
        rows = self._list_named(each) or ([] if each.resource_type_id else self.list_able(each))
        type_ids = {row.setup.resource_type_id for row in rows} | {each.resource_type_id or 0}
        return any(self.types[type_id].setup.is_person for type_id in type_ids if type_id in self.types)

    def list_able(self, each: RequirementSetup) -> list[Entry[ResourceSetup]]:
        """Return who or what can fill a requirement now."""
        if each.resource_ids:
            return [row for row in self._list_named(each) if row.is_active]
        return [row for row in self._list_of_type(each) if not each.skill or each.skill in row.setup.skills]

    def list_warnings(self, requirements: Sequence[RequirementSetup]) -> tuple[str, ...]:
        """Say what nobody can do, with the names of those who lack something, and what hangs on one person."""
        found = {text: None for each in requirements if (text := self._warn(each))}
        return tuple(found)

    def _warn(self, each: RequirementSetup) -> str:
        able = self.list_able(each)
        names = ", ".join(row.setup.name for row in able)
        if able and len(able) < each.quantity:
            return gettext("It takes %(count)s and only %(names)s can do it") % {"count": each.quantity, "names": names}
        if not able:
            return self._explain_nobody(each)
        if len(able) == 1 and self.is_person(each) and self._count_people() > 1:
            return gettext("Only %(name)s can do it") % {"name": names}
        return ""

    def _explain_nobody(self, each: RequirementSetup) -> str:
        lacking = self._list_named(each) or self._list_of_type(each)
        names = ", ".join(row.setup.name for row in lacking[:MOST_LACKING])
        names = f"{names} …" if len(lacking) > MOST_LACKING else names
        if not lacking:
            return gettext("Nobody can do it. Missing: %(what)s") % {"what": self.describe(each)}
        if each.resource_ids:
            return gettext("Nobody can do it. Archived: %(names)s") % {"names": names}
        return gettext("Nobody can do it. Without “%(skill)s”: %(names)s") % {"skill": each.skill, "names": names}

    def _list_of_type(self, each: RequirementSetup) -> list[Entry[ResourceSetup]]:
        active = (row for row in self.resources.values() if row.is_active)
        return [row for row in active if each.resource_type_id in {None, row.setup.resource_type_id}]

    def _count_people(self) -> int:
        active = (row for row in self.resources.values() if row.is_active)
        return sum(self.types[row.setup.resource_type_id].setup.is_person for row in active)

    def _list_named(self, each: RequirementSetup) -> list[Entry[ResourceSetup]]:
        return [self.resources[row_id] for row_id in each.resource_ids if row_id in self.resources]


def load_pools(*, now: datetime) -> Pools:
    """Load types and resources; a constant number of queries."""
    return Pools(
        types={each.id: each for each in list_resource_type_entries(now=now, is_active=None)},
        resources={each.id: each for each in list_resource_entries(now=now, is_active=None)},
    )
