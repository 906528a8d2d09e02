"""To whom an invoice is made out: what the law of the business's country asks for, as a form and as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing.errors import TaxDataInvalid
from kernel.law.taxes import LENGTHS, TaxData, TaxLaw, find_tax_law
from web.parts.fields import ChoiceField
from web.parts.forms import PageForm, mark_needed

Text = str | Promise

NAME = gettext_lazy("Name or company, as in the tax document")
LABELS = {
    "name": NAME,
    "id_kind": gettext_lazy("Tax document"),
    "tax_id": gettext_lazy("Its number"),
    "address": gettext_lazy("Address"),
    "postal_code": gettext_lazy("Postal code"),
    "city": gettext_lazy("City"),
    "regime": gettext_lazy("Tax regime"),
    "use": gettext_lazy("Use of the invoice"),
    "activity": gettext_lazy("Line of business"),
    "email": gettext_lazy("E-mail for the invoice"),
}
LOCAL_LABELS = {
    ("AR", "regime"): gettext_lazy("VAT status"),
    ("MX", "postal_code"): gettext_lazy("Postal code of the tax address"),
    ("CL", "city"): gettext_lazy("Commune"),
}
"""Where a country calls it otherwise."""
ATTRS: Mapping[str, Mapping[str, str]] = {
    "tax_id": {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    "postal_code": {"autocomplete": "postal-code"},
    "address": {"autocomplete": "address-line1"},
    "city": {"autocomplete": "address-level2"},
    "email": {"autocomplete": "email", "inputmode": "email"},
}
MENU = gettext_lazy("Choose…")
CODES_IN = "es"
"""The language in which authorities name their codes."""


class TaxForm(PageForm):
    """What the law of a country asks for. The law alone reads it: here nothing is refused but what was made up.

    ``doubted`` is the number that was refused for its check digit alone: sent again, it is believed.
    """

    doubted = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, law: TaxLaw, **kwargs: Any) -> None:
        self.law = law
        super().__init__(*args, **kwargs)
        self.fields["name"] = self._make_field("name")
        for key in law.asks:
            if key == "tax_id" and len(law.ids) > 1:
                kinds = [("", MENU), *((each.key, each.name) for each in law.ids)]
                self.fields["id_kind"] = self._mark(ChoiceField(label=LABELS["id_kind"], choices=kinds, required=False))
            self.fields[key] = self._make_field(key)

    @classmethod
    def fill(cls, law: TaxLaw, data: TaxData | None) -> TaxForm:
        """Return the form with what was given before."""
        return cls(law=law, initial=dict(data.list_values()) if data else None)

    def read(self) -> TaxData:
        """Return what was typed."""
        names = {each.name for each in fields(TaxData)} & set(self.fields)
        return TaxData(**{name: str(self.cleaned_data[name]) for name in names})

    def refuse_data(self, error: TaxDataInvalid) -> None:
        """Mark what was refused, and remember which number is believed when it comes again."""
        self.refuse(error)
        self.data = {**{name: self.data.get(name, "") for name in self.fields}, "doubted": error.doubted}

    def _make_field(self, key: str) -> forms.Field:
        law = self.law
        label: Any = LOCAL_LABELS.get((law.country, key), LABELS[key])
        codes = {"regime": law.regimes, "use": law.uses}.get(key)
        if codes is not None:
            choices = [("", MENU), *((code, f"{code} · {text}") for code, text in codes.items())]
            field: forms.Field = ChoiceField(
                label=label, choices=choices, required=False, widget=forms.Select({"lang": CODES_IN})
            )
            return self._mark(field, key)
        if key == "tax_id" and len(law.ids) == 1:
            label = law.ids[0].name
        attrs = {"maxlength": str(LENGTHS[key]), **ATTRS.get(key, {})}
        return self._mark(forms.CharField(label=label, required=False, widget=forms.TextInput(attrs)), key)

    def _mark(self, field: forms.Field, key: str = "tax_id") -> forms.Field:
        return mark_needed(field, is_needed=key == "name" or key in self.law.needs)


def describe_tax_data(data: TaxData, country: str) -> list[tuple[Text, str]]:
    """Return tax data as lines of a label and a value, codes with what they mean; what is empty is left out."""
    law = find_tax_law(country)
    kind = law.find_kind(data.id_kind) if law else None
    lines: list[tuple[Text, str]] = [(NAME, data.name)]
    for key, value in data.list_values():
        if key in {"name", "id_kind"}:
            continue
        codes = {"regime": law.regimes, "use": law.uses}.get(key, {}) if law else {}
        label: Text = LOCAL_LABELS.get((country, key), LABELS[key])
        if key == "tax_id" and kind:
            label = kind.name
        lines.append((label, f"{value} · {codes[value]}" if value in codes else value))
    return [(label, value) for label, value in lines if value]
