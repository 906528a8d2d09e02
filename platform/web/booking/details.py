"""The last step: who books, and how to reach them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy, pgettext

from scheduling.enums import ConsentPurpose
from scheduling.types import ASKED_CONSENTS
from web.booking.consents.words import say_consent
from web.booking.draft import Draft
from web.booking.flow import Flow
from web.parts.contacts import PHONE_REGIONS, ContactForm, PhoneField
from web.parts.forms import mark_one_of

LONGEST_KEPT, LONGEST_VERSION = 500, 32


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
        for purpose in self.asked:
            ticked = purpose.value in draft.agreed
            box = forms.BooleanField(label=say_consent(purpose), required=False, initial=ticked)
            self.fields[purpose.value] = box
        for name in ("phone", "email"):
            mark_one_of(self.fields[name])
        if flow.tenant.country == "ES":
            self.fields["phone"].label = pgettext("in Spain", "Phone")

    @property
    def asked(self) -> tuple[ConsentPurpose, ...]:
        """Return what else the business asks for; each has a box of its own."""
        return tuple(each for each in ASKED_CONSENTS if each in self.flow.tenant.profile.consents)

    @property
    def boxes(self) -> list[BoundField]:
        """Return the boxes of `asked`."""
        return [self[each.value] for each in self.asked]

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
                "notice": draft.notice,
                **({"wants_reminders": "on"} if draft.wants_reminders else {}),
                **dict.fromkeys(draft.agreed, "on"),
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
            notice=str(self.data.get("notice") or self.flow.draft.notice)[:LONGEST_VERSION],
            agreed=tuple(each.value for each in self.asked if self[each.value].value()),
        )

    def _read(self, name: str) -> str:
        value: Any = self[name].value()
        return str(value or "")[:LONGEST_KEPT]
