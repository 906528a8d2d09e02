"""A row as its cells say it: what is stored of it, and everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.emails import clean_email
from kernel.identity.keys import make_key
from kernel.identity.phones import clean_phone, explain_phone
from kernel.text import mark
from scheduling.enums import ContactKind
from scheduling.services.imports.columns import (
    ASSET_PREFIX,
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    NAME,
    NOTES,
    PHONE,
    TAGS,
    TAX_ID,
    WHOLE,
)
from scheduling.services.writing.inputs import (
    EMAIL_WRONG,
    NAME_LENGTH,
    NOTE_LENGTH,
    NOTE_TOO_LONG,
    AssetNames,
    clean_name,
    clean_text,
    drop_missing,
    name_asset,
)
from scheduling.types import ContactSetup, CustomerSetup
from scheduling.types.imports.rows import Fault
from tenants.context import current_tenant
from verticals.contract import Vertical
from verticals.registry import get_vertical

LONGEST_TAX_ID, LONGEST_TAG, MOST_TAGS, MOST_CONTACTS = 32, 40, 20, 10

NAME_MISSING = mark("The name is missing.")
DIGITS_LOST = mark(
    "A spreadsheet shortened this number, and its digits are lost. Show the column as text and save the file again."
)
FORMULA = mark("This looks like a formula; it is kept as text and never calculated.")
TAX_ID_LONG = mark("The tax number may have at most 32 characters.")
TAG_LONG = mark("A tag may have at most 40 characters.")
TAGS_MANY = mark("A customer may have at most 20 tags.")
MORE_CELLS = mark("This line has more cells than there are columns.")
CONTACTS_MANY = mark("A customer may have at most 10 contacts.")

_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]{1,2}")
_FORMULA = re.compile(r"[=@]|[+\-][^0-9\s(]")
_LAST_YEAR = re.compile(r"(.*?)[\s,]*\b((?:19|20)[0-9]{2})")
_TAG_BREAK = re.compile(r"[,;|\n]")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row says, ready to be stored unless one of its ``faults`` is an error.

    Attributes:
        fields: Those of the asset, checked; empty: the row has none.
        named: What the asset is called and told by.
    """

    number: int
    setup: CustomerSetup
    name_key: str
    fields: Mapping[str, str]
    named: AssetNames
    faults: tuple[Fault, ...]

    @property
    def is_refused(self) -> bool:
        """Tell whether it cannot be imported."""
        return any(each.is_error for each in self.faults)

    @property
    def values(self) -> tuple[str, ...]:
        """Return its contacts as they are kept."""
        return tuple(each.value for each in self.setup.contacts)


