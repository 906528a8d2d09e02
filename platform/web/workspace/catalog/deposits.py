"""What a service's form asks about its deposit and what goes back of it, where the business has a way to take one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from scheduling.engine import LONGEST_AHEAD_MINUTES
from scheduling.enums import DepositKind
from scheduling.hooks import find_payment_terms
from scheduling.types import ServiceSetup
from web.parts.fields import ChoiceField, MoneyField, NumberField, SpanField, SwitchField
from web.parts.forms import mark_needed
from web.parts.widgets import Segments
from web.workspace.catalog.deposit_example import MoneyExample, make_example
from web.workspace.setup_forms import DrawnPart, Part, SetupForm

WHOLE_PERCENT = 100
PART_KEY = "deposit"
TERMS = (
    "is_deposit_fee", "is_deposit_on_card", "refund_free_minutes", "refund_kept_percent", "refund_no_show_percent",
    "deposit_above_minor", "deposit_within_minutes", "deposit_ahead_minutes", "deposit_first_visit",
    "deposit_outside_hours", "deposit_must_prepay",
)  # fmt: skip
"""What is asked only where there is a deposit."""
PART = Part(
    PART_KEY, gettext_lazy("Deposit and refunds"),
    gettext_lazy("What customers pay in advance and what goes back. Bookings keep what was agreed."),
    (
        ("deposit_kind",), ("deposit_minor", "deposit_percent"), ("is_deposit_on_card",), ("refund_free_minutes",),
        ("refund_kept_percent", "refund_no_show_percent"), ("is_deposit_fee",), ("deposit_above_minor",),
        ("deposit_within_minutes", "deposit_ahead_minutes"), ("deposit_first_visit",), ("deposit_outside_hours",),
        ("deposit_must_prepay",),
    ),
    after="workspace/catalog/deposit_example.html",
)  # fmt: skip


class DepositForm(SetupForm[ServiceSetup]):
    """The form of a service, as far as it asks about money in advance."""

    @property
    def drawn_parts(self) -> tuple[DrawnPart, ...]:
        """Leave the part out where nobody could pay."""
        parts = super().drawn_parts
        return tuple(each for each in parts if each.part.key != PART_KEY or "deposit_kind" in self.fields)

    @property
    def deposit_example(self) -> MoneyExample | None:
        """Return what becomes of a deposit, with what was typed so far; None: there is none, or not yet."""
        return make_example(self)


def add_deposit_fields(form: forms.BaseForm, setup: ServiceSetup | None) -> None:
    """Give a form the fields, where deposits can be paid or one is asked already."""
    is_asked = setup is not None and setup.deposit_kind != DepositKind.NONE
    if not is_asked and find_payment_terms() is None:
        return
    form.fields["deposit_kind"] = ChoiceField(
        label=gettext_lazy("Deposit"),
        choices=DepositKind.choices,
        widget=Segments(),
        initial=DepositKind.NONE.value,
        help_text=gettext_lazy("Paid in advance; without it the booking is not confirmed."),
    )
    form.fields["deposit_minor"] = mark_needed(MoneyField(label=gettext_lazy("Amount of the deposit"), required=False))
    form.fields["deposit_percent"] = _percent(gettext_lazy("Part of the price"))
    terms = find_payment_terms()
    if (setup is not None and setup.is_deposit_on_card) or (terms is not None and terms.takes_card):
        form.fields["is_deposit_on_card"] = SwitchField(
            label=gettext_lazy("Only a card is left"),
            help_text=gettext_lazy(
                "Nothing is paid in advance. What you would keep by the table below can be charged to the card: you "
                "decide each time."
            ),
        )
    _add_refund_fields(form)
    _add_condition_fields(form)


def _add_refund_fields(form: forms.BaseForm) -> None:
    form.fields["refund_free_minutes"] = _span(
        gettext_lazy("How long before the start all of it goes back"),
        help_text=gettext_lazy("Empty: as long as customers may cancel."),
    )
    form.fields["refund_kept_percent"] = _percent(gettext_lazy("Canceled later, you keep"))
    form.fields["refund_no_show_percent"] = _percent(gettext_lazy("If nobody comes, you keep"))
    form.fields["is_deposit_fee"] = SwitchField(
        label=gettext_lazy("It is a booking fee"),
        help_text=gettext_lazy(
            "It counts toward the price, and nothing goes back. In the EU, customers can withdraw for 14 days."
        ),
    )


def _add_condition_fields(form: forms.BaseForm) -> None:
    form.fields["deposit_above_minor"] = MoneyField(
        label=gettext_lazy("Only if the price is above"),
        required=False,
        help_text=gettext_lazy("With several conditions, one that holds is enough; without any it is always asked."),
    )
    form.fields["deposit_within_minutes"] = _span(gettext_lazy("Only if booked less than this before"))
    form.fields["deposit_ahead_minutes"] = _span(gettext_lazy("Only if booked at least this before"))
    form.fields["deposit_first_visit"] = SwitchField(label=gettext_lazy("Only on the first visit"))
    form.fields["deposit_outside_hours"] = SwitchField(label=gettext_lazy("Only outside the usual hours"))
    form.fields["deposit_must_prepay"] = SwitchField(
        label=gettext_lazy("Only of customers who must prepay"),
        help_text=gettext_lazy("They pay in any case, whatever else holds."),
    )


def _percent(label: Any) -> forms.Field:
    return mark_needed(NumberField(label=label, min_value=0, max_value=WHOLE_PERCENT, unit="%", required=False))


def _span(label: Any, **kwargs: Any) -> SpanField:
    return SpanField(label=label, max_minutes=LONGEST_AHEAD_MINUTES, required=False, **kwargs)


def check_deposit(form: forms.Form, data: Mapping[str, Any]) -> None:
    """Ask for the number that the kind of deposit needs; without a deposit nothing else counts."""
    kind = data.get("deposit_kind")
    if kind == DepositKind.NONE:
        for name in ("deposit_minor", "deposit_percent", *TERMS):
            form.errors.pop(name, None)
    if kind == DepositKind.FIXED and "deposit_minor" not in form.errors and not data.get("deposit_minor"):
        form.add_error("deposit_minor", gettext("Enter an amount above zero."))
    if kind == DepositKind.PERCENT and "deposit_percent" not in form.errors and not data.get("deposit_percent"):
        form.add_error("deposit_percent", gettext("Enter a number from 1 to 100."))


def read_deposit(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the deposit as a service has it; nothing where the form did not ask."""
    if "deposit_kind" not in data:
        return {}
    kind = DepositKind(data["deposit_kind"])
    blank = ServiceSetup(name="", duration_minutes=1, requirements=())
    terms = {name: data.get(name) for name in TERMS}
    if kind == DepositKind.NONE:
        terms = {name: getattr(blank, name) for name in TERMS}
    for name in ("refund_kept_percent", "refund_no_show_percent"):
        terms[name] = WHOLE_PERCENT if terms[name] is None else terms[name]
    terms["is_deposit_on_card"] = bool(terms["is_deposit_on_card"])
    for name in ("deposit_within_minutes", "deposit_ahead_minutes"):
        terms[name] = terms[name] or None
    return terms | {
        "deposit_kind": kind,
        "deposit_minor": data["deposit_minor"] if kind == DepositKind.FIXED else 0,
        "deposit_percent": data["deposit_percent"] if kind == DepositKind.PERCENT else 0,
    }
