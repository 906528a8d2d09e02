"""How inputs look that the browser does not have: switches, segments, chips, units, a number with its country."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise

from tenants.context import current_tenant
from web.templatetags.formats import get_current_formats

INPUT_CLASS = "input"
"""Class of everything that looks like a box to type or choose in."""


class UnitInput(forms.TextInput):
    """A short text with its unit inside the box: "45 min", "$ 850"."""

    template_name = "components/widgets/unit.html"

    def __init__(self, *, unit: str | Promise = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})
        self.unit = unit

    def get_unit(self) -> tuple[str, bool]:
        """Return the unit and whether it stands before the number, as some currencies' signs do."""
        return str(self.unit), False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the unit."""
        unit, is_first = self.get_unit()
        return {**super().get_context(name, value, attrs), "unit": unit, "is_unit_first": is_first}


class MoneyInput(UnitInput):
    """An amount with the sign of the business's currency."""

    def __init__(self) -> None:
        super().__init__(attrs={"inputmode": "decimal"})

    def get_unit(self) -> tuple[str, bool]:
        """Return the sign, and its place in the business's country."""
        return get_current_formats().get_money_sign(current_tenant().currency)


class PasswordInput(forms.PasswordInput):
    """A password that can be shown while it is typed, where a script runs (``js/password.js``)."""

    template_name = "components/widgets/password.html"


class Switch(forms.CheckboxInput):
    """On or off."""

    template_name = "components/widgets/switch.html"


class Segments(forms.RadioSelect):
    """One of a few, side by side; ``icons`` by the choice's value, names in Lucide."""

    template_name = "components/widgets/segments.html"

    def __init__(self, *, icons: dict[str, str] | None = None, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.icons = icons or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the option's icon."""
        return {**super().create_option(name, value, *args, **kwargs), "icon": self.icons.get(str(value), "")}


class Chips(forms.CheckboxSelectMultiple):
    """Any of several, as chips."""

    template_name = "components/widgets/chips.html"


class ChoiceChips(forms.RadioSelect):
    """One of several, as chips."""

    template_name = "components/widgets/chips.html"


class Stars(forms.RadioSelect):
    """One to five stars; the choice's label is read aloud and shown when it is chosen."""

    template_name = "components/widgets/stars.html"


class NumberRow(forms.RadioSelect):
    """One of a row of numbers."""

    template_name = "components/widgets/number_row.html"


class Swatches(forms.RadioSelect):
    """One of our colors, or none."""

    template_name = "components/widgets/swatches.html"


class SuggestInput(forms.TextInput):
    """A text with suggestions that are only offered.

    Attributes:
        suggestions: What is offered at first.
        depends_on: Name of the field on whose text they depend; ``key`` and ``url`` say what to ask for then.
    """

    template_name = "components/widgets/suggest.html"

    def __init__(
        self,
        *,
        suggestions: Sequence[str] = (),
        depends_on: str = "",
        key: str = "",
        url: str = "",
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.suggestions = suggestions
        self.depends_on = depends_on
        self.key = key
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the list and tie the input to it."""
        context = super().get_context(name, value, attrs)
        has_list = bool(self.suggestions or self.depends_on)
        if has_list:
            context["widget"]["attrs"]["list"] = f"l-{name}"
        return {**context, "has_list": has_list, "suggestions": self.suggestions, "source": self}


class PairInput(forms.MultiWidget):
    """A text and a choice beside it that are one value; the text has the field's own name, id and label."""

    template_name = "components/widgets/pair.html"
    use_fieldset = False
    css = ""
    widgets_names: Sequence[str]

    def id_for_label(self, id_: str) -> str:
        """Point the label at the text."""
        return id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the text what a single input has; the choice says by itself what it is."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["css"] = self.css
        for suffix, part in zip(self.widgets_names, widget["subwidgets"], strict=True):
            if suffix:
                for spoken in ("aria-describedby", "aria-invalid", "autofocus", "required", "class"):
                    part["attrs"].pop(spoken, None)
                part["attrs"]["class"] = INPUT_CLASS
            elif widget["attrs"].get("id"):
                part["attrs"]["id"] = widget["attrs"]["id"]
        return context