class Reader:
    """Reads rows of one file, whose columns fill ``targets``; ``today`` is the business's date."""

    def __init__(self, targets: Sequence[str], *, today: date) -> None:
        self._targets = targets
        self._today = today
        tenant = current_tenant()
        self._country, self._locale = tenant.country, tenant.locale
        self._vertical = get_vertical(tenant.vertical)

    def read(self, number: int, cells: Sequence[str]) -> Draft:
        """Return what a row says; every fault is told."""
        said: dict[str, list[str]] = {}
        faults: list[Fault] = []
        for target, cell in zip(self._targets, cells, strict=False):
            if target and cell:
                said.setdefault(target, []).append(_disarm(target, cell, faults))
        setup = CustomerSetup(
            name=_read_name(said, faults),
            contacts=self._read_contacts(said, faults),
            locale=self._locale,
            notes=_read_text("\n".join(said.get(NOTES, ())), NOTES, NOTE_LENGTH, NOTE_TOO_LONG, faults),
            tags=_read_tags(said.get(TAGS, ()), faults),
            tax_id=_read_text("".join(said.get(TAX_ID, ())), TAX_ID, LONGEST_TAX_ID, TAX_ID_LONG, faults).upper(),
        )
        fields = self._read_asset(said, faults)
        return Draft(number, setup, make_key(setup.name), fields, name_asset(fields), tuple(faults))

    def _read_contacts(self, said: Mapping[str, list[str]], faults: list[Fault]) -> tuple[ContactSetup, ...]:
        found: list[ContactSetup] = []
        for typed in said.get(PHONE, ()):
            if _SCIENTIFIC.fullmatch(typed.replace(" ", "")):
                faults.append(Fault(PHONE, DIGITS_LOST))
            elif (phone := clean_phone(typed, country=self._country)) is None:
                faults.append(Fault(PHONE, explain_phone(typed)))
            else:
                found.append(ContactSetup(ContactKind.PHONE, phone))
        for typed in said.get(EMAIL, ()):
            if (email := clean_email(typed)) is None:
                faults.append(Fault(EMAIL, EMAIL_WRONG))
            else:
                found.append(ContactSetup(ContactKind.EMAIL, email))
        contacts = tuple(dict.fromkeys(found))
        if len(contacts) > MOST_CONTACTS:
            faults.append(Fault(PHONE, CONTACTS_MANY))
        return contacts

    def _read_asset(self, said: Mapping[str, list[str]], faults: list[Fault]) -> Mapping[str, str]:
        asked = self._vertical.asset
        typed = {key.removeprefix(ASSET_PREFIX): cells[0] for key, cells in said.items() if key[:6] == ASSET_PREFIX}
        if asked is None or not (typed or said.get(WHOLE)):
            return {}
        if said.get(WHOLE):
            typed = split_label(said[WHOLE][0], self._vertical) | typed
        checked = self._vertical.check_asset(typed, today=self._today, country=self._country)
        for key, texts in drop_missing(asked, typed, checked.errors).items():
            faults += [Fault(f"{ASSET_PREFIX}{key}", text) for text in texts]
        for key, texts in checked.warnings.items():
            faults += [Fault(f"{ASSET_PREFIX}{key}", text, is_error=False) for text in texts]
        return {key: text for key, text in checked.values.items() if text}


def split_label(text: str, vertical: Vertical) -> dict[str, str]:
    """Return make, model and year of "Nissan Versa 2019"; of the known makes the longest that it begins with."""
    found = _LAST_YEAR.fullmatch(text.strip())
    rest, year = (found[1], found[2]) if found else (text.strip(), "")
    asked = vertical.asset.fields if vertical.asset else ()
    make_field = next((each for each in asked if each.key == "make"), None)
    known = make_field.suggestions.values.get("", ()) if make_field and make_field.suggestions else ()
    begins = [each for each in known if f"{rest} ".casefold().startswith(f"{each} ".casefold())]
    make = max(begins, key=len, default=rest.split(" ", 1)[0])
    parts = {"make": rest[: len(make)], "model": rest[len(make) :].strip(), "year": year}
    return {key: value for key, value in parts.items() if value}


def _disarm(target: str, cell: str, faults: list[Fault]) -> str:
    if _FORMULA.match(cell) and target != PHONE:
        faults.append(Fault(target, FORMULA, is_error=False))
    return cell


def _read_name(said: Mapping[str, list[str]], faults: list[Fault]) -> str:
    errors: dict[str, tuple[str, ...]] = {}
    parts = [cell for key in (NAME, FIRST_NAME, LAST_NAME) for cell in said.get(key, ())]
    name = clean_name(" ".join(parts), errors)
    if not name:
        faults.append(Fault(NAME, NAME_MISSING))
    elif errors:
        faults += [Fault(NAME, text) for text in errors["name"]]
    return name[: NAME_LENGTH + 1]


def _read_text(raw: str, target: str, length: int, too_long: str, faults: list[Fault]) -> str:
    errors: dict[str, tuple[str, ...]] = {}
    text = clean_text(raw, errors, field=target, length=length, too_long=too_long)
    faults += [Fault(target, each) for each in errors.get(target, ())]
    return text


def _read_tags(cells: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    parts = [" ".join(each.split()) for cell in cells for each in _TAG_BREAK.split(cell)]
    found = tuple(dict.fromkeys(_read_text(each, TAGS, LONGEST_TAG, TAG_LONG, faults) for each in parts if each))
    if len(found) > MOST_TAGS:
        faults.append(Fault(TAGS, TAGS_MANY))
    return found
