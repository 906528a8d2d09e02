"""Tax data: what an invoice needs to know of whom it is made out to, by country, and whether a number can be right.

The table is `taxes.toml`. The check digits are those of python-stdnum.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from stdnum.exceptions import ValidationError

from kernel.emails import clean_email
from kernel.lines import drop_hidden, drop_invisible, is_unreadable
from kernel.text import mark

CONFIDENCES = ("H", "M", "L")
ASKED = ("tax_id", "address", "postal_code", "city", "regime", "use", "activity", "email")
"""What a law may ask for beside the name, in the order in which it is asked."""
LENGTHS: Mapping[str, int] = MappingProxyType(
    {
        "name": 200,
        "id_kind": 16,
        "tax_id": 40,
        "address": 200,
        "postal_code": 12,
        "city": 100,
        "regime": 8,
        "use": 8,
        "activity": 120,
        "email": 254,
    }
)
"""How long what is typed may be."""

MISSING = mark("Fill in this field.")
TOO_LONG = mark("This is too long.")
UNREADABLE = mark("This contains characters that cannot be used.")
CHOOSE = mark("Choose one of the options.")
ID_WRONG = mark("This number cannot be right. Compare it with your tax document, digit by digit.")
ID_DOUBTED = mark("The last character of this number does not fit the others. If it is right, send it once more.")
POSTAL_CODE_WRONG = mark("This is no postal code of this country.")
USE_WRONG = mark(
    "The tax authority does not take this use with this tax regime. Choose another one; S01 goes with every regime."
)
EMAIL_WRONG = mark("Enter an e-mail address like name@example.com.")

_GAPS = re.compile(r"[\s.,/_\-\u2010-\u2015\u2212]+")
EU_VAT = "eu.vat"
_PREFIXES = {"GR": "EL"}
"""Prefixes of VAT numbers that are not the country's code."""


@dataclass(frozen=True, slots=True)
class IdKind:
    """A document whose number is asked for.

    Attributes:
        check: Module of python-stdnum that knows its check digits; empty: it has none that we know of.
        pattern: What it looks like without blanks and dashes; empty: ``check`` knows.
        may_differ: Numbers are in use whose check digit is wrong.
        is_bare: Of a VAT number, the country's own prefix is left out.
    """

    key: str
    name: str
    check: str = ""
    pattern: str = ""
    may_differ: bool = False
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class TaxLaw:
    """What an invoice of a country needs.

    Attributes:
        needs: Fields of `TaxData` that must be answered beside the name; ``may``: that can be.
        postal_code: Pattern; empty: any.
        regimes: Official code → what it means, in the words of the authority; so are the ``uses``.
        fits: Use → the regimes with which the authority takes it; one that is not here goes with any.
        confidence: How sure we are: H, M or L.
    """

    country: str
    ids: tuple[IdKind, ...]
    needs: frozenset[str]
    may: frozenset[str]
    postal_code: str
    regimes: Mapping[str, str]
    uses: Mapping[str, str]
    fits: Mapping[str, frozenset[str]]
    source: str
    reviewed_on: date
    confidence: str

    @property
    def asks(self) -> tuple[str, ...]:
        """Return what is asked for beside the name, in order."""
        return tuple(key for key in ASKED if key in self.needs | self.may)

    def find_kind(self, key: str) -> IdKind | None:
        """Return the document called ``key``; where there is one alone, nobody has to name it."""
        if len(self.ids) == 1 and not key:
            return self.ids[0]
        return next((each for each in self.ids if each.key == key), None)


@dataclass(frozen=True, slots=True)
class TaxData:
    """To whom an invoice is made out, as typed or as it is kept; what a country does not ask for is empty.

    Attributes:
        id_kind: Key of the document whose number ``tax_id`` is.
        activity: What they do for a living, where the law wants to know (Chile's giro).
        email: Where the invoice goes; empty: to the customer.
    """

    name: str
    id_kind: str = ""
    tax_id: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    regime: str = ""
    use: str = ""
    activity: str = ""
    email: str = ""

    def list_values(self) -> Iterator[tuple[str, str]]:
        """Iterate over fields and their values."""
        return ((each.name, getattr(self, each.name)) for each in fields(self))


