"""The page of limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext, gettext_lazy

from kernel.identity.keys import fold_letters
from scheduling.selectors.catalog.entries import get_rule_entry, list_rule_entries
from scheduling.selectors.catalog.rule_uses import BucketUse, find_current, list_counted_bookings, list_uses
from scheduling.selectors.catalog.warnings import warn_of_rules
from scheduling.services.catalog import rules
from scheduling.types import Entry, RuleSetup
from web.parts.lists import Column
from web.workspace.crud.page import CrudPage
from web.workspace.rules.forms import RuleForm
from web.workspace.rules.proofs import say_when
from web.workspace.rules.sentences import find_today, load_names, say_rule


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A line of the list; ``use`` is None for one that is switched off or does not hold soon.

    ``warnings`` say which limits make each other useless.
    """

    entry: Entry[RuleSetup]
    sentence: str
    use: BucketUse | None
    use_text: str
    warnings: tuple[str, ...]


def list_rows(now: datetime, search: str) -> Sequence[RuleRow]:
    """Return rules with what is used of them, switched off ones too; a constant number of queries."""
    names, bookings = load_names(), list_counted_bookings(now=now)
    entries, rows = list_rule_entries(is_active=None), []
    active = [each for each in entries if each.is_active]
    for entry in entries:
        sentence = say_rule(entry.setup, names)
        if all(word in fold_letters(sentence) for word in fold_letters(search).split()):
            today = find_today(entry.setup, names)
            uses = list_uses(entry.setup, bookings, today=today) if entry.is_active else ()
            use = find_current(entry.setup, uses, today=today) if entry.is_active else None
            others = [each.setup for each in active if each is not entry] if entry.is_active else []
            warnings = tuple(each.text for each in warn_of_rules(entry.setup, others))
            rows.append(RuleRow(entry, sentence, use, _say_use(entry, use, today), warnings))
    return tuple(rows)


def name_rule(entry: Entry[RuleSetup]) -> str:
    """Return a rule's sentence, by which people know it."""
    return say_rule(entry.setup, load_names())


def _say_use(entry: Entry[RuleSetup], use: BucketUse | None, today: date) -> str:
    if not entry.is_active:
        return gettext("Off: it limits nothing")
    if use is None:
        return gettext("It does not hold soon")
    numbers = {"when": say_when(entry.setup, use, today=today), "used": use.used, "limit": use.limit}
    if use.left <= 0:
        return gettext("%(when)s: %(used)s of %(limit)s, full") % numbers
    return gettext("%(when)s: %(used)s of %(limit)s") % numbers


RULES: CrudPage[RuleRow, RuleForm] = CrudPage(
    key="rules",
    noun=rules.NOUN,
    title=gettext_lazy("Limits"),
    new_label=gettext_lazy("New limit"),
    search_label=gettext_lazy("Words of a limit"),
    empty_title=gettext_lazy("Nothing is limited yet"),
    empty_text=gettext_lazy("Say how many appointments you take per day, per hour or at the same time."),
    icon="gauge",
    form=RuleForm,
    list_rows=list_rows,
    load=lambda row_id, _now: get_rule_entry(rule_id=row_id),
    create=lambda form, **how: rules.create_rule(setup=form.make_setup(), **how),
    delete=lambda row_id, **how: rules.delete_rule(rule_id=row_id, **how),
    change=lambda row_id, form, **how: rules.change_rule(rule_id=row_id, setup=form.make_setup(), **how),
    columns=(
        Column("switch", gettext_lazy("On or off"), is_silent=True),
        Column("sentence", gettext_lazy("Limit")),
        Column("use", gettext_lazy("Used")),
    ),
    sorts={"": lambda row: (row.entry.id,)},
    row_template="workspace/rules/row.html",
    has_file=True,
    list_lead="workspace/rules/lead.html",
    list_style="limits",
    name_of=name_rule,
    idle_note=gettext_lazy("Archiving switches it off and takes it off the list; its history stays."),
    is_switched=True,
)
