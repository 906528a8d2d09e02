"""Two editors at once: the second is told who did what and when, and loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from audit.types import Change
from scheduling.selectors.catalog.setups import to_json
from scheduling.types import Entry
from web.workspace.crud.history import Step, make_steps
from web.workspace.crud.page import CrudPage, FormT


@dataclass(frozen=True, slots=True)
class Clash:
    """What others did while this editor was typing, newest first; ``is_archived`` is how they left it."""

    steps: tuple[Step, ...]
    is_archived: bool


def make_clash(form: FormT, entry: Entry[Any], changes: Sequence[Change]) -> Clash:
    """Say what others did in the words of the form."""
    return Clash(make_steps(form, changes), is_archived=not entry.is_active)


def merge(page: CrudPage[Any, FormT], typed: FormT, entry: Entry[Any], changes: Sequence[Change]) -> FormT:
    """Return the form anew: fields that were left alone take the other's value, what was typed stays."""
    mine = typed.make_setup()
    first: dict[str, object] = {}
    for change in changes:  # newest first: the oldest one has what this editor was shown
        first |= {each.name: each.old for each in change.fields}
    theirs = {
        name: getattr(entry.setup, name)
        for name, old in first.items()
        if name in mine.__dataclass_fields__ and to_json(getattr(mine, name)) == old
    }
    merged = page.form(setup=replace(mine, **theirs), row_id=entry.id)
    merged.carry_over(typed)
    # What no form sets (who signs in as this person) is told among the steps, and has no field.
    for name in first.keys() & mine.__dataclass_fields__.keys():
        if name not in theirs and typed.label_of(name):
            value = typed.describe(name, to_json(getattr(entry.setup, name)))
            note = gettext("Meanwhile it became: %(value)s") % {"value": value}
            merged.warnings[typed.names.get(name, name)] = (note,)
    return merged
