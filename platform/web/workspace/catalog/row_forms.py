"""The rows of a service's form: what it takes, and its extras."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from audit.selectors.log import list_changes
from kernel.ids import read_row_id
from scheduling.enums import CatalogNoun
from scheduling.services.catalog.extras import ExtraLine
from scheduling.services.catalog.requirements import POOL_EMPTY
from scheduling.types import AddOnSetup, Entry, RequirementSetup
from tenants.context import current_tenant
from web.parts.fields import ChoiceField, IdField, IdsField, LengthField, MoneyField, NumberField, TextField
from web.parts.forms import PageForm
from web.parts.widgets import Chips, SuggestInput
from web.templatetags.formats import get_current_formats
from web.workspace.catalog.texts import (
    EXTRA_TEXTS,
    add_text_fields,
    describe_texts,
    list_text_initial,
    read_texts,
    spread,
)
from web.workspace.crud.history import make_steps
from web.workspace.setup_forms import describe_value, spell_alike


class RequirementForm(PageForm):
    """One thing that a service takes: who or what, how many, and for which minutes."""

    resource_type_id = IdField(label=gettext_lazy("Type"), required=False)
    skill = TextField(label=gettext_lazy("With the skill"), max_length=60, required=False, widget=SuggestInput())
    quantity = NumberField(label=gettext_lazy("How many"), min_value=1, max_value=1000, initial=1)
    starts_after_minutes = LengthField(label=gettext_lazy("From minute"), min_value=0, max_value=20160, initial=0)
    duration_minutes = LengthField(
        label=gettext_lazy("For"), min_value=1, max_value=20160, required=False,
        help_text=gettext_lazy("Empty: to the end"),
    )  # fmt: skip
    resource_ids = IdsField(label=gettext_lazy("Only these"), required=False, widget=Chips())
    same_as = ChoiceField(label=gettext_lazy("The same as in"), required=False)

    def offer_others(self, rows: Iterable[str], own: str) -> None:
        """Let the row name another one whose people or things it needs too; ``rows`` are the names of all, in order."""
        others = [
            (name, gettext("Requirement %(number)s") % {"number": number})
            for number, name in enumerate(rows, start=1)
            if name != own
        ]
        self.fields["same_as"].choices = [("", gettext("Anybody")), *others]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask at once who or what it is: the service would, but only when all else is right."""
        data = dict(self.cleaned_data)
        asked = ("resource_type_id", "skill", "resource_ids")
        if not any(data.get(name) or name in self.errors for name in asked):
            self.add_error("resource_type_id", gettext(POOL_EMPTY))
        return data

    def make_setup(self, rows: Sequence[str]) -> RequirementSetup:
        """Return the requirement as it was typed; ``rows`` are the names of all, in order."""
        data = dict(self.cleaned_data)
        data["same_as"] = rows.index(data["same_as"]) if data["same_as"] else None
        skill = spell_alike(data["skill"], self.fields["skill"].widget.suggestions)
        return RequirementSetup(**{**data, "skill": skill, "resource_ids": tuple(data["resource_ids"])})


def list_extra_initial(entry: Entry[AddOnSetup]) -> dict[str, Any]:
    """Return what the row of an extra shows before somebody types."""
    setup = entry.setup
    own = {"id": entry.id, "version": entry.version, "name": setup.name, "minutes": setup.minutes}
    return {**own, "price": setup.price_minor, **list_text_initial(setup.texts, {"name": setup.name})}


class ExtraForm(PageForm):
    """One extra of a service."""

    id = forms.CharField(required=False, widget=forms.HiddenInput())
    version = forms.CharField(required=False, widget=forms.HiddenInput())
    name = TextField(label=gettext_lazy("Name"), max_length=120)
    minutes = LengthField(label=gettext_lazy("Longer by"), min_value=0, max_value=1440, initial=0)
    price = MoneyField(label=gettext_lazy("Price"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_text_fields(self, EXTRA_TEXTS)

    @property
    def name_fields(self) -> tuple[forms.BoundField, ...]:
        """Return the name in each language."""
        return tuple(self[name] for name in spread("name") if name in self.fields)

    fresh_version: int | None = None
    is_gone: bool = False

    @property
    def shown_id(self) -> object:
        """Return which extra the next save names: none when it is gone, so that it is added anew."""
        return "" if self.is_gone else self["id"].value() or ""

    @property
    def shown_version(self) -> object:
        """Return what the next save names: after another editor's change, the version that was told."""
        return self.fresh_version or self["version"].value() or ""

    def tell_changes(self, fresh_version: int | None) -> None:
        """Say what somebody else did since this row was shown; ``fresh_version`` is None for an extra that is gone."""
        row_id, seen = read_row_id(self["id"].value()), read_row_id(self["version"].value())
        self.fresh_version, self.is_gone = fresh_version, fresh_version is None
        changes = list_changes(noun=CatalogNoun.ADD_ON, row_id=row_id or 0, after_version=seen or 0)
        for step in make_steps(self, changes):
            self.add_error(None, step.summary)

    def label_of(self, name: str) -> str:
        """Return how people call a field of an extra."""
        if name == "texts":
            return gettext("In other languages")
        asked = {"price_minor": "price"}.get(name, name)
        return str(self.fields[asked].label) if asked in {"name", "minutes", "price"} else ""

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words."""
        if name == "texts" and isinstance(value, list):
            return describe_texts(value)
        if name == "price_minor" and isinstance(value, int):
            return get_current_formats().format_money(value, current_tenant().currency)
        return describe_value(value)

    def make_line(self) -> ExtraLine:
        """Return the extra as it was typed."""
        data = dict(self.cleaned_data)
        return ExtraLine(
            texts=read_texts(data, EXTRA_TEXTS),
            name=data["name"],
            minutes=data["minutes"],
            price_minor=data["price"] or 0,
            add_on_id=read_row_id(data["id"]),
            version=read_row_id(data["version"]),
        )
