"""Telephone numbers: one way to read each as people write it, and one way to write it for people.

Used wherever a number comes in, is compared, searched, shown or called: bookings, sign-up, the catalog,
imports. Plans are those of the library `phonenumbers` (ITU-T E.164 and the national plans), on top of which
old prefixes are understood that people and their address books still have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from kernel.lines import compose, drop_hidden
from kernel.text import mark

LONGEST_TYPED, MOST_DIGITS = 64, 20
"""A number in E.164 has 15 digits; prefixes to dial from abroad and old ones come before."""

PHONE_WRONG = mark("This phone number is not valid. Include the area code, or the country code with +.")
PHONE_LETTERS = mark("Write the phone number in digits, without letters and without an extension.")
PHONE_SEVERAL = mark("Write one phone number only.")

ARGENTINA = 54
OLD_PREFIXES: dict[int, tuple[tuple[re.Pattern[str], str], ...]] = {
    # Mexico dropped 01, 044, 045 and the 1 after +52 in 2019 (IFT, Plan Técnico Fundamental de Numeración).
    52: ((re.compile(r"(?:044|045|01|0|1)(\d{10})"), r"\1"),),
    # Argentina's mobiles have a 9 from abroad or a 15 after the area code at home, never both; people mix them.
    ARGENTINA: (
        (re.compile(r"90?(\d{12})"), r"0\1"),
        (re.compile(r"(?:15|90)(\d{10})"), r"9\1"),
        # Bariloche's area code was 2944; it is 294 now, and a 4 begins its numbers.
        (re.compile(r"(2944)15(\d{6})"), r"9\1\2"),
    ),
    # Until 2010 Peru's provinces dialed mobiles of Lima with its area code: 1, within the country 01 (MTC).
    51: ((re.compile(r"1(9\d{8})"), r"\1"),),
    # Brazil's mobiles got a ninth digit, a 9 in front, by 2016 (Anatel, Resolução 553).
    55: ((re.compile(r"(\d\d)([6-9]\d{7})"), r"\g<1>9\2"),),
    # Chile dialed mobiles 09 until 2018, and they had eight digits (Subtel).
    56: ((re.compile(r"0?(9[2-9]\d{7})"), r"\1"), (re.compile(r"0?([89]\d{7})"), r"9\1")),
    # Colombia put 60 before the area codes of fixed lines in 2021 (CRC, Resolución 5826).
    57: ((re.compile(r"0?([124-8][2-9]\d{6})"), r"60\1"),),
}
ABROAD = (re.compile(r"0+(\d+)"), r"\1")
"""People put the 0 of their own country into numbers of others: +34 (0) 612 …"""
NORTH_AMERICAN_EXIT = "011"
"""Dialed in the United States and Canada before a country's code."""
ARGENTINE_LINE = re.compile(r"[123]\d{9}")
"""An area code and a number without the 9: a fixed line or a mobile, the plan does not tell them apart."""

EXAMPLES = {
    "AR": "+5491123456789",
    "BR": "+5511912345678",
    "CL": "+56987654321",
    "CO": "+573001234567",
    "ES": "+34612345678",
    "MX": "+525512345678",
}
"""Numbers as people of these countries have them; for others the library has one."""

_LINES = (
    r"tel[eé]fono|tel[eé]f|telf?|tlfn?|tfno|fono|fone|telefone|phone|ph|m[oó]vil|mobile|mob|celular|celu|cell ?phone|"
    r"cell?|zap|whats ?app|whats|wsp|wpp|n[uú]mero|n[uú]m|nro|no"
)
"""What people and their address books write beside a number, none of it a name or an extension."""
_LABEL = re.compile(rf"(?:(?:callto|{_LINES})\b[\s.:]*)+(?=[\d+(%])", re.IGNORECASE)
_LABEL_BEHIND = re.compile(rf"(?<=[\d\s(])(?:{_LINES}|casa|oficina|trabajo|home|work|office)[\s.)]*\Z", re.IGNORECASE)
_CHAT_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:wa\.me/|(?:api|web)\.whatsapp\.com/send/?\?phone=|whatsapp://send/?\?phone=)\+?(\d+)"
    r"(?:[?&/].*)?",
    re.IGNORECASE | re.DOTALL,
)
"""A link of WhatsApp to a number, which has its country in front without a plus sign."""
_EXTENSION_SIGNS = frozenset("#*,;")
_SILENT = frozenset(".'´`~\u2212\u223c\u00b7/\u2044\u2215")
_SILENT_CATEGORIES = frozenset({"Zs", "Cc", "Pd", "Ps", "Pe", "Pc", "Pi", "Pf", "Mn", "Me", "So"})


def clean_phone(typed: str, *, country: str, is_business: bool = False) -> str | None:
    """Return a number in E.164; None when nobody has it, or it has letters or an extension.

    It is read as one of ``country`` (ISO 3166-1) unless it begins with ``+`` or ``00``. An extension is
    refused: no SMS reaches it, and letters would be dialed (1-800-FLOWERS). Argentine numbers are read as
    mobiles, with their 9, unless they are a business's own: people leave out 9 and 15 as they like.
    """
    text = _read(typed)
    if text is None:
        return None
    for number in _list_readings(text, country):
        if phonenumbers.is_valid_number(number):
            return _write(number if is_business else _prefer_mobile(number))
    return None


