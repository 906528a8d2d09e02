"""The last step: who books, and how to reach them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy, pgettext

from web.booking.draft import Draft
from web.booking.flow import Flow
from web.parts.contacts import PHONE_REGIONS, ContactForm, PhoneField
from web.parts.forms import mark_one_of

LONGEST_KEPT = 500


class DetailsForm(ContactForm):
    """The visitor's name and contact."""

    phone = PhoneField(
        label=gettext_lazy("Phone"),
        required=False,
        help_text=gettext_lazy("A phone or an e-mail is enough: we send the confirmation and reminders there."),
    )
    wants_reminders = forms.BooleanField(label=gettext_lazy("Remind me before the appointment"), required=False)

    field_order = ("name", "phone", "email", "wants_reminders")

    def __init__(self, flow: Flow, data: QueryDict | None = None) -> None:
        draft = flow.draft
        super().__init__(
            data,
            initial={
                "name": draft.name,
                "phone": (draft.phone_region or flow.tenant.country, draft.phone),
                "email": draft.email,
                "wants_reminders": draft.wants_reminders,
            },
        )
        self.flow = flow
        for name in ("phone", "email"):
            mark_one_of(self.fields[name])
        if flow.tenant.country == "ES":
            self.fields["phone"].label = pgettext("in Spain", "Phone")

    @classmethod
    def of_draft(cls, flow: Flow) -> DetailsForm:
        """Return the form as it was sent, from what the draft keeps of it."""
        draft = flow.draft
        typed = QueryDict(mutable=True)
        typed.update(
            {
                "name": draft.name,
                "phone_region": draft.phone_region,
                "phone": draft.phone,
                "email": draft.email,
                **({"wants_reminders": "on"} if draft.wants_reminders else {}),
            }
        )
        return cls(flow, typed)

    @property
    def draft(self) -> Draft:
        """The visitor's draft with what was typed, short enough for an address."""
        region, phone = self["phone"].value()
        return replace(
            self.flow.draft,
            name=self._read("name"),
            phone=(phone or "").strip()[:LONGEST_KEPT],
            phone_region=region if region in PHONE_REGIONS else self.flow.tenant.country,
            email=self._read("email").strip(),
            wants_reminders=bool(self["wants_reminders"].value()),
        )

    def _read(self, name: str) -> str:
        value: Any = self[name].value()
        return str(value or "")[:LONGEST_KEPT]
