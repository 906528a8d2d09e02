"""When somebody who waits can come, and how they are reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from kernel.instants import DAY_MINUTES
from scheduling.types import WaitlistWish
from web.booking.draft import Draft
from web.booking.flow import Flow
from web.parts.contacts import PHONE_REGIONS, ContactForm, PhoneField
from web.parts.fields import ChoiceField, ChoicesField, DateField, IdField, TextField
from web.parts.forms import mark_one_of
from web.parts.widgets import Chips, ChoiceChips

LONGEST_KEPT = 500
ANY = ""
PARTS: dict[str, tuple[int | None, int | None]] = {
    ANY: (None, None),
    "morning": (0, 12 * 60),
    "midday": (12 * 60, 15 * 60),
    "afternoon": (15 * 60, DAY_MINUTES),
}
"""Parts of a day, as wall minutes ``[from, to)``."""
NOTICES = (
    ("30", gettext_lazy("30 minutes")),
    ("120", gettext_lazy("2 hours or more")),
    ("240", gettext_lazy("4 hours or more")),
    (str(DAY_MINUTES), gettext_lazy("A day or more")),
    (str(2 * DAY_MINUTES), gettext_lazy("Two days or more")),
)
AHEAD = timedelta(days=13)
MONDAY = date(2026, 11, 23)


class WaitlistForm(ContactForm):
    """Dates, weekdays, hours, the shortest notice, and a contact."""

    from_on = DateField(label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}))
    to_on = DateField(label=gettext_lazy("Until"), widget=forms.DateInput({"type": "date"}))
    weekdays = ChoicesField(
        label=gettext_lazy("Days of the week"),
        required=False,
        widget=Chips(),
        help_text=gettext_lazy("None chosen: any of them."),
    )
    part = ChoiceField(
        label=gettext_lazy("Time of day"),
        required=False,
        widget=ChoiceChips(),
        choices=[
            (ANY, gettext_lazy("Any time")),
            ("morning", gettext_lazy("Before noon")),
            ("midday", gettext_lazy("Noon to 3")),
            ("afternoon", gettext_lazy("After 3")),
        ],
    )
    notice = ChoiceField(
        label=gettext_lazy("I can be there in"), choices=NOTICES, help_text=gettext_lazy("After we write to you.")
    )
    phone = PhoneField(
        label=gettext_lazy("Phone"),
        required=False,
        help_text=gettext_lazy("A phone or an e-mail is enough: we write there when a time is free."),
    )

    code = TextField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=20,
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "number short"},
    )
    resource = IdField(label=gettext_lazy("With whom?"), required=False)

    field_order = ("from_on", "to_on", "weekdays", "part", "resource", "notice", "name", "phone", "email")

    def __init__(self, flow: Flow, data: QueryDict | None = None, *, asked: date | None = None) -> None:
        draft = flow.draft
        first = asked if asked is not None and asked >= flow.today else flow.today
        super().__init__(
            data,
            initial={
                "from_on": first.isoformat(),
                "to_on": (first if asked is not None else first + AHEAD).isoformat(),
                "part": ANY,
                "notice": "120",
                "resource": draft.resource_id or "",
                "name": draft.name,
                "phone": (draft.phone_region or flow.tenant.country, draft.phone),
                "email": draft.email,
            },
        )
        self.flow = flow
        week = [(flow.formats.local.first_week_day + each) % 7 for each in range(7)]  # as the calendar before it
        days = [(str(day), flow.formats.format_weekday(MONDAY + timedelta(days=day))) for day in week]
        self.fields["weekdays"].choices = days  # type: ignore[attr-defined]
        if len(flow.resources) > 1:
            anyone = ("", flow.words.get("choice_any_resource", ""))
            self.fields["resource"].choices = [anyone, *((each.id, each.name) for each in flow.resources)]  # type: ignore[attr-defined]
        else:
            del self.fields["resource"]
        for name in ("from_on", "to_on"):
            self.fields[name].widget.attrs["min"] = flow.today.isoformat()
        for name in ("phone", "email"):
            mark_one_of(self.fields[name])

    @property
    def draft(self) -> Draft:
        """The visitor's draft with the contact that was typed, short enough for an address."""
        region, phone = self["phone"].value()
        name, email = (str(self[field].value() or "")[:LONGEST_KEPT].strip() for field in ("name", "email"))
        return replace(
            self.flow.draft,
            resource_id=self._find_resource(),
            name=name,
            phone=(phone or "").strip()[:LONGEST_KEPT],
            phone_region=region if region in PHONE_REGIONS else self.flow.tenant.country,
            email=email,
        )

    @property
    def wished(self) -> WaitlistWish:
        """What is waited for; of a form that is valid."""
        typed = self.cleaned_data
        from_minute, to_minute = PARTS[typed["part"]]
        person = self._find_resource()
        return WaitlistWish(
            wish=replace(self.flow.wish, resource_ids=() if person is None else (person,)),
            from_on=typed["from_on"],
            to_on=typed["to_on"],
            weekdays=tuple(int(day) for day in typed["weekdays"]),
            from_minute=from_minute,
            to_minute=to_minute,
            shortest_notice_minutes=int(typed["notice"]),
        )

    def _find_resource(self) -> int | None:
        """Return the person who is chosen; what was sent and is none of them chooses nobody."""
        if "resource" not in self.fields:
            return self.flow.draft.resource_id
        sent = str(self["resource"].value() or "")
        return next((each.id for each in self.flow.resources if str(each.id) == sent), None)
