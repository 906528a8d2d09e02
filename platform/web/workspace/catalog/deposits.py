"""What a service's form asks about its deposit, once the business has a way to take one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from scheduling.enums import DepositKind
from scheduling.hooks import find_payment_terms
from scheduling.types import ServiceSetup
from web.parts.fields import ChoiceField, MoneyField, NumberField
from web.parts.widgets import Segments

WHOLE_PERCENT = 100


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
    form.fields["deposit_minor"] = MoneyField(label=gettext_lazy("Amount of the deposit"), required=False)
    form.fields["deposit_percent"] = NumberField(
        label=gettext_lazy("Part of the price"), min_value=0, max_value=WHOLE_PERCENT, unit="%", required=False
    )


def check_deposit(form: forms.Form, data: Mapping[str, Any]) -> None:
    """Ask for the number that the kind of deposit needs."""
    kind = data.get("deposit_kind")
    if kind == DepositKind.FIXED and "deposit_minor" not in form.errors and not data.get("deposit_minor"):
        form.add_error("deposit_minor", gettext("Enter an amount above zero."))
    if kind == DepositKind.PERCENT and "deposit_percent" not in form.errors and not data.get("deposit_percent"):
        form.add_error("deposit_percent", gettext("Enter a number from 1 to 100."))


def read_deposit(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the deposit as a service has it; nothing where the form did not ask."""
    if "deposit_kind" not in data:
        return {}
    kind = DepositKind(data["deposit_kind"])
    return {
        "deposit_kind": kind,
        "deposit_minor": data["deposit_minor"] if kind == DepositKind.FIXED else 0,
        "deposit_percent": data["deposit_percent"] if kind == DepositKind.PERCENT else 0,
    }
