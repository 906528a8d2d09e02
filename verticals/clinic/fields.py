"""What is asked about a patient: as little as a booking needs."""

from __future__ import annotations

from kernel.text import mark
from verticals.contract import AssetField, AssetType, FieldCheck, FieldContext, FieldKind

OLDEST_BIRTH_YEAR = 1900

BORN_IN_FUTURE = mark("Enter a year that has begun.")


def check_birth_year(value: str, context: FieldContext) -> FieldCheck:
    """Refuse a year of birth that has not begun."""
    return FieldCheck(value=value, errors=(BORN_IN_FUTURE,) if int(value) > context.today.year else ())


PATIENT = AssetType(
    key="patient",
    name=mark("Patient"),
    icon="user-round",
    label_fields=("full_name",),
    fields=(
        AssetField(
            key="full_name",
            label=mark("Patient’s full name"),
            required=True,
            max_length=80,
            is_identifier=True,
            missing=mark("Enter the patient’s full name."),
        ),
        AssetField(
            key="birth_year",
            label=mark("Year of birth"),
            kind=FieldKind.YEAR,
            minimum=OLDEST_BIRTH_YEAR,
            validators=(check_birth_year,),
            hint=mark("It helps us prepare the visit."),
            example="1986",
        ),
    ),
)
