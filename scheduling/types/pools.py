"""Who or what can fill a requirement: the one rule, in memory; `selectors.availability.plan_sql` has its SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pool:
    """Resources by name, in order of preference; where none is named, all of a type, with a skill, or both.

    Whether they are archived, and where they are, is asked apart.
    """

    named: tuple[int, ...] = ()
    type_id: int | None = None
    skill: str = ""

    def has(self, resource_id: int, type_id: int, skills: Collection[str]) -> bool:
        """Tell whether a resource is one of them; a pool that says nothing is empty."""
        if self.named:
            return resource_id in self.named
        is_told = self.type_id is not None or bool(self.skill)
        return is_told and self.type_id in {None, type_id} and (not self.skill or self.skill in skills)
