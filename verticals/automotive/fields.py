"""What is asked about a vehicle, and how it is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kernel.lines import compose
from kernel.text import mark
from verticals.automotive.makes import MAKES, MODELS_BY_MAKE
from verticals.automotive.vin import (
    FIRST_STANDARD_YEAR,
    VIN_LENGTH,
    has_right_check_digit,
    has_vin_shape,
    is_frame_number,
    is_japanese,
    is_north_american,
    normalize_vin,
    tells_other_year,
    write_frame_number,
)
from verticals.contract import (
    AssetField,
    AssetType,
    FieldCheck,
    FieldContext,
    FieldKind,
    Findings,
    Suggestions,
    VisitDraft,
)

OLDEST_YEAR = 1900
LONGEST_WAIT_MINUTES = 120

YEAR_TOO_LATE = mark("Enter a model year up to next year.")
PLATE_WRONG = mark("Enter the plate with its letters and digits.")
VIN_WRONG = mark("A VIN has 17 letters and digits, without I, O or Q.")
VIN_SIGNS = {
    "I": mark("A VIN has no letter I. Is it the digit 1?"),
    "O": mark("A VIN has no letter O. Is it the digit 0?"),
    "Q": mark("A VIN has no letter Q. Is it the digit 0 or 9?"),
}
VIN_UNUSUAL = mark("This is not a VIN of 17 characters. Please check it on the vehicle’s papers.")
VIN_FRAME = mark("This looks like a frame number, as vehicles made for Japan have it. Please check it on the papers.")
VIN_CHECK_DIGIT = mark("The check digit of this VIN does not match. Please look for a typing mistake.")
VIN_OTHER_YEAR = mark("This VIN belongs to another model year.")
MILEAGE_WRONG = mark("Enter the mileage, digits only.")
LONG_WAIT = mark("This takes a while. You can also leave the vehicle and come back for it.")

_OLD_YEARS = frozenset(str(year) for year in range(OLDEST_YEAR, FIRST_STANDARD_YEAR))
_CASED = {make.casefold(): make for make in MAKES}
_PLATE_BREAKS = re.compile("[\\s.·•/_\u2010-\u2015\u2212-]+")
_GROUPED_NUMBER = re.compile(r"[0-9]{1,3}(?:[ .,'’][0-9]{3})+|[0-9]+")
_MILEAGE_UNIT = re.compile(r"\s*(?:km|kms|kil[oó]metros|mi|miles|millas)\.?$", re.IGNORECASE)


def check_make(value: str, _context: FieldContext) -> FieldCheck:
    """Write a known make as its maker does; keep any other as it was typed."""
    return FieldCheck(value=_CASED.get(value.casefold(), value))


def check_year(value: str, context: FieldContext) -> FieldCheck:
    """Accept model years up to the next one: cars are sold ahead of the calendar."""
    if int(value) > context.today.year + 1:
        return FieldCheck(value=value, errors=(YEAR_TOO_LATE,))
    return FieldCheck(value=value)


def check_plate(value: str, _context: FieldContext) -> FieldCheck:
    """Write a plate in upper case, parts joined by hyphens as on most plates.

    Formats differ by country, state, age and kind of vehicle; any letters and digits pass.
    """
    parts = _PLATE_BREAKS.sub("-", compose("NFKC", value).upper()).strip("-").split("-")
    plate = "-".join(parts)
    if not all(part.isalnum() for part in parts):
        return FieldCheck(value=value, errors=(PLATE_WRONG,))
    return FieldCheck(value=plate)


def check_vin(value: str, context: FieldContext) -> FieldCheck:
    """Check a VIN's shape, naming the sign that none has; its check digit, where it has one, as a warning.

    Old vehicles and those made for Japan have other numbers: they pass with a warning.
    """
    vin = normalize_vin(value)
    if has_vin_shape(vin):
        is_odd = is_north_american(vin) and not has_right_check_digit(vin)
        return FieldCheck(value=vin, warnings=(VIN_CHECK_DIGIT,) if is_odd else ())
    if len(vin) == VIN_LENGTH and (signs := tuple(text for sign, text in VIN_SIGNS.items() if sign in vin)):
        return FieldCheck(value=value, errors=signs)
    if is_japanese(vin):
        return FieldCheck(value=write_frame_number(value), warnings=(VIN_FRAME,))
    if is_frame_number(vin) or (vin.isalnum() and context.values.get("year", "").strip() in _OLD_YEARS):
        return FieldCheck(value=vin, warnings=(VIN_UNUSUAL,))
    return FieldCheck(value=value, errors=(VIN_WRONG,))


def check_mileage(value: str, _context: FieldContext) -> FieldCheck:
    """Read ``85,000 km`` and ``85.000`` as 85000; the unit is the country's."""
    number = _MILEAGE_UNIT.sub("", value)
    if not _GROUPED_NUMBER.fullmatch(number):
        return FieldCheck(value=value, errors=(MILEAGE_WRONG,))
    return FieldCheck(value=str(int(re.sub(r"[^0-9]", "", number))))


def compare_vin_and_year(values: Mapping[str, str], _context: FieldContext) -> Findings:
    """Warn when the VIN names another model year than the one that was typed."""
    vin, year = values.get("vin", ""), values.get("year", "")
    if has_vin_shape(vin) and year and tells_other_year(vin, int(year)):
        return {"vin": (VIN_OTHER_YEAR,)}
    return {}


def warn_of_long_wait(draft: VisitDraft) -> Findings:
    """Tell a customer who wants to wait that a long visit need not be waited for."""
    if draft.arrival_mode == "wait" and draft.duration_minutes > LONGEST_WAIT_MINUTES:
        return {"arrival_mode": (LONG_WAIT,)}
    return {}


VEHICLE = AssetType(
    key="vehicle",
    name=mark("Vehicle"),
    icon="car-front",
    label_fields=("make", "model", "year"),
    fields=(
        AssetField(
            key="make",
            label=mark("Make"),
            required=True,
            max_length=40,
            suggestions=Suggestions(values={"": MAKES}),
            validators=(check_make,),
            example="Nissan",
            missing=mark("Enter the make."),
        ),
        AssetField(
            key="model",
            label=mark("Model"),
            required=True,
            max_length=40,
            suggestions=Suggestions(values=MODELS_BY_MAKE, depends_on="make"),
            example="Versa",
            missing=mark("Enter the model."),
        ),
        AssetField(
            key="year",
            label=mark("Year"),
            kind=FieldKind.YEAR,
            minimum=OLDEST_YEAR,
            validators=(check_year,),
            example="2019",
        ),
        AssetField(
            key="plate",
            label=mark("License plate"),
            max_length=14,
            validators=(check_plate,),
            example="NXP-482-A",
            is_identifier=True,
        ),
        AssetField(
            key="vin",
            label=mark("VIN"),
            max_length=20,
            validators=(check_vin,),
            hint=mark("17 characters, on the windshield or in the vehicle’s papers."),
            is_identifier=True,
        ),
        AssetField(
            key="mileage",
            label=mark("Mileage"),
            max_length=7,
            validators=(check_mileage,),
            example="85000",
            is_meter=True,
        ),
    ),
)
