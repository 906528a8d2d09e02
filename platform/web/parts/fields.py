"""Fields of forms: what people type, read once and refused in one voice."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from edge.reading import NotRead, check_date
from kernel.formats import to_minor
from kernel.instants import DAY_MINUTES
from kernel.iso import NotIso, parse_time
from kernel.lines import drop_invisible, is_unreadable, unify_breaks
from scheduling.services.writing.inputs import REASON_LENGTH, UNREADABLE
from tenants.context import current_tenant
from web.parts.voice import CHOOSE, FILL_IN, NO_NUMBER, TOO_LARGE, TOO_LONG, TOO_SMALL
from web.parts.widgets import MoneyInput, PairInput, Switch, UnitInput
from web.templatetags.formats import get_current_formats

Text = str | Promise

NO_TIME = gettext_lazy("Write a time as 09:30.")
NO_LENGTH = gettext_lazy("Write minutes, or hours and minutes: 75, 1:15 or 1 h 15 min.")
NO_AMOUNT = gettext_lazy("Enter an amount, such as %(example)s.")
TOO_MANY_DECIMALS = gettext_lazy("Too many decimals. Enter an amount such as %(example)s.")

LARGEST_AMOUNT = 10**12
"""In the smallest coin."""

LONGEST_NUMBER = 9
"""Digits."""


class TextField(forms.CharField):
    """A line of text, or several with ``rows``; without what nobody sees, single spaces in a line."""

    default_error_messages = {"required": FILL_IN, "max_length": TOO_LONG}

    def __init__(self, *, max_length: int, rows: int = 0, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.is_line = not rows
        if "widget" not in kwargs:
            kwargs["widget"] = forms.Textarea({"rows": rows, **(attrs or {})}) if rows else forms.TextInput(attrs)
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text as it is to be stored.

        Raises:
            ValidationError: It holds characters that no database stores.
        """
        text = drop_invisible(unify_breaks(str(super().to_python(value))))
        if is_unreadable(text if self.is_line else text.replace("\n", " ").replace("\t", " ")):
            raise ValidationError(gettext(UNREADABLE), code="unreadable")
        return " ".join(part for part in text.split(" ") if part) if self.is_line else text


class ReasonField(TextField):
    """Why somebody does what others will read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=REASON_LENGTH, **kwargs)


class NumberField(forms.IntegerField):
    """A whole number between two limits, both inclusive."""

    default_error_messages = {
        "required": FILL_IN,
        "invalid": NO_NUMBER,
        "min_value": TOO_SMALL,
        "max_value": TOO_LARGE,
    }

    def __init__(self, *, min_value: int, max_value: int, unit: Text = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnitInput(unit=unit) if unit else forms.TextInput({"inputmode": "numeric"}))
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return the number; None when nothing was typed.

        Raises:
            ValidationError: It is none. Python would read "1_0" and the digits of every script.
        """
        typed = str(value).strip()
        if not typed.isascii() or "_" in typed:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number: int | None = super().to_python(value)
        return number


MINUTES_OF = {"minutes": 1, "hours": 60, "days": DAY_MINUTES}
LENGTH = re.compile(
    r"(?:(?P<hours>[0-9]{1,4})(?:[.,](?P<part>[0-9]{1,2}))?\s*(?:h|hs|hrs?|hours?|horas?)\.?"
    r"(?:\s*(?:y|and)\s(?=[0-9]))?)?\s*"
    r"(?:(?P<minutes>[0-9]{1,6})\s*(?:(?:m|mins?|minutos?|minutes?|')\.?)?)?"
)
CLOCK_LENGTH = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?:\s*h)?")


def read_length(typed: str) -> int | None:
    """Return the minutes that a text says: "75", "75 min", "1:15", "1 h 15 min", "1.25 h"; None when it says none."""
    text = " ".join(typed.casefold().split())
    if clock := CLOCK_LENGTH.fullmatch(text):
        return int(clock[1]) * 60 + int(clock[2])
    said = LENGTH.fullmatch(text)
    if not said or not (said["hours"] or said["minutes"]):
        return None
    minutes = int(said["minutes"] or 0)
    if said["hours"] is None:
        return minutes
    part = said["part"]
    if said["minutes"] and (part or minutes >= MINUTES_OF["hours"]):
        return None
    beyond, left = divmod(int(part) * 60, 10 ** len(part)) if part else (0, 0)
    return None if left else int(said["hours"]) * 60 + beyond + minutes


class LengthField(NumberField):
    """A length of time: minutes, or hours and minutes as people write them; its value is minutes."""

    default_error_messages = {"invalid": NO_LENGTH}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"unit": gettext_lazy("min"), **kwargs})

    def to_python(self, value: Any) -> int | None:
        """Return minutes; None when nothing was typed.

        Raises:
            ValidationError: It says no length.
        """
        read = read_length(str(value)) if value not in self.empty_values else None
        return super().to_python(value if read is None else read)


