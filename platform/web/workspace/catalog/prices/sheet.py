"""The price list: all services on one page, what changed marked, one save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.translation import gettext_lazy

from kernel.errors import Invalid
from kernel.money import PriceKind, raise_amount
from scheduling.selectors.catalog.entries import list_service_entries
from scheduling.services.catalog.batches.prices import PriceLine
from scheduling.types import Entry, ServiceSetup
from tenants.context import current_tenant
from web.parts.fields import NumberField, format_amount
from web.parts.forms import PageForm, Problem, translate_findings
from web.workspace.catalog.forms import length
from web.workspace.catalog.prices.forms import PriceForm

LEAST_PERCENT, MOST_PERCENT = -90, 900


class SheetForm(PriceForm):
    """A line of the price list; ``version`` also says what it showed: "3 fixed 85000 45"."""

    focus_first = ""
    duration_minutes = length("duration_minutes", label=gettext_lazy("Duration"))

    def __init__(self, data: Any = None, *, entry: Entry[ServiceSetup]) -> None:
        super().__init__(data, entry=entry)
        self.initial.update(duration_minutes=entry.setup.duration_minutes, version=_spell(entry))
        for name in ("price", "price_kind", "duration_minutes"):
            self.fields[name].widget.attrs["aria-label"] = f"{self.fields[name].label}: {entry.setup.name}"

    @property
    def seen(self) -> Sequence[str]:
        """Return version, kind, price and duration that were shown to whoever typed."""
        return (str(self["version"].value() or "").split(" ") + [""] * 4)[:4]

    @property
    def is_touched(self) -> bool:
        """Tell whether anything differs from what was shown; what is wrong always does."""
        if not self.is_bound:
            return False
        if self.errors:
            return True
        data = self.cleaned_data
        price = None if data["price_kind"] == PriceKind.ON_REQUEST.value else data["price"]
        typed = (data["price_kind"], "" if price is None else str(price), str(data["duration_minutes"]))
        return typed != tuple(self.seen[1:])

    @property
    def amount_before(self) -> str:
        """Return the price that holds, as a form shows it."""
        price = self.entry.setup.price_minor
        return "" if price is None else format_amount(price)

    def make_line(self) -> PriceLine:
        """Return the line as it was typed."""
        data = self.cleaned_data | {"version": self.seen[0]}
        self.cleaned_data = data
        return replace(super().make_line(), duration_minutes=data["duration_minutes"])

    def refuse_fields(self, findings: Mapping[str, Sequence[str]]) -> None:
        """Mark what the service refused of this line; the next save has seen the row as it is by now."""
        self.data = {**{name: self.data[name] for name in self.data}, self.add_prefix("version"): _spell(self.entry)}
        for name, texts in findings.items():
            for text in texts:
                self.add_error("price" if name in {"price_minor", "price_kind"} else "duration_minutes", text)


class RaiseForm(PageForm):
    """By how much all prices rise, or fall."""

    percent = NumberField(
        label=gettext_lazy("Raise all by"), min_value=LEAST_PERCENT, max_value=MOST_PERCENT, unit="%",
        help_text=gettext_lazy("Nothing is saved yet: you see every price before."),
    )  # fmt: skip


@dataclass(slots=True)
class PriceSheet:
    """All lines, in the order of the list; drawn like a form that is summed up."""

    groups: Sequence[tuple[str, Sequence[SheetForm]]]
    is_summed_up: bool = field(default=True, init=False)
    whole: list[str] = field(default_factory=list, init=False)

    @property
    def forms(self) -> list[SheetForm]:
        """Return all lines."""
        return [form for _, forms in self.groups for form in forms]

    @property
    def touched(self) -> list[SheetForm]:
        """Return the lines that somebody changed."""
        return [form for form in self.forms if form.is_touched]

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong, each with the service that it is about."""
        return [Problem(text, "") for text in self.whole] + [
            Problem(f"{form.entry.setup.name}: {problem.text}", problem.target)
            for form in self.forms
            if form.is_bound
            for problem in form.problems
        ]

    def is_valid(self) -> bool:
        """Check all lines that were sent, not only up to the first wrong one."""
        return not any(form.errors for form in self.forms if form.is_bound)

    def refuse(self, error: Invalid) -> None:
        """Mark each line that was refused at its field."""
        by_line: dict[str, dict[str, tuple[str, ...]]] = {}
        for name, texts in translate_findings(error.errors).items():
            service_id, _, rest = name.partition(".")
            by_line.setdefault(service_id, {})[rest] = texts
        for form in self.forms:
            found = by_line.pop(str(form.entry.id), None)
            if found and form.is_bound:
                form.refuse_fields(found)
        self.whole += [text for found in by_line.values() for texts in found.values() for text in texts]


def load_sheet(now: datetime, data: Any = None) -> PriceSheet:
    """Load every service in use, and those that were sent although they are archived by now.

    Lines that nobody changed show what holds now.
    """
    entries = list_service_entries(now=now, is_active=None)
    shown = [each for each in entries if each.is_active or (data and f"service-{each.id}-version" in data)]
    places = {category: place for place, category in enumerate(dict.fromkeys(each.setup.category for each in shown))}
    shown.sort(key=lambda each: (places[each.setup.category], each.setup.position or 0, each.id))
    return PriceSheet(
        [
            (category, [_make_form(each, data) for each in some])
            for category, some in groupby(shown, key=lambda each: each.setup.category)
        ]
    )


def raise_prices(sheet: PriceSheet, percent: int) -> PriceSheet:
    """Return the list as if somebody had typed every price ``percent`` higher, on top of what was typed."""
    return PriceSheet([(category, [_raise(form, percent) for form in forms]) for category, forms in sheet.groups])


def _make_form(entry: Entry[ServiceSetup], data: Any) -> SheetForm:
    if data is None or f"service-{entry.id}-version" not in data:
        return SheetForm(entry=entry)
    form = SheetForm(data, entry=entry)
    return form if form.is_touched else SheetForm(entry=entry)


def _raise(form: SheetForm, percent: int) -> SheetForm:
    if form.is_bound and form.errors:
        return form
    entry = form.entry
    values = form.cleaned_data if form.is_bound else form.initial
    kind, price = values["price_kind"], values["price"]
    unit = 10 ** get_currency_precision(current_tenant().currency)
    raised = (
        price if kind == PriceKind.ON_REQUEST.value or price is None else raise_amount(price, percent, unit_minor=unit)
    )
    typed = {
        "price_kind": kind,
        "price": "" if raised is None else format_amount(raised),
        "duration_minutes": str(values["duration_minutes"]),
        "version": form["version"].value(),
    }
    return _make_form(entry, {form.add_prefix(name): value for name, value in typed.items()})


def _spell(entry: Entry[ServiceSetup]) -> str:
    setup = entry.setup
    price = "" if setup.price_minor is None else setup.price_minor
    return f"{entry.version} {setup.price_kind.value} {price} {setup.duration_minutes}"
