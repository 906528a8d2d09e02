"""What is asked about a price alone: its kind and the amount."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kernel.errors import Invalid
from kernel.ids import read_row_id
from kernel.money import PriceKind
from scheduling.services.catalog.batches.prices import PriceLine
from scheduling.types import Entry, ServiceSetup
from web.parts.fields import ChoiceField, MoneyField
from web.parts.forms import PageForm, translate_findings
from web.workspace.catalog.price_kinds import PRICE_KINDS

PRICE_MISSING = gettext_lazy("Enter the price, or choose “On request”.")


class PriceForm(PageForm):
    """The price of one service, typed in its row."""

    focus_first = "price"
    price_kind = ChoiceField(label=gettext_lazy("Kind of price"), choices=PRICE_KINDS)
    price = MoneyField(label=gettext_lazy("Price"), required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, entry: Entry[ServiceSetup]) -> None:
        setup = entry.setup
        first = {"price_kind": setup.price_kind.value, "price": setup.price_minor, "version": entry.version}
        super().__init__(data, initial=first, prefix=f"service-{entry.id}")
        self.entry = entry

    def clean(self) -> dict[str, Any]:
        """Ask for a price unless it is on request."""
        data = dict(self.cleaned_data)
        is_asked = data.get("price_kind") not in {None, PriceKind.ON_REQUEST.value}
        if is_asked and "price" not in self.errors and data.get("price") is None:
            self.add_error("price", PRICE_MISSING)
        return data

    def make_line(self) -> PriceLine:
        """Return the price as it was typed."""
        data = self.cleaned_data
        kind = PriceKind(data["price_kind"])
        return PriceLine(
            service_id=self.entry.id,
            version=read_row_id(data["version"]) or 0,
            price_kind=kind,
            price_minor=None if kind is PriceKind.ON_REQUEST else data["price"],
        )

    def refuse_line(self, error: Invalid, entry: Entry[ServiceSetup]) -> None:
        """Mark what was refused about this line; the next save names ``entry`` as it is by now."""
        self.entry = entry
        self.data = {**{name: self.data[name] for name in self.data}, self.add_prefix("version"): str(entry.version)}
        start = f"{self.entry.id}."
        for name, texts in translate_findings(error.errors).items():
            if name.startswith(start):
                for text in texts:
                    self.add_error("price", text)

    @property
    def all_errors(self) -> tuple[str, ...]:
        """Return what is wrong, of whatever field."""
        return tuple(gettext(str(text)) for texts in self.errors.values() for text in texts)
