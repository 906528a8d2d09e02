"""How instants, dates, money and durations read: CLDR's data for a language in a country.

The one implementation: language of the person + country of the tenant, so an English page of a
Mexican business has English words, Mexican money and the clock that Mexico uses. U+202F, which
CLDR puts in "3:30 p. m.", becomes U+00A0: our font has no glyph for the former.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.dates import format_time as babel_format_time
from babel.numbers import (
    NumberFormatError,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    parse_decimal,
)
from babel.units import format_unit

from kernel.instants import DAY_MINUTES
from kernel.money import Price, PriceKind

NOON = 12
MINUTES_PER_HOUR = 60
TYPED_NUMBER = re.compile(r"[0-9.,\xa0 ']{1,40}")
PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
SIGN = "¤"
SIGN_BEFORE = re.compile(r"¤(?=\d)")
"""Of the currency, in CLDR's patterns."""
LEAST_OF_A_GROUP = 3
"""Digits that stand in a group of thousands."""
YEAR_AT_END = re.compile(r"[,\s]*('de')?\s*y+$")
CITY_TIME = {"es": "Hora de {city} ({offset})", "en": "{city} time ({offset})"}

PRICE_WORDS = {
    "es": {
        PriceKind.FIXED: "{amount}",
        PriceKind.FROM: "desde {amount}",
        PriceKind.ON_REQUEST: "por cotizar",
    },
    "en": {
        PriceKind.FIXED: "{amount}",
        PriceKind.FROM: "from {amount}",
        PriceKind.ON_REQUEST: "on request",
    },
}


@dataclass(frozen=True, slots=True)
class Formats:
    """CLDR's conventions for one language in one country; ``local`` are those of the country's own people."""

    language: str
    country: str
    locale: Locale
    local: Locale
    is_24_hours: bool

    def format_time(self, at: datetime, timezone: str) -> str:
        """Return the local time of ``at``: "3:30 p.m.", "15:30"."""
        own = "H" in self.locale.time_formats["short"].pattern
        form = "short" if own == self.is_24_hours else ("H:mm" if self.is_24_hours else "h:mm a")
        return _clean(babel_format_time(at, form, tzinfo=ZoneInfo(timezone), locale=self.locale))

    def format_day(self, on: date, *, with_year: bool = False) -> str:
        """Return weekday, day and month: "martes 24 de noviembre", "Tuesday, November 24"; with the year when asked."""
        full = self.locale.date_formats["full"].pattern
        pattern = full if with_year else YEAR_AT_END.sub("", full)
        text = _clean(format_date(on, pattern, locale=self.locale))
        return text.replace(", ", " ", 1) if self.language == "es" else text

    def format_day_short(self, on: date) -> str:
        """Return the short form: "mar 24 de nov", "Tue, Nov 24"."""
        text = _clean(format_skeleton("MMMEd", _at_noon(on), locale=self.locale))
        return text.replace(", ", " ", 1) if self.language == "es" else text

    def format_weekday_day(self, on: date) -> str:
        """Return weekday and day of the month: "martes 24", "Tuesday 24"."""
        return f"{format_date(on, 'EEEE', locale=self.locale)} {on.day}"

    def format_weekday(self, on: date) -> str:
        """Return the short weekday: "mar", "Tue"."""
        return _clean(format_date(on, "ccc", locale=self.locale)).rstrip(".")

    def format_weekday_long(self, on: date) -> str:
        """Return the weekday: "martes", "Tuesday"."""
        return _clean(format_date(on, "cccc", locale=self.locale))

    def format_date(self, on: date) -> str:
        """Return day, short month and year: "1 ene 2027", "Jan 1, 2027"."""
        return _clean(format_date(on, "medium", locale=self.locale))

    def format_date_long(self, on: date) -> str:
        """Return a date with its month in full, as a sentence has it: "15 de enero de 2027"."""
        return _clean(format_date(on, "long", locale=self.locale))

    def format_days(self, first: date, last: date) -> str:
        """Return dates from the first to the last, both included: "14–18 dic 2026", "Dec 14, 2026 – Jan 6, 2027"."""
        begins, ends = self.format_date(first), self.format_date(last)
        if first == last:
            return begins
        if first.year == last.year and any(letter.isalpha() for letter in begins):
            if first.month == last.month:
                return ends.replace(str(last.day), f"{first.day}–{last.day}", 1)
            pattern = YEAR_AT_END.sub("", self.locale.date_formats["medium"].pattern)
            begins = _clean(format_date(first, pattern, locale=self.locale))
        return f"{begins} – {ends}"

    def format_month_short(self, on: date) -> str:
        """Return the short month: "dic", "Dec"."""
        return _clean(format_date(on, "LLL", locale=self.locale)).rstrip(".")

    def format_month(self, on: date) -> str:
        """Return month and year: "noviembre de 2026", "November 2026"."""
        return _clean(format_skeleton("yMMMM", _at_noon(on), locale=self.locale))

    def format_date_time(self, at: datetime, timezone: str, *, now: datetime | None = None) -> str:
        """Return day and local time: "martes 24 de noviembre, 9:00 a.m.".

        With the year where it is another one than at ``now``: "jueves 7 de enero de 2027, 9:00 a.m.".
        """
        on = to_local(at, timezone).date()
        with_year = now is not None and on.year != to_local(now, timezone).year
        return f"{self.format_day(on, with_year=with_year)}, {self.format_time(at, timezone)}"

    def format_money(self, amount_minor: int, currency: str) -> str:
        """Return an amount with the sign that the country uses, without decimals when they are zero: "$850"."""
        precision = get_currency_precision(currency)
        amount = Decimal(amount_minor).scaleb(-precision)
        decimals = 0 if amount == amount.to_integral_value() else precision
        pattern = copy(self.locale.currency_formats["standard"])
        pattern.frac_prec = (decimals, decimals)
        text = pattern.apply(amount, self.locale)
        sign, _ = self.get_money_sign(currency)
        before = f"{sign}\N{NO-BREAK SPACE}" if sign[-1].isalpha() else sign  # CLDR's currencySpacing
        return _clean(SIGN_BEFORE.sub(before, text).replace(SIGN, sign))

    def format_price(self, price: Price) -> str:
        """Return a price in words, the one way in which any reader gets it: "$850", "desde $850", "por cotizar"."""
        words = PRICE_WORDS.get(self.language, PRICE_WORDS["en"])
        if price.amount_minor is None:
            return words[PriceKind.ON_REQUEST]
        return words[price.kind].format(amount=self.format_money(price.amount_minor, price.currency))

    def format_number(self, number: float | Decimal, *, decimals: int | None = None) -> str:
        """Return a number with the country's separators; ``decimals`` says how many, None as many as it needs."""
        form = None if decimals is None else f"#,##0.{'0' * decimals}".rstrip(".")
        return _clean(format_decimal(number, format=form, locale=self.locale))

    def read_number(self, text: str) -> Decimal | None:
        """Return a number as people of the country type it, or with a point for its decimals; None for no number."""
        typed = text.strip()
        if not TYPED_NUMBER.fullmatch(typed):
            return None
        try:
            return parse_decimal(typed, locale=self.locale, strict=True)
        except NumberFormatError:
            return Decimal(typed) if PLAIN_NUMBER.fullmatch(typed) else None

    def get_money_sign(self, currency: str) -> tuple[str, bool]:
        """Return a currency's sign in the country, and whether it precedes the amount: ("$", True), ("€", False)."""
        pattern = self.locale.currency_formats["standard"].pattern
        return get_currency_symbol(currency, self.local), pattern.startswith(SIGN)

    def format_span(self, minutes: int) -> str:
        """Return a length of notice in days when it is whole days: "2 días", "4 h"."""
        days, rest = divmod(minutes, DAY_MINUTES)
        return _clean(format_unit(days, "day", locale=self.locale)) if days and not rest else format_duration(minutes)

    def format_timezone(self, timezone: str, at: datetime) -> str:
        """Return whose clock it is: "Hora de Ciudad de México (UTC−6)"."""
        zone = self.locale.time_zones.get(timezone) or {}
        city = zone.get("city") or timezone.rsplit("/", 1)[-1].replace("_", " ")
        text = CITY_TIME.get(self.language, CITY_TIME["en"])
        return text.format(city=city, offset=format_offset(at, timezone))


