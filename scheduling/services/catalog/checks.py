"""What is refused at a field, in words; all fields of a form at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Model

from kernel.emails import clean_email
from kernel.identity.names import clean_person_name
from kernel.identity.phones import clean_phone, explain_phone
from kernel.identity.profiles import clean_profile
from kernel.instants import is_known_timezone
from kernel.lines import drop_invisible, is_unreadable, unify_breaks
from kernel.maps import clean_web_address
from kernel.text import mark
from scheduling.errors import SetupInvalid
from scheduling.services.writing.inputs import (
    EMAIL_WRONG,
    NAME_LENGTH,
    NAME_TOO_LONG,
    START_FAR,
    UNREADABLE,
)
from tenants.context import current_tenant
from verticals.registry import get_vertical

NAME_MISSING = mark("Enter a name.")
NAME_TAKEN = mark("Another one already has this name. Choose a different one.")
SKILL_TOO_LONG = mark("A skill has at most 60 characters.")
SKILL_LENGTH = 60
DATE_TAKEN = mark("There is one on this day already.")
TEXT_TOO_LONG = mark("This text is too long.")
NUMBER_WRONG = mark("This number is too small or too large.")
ZONE_UNKNOWN = mark("This time zone does not exist.")
COLOR_WRONG = mark("Choose a color.")
CHOICE_UNKNOWN = mark("This choice does not exist or is archived.")
CANNOT_WORK = mark("This cannot work together with the other values.")

Key = tuple[object, ...]

MAX_POSITION = 1_000_000
FIRST_DATE, LAST_DATE = date(2000, 1, 1), date(2200, 1, 1)


class Lookup:
    """What checks ask of the tables, each question once: a whole business is checked with one of these."""

    def __init__(self) -> None:
        self._active: dict[type[Model], set[int]] = {}
        self._owners: dict[Key, dict[Key, int | None]] = {}

    def is_active(self, model: type[Model], row_id: int) -> bool:
        """Tell whether a row exists and is not archived."""
        if model not in self._active:
            rows = model._default_manager.filter(is_active=True)  # noqa: SLF001 - Django's documented way
            self._active[model] = set(rows.values_list("pk", flat=True))
        return row_id in self._active[model]

    def claim(self, model: type[Model], key: Mapping[str, object], *, own_id: int | None) -> bool:
        """Tell whether no other active row has these values, whatever their case; from now on somebody has.

        A date is asked for alone: of them a table may have many.
        """
        dates = {name: value for name, value in key.items() if isinstance(value, date)}
        question = (model, *key, *dates.values())
        if question not in self._owners:
            rows = model._default_manager.filter(is_active=True, **dates)  # noqa: SLF001
            self._owners[question] = {_fold(values): row_id for row_id, *values in rows.values_list("pk", *key)}
        owners, wanted = self._owners[question], _fold(key.values())
        if wanted in owners:
            return owners[wanted] == own_id
        owners[wanted] = own_id
        return True


class FieldErrors:
    """Collects what is wrong, by field; the first word about a field counts."""

    def __init__(self, lookup: Lookup | None = None) -> None:
        self._errors: dict[str, tuple[str, ...]] = {}
        self._lookup = lookup or Lookup()

    def require(self, is_right: bool, field: str, text: str) -> bool:  # noqa: FBT001 - reads as a sentence
        """Note that a field is wrong unless ``is_right``; return whether it is."""
        if not is_right:
            self._errors.setdefault(field, (text,))
        return is_right

    def raise_any(self) -> None:
        """Refuse when anything was noted.

        Raises:
            SetupInvalid: Names every field that is wrong.
        """
        if self._errors:
            raise SetupInvalid(errors=self._errors)

    def check_number(self, field: str, value: int | None, least: int, most: int, text: str = NUMBER_WRONG) -> None:
        """Note a number outside ``[least, most]``; None is right."""
        self.require(value is None or least <= value <= most, field, text)

    def check_position(self, value: int | None) -> None:
        """Note a place in the order that cannot be."""
        self.check_number("position", value, 0, MAX_POSITION)

    def check_date(self, field: str, on: date) -> None:
        """Note a date that nobody plans for."""
        self.require(FIRST_DATE <= on <= LAST_DATE, field, START_FAR)

    def check_name(self, name: str, *, length: int = NAME_LENGTH) -> None:
        """Note a name that is missing, too long or unreadable."""
        too_long = NAME_TOO_LONG if length == NAME_LENGTH else TEXT_TOO_LONG
        if self.require(bool(name), "name", NAME_MISSING):
            self.check_text("name", name, length=length, too_long=too_long)

    def check_text(self, field: str, text: str, *, length: int, too_long: str = TEXT_TOO_LONG) -> None:
        """Note a text that is too long or unreadable; it may have lines."""
        if self.require(len(text) <= length, field, too_long):
            self.require(not is_unreadable(text.replace("\n", " ")), field, UNREADABLE)

    def check_zone(self, timezone: str, *, may_be_empty: bool = False) -> None:
        """Note a time zone that does not exist."""
        is_known = is_known_timezone(timezone) if timezone else may_be_empty
        self.require(is_known, "timezone", ZONE_UNKNOWN)

    def check_color(self, color: str) -> None:
        """Note what is not ``#rrggbb``."""
        self.require(not color or re.fullmatch(r"#[0-9a-fA-F]{6}", color) is not None, "color", COLOR_WRONG)

    def check_free(
        self, model: type[Model], key: Mapping[str, object], *, field: str = "name", own_id: int | None = None
    ) -> None:
        """Note that another active row has what must be unique; what is wrong already is not looked for."""
        if field not in self._errors:
            taken = NAME_TAKEN if field == "name" else DATE_TAKEN
            self.require(self._lookup.claim(model, key, own_id=own_id), field, taken)

    def are_active(self, model: type[Model], row_ids: Iterable[int]) -> bool:
        """Tell whether rows exist and none of them is archived."""
        return all(self._lookup.is_active(model, row_id) for row_id in row_ids)

    def check_choice(self, field: str, model: type[Model], row_id: int | None, *, known_id: int | None = None) -> None:
        """Note a row that does not exist or is archived; ``known_id`` was chosen before and may stay."""
        if row_id is not None and row_id != known_id:
            self.require(self.are_active(model, [row_id]), field, CHOICE_UNKNOWN)

    def check_arrival_modes(self, field: str, modes: Collection[str], *, known: Collection[str] = ()) -> None:
        """Note a way to arrive that the business's vertical does not have; ``known`` ones were chosen before."""
        offered = {mode.key for mode in get_vertical(current_tenant().vertical).intake.arrival_modes}
        self.require(set(modes) <= offered.union(known), field, CHOICE_UNKNOWN)

    def clean_phone(self, field: str, phone: str, *, is_business: bool = False) -> str:
        """Return a phone number in E.164, or note that it is none; empty stays empty."""
        if not phone.strip():
            return ""
        cleaned = clean_phone(phone, country=current_tenant().country, is_business=is_business)
        self.require(cleaned is not None, field, explain_phone(phone))
        return cleaned or phone

    def clean_email(self, field: str, email: str) -> str:
        """Return an address as it is stored, or note that it is none; empty stays empty."""
        if not email.strip():
            return ""
        cleaned = clean_email(email)
        self.require(cleaned is not None, field, EMAIL_WRONG)
        return cleaned or email

    def clean_link(self, field: str, link: str, *, text: str) -> str:
        """Return the address of a page as a link needs it, or note ``text``; empty stays empty."""
        if not link.strip():
            return ""
        cleaned = clean_web_address(link)
        self.require(cleaned is not None, field, text)
        return cleaned or link

    def clean_profile(self, field: str, typed: str, *, text: str) -> str:
        """Return the address of a profile at the network that the field is called by, or note ``text``."""
        if not typed.strip():
            return ""
        cleaned = clean_profile(field, typed)
        self.require(cleaned is not None, field, text)
        return cleaned or typed


def _fold(values: Iterable[object]) -> Key:
    """Return values as the unique constraints compare them."""
    return tuple(value.lower() if isinstance(value, str) else value for value in values)


def clean_line(text: str) -> str:
    """Return a typed line without what nobody sees."""
    return clean_person_name(text)


def clean_lines(text: str) -> str:
    """Return a typed text of several lines, without blanks around it."""
    return drop_invisible(unify_breaks(text))


def clean_words(words: Sequence[str]) -> tuple[str, ...]:
    """Return words without blanks and repetitions, in order."""
    unique: dict[str, str] = {}
    for word in map(clean_line, words):
        if word:
            unique.setdefault(word.casefold(), word)
    return tuple(unique.values())
