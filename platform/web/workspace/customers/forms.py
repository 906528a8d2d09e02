"""What staff says about a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kernel.identity.phones import format_phone
from scheduling.enums import BookingLevel, ContactKind, CustomerKind
from scheduling.services.customers.due import LONGEST_WHAT
from scheduling.services.customers.records import LONGEST_TAG, LONGEST_TAX_ID, MOST_TAGS
from scheduling.services.writing.inputs import NAME_LENGTH, NAME_MISSING, NAME_TOO_LONG, NOTE_LENGTH, NOTE_TOO_LONG
from scheduling.types import ContactSetup, CustomerSetup
from tenants.context import current_tenant
from web.parts.assets import name_meter
from web.parts.contacts import EmailField, PhoneField
from web.parts.fields import ChoiceField, DateField, ReasonField, TextField
from web.parts.forms import PageForm
from web.parts.widgets import ChoiceChips

LONGEST_READING = 20
PHONE_ATTRS = {"type": "tel", "inputmode": "tel", "autocomplete": "off"}
CONTACT_FIELDS = {
    "phone": (ContactKind.PHONE, 0),
    "phone_2": (ContactKind.PHONE, 1),
    "email": (ContactKind.EMAIL, 0),
    "email_2": (ContactKind.EMAIL, 1),
}
"""Field → of which kind, and which of those; whoever has more of a kind keeps them."""


class CustomerForm(PageForm):
    """The record of a customer."""

    name = TextField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy(NAME_MISSING), "max_length": gettext_lazy(NAME_TOO_LONG)},
    )
    kind = ChoiceField(label=gettext_lazy("Kind"), choices=CustomerKind.choices, widget=ChoiceChips())
    tax_id = TextField(label=gettext_lazy("Tax number"), max_length=LONGEST_TAX_ID, required=False)
    phone = PhoneField(label=gettext_lazy("Phone"), required=False, widget=forms.TextInput(PHONE_ATTRS))
    phone_2 = PhoneField(label=gettext_lazy("Another phone"), required=False, widget=forms.TextInput(PHONE_ATTRS))
    email = EmailField(label=gettext_lazy("E-mail"), required=False, attrs={"autocomplete": "off"})
    email_2 = EmailField(label=gettext_lazy("Another e-mail"), required=False, attrs={"autocomplete": "off"})
    tags = TextField(
        label=gettext_lazy("Tags"),
        max_length=(LONGEST_TAG + 2) * MOST_TAGS,
        required=False,
        help_text=gettext_lazy("With commas between them. The list of customers can be narrowed by each."),
    )
    notes = TextField(
        label=gettext_lazy("Notes"),
        rows=4,
        max_length=NOTE_LENGTH,
        required=False,
        help_text=gettext_lazy("Only your team reads them."),
        error_messages={"max_length": gettext_lazy(NOTE_TOO_LONG)},
    )
    booking_level = ChoiceField(
        label=gettext_lazy("Online this customer books"), choices=BookingLevel.choices, widget=ChoiceChips()
    )
    level_reason = ReasonField(
        label=gettext_lazy("Why"),
        rows=2,
        required=False,
        help_text=gettext_lazy("Only your team reads it. Needed unless they book as everybody."),
    )

    def read_changes(self, known: Sequence[ContactSetup] = ()) -> dict[str, Any]:
        """Return what was typed, as values of `CustomerSetup`; contacts that the form does not show stay."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "kind": CustomerKind(data["kind"]),
            "tax_id": data["tax_id"],
            "contacts": _join_contacts(data, known),
            "tags": tuple(each.strip() for each in data["tags"].split(",") if each.strip()),
            "notes": data["notes"],
            "booking_level": BookingLevel(data["booking_level"]),
            "level_reason": data["level_reason"],
        }


class DueForm(PageForm):
    """What is due next: by the meter, by a day, or by both."""

    what = TextField(
        label=gettext_lazy("What"),
        max_length=LONGEST_WHAT,
        required=False,
        help_text=gettext_lazy("Empty: the next service."),
    )
    at_meter = TextField(
        label="",
        max_length=LONGEST_READING,
        required=False,
        attrs={"inputmode": "numeric", "autocomplete": "off", "class": "number"},
    )
    on = DateField(label=gettext_lazy("Or on"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: object = None) -> None:
        super().__init__(data)
        word, unit = name_meter()
        self.fields["at_meter"].label = gettext("At %(unit)s") % {"unit": unit}
        if not word:
            del self.fields["at_meter"]


def show_setup(setup: CustomerSetup) -> dict[str, Any]:
    """Return a record as the form shows it."""
    return {
        "name": setup.name,
        "kind": setup.kind.value,
        "tax_id": setup.tax_id,
        "tags": ", ".join(setup.tags),
        "notes": setup.notes,
        "booking_level": setup.booking_level.value,
        "level_reason": setup.level_reason,
        **{name: _pick(setup.contacts, kind, place) for name, (kind, place) in CONTACT_FIELDS.items()},
    }


def _pick(contacts: Sequence[ContactSetup], kind: ContactKind, place: int) -> str:
    values = [each.value for each in contacts if each.kind == kind]
    value = values[place] if place < len(values) else ""
    return format_phone(value, current_tenant().country) if value and kind == ContactKind.PHONE else value


def _join_contacts(data: Mapping[str, Any], known: Sequence[ContactSetup]) -> tuple[ContactSetup, ...]:
    found = [ContactSetup(kind, data[name]) for name, (kind, _) in CONTACT_FIELDS.items() if data.get(name)]
    for kind in ContactKind:
        found += [each for each in known if each.kind == kind][2:]
    return tuple(dict.fromkeys(found))