@dataclass(frozen=True, slots=True)
class CheckedTaxData:
    """What was typed, as it is kept, and what is wrong with it.

    Attributes:
        errors: Field → English msgids.
        doubted: The number, where its check digit alone is wrong and such numbers are in use; whoever sends it again,
            knowing this, is believed.
    """

    data: TaxData
    errors: Mapping[str, tuple[str, ...]]
    doubted: str = ""


def find_tax_law(country: str) -> TaxLaw | None:
    """Return what an invoice of a country (ISO 3166-1 alpha-2) needs; None: invoices are not offered there."""
    return list_tax_laws().get(country)


@lru_cache(maxsize=1)
def list_tax_laws() -> Mapping[str, TaxLaw]:
    """Return the table that is in force, by country."""
    return read_tax_laws(files("kernel.law").joinpath("taxes.toml").read_text(encoding="utf-8"))


def read_tax_laws(text: str) -> Mapping[str, TaxLaw]:
    """Read a table of laws.

    Raises:
        ValueError: It is not one: a key is missing or unknown, a country comes twice, something is asked for that
            nobody knows, a pattern or a check does not exist, or nothing says how sure we are.
    """
    table = tomllib.loads(text)
    laws: dict[str, TaxLaw] = {}
    try:
        reviewed_on = table["reviewed_on"]
        for row in table["laws"]:
            for country in row.pop("countries"):
                if country in laws:
                    message = f"{country} comes twice"
                    raise ValueError(message)
                laws[country] = _read_law(country, row, reviewed_on)
    except (KeyError, TypeError, ModuleNotFoundError, re.error) as error:
        message = f"not a table of laws: {error}"
        raise ValueError(message) from error
    return MappingProxyType(laws)


def check_tax_data(law: TaxLaw, typed: TaxData, *, doubted: str = "") -> CheckedTaxData:
    """Check what was typed by the law of the business's country; what that does not ask for is dropped.

    ``doubted`` is the number that was refused before for its check digit alone (`CheckedTaxData.doubted`).
    """
    errors: dict[str, tuple[str, ...]] = {}
    asked = {"name", *law.asks} | ({"id_kind"} if "tax_id" in law.asks else set())
    kept = {key: _clean(key, value, errors) if key in asked else "" for key, value in typed.list_values()}
    for key in ("name", *law.asks):
        if not kept[key] and key not in errors and (key == "name" or key in law.needs):
            errors[key] = (MISSING,)
    doubt = _check_id(law, kept, errors, doubted=doubted)
    for key, choices in (("regime", law.regimes), ("use", law.uses)):
        if kept[key] and kept[key] not in choices:
            errors[key] = (CHOOSE,)
    is_known = bool(kept["regime"]) and not errors.keys() & {"regime", "use"}
    if is_known and kept["regime"] not in law.fits.get(kept["use"], law.regimes):
        errors["use"] = (USE_WRONG,)
    if kept["postal_code"] and "postal_code" not in errors:
        kept["postal_code"] = kept["postal_code"].upper()
        if law.postal_code and not re.fullmatch(law.postal_code, kept["postal_code"], re.ASCII):
            errors["postal_code"] = (POSTAL_CODE_WRONG,)
    if kept["email"] and "email" not in errors:
        address = clean_email(kept["email"])
        if address is None:
            errors["email"] = (EMAIL_WRONG,)
        kept["email"] = address or kept["email"]
    return CheckedTaxData(replace(typed, **kept), errors, doubt)