class MoneyField(forms.Field):
    """An amount of the business's currency, in its smallest coin; None when nothing was typed."""

    default_error_messages = {"required": FILL_IN}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": MoneyInput(), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Show an amount without the decimals that are zero; keep what was typed."""
        return format_amount(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return the amount in the smallest coin.

        Raises:
            ValidationError: It is no amount, below zero, or has more decimals than the currency.
        """
        typed = str(value or "").strip()
        super().clean(typed)
        if not typed:
            return None
        amount = get_current_formats().read_number(typed)
        if amount is None:
            raise ValidationError(NO_AMOUNT, code="invalid", params={"example": _make_example()})
        minor = to_minor(amount, current_tenant().currency)
        if minor is None:
            raise ValidationError(TOO_MANY_DECIMALS, code="decimals", params={"example": _make_example()})
        if minor > LARGEST_AMOUNT:
            raise ValidationError(TOO_LARGE, code="max", params={"limit_value": format_amount(LARGEST_AMOUNT)})
        return minor


UNITS = (
    ("minutes", gettext_lazy("minutes")),
    ("hours", gettext_lazy("hours")),
    ("days", gettext_lazy("days")),
)


class SpanInput(PairInput):
    """A number and its unit of time."""

    css = "time-span"

    def __init__(self) -> None:
        number = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__({"": number, "unit": forms.Select({"aria-label": gettext_lazy("Unit")}, choices=UNITS)})

    def decompress(self, value: Any) -> list[str]:
        """Show minutes in the largest unit that gives a whole number."""
        if value is None:
            return ["", "hours"]
        unit = next(key for key in ("days", "hours", "minutes") if not value % MINUTES_OF[key])
        return [str(value // MINUTES_OF[unit]), "hours" if not value else unit]


class SpanField(forms.Field):
    """A length of time, typed in minutes, hours or days; its value is minutes."""

    default_error_messages = {"required": FILL_IN}

    def __init__(self, *, max_minutes: int, **kwargs: Any) -> None:
        super().__init__(**{"widget": SpanInput(), **kwargs})
        self.max_minutes = max_minutes

    def clean(self, value: Any) -> int | None:
        """Return minutes; None when nothing was typed.

        Raises:
            ValidationError: It is no whole number, or too long.
        """
        number, unit = value if isinstance(value, list | tuple) else (value, "minutes")
        typed = (number or "").strip()
        super().clean(typed)
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit()) or unit not in MINUTES_OF:
            raise ValidationError(NO_NUMBER, code="invalid")
        if len(typed) > LONGEST_NUMBER or int(typed) * MINUTES_OF[unit] > self.max_minutes:
            limit = get_current_formats().format_span(self.max_minutes)
            raise ValidationError(TOO_LARGE, code="max", params={"limit_value": limit})
        return int(typed) * MINUTES_OF[unit]


class DateField(forms.Field):
    """A date as browsers send it, ``YYYY-MM-DD``; None when nothing was chosen."""

    default_error_messages = {"required": FILL_IN}

    def clean(self, value: Any) -> date | None:
        """Return the date.

        Raises:
            ValidationError: It is none, or nobody means its year.
        """
        typed = str(value or "").strip()
        super().clean(typed)
        try:
            return check_date(typed) if typed else None
        except NotRead as error:
            raise ValidationError(gettext(error.text), code="invalid") from error


class TimeField(forms.Field):
    """The time on a clock as browsers send it, ``HH:MM``; None when nothing was chosen."""

    default_error_messages = {"required": FILL_IN, "invalid": NO_TIME}

    def clean(self, value: Any) -> time | None:
        """Return the time.

        Raises:
            ValidationError: No clock shows it.
        """
        typed = str(value or "").strip()
        super().clean(typed)
        try:
            return parse_time(typed) if typed else None
        except NotIso as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class ChoiceField(forms.ChoiceField):
    """One of the options."""

    default_error_messages = {"required": CHOOSE, "invalid_choice": CHOOSE}


class IdField(forms.TypedChoiceField):
    """One row of another list, by its id; None when none is chosen."""

    default_error_messages = ChoiceField.default_error_messages

    def __init__(self, *, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, choices=choices, **kwargs)


class ChoicesField(forms.MultipleChoiceField):
    """Any of the options; its value is a tuple of text."""

    default_error_messages = {"required": CHOOSE, "invalid_choice": CHOOSE, "invalid_list": CHOOSE}

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return what is chosen, in the order of the options."""
        chosen = {str(each) for each in super().clean(value)}
        return tuple(str(key) for key, _ in self.choices if str(key) in chosen)  # type: ignore[misc,union-attr]


class IdsField(forms.TypedMultipleChoiceField):
    """Any rows of another list, by their ids."""

    default_error_messages = ChoicesField.default_error_messages

    def __init__(self, *, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(coerce=int, choices=choices, **kwargs)


class SwitchField(forms.BooleanField):
    """On or off; both are answers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": Switch(), **kwargs}, required=False)


def format_amount(amount_minor: int) -> str:
    """Return an amount as a form shows it: "2,400", "2,400.50"."""
    precision = get_currency_precision(current_tenant().currency)
    amount = Decimal(amount_minor).scaleb(-precision)
    is_whole = amount == amount.to_integral_value()
    return get_current_formats().format_number(amount, decimals=0 if is_whole else precision)


def _make_example() -> str:
    precision = get_currency_precision(current_tenant().currency)
    return format_amount(2400 if not precision else 24 * 10 ** (precision + 2) + 10**precision // 2)
