"""The one dialect of forms: Django's own, drawn by `templates/components/field.html`.

A page says ``{{ form.name.as_field_group }}``; label, hint, findings and what was typed come along,
tied together for screen readers. The setting ``FORM_RENDERER`` names `PageRenderer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext

from kernel.errors import Invalid
from web.errors import translate_error
from web.parts.voice import speak_for
from web.parts.widgets import INPUT_CLASS

UNBOXED = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.HiddenInput)
"""Inputs without a box around them."""

Findings = Mapping[str, tuple[str, ...]]
"""Field → English msgids, as the rooms below give them; an empty name stands for the whole."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the summary above a form: what is wrong, and the id of the input to go to (empty: of none)."""

    text: str
    target: str


class PageField(BoundField):
    """A field of a form as pages draw it."""

    @property
    def is_check(self) -> bool:
        """Tell whether the label stands beside its box."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_needed(self) -> bool:
        """Tell whether it must be filled in; a room below may be the one that asks (see `mark_needed`)."""
        return bool(getattr(self.field, "is_needed", self.field.required))

    @property
    def is_optional(self) -> bool:
        """Tell whether the label says so: of a choice that is always made it does not, unless it is marked."""
        is_marked = hasattr(self.field, "is_needed")
        is_made = self.is_check or (isinstance(self.field.widget, forms.RadioSelect) and not is_marked)
        return not self.is_needed and not is_made and not getattr(self.field, "is_one_of", False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what is odd about the value, in the active language."""
        found: Mapping[str, tuple[str, ...]] = getattr(self.form, "warnings", {})
        return found.get(self.name, ())

    @property
    def aria_describedby(self) -> str | None:
        """Return the ids of the hint and of the findings."""
        ids = [f"{self.auto_id}_helptext"] if self.help_text else []
        ids += [f"{self.auto_id}_error"] if self.errors or self.warnings else []
        return " ".join(ids) or None

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add what pages add: the box, and the focus on the first field that is wrong."""
        drawn = widget or self.field.widget
        made = super().build_widget_attrs(attrs, widget)
        if not isinstance(drawn, UNBOXED):
            own = drawn.attrs.get("class", "")
            made["class"] = f"{INPUT_CLASS} {own}".rstrip()
        if self.is_needed and not self.field.required:
            made["required"] = True
        if getattr(self.form, "focused", None) == self.name:
            made["autofocus"] = True
        return made


class PageRenderer(TemplatesSetting):
    """Draws every form of the product, those of packages too."""

    field_template_name = "components/field.html"
    bound_field_class = PageField


class PageMixin(forms.BaseForm):
    """What makes any form one of our pages.

    Attributes:
        is_summed_up: A summary above the form takes the focus when something is wrong, not the first wrong field.
        focus_first: Name of the field that has the focus when the form is shown for the first time.
        warnings: What is odd, by field; it refuses nothing.
    """

    is_summed_up: ClassVar[bool] = False
    focus_first: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "f-%s", **kwargs})
        self.warnings: dict[str, tuple[str, ...]] = {}
        for field in self.fields.values():
            speak_for(field)

    @property
    def focused(self) -> str | None:
        """Return the field that gets the focus when the page opens, if any."""
        if not self.is_bound:
            return self.focus_first or None
        return None if self.is_summed_up else next((name for name in self.fields if name in self.errors), None)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return everything that is wrong, in the order of the fields."""
        whole = [Problem(str(text), "") for text in self.non_field_errors()]
        return (*whole, *(self._name_problem(name) for name in self.fields if name in self.errors))

    def refuse(self, error: Invalid, *, names: Mapping[str, str] | None = None) -> None:
        """Mark what a room below refused, each at its field.

        ``names`` gives the form's name of a field that the room calls otherwise. What belongs to no field
        is said above the form.
        """
        found = translate_findings(error.errors)
        for name, texts in found.items():
            field = (names or {}).get(name, name)
            for text in texts:
                self.add_error(field if field in self.fields else None, text)
        if not found:
            self.add_error(None, translate_error(error))

    def _name_problem(self, name: str) -> Problem:
        field = self[name]
        first = f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
        return Problem(f"{field.label}: {self.errors[name][0]}", first)


class PageForm(PageMixin, forms.Form):
    """A form of a page."""


def mark_needed(field: forms.Field, *, is_needed: bool = True) -> forms.Field:
    """Draw a field as needed, or not, whatever the form itself checks; return it."""
    field.is_needed = is_needed  # type: ignore[attr-defined]
    return field


def mark_one_of(field: forms.Field) -> forms.Field:
    """Draw a field as one of several of which one is enough: "(optional)" at each would promise that none is."""
    field.is_one_of = True  # type: ignore[attr-defined]
    return field


def translate_findings(findings: Findings) -> dict[str, tuple[str, ...]]:
    """Return findings in the active language."""
    return {name: tuple(gettext(text) for text in texts) for name, texts in findings.items()}
