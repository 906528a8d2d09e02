"""Forms that are filled from a set-up of the catalog and make one, in parts with help beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext

from web.parts.forms import PageForm

SetupT = TypeVar("SetupT", bound=Any)
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a form: help beside its fields; ``rows`` are names of fields that stand beside each other.

    ``template`` draws what is not a field, above them; ``after`` below.
    """

    key: str
    title: Text
    help: Text
    rows: tuple[tuple[str, ...], ...] = ()
    template: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """A part with its fields; ``wrong`` counts those that have to be corrected."""

    part: Part
    rows: tuple[tuple[BoundField, ...], ...]
    wrong: int


class SetupForm(PageForm, Generic[SetupT]):
    """A form that is filled from a set-up of ``setup_type`` and makes one.

    Attributes:
        names: The form's name of a field that the set-up calls otherwise.
        further: What is logged of the row and asked elsewhere: its label; the history shows no values.
    """

    setup_type: type[SetupT]
    is_summed_up = True
    parts: tuple[Part, ...] = ()
    names: Mapping[str, str] = {}
    further: Mapping[str, Text] = {}

    def __init__(
        self, data: QueryDict | None = None, *, setup: SetupT | None = None, row_id: int | None = None
    ) -> None:
        super().__init__(data, initial=self.list_initial(setup) if setup is not None else None)
        self.setup = setup
        self.row_id = row_id

    def perform(self, do: str) -> None:
        """Do what a button inside of the form asks, such as one row more; a child that has such buttons knows how."""

    def carry_over(self, typed: SetupForm[SetupT]) -> None:
        """Take from a form what is no part of the set-up; a child that asks for more knows what."""

    def list_initial(self, setup: SetupT) -> dict[str, Any]:
        """Return what the fields show; a child adds what it shows in another shape."""
        return {each.name: getattr(setup, each.name) for each in fields(setup)}

    @property
    def drawn_parts(self) -> tuple[DrawnPart, ...]:
        """Return the parts with the fields that this form has."""
        return tuple(self._draw(part) for part in self.parts)

    def count_wrong(self, part: Part) -> int:
        """Return how many fields of a part have to be corrected."""
        return sum(name in self.errors for row in part.rows for name in row)

    def read_values(self) -> dict[str, Any]:
        """Return the checked values by the set-up's fields; a child turns what it asks in another shape."""
        return dict(self.cleaned_data)

    def make_setup(self) -> SetupT:
        """Return what was typed, on top of what the form does not ask."""
        values = self.read_values()
        setup: SetupT = replace(self.setup, **values) if self.setup else self.setup_type(**values)
        return setup

    def label_of(self, name: str) -> str:
        """Return how people call a field of the set-up; empty for what nobody is told of."""
        asked = self.names.get(name, name)
        return str(self.fields[asked].label) if asked in self.fields else str(self.further.get(name, ""))

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words; a child knows its own."""
        if name in self.further:
            return ""
        return (", ".join(map(describe_value, value)) or "–") if isinstance(value, list) else describe_value(value)

    def _draw(self, part: Part) -> DrawnPart:
        shown = {name for name in self.fields if not self[name].is_hidden}
        rows = (tuple(self[name] for name in row if name in shown) for row in part.rows)
        return DrawnPart(part, tuple(row for row in rows if row), self.count_wrong(part) if self.is_bound else 0)


def describe_value(value: object) -> str:
    """Return a value of the log in words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


def say_archived(name: str) -> str:
    """Return the name of what may stay chosen although it is archived."""
    return gettext("%(name)s (archived)") % {"name": name}


def spell_alike(word: str, known: Iterable[str]) -> str:
    """Return a typed word as it is known already: skills that differ in their capitals are one to people."""
    return next((each for each in known if each.casefold() == word.casefold()), word)
