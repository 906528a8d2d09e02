"""What a service takes, in words: "2 mechanics with brakes"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from scheduling.selectors.catalog.roster import Roster
from scheduling.types import RequirementSetup

MOST_NAMES = 2


def describe_need(each: RequirementSetup, roster: Roster) -> str:
    """Return how many of what a requirement takes."""
    names = [row.name for row in roster.list_named(each)]
    of_type = roster.types.get(each.resource_type_id or 0)
    kind = of_type.name.lower() if of_type else ""
    named = ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
    what = kind or named or each.skill
    if each.skill and what != each.skill:
        what = gettext("%(what)s with %(skill)s") % {"what": what, "skill": each.skill}
    return f"{each.quantity} {what}"


def describe_logged(value: Mapping[str, Any], roster: Roster) -> str:
    """Return a requirement as the log keeps it, with its minutes where it takes only some."""
    each = RequirementSetup(**{**value, "resource_ids": tuple(value["resource_ids"])})
    begins, lasts = each.starts_after_minutes, each.duration_minutes
    words = describe_need(each, roster)
    if begins or lasts is not None:
        until = "…" if lasts is None else str(begins + lasts)
        words = f"{words} ({begins}–{until} min)"
    if each.same_as is None:
        return words
    return gettext("%(what)s, the same as in %(number)s") % {"what": words, "number": each.same_as + 1}