def _clean(key: str, typed: str, errors: dict[str, tuple[str, ...]]) -> str:
    """Return one line without what nobody sees; too long or unreadable, it is refused and cut."""
    length = LENGTHS[key]
    if len(typed) > 4 * length:
        errors[key] = (TOO_LONG,)
        return ""
    text = " ".join(part for part in drop_invisible(typed).split(" ") if part)
    if is_unreadable(text):
        errors[key] = (UNREADABLE,)
        return ""
    if len(text) > length:
        errors[key] = (TOO_LONG,)
    return text


def _check_id(law: TaxLaw, kept: dict[str, str], errors: dict[str, tuple[str, ...]], *, doubted: str) -> str:
    """Check the number by its document, and return it where it is doubted."""
    if not kept["tax_id"] or "tax_id" in errors:
        kept["id_kind"] = kept["id_kind"] if kept["tax_id"] else ""
        return ""
    kind = law.find_kind(kept["id_kind"])
    if kind is None:
        errors["id_kind"] = (CHOOSE,)
        return ""
    kept["id_kind"] = kind.key
    plain = _GAPS.sub("", drop_hidden(kept["tax_id"])).upper()
    if not plain or (kind.pattern and not re.fullmatch(kind.pattern, plain, re.ASCII)):
        errors["tax_id"] = (ID_WRONG,)
        return ""
    try:
        kept["tax_id"] = number = _validate(kind, plain, law.country)
    except ValidationError:
        errors["tax_id"] = (ID_WRONG,)
        return ""
    if not kind.may_differ or number == doubted or _load(kind.check).is_valid(number, validate_check_digits=True):
        return ""
    errors["tax_id"] = (ID_DOUBTED,)
    return number


def _validate(kind: IdKind, number: str, country: str) -> str:
    """Return a number as it is kept.

    In the European Union, numbers of other members come with their prefix, and one's own may.

    Raises:
        ValidationError: It cannot be right.
    """
    if not kind.check:
        return number
    module = _load(kind.check)
    if kind.check != EU_VAT:
        return str(module.validate(number))
    prefix = _PREFIXES.get(country, country)
    try:
        found = str(module.validate(number))
    except ValidationError:
        found = str(module.validate(prefix + number))
    return found.removeprefix(prefix) if kind.is_bare else found


def _load(check: str) -> Any:
    return import_module(f"stdnum.{check}")


def _read_law(country: str, row: Mapping[str, Any], reviewed_on: date) -> TaxLaw:
    """Read the entry of a country."""
    data: dict[str, Any] = {"postal_code": "", "regimes": {}, "uses": {}, "fits": (), **row}
    fits = {use: frozenset(each["regimes"]) for each in data.pop("fits") for use in each["uses"]}
    ids = tuple(IdKind(**each) for each in data.pop("ids"))
    needs, may = frozenset(data.pop("needs")), frozenset(data.pop("may"))
    law = TaxLaw(
        country=country,
        ids=ids,
        needs=needs,
        may=may,
        regimes=MappingProxyType(data.pop("regimes")),
        uses=MappingProxyType(data.pop("uses")),
        fits=MappingProxyType(fits),
        reviewed_on=reviewed_on,
        **data,
    )
    if needs & may or not needs | may <= set(ASKED) or "tax_id" not in needs | may or not ids:
        message = f"{country}: a field is asked for twice, unknown, or the number is not asked for"
        raise ValueError(message)
    if ("regime" in needs) != bool(law.regimes) or ("use" in needs) != bool(law.uses):
        message = f"{country}: codes without a field, or a field without codes"
        raise ValueError(message)
    if not (fits.keys() <= law.uses.keys() and frozenset().union(*fits.values()) <= law.regimes.keys()):
        message = f"{country}: a use or a regime that fits is none"
        raise ValueError(message)
    if not law.source or law.confidence not in CONFIDENCES:
        message = f"{country}: say where this is from, and how sure we are"
        raise ValueError(message)
    for each in ids:
        if not (each.check or each.pattern):
            message = f"{country}: nothing says what a number looks like"
            raise ValueError(message)
        if each.check:
            _load(each.check)
        re.compile(each.pattern)
    re.compile(law.postal_code)
    return law