def explain_phone(typed: str) -> str:
    """Return why `clean_phone` refuses a number."""
    text = _strip_label(typed)
    if any(map(str.isalpha, text)) or _EXTENSION_SIGNS & set(text):
        return PHONE_LETTERS
    if "/" in text and sum(map(str.isdigit, text)) > MOST_DIGITS - 5:
        return PHONE_SEVERAL
    return PHONE_WRONG


def format_phone(phone: str, country: str | None) -> str:
    """Return a number as people write it in ``country``, with its ``+`` when it is from elsewhere.

    Blanks are plain ones. What is no number stays as it is.
    """
    number = _parse(phone, country)
    if number is None:
        return phone
    if country is None or number.country_code != phonenumbers.country_code_for_region(country):
        return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.national_significant_number(number).removeprefix("9")
    if number.country_code == ARGENTINA and ARGENTINE_LINE.fullmatch(national):
        # At home people leave out the 9, the 15 and the 0 that only fixed lines dial.
        line = _parse(f"+{ARGENTINA}{national}", None) or number
        return phonenumbers.format_number(line, PhoneNumberFormat.NATIONAL).removeprefix("0")
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def give_example(country: str) -> str:
    """Return a mobile number as people of ``country`` write it; empty when none is known."""
    known = EXAMPLES.get(country)
    number = _parse(known, None) if known else phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    return "" if number is None else format_phone(_write(number), country)


def is_fixed_line(phone: str) -> bool:
    """Tell whether a number (E.164) is a fixed line; where the plan does not say it (Mexico, +1), it is none."""
    number = _parse(phone, None)
    return number is not None and phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE


def find_national(phone: str) -> str:
    """Return the digits of a number (E.164) as they are written at home, without prefixes; empty when it is none.

    Argentine mobiles lose their 9.
    """
    number = _parse(phone, None)
    if number is None:
        return ""
    national = phonenumbers.national_significant_number(number)
    return national.removeprefix("9") if number.country_code == ARGENTINA else national


def list_calling_codes(countries: tuple[str, ...]) -> list[tuple[str, int]]:
    """Return countries with what is dialed before their numbers from abroad."""
    return [(country, phonenumbers.country_code_for_region(country)) for country in countries]


def _strip_label(typed: str) -> str:
    """Return a text in compatible characters (NFKC), without what nobody sees and the kind of line beside it."""
    text = compose("NFKC", drop_hidden(typed)).strip()
    if link := _CHAT_LINK.fullmatch(text):
        return f"+{link[1]}"
    label = _LABEL.match(text)
    return _LABEL_BEHIND.sub("", unquote(text[label.end() :]) if label else text)


def _read(typed: str) -> str | None:
    """Return digits, after a ``+`` when there was one; None when there is anything that is not silent."""
    text = _strip_label(typed)
    if len(text) > LONGEST_TYPED:
        return None
    digits, has_plus = "", False
    for letter in text:
        if unicodedata.category(letter) == "Nd":
            digits += str(unicodedata.digit(letter))
        elif letter == "+" and not digits:
            has_plus = True
        elif letter not in _SILENT and unicodedata.category(letter) not in _SILENT_CATEGORIES:
            return None
    if not digits or len(digits) > MOST_DIGITS:
        return None
    # No country's code begins with 0: whoever types "+00 52" or "0052" means "+52".
    return f"+{digits.lstrip('0')}" if has_plus else digits


def _list_readings(text: str, country: str) -> Iterator[PhoneNumber]:
    """Yield what a number may be, the likeliest first."""
    for spelling in _list_spellings(text, country):
        number = _parse(spelling, country)
        if number is None:
            continue
        yield number
        code = number.country_code or 0
        region = phonenumbers.region_code_for_country_code(code)
        national = phonenumbers.national_significant_number(number)
        # Forms that put a country's code in front get it typed once more.
        twice = (re.compile(rf"{code}(\d+)"), r"\1")
        for old, new in (*OLD_PREFIXES.get(code, ()), ABROAD, twice):
            modern = _parse(old.sub(new, national), region) if old.fullmatch(national) else None
            if modern is not None:
                yield modern


def _list_spellings(text: str, country: str) -> Iterator[str]:
    """Yield a number as typed, then with a ``+`` in place of an exit code, and before the country's bare code."""
    yield text
    if text.startswith("00"):
        yield f"+{text.lstrip('0')}"
    if text.startswith(NORTH_AMERICAN_EXIT):
        yield f"+{text.removeprefix(NORTH_AMERICAN_EXIT)}"
    code = str(phonenumbers.country_code_for_region(country))
    if text.startswith(code):
        yield f"+{text}"


def _prefer_mobile(number: PhoneNumber) -> PhoneNumber:
    """Return an Argentine number as a mobile, when it can be one."""
    national = phonenumbers.national_significant_number(number)
    if number.country_code != ARGENTINA or not ARGENTINE_LINE.fullmatch(national):
        return number
    mobile = _parse(f"+{ARGENTINA}9{national}", None)
    return mobile if mobile is not None and phonenumbers.is_valid_number(mobile) else number


def _parse(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _write(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
