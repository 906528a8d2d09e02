"""What is asked about the bank account of the business."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from billing.types import BankData
from web.parts.fields import SpanField, SwitchField, TextField
from web.parts.forms import mark_needed
from web.parts.proofs import StepForm

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LONGEST = 7 * 24 * 60
NAMES = ("is_on", "holder", "bank", "number", "tax_id", "note", "wait_minutes")


class BankForm(StepForm):
    """Where customers transfer to, and the proof that it is an owner; the room below says what is missing."""

    is_on = SwitchField(label=gettext_lazy("Take deposits by bank transfer"))
    holder = TextField(label=gettext_lazy("Account holder"), max_length=120, required=False, attrs=PLAIN)
    bank = TextField(label=gettext_lazy("Bank"), max_length=80, required=False, attrs=PLAIN)
    number = TextField(
        label=gettext_lazy("Account number"), max_length=64, required=False, attrs=PLAIN,
        help_text=gettext_lazy("CLABE, IBAN, CBU, CCI: as customers type it at their bank."),
    )  # fmt: skip
    tax_id = TextField(label=gettext_lazy("Tax number"), max_length=32, required=False, attrs=PLAIN)
    note = TextField(
        label=gettext_lazy("What else they should know"), max_length=300, required=False, rows=2,
        help_text=gettext_lazy("For instance that they send you the receipt."),
    )  # fmt: skip
    wait_minutes = SpanField(
        label=gettext_lazy("The time is kept while you are open for"), max_minutes=LONGEST,
        help_text=gettext_lazy("If the deposit has not come by then, the time is free again and the customer is told."),
    )  # fmt: skip

    focus_first = ""
    field_order = (*NAMES, "password", "code")

    def __init__(self, *args: Any, before: BankData, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(before, name) for name in NAMES}, **kwargs)
        for name in ("holder", "number"):  # to take deposits; where they are switched off nobody misses them
            mark_needed(self.fields[name])

    def read(self) -> BankData:
        """Return what was typed."""
        return BankData(**{name: self.cleaned_data[name] for name in NAMES})
