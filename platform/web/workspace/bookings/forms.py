"""What staff types: read, checked, and kept when something is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy

from edge.reading import read_instant

MAX_REASON_LENGTH = 300
MAX_NAME_LENGTH = 120
MAX_NOTE_LENGTH = 2000
MAX_SHIFT_MINUTES = 24 * 60

TIME_MISSING = gettext_lazy("Choose a time.")
TIME_WRONG = gettext_lazy("This time cannot be read. Choose it again.")
TIME_SKIPPED = gettext_lazy("The clock skips this time on that day. Choose another one.")
REASON_MISSING = gettext_lazy("Say why: the customer may ask.")
CONTACT_MISSING = gettext_lazy("Enter a phone number or an e-mail, so that the customer can be told.")


class ReasonForm(forms.Form):
    """Why something is declined or cancelled."""

    reason = forms.CharField(max_length=MAX_REASON_LENGTH, required=False, strip=True)

    def __init__(self, *args: Any, is_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_required
        self.fields["reason"].error_messages["required"] = REASON_MISSING


class StartForm(forms.Form):
    """A start, in one of three ways, by order of precedence.

    ``starts_at``: an instant with its offset, from a list of free times. ``on`` + ``at``: the
    clock on the wall at the business. ``shift``: minutes from the present start, from a drag.
    """

    starts_at = forms.CharField(required=False, max_length=40)
    on = forms.DateField(required=False)
    at = forms.TimeField(required=False)
    shift = forms.IntegerField(required=False, min_value=-MAX_SHIFT_MINUTES, max_value=MAX_SHIFT_MINUTES)
    resource = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args: Any, timezone: str, present_start: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timezone = timezone
        self.present_start = present_start

    def clean(self) -> dict[str, Any]:
        """Settle on one instant, in ``cleaned_data["start"]``."""
        data = dict(self.cleaned_data)
        if not self.errors:
            try:
                data["start"] = self._read_start(data)
            except forms.ValidationError as error:
                self.add_error("starts_at", error)
        return data

    def _read_start(self, data: dict[str, Any]) -> datetime:
        if data.get("on") and data.get("at"):
            return from_wall_clock(data["on"], data["at"], self.timezone)
        if data.get("starts_at"):
            start = read_instant(data["starts_at"])
            if start is None:
                raise forms.ValidationError(TIME_WRONG)
            return start
        if data.get("shift") is not None and self.present_start is not None:
            local = self.present_start.astimezone(ZoneInfo(self.timezone)) + timedelta(minutes=data["shift"])
            return from_wall_clock(local.date(), local.time(), self.timezone)
        raise forms.ValidationError(TIME_MISSING)


class CustomerForm(forms.Form):
    """Who comes. The phone is checked by the service, which knows the country."""

    name = forms.CharField(max_length=MAX_NAME_LENGTH)
    phone = forms.CharField(max_length=40, required=False)
    email = forms.EmailField(required=False)
    note = forms.CharField(max_length=MAX_NOTE_LENGTH, required=False)
    override_reason = forms.CharField(max_length=MAX_REASON_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one way to reach the person."""
        data = dict(self.cleaned_data)
        if not data.get("phone") and not data.get("email") and "email" not in self.errors:
            self.add_error("phone", forms.ValidationError(CONTACT_MISSING))
        return data


def from_wall_clock(on: date, at: time, timezone: str) -> datetime:
    """Return the instant when the business's clock shows this; the first one when it shows it twice.

    Raises:
        ValidationError: The clock never shows it: it is turned forward then.
    """
    zone = ZoneInfo(timezone)
    try:
        instant = datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise forms.ValidationError(TIME_WRONG) from error
    if instant.astimezone(zone).replace(tzinfo=None) != datetime.combine(on, at):
        raise forms.ValidationError(TIME_SKIPPED)
    return instant
