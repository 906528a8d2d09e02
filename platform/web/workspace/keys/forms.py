"""What a key is for, and the proof of whoever makes it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from accounts.enums import KeyAccess, KeyArea
from accounts.services.keys import LONGEST_NAME
from web.parts.fields import ChoiceField, TextField
from web.parts.forms import mark_one_of
from web.parts.proofs import StepForm

CLOSED = gettext_lazy("No access")


class KeyForm(StepForm):
    """A new key: its name, how far it goes in each area, and the password."""

    name = TextField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Which program uses it, such as “Accounting”."),
        attrs={"autocomplete": "off"},
    )
    focus_first = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for area in KeyArea:
            self.fields[area.value] = mark_one_of(
                ChoiceField(label=area.label, required=False, choices=[("", CLOSED), *KeyAccess.choices])
            )
        self.order_fields(["name", *KeyArea.values, "password", "code"])

    @property
    def areas(self) -> list[Any]:
        """Return the fields that say how far it goes."""
        return [self[area] for area in KeyArea.values]

    @property
    def access(self) -> dict[str, str]:
        """Return what was chosen, by area."""
        return {area: self.cleaned_data[area] for area in KeyArea.values if self.cleaned_data.get(area)}
