"""What was done to a thing: the page that lists it, and the same in a sentence for whoever comes second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from audit.enums import Action
from audit.selectors.log import list_changes
from audit.types import Change
from kernel.clock import utc_now
from tenants.context import current_tenant
from web.formats import end_sentence
from web.templatetags.formats import local_date_time
from web.workspace.crud.page import CrudPage

SENTENCES = {
    Action.CREATED: gettext_lazy("%(who)s set it up, %(when)s"),
    Action.CHANGED: gettext_lazy("%(who)s changed it, %(when)s"),
    Action.ARCHIVED: gettext_lazy("%(who)s archived it, %(when)s"),
    Action.RESTORED: gettext_lazy("%(who)s restored it, %(when)s"),
    Action.DELETED: gettext_lazy("%(who)s deleted it, %(when)s"),
}


class Describer(Protocol):
    """A form that knows the words for what it asks."""

    def label_of(self, name: str) -> str:
        """Return how people call a field; empty for what the form does not ask."""

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words."""


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did, with label, old and new of each field that the form asks."""

    change: Change
    lines: tuple[tuple[str, str, str], ...]

    @property
    def title(self) -> str:
        """Return what was done: "Was changed"."""
        return str(Action(self.change.action).label)

    @property
    def sentence(self) -> str:
        """Return who did what and when, without a full stop."""
        when = local_date_time(self.change.at, current_tenant().timezone)
        who = self.change.user_name or gettext("Somebody")
        return SENTENCES[Action(self.change.action)] % {"who": who, "when": when}

    @property
    def summary(self) -> str:
        """Return all of it in one sentence."""
        what = "; ".join(f"{label}: {old} → {new}" if old or new else label for label, old, new in self.lines)
        return end_sentence(f"{self.sentence}: {what}" if what else self.sentence)


def make_steps(form: Describer, changes: Iterable[Change]) -> tuple[Step, ...]:
    """Put changes into the words of a form."""
    return tuple(
        Step(
            change=change,
            lines=tuple(
                (label, form.describe(each.name, each.old), form.describe(each.name, each.new))
                for each in change.fields
                if (label := form.label_of(each.name))
            ),
        )
        for change in changes
    )


def show_history(request: HttpRequest, page: CrudPage[Any, Any], row_id: int) -> HttpResponse:
    """Answer with everything that was done to a thing, newest first."""
    entry = page.load(row_id, utc_now())
    form = page.form(setup=entry.setup, row_id=row_id)
    steps = make_steps(form, list_changes(noun=page.noun.name, row_id=row_id))
    context = {
        "page": page,
        "entry": entry,
        "name": page.name_of(entry),
        "steps": steps,
        "urls": page.list_urls(row_id),
    }
    return render(request, "workspace/crud/history.html", context)
