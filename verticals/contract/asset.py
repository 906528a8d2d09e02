"""What a visit is about (a vehicle, a patient): its fields and how they are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kernel.identity.keys import make_key
from kernel.lines import drop_invisible, is_unreadable
from kernel.text import mark

REQUIRED = mark("Fill in this field.")
TOO_LONG = mark("This is too long.")
UNREADABLE = mark("This contains characters that cannot be stored.")
NOT_A_CHOICE = mark("Choose one of the options.")
NOT_A_NUMBER = mark("Enter a number, digits only.")
NOT_A_YEAR = mark("Enter a year with four digits.")
TOO_EARLY = mark("This year is too long ago. Is it typed correctly?")
TOO_SMALL = mark("This number is too small.")
TOO_LARGE = mark("This number is too large.")
UNKNOWN_FIELD = mark("This field is not known.")


class FieldKind(StrEnum):
    """How a field is asked and read."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class FieldContext:
    """What a validator may look at besides the value.

    Attributes:
        today: The local date at the business.
        country: ISO 3166-1 alpha-2, upper case.
        values: All fields as they were typed.
    """

    today: date
    country: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """The value as it is to be stored, and marked texts about it.

    Errors refuse the form; warnings are shown and let it pass.
    """

    value: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


Validator = Callable[[str, FieldContext], FieldCheck]
"""Sees a value that is not empty and already trimmed; returns it in its stored form."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: the stored ``key`` and its marked ``label``; ``icon`` is a name in Lucide."""

    key: str
    label: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the page offers for a free text, other texts being as good.

    With ``depends_on`` (another field's key) ``values`` maps that field's value to the
    suggestions; without it the only key is the empty string.
    """

    values: Mapping[str, tuple[str, ...]]
    depends_on: str = ""


@dataclass(frozen=True, slots=True)
class AssetField:
    """One question about an asset.

    Attributes:
        key: Stable name; stored, sent over the API and used in URLs of the widget.
        label: Marked text; the vocabulary's ``field.<key>`` wins over it.
        max_length: Of the stored text, in characters.
        minimum: Of a number or year, inclusive; so is ``maximum``.
        validators: Run in order after the checks of the kind, each on the value of the one before.
        is_identifier: Tells one asset of a customer from another (a plate).
        is_meter: A number that grows with use (mileage): each visit's is kept in the asset's log.
        missing: What is said where a required field is left empty, marked text: "Enter the make."
    """

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    max_length: int = 60
    choices: tuple[Choice, ...] = ()
    suggestions: Suggestions | None = None
    minimum: int | None = None
    maximum: int | None = None
    validators: tuple[Validator, ...] = ()
    hint: str = ""
    example: str = ""
    is_identifier: bool = False
    is_meter: bool = False
    missing: str = REQUIRED

    def check(self, value: str, context: FieldContext) -> FieldCheck:
        """Read ``value`` as a person typed it; an empty one is an error only where required."""
        text = " ".join(drop_invisible(value).split())
        if not text:
            return FieldCheck(value="", errors=(self.missing,) if self.required else ())
        result = self._check_kind(text)
        warnings: tuple[str, ...] = ()
        for validator in self.validators:
            if result.errors:
                break
            result = validator(result.value, context)
            warnings += result.warnings
        if not result.errors and len(result.value) > self.max_length:
            return FieldCheck(value=text, errors=(TOO_LONG,))
        return FieldCheck(value=result.value, errors=result.errors, warnings=() if result.errors else warnings)

    def _check_kind(self, text: str) -> FieldCheck:
        if is_unreadable(text):
            return FieldCheck(value=text, errors=(UNREADABLE,))
        match self.kind:
            case FieldKind.CHOICE:
                is_known = any(choice.key == text for choice in self.choices)
                return FieldCheck(value=text, errors=() if is_known else (NOT_A_CHOICE,))
            case FieldKind.NUMBER:
                return self._check_number(text, NOT_A_NUMBER)
            case FieldKind.YEAR:
                is_year = len(text) == 4  # noqa: PLR2004 - a year has four digits
                return self._check_number(text, NOT_A_YEAR) if is_year else FieldCheck(text, errors=(NOT_A_YEAR,))
            case FieldKind.TEXT:
                return FieldCheck(value=text)

    def _check_number(self, text: str, refusal: str) -> FieldCheck:
        if not (text.isascii() and text.isdigit()) or len(text) > self.max_length:
            return FieldCheck(value=text, errors=(refusal,))
        number = int(text)
        if self.minimum is not None and number < self.minimum:
            return FieldCheck(value=text, errors=(TOO_EARLY if self.kind is FieldKind.YEAR else TOO_SMALL,))
        if self.maximum is not None and number > self.maximum:
            return FieldCheck(value=text, errors=(TOO_LARGE,))
        return FieldCheck(value=str(number))


Findings = Mapping[str, tuple[str, ...]]
"""Field key → marked texts."""


@dataclass(frozen=True, slots=True)
class AssetCheck:
    """An asset as it is to be stored (empty fields left out), what refuses it and what is odd about it."""

    values: Mapping[str, str]
    errors: Findings = field(default_factory=dict)
    warnings: Findings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssetType:
    """A kind of asset.

    Attributes:
        name: Marked text.
        icon: Name in Lucide.
        label_fields: Keys whose values, joined, name one asset: “Nissan Versa 2019”.
    """

    key: str
    name: str
    icon: str
    fields: tuple[AssetField, ...]
    label_fields: tuple[str, ...]

    def check(self, values: Mapping[str, str], *, today: date, country: str) -> AssetCheck:
        """Check every field; keys that are not fields are errors."""
        context = FieldContext(today=today, country=country, values=values)
        checks = {each.key: each.check(values.get(each.key, ""), context) for each in self.fields}
        unknown = {key: (UNKNOWN_FIELD,) for key in values if key not in checks}
        return AssetCheck(
            values={key: check.value for key, check in checks.items() if check.value and not check.errors},
            errors={key: check.errors for key, check in checks.items() if check.errors} | unknown,
            warnings={key: check.warnings for key, check in checks.items() if check.warnings},
        )

    def label(self, values: Mapping[str, str]) -> str:
        """Name one asset for people, from what is known of it; empty when nothing is."""
        return " ".join(values[key] for key in self.label_fields if values.get(key))

    def identifier(self, values: Mapping[str, str]) -> str:
        """Return what tells this asset from another of the same customer; empty when unknown."""
        known = (values.get(each.key, "") for each in self.fields if each.is_identifier)
        return next((value for value in known if value), "")

    def list_marks(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return everything that tells this asset from another of the same customer, as it is compared.

        ``ABC-123-D`` and ``abc 123 d`` are one plate: ``vehicle.plate:abc123d``.
        """
        known = ((each.key, values.get(each.key, "")) for each in self.fields if each.is_identifier)
        return tuple(f"{self.key}.{key}:{make_key(value)}" for key, value in known if value)
