"""What pages say in words, on top of `kernel.formats` (CLDR's data for a language in a country)."""

from __future__ import annotations

from datetime import datetime

import phonenumbers

from edge.language import current_language
from kernel.formats import NOON, Formats, format_duration, format_offset, get_formats, to_local

__all__ = [
    "Formats",
    "capitalize",
    "end_sentence",
    "format_duration",
    "format_offset",
    "format_phone",
    "format_span",
    "get_formats",
    "is_morning",
    "name_time",
    "to_local",
]


def format_span(minutes: int) -> str:
    """Return a length of notice in the active language, in days when it is whole days: "2 días", "4 h"."""
    return get_formats(current_language(), None).format_span(minutes)


def is_morning(at: datetime, timezone: str) -> bool:
    """Tell whether the local time of ``at`` is before noon."""
    return to_local(at, timezone).hour < NOON


def format_phone(phone: str, country: str | None) -> str:
    """Return a number as it is written in ``country``, or internationally when it is from elsewhere."""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return phone
    is_home = country is not None and number.country_code == phonenumbers.country_code_for_region(country)
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if is_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, kind).replace(" ", "\N{NO-BREAK SPACE}")


def name_time(formats: Formats, at: datetime, timezone: str) -> str:
    """Return a time as a sentence names it: "9:00 AM"; in Spanish with its article, "las 9:00", "la 1:00"."""
    time = formats.format_time(at, timezone)
    if formats.language != "es":
        return time
    return f"{'la' if time.startswith('1:') else 'las'} {time}"


def end_sentence(text: str) -> str:
    """Return ``text`` with its full stop; "9:00 a.m." has it already."""
    return text if text.endswith(".") else f"{text}."


def capitalize(text: str) -> str:
    """Return ``text`` with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]
