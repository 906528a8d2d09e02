"""The rows of a service's form that say when it may start, and what differs per person or thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from kernel.instants import DAY_MINUTES
from scheduling.engine import LONGEST_VISIT_MINUTES, BookablePeriod
from scheduling.types import ServiceResourceSetup
from tenants.context import current_tenant
from web.parts.clock import format_minute, list_weekdays, name_weekday, read_minute
from web.parts.fields import ChoicesField, IdField, LengthField, MoneyField
from web.parts.forms import PageForm
from web.parts.voice import FILL_IN
from web.parts.widgets import Chips
from web.templatetags.formats import get_current_formats

NO_TIME = gettext_lazy("Write a time such as 8, 830 or 8 pm.")
NOTHING_OWN = gettext_lazy("Enter a duration or a price of its own.")


class ClockField(forms.CharField):
    """A time of the day as people type it; its value is the wall minute, None when nothing was typed."""

    default_error_messages = {"required": FILL_IN}

    def __init__(self, *, latest: int = DAY_MINUTES, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput({"autocomplete": "off"}), **kwargs)
        self.latest = latest

    def prepare_value(self, value: Any) -> Any:
        """Show a minute as a time; keep what was typed."""
        return format_minute(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return the wall minute.

        Raises:
            ValidationError: It is no time of a day.
        """
        typed = super().clean(value)
        if not typed:
            return None
        minute = read_minute(typed)
        if minute is None or minute > self.latest:
            raise ValidationError(NO_TIME, code="invalid")
        return minute


class StartForm(PageForm):
    """Some weekdays, and from when to when a visit may start on them."""

    weekdays = ChoicesField(label=gettext_lazy("Days"), widget=Chips())
    opens_minute = ClockField(label=gettext_lazy("Starts from"), latest=DAY_MINUTES - 1)
    closes_minute = ClockField(
        label=gettext_lazy("to"), help_text=gettext_lazy("Before it begins: on the next day.")
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekdays"].choices = [(str(day), name_weekday(day, "abbreviated")) for day in list_weekdays()]  # type: ignore[attr-defined]

    def make_periods(self) -> tuple[BookablePeriod, ...]:
        """Return the periods as they were typed."""
        data = self.cleaned_data
        return tuple(
            BookablePeriod(weekday, data["opens_minute"], data["closes_minute"])
            for weekday in sorted(map(int, data["weekdays"]))
        )


class OwnForm(PageForm):
    """Who or what needs another time, or costs something else."""

    resource_id = IdField(label=gettext_lazy("Who or what"))
    duration_minutes = LengthField(
        label=gettext_lazy("Own duration"), min_value=1, max_value=LONGEST_VISIT_MINUTES, required=False
    )
    price = MoneyField(label=gettext_lazy("Own price"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for what differs."""
        data = dict(self.cleaned_data)
        asked = ("duration_minutes", "price")
        if not any(name in self.errors or data.get(name) is not None for name in asked):
            self.add_error("duration_minutes", NOTHING_OWN)
        return data

    def make_setup(self) -> ServiceResourceSetup:
        """Return what differs as it was typed."""
        data = self.cleaned_data
        return ServiceResourceSetup(
            resource_id=data["resource_id"], duration_minutes=data["duration_minutes"], price_minor=data["price"]
        )


def group_periods(periods: Iterable[Sequence[int]]) -> list[dict[str, object]]:
    """Return periods as the rows show them: the days that have the same hours together."""
    days: dict[tuple[int, int], list[str]] = {}
    for weekday, opens, closes in periods:
        days.setdefault((opens, closes), []).append(str(weekday))
    return [
        {"weekdays": weekdays, "opens_minute": opens, "closes_minute": closes}
        for (opens, closes), weekdays in days.items()
    ]


def describe_periods(periods: Iterable[Sequence[int]]) -> str:
    """Return periods in words: "lun, mar 8:00–15:00"."""
    return " · ".join(
        f"{', '.join(name_weekday(int(day), 'abbreviated') for day in row['weekdays'])} "  # type: ignore[attr-defined]
        f"{format_minute(int(str(row['opens_minute'])))}–{format_minute(int(str(row['closes_minute'])))}"
        for row in group_periods(periods)
    )


def describe_own(name: str, duration_minutes: int | None, price_minor: int | None) -> str:
    """Return what differs for somebody in words: "Lucía: 45 min, $900"."""
    own = [gettext("%(minutes)s min") % {"minutes": duration_minutes}] if duration_minutes is not None else []
    if price_minor is not None:
        own.append(get_current_formats().format_money(price_minor, current_tenant().currency))
    return f"{name}: {', '.join(own)}"
