"""What a service takes, in one cell: "1 Mecánico (Motor) 0-60 + 1 Elevador"."""

from __future__ import annotations

import re

from django.utils.translation import gettext

from kernel.identity.keys import fold_letters
from scheduling.selectors.catalog.roster import Roster
from scheduling.types import RequirementSetup
from web.workspace.files.cells import CellWrong
from web.workspace.files.reading import AS_IT_IS

LONGEST_PART = 300
"""Characters: a type, a skill and their numbers have room. Reading takes the square of it."""
PART = re.compile(r"(?:([0-9]{1,4}) )?([^()+]*?) ?(?:\(([^()+]{1,60})\))? ?(?:([0-9]{1,5})-([0-9]{1,5})?)?")
SPECIAL = re.compile(r"[()+]|\d-")


def write_needs(requirements: tuple[RequirementSetup, ...], roster: Roster) -> str:
    """Return the cell; `AS_IT_IS` for what none can say: people by name, or the same person in two parts."""
    cells: list[str] = []
    for each in requirements:
        kind = roster.types.get(each.resource_type_id or 0)
        name = kind.name if kind else ""
        is_special = SPECIAL.search(name) or SPECIAL.search(each.skill) or each.resource_ids or each.same_as is not None
        if is_special or not (name or each.skill):
            return AS_IT_IS
        cell = f"{each.quantity} {name}".strip() + (f" ({each.skill})" if each.skill else "")
        begins, lasts = each.starts_after_minutes, each.duration_minutes
        if begins or lasts is not None:
            cell += f" {begins}-{'' if lasts is None else begins + lasts}"
        cells.append(cell)
    return " + ".join(cells)


def read_needs(text: str, roster: Roster) -> tuple[RequirementSetup, ...]:
    """Return what a cell asks for.

    Raises:
        CellWrong: It cannot be read, or names a type that there is not.
    """
    return tuple(_read_part(" ".join(part.split()), roster) for part in text.split("+"))


def _read_part(part: str, roster: Roster) -> RequirementSetup:
    found = PART.fullmatch(part) if len(part) <= LONGEST_PART else None
    if found is None:
        raise CellWrong(gettext("Write it as “1 mechanic (skill) 0-60 + 1 lift”."))
    count, name, skill, begins, ends = found.groups()
    kinds = {fold_letters(each.name): each.id for each in roster.types.values() if each.is_active}
    if name and fold_letters(name) not in kinds:
        known = ", ".join(each.name for each in roster.types.values() if each.is_active)
        raise CellWrong(gettext("There is no “%(name)s”. There are: %(known)s.") % {"name": name[:60], "known": known})
    start = int(begins or 0)
    if ends is not None and int(ends) <= start:
        raise CellWrong(gettext("A part ends after it begins: 0-60."))
    return RequirementSetup(
        resource_type_id=kinds[fold_letters(name)] if name else None,
        skill=(skill or "").strip(),
        quantity=int(count or 1),
        starts_after_minutes=start,
        duration_minutes=None if ends is None else int(ends) - start,
    )