def to_minor(amount: Decimal, currency: str) -> int | None:
    """Return an amount that was typed in the smallest coin; None: it has more decimals than the currency.

    "1.000" is a thousand in the country next door: so three zeros are as wrong as three other decimals.
    """
    decimals = get_currency_precision(currency)
    minor, written = amount.scaleb(decimals), len(f"{amount:f}".partition(".")[2])
    is_group = written >= LEAST_OF_A_GROUP and written > decimals
    return None if is_group or minor != minor.to_integral_value() else int(minor)


@lru_cache(maxsize=256)
def get_formats(language: str, country: str | None, clock: str = "") -> Formats:
    """Return the conventions for ``language`` in ``country`` (ISO 3166-1; None: the language's own).

    ``clock`` is ``12`` or ``24``; empty: as in the country.
    """
    locale = _find_locale(language, country) or Locale.parse(language)
    local = _find_locale(f"und_{country}", None) if country else None
    usual = "24" if "H" in (local or locale).time_formats["short"].pattern else "12"
    return Formats(
        language=language,
        country=country or "",
        locale=locale,
        local=local or locale,
        is_24_hours=(clock or usual) == "24",
    )


def to_local(at: datetime, timezone: str) -> datetime:
    """Return the same instant on the wall clock of ``timezone``."""
    return at.astimezone(ZoneInfo(timezone))


def format_offset(at: datetime, timezone: str) -> str:
    """Return the offset from UTC at that instant, with a real minus sign: "UTC−6", "UTC+5:30"."""
    offset = to_local(at, timezone).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), MINUTES_PER_HOUR)
    sign = "" if not minutes else "+" if minutes > 0 else "−"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02d}" if rest else "")


def format_duration(minutes: int) -> str:
    """Return a length of work: "45 min", "1 h 30 min", "3 h"."""
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    parts = ((hours, "h"), (rest, "min")) if hours and rest else ((hours, "h"),) if hours else ((rest, "min"),)
    return " ".join(f"{amount}\N{NO-BREAK SPACE}{unit}" for amount, unit in parts)


def name_time(formats: Formats, at: datetime, timezone: str) -> str:
    """Return a time as a sentence names it: "9:00 AM"; in Spanish with its article, "las 9:00", "la 1:00"."""
    time = formats.format_time(at, timezone)
    if formats.language != "es":
        return time
    return f"{'la' if time.startswith('1:') else 'las'} {time}"


def end_sentence(text: str) -> str:
    """Return ``text`` with its full stop; "9:00 a.m." has it already."""
    return text if text.endswith(".") else f"{text}."


def _find_locale(language: str, country: str | None) -> Locale | None:
    try:
        return Locale.parse(f"{language}_{country}" if country else language, resolve_likely_subtags=True)
    except (UnknownLocaleError, ValueError):
        return None


def _at_noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, NOON)  # noqa: DTZ001 - only carries the date into Babel


def _clean(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")
