"""Vehicle identification numbers.

ISO 3779 gives 17 characters without I, O and Q. The check digit in position 9 and the
model year in position 10 are the rules of 49 CFR 565.15 (b), (c) and (d); other countries
leave these positions to the maker, so that a mismatch is a reason to look again and never
a reason to refuse.
"""

from __future__ import annotations

import re

VIN_LENGTH = 17
FIRST_STANDARD_YEAR = 1981
"""Earlier vehicles carry chassis numbers of any length (49 CFR 565 starts with model year 1981)."""

_SHAPE = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_LETTER_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_YEAR_CYCLE = 30
_NORTH_AMERICA = frozenset("12345")


def normalize_vin(text: str) -> str:
    """Return ``text`` in upper case, without the spaces, dots and hyphens that people put in."""
    return re.sub(r"[\s.\-]", "", text).upper()


def has_vin_shape(vin: str) -> bool:
    """Tell whether ``vin``, normalized, has 17 characters, none of them I, O or Q."""
    return _SHAPE.fullmatch(vin) is not None


def compute_check_digit(vin: str) -> str:
    """Return what position 9 of a well-shaped ``vin`` should hold: 0 to 9, or X for ten."""
    total = sum(
        int(_LETTER_VALUES.get(character, character)) * weight for character, weight in zip(vin, _WEIGHTS, strict=True)
    )
    remainder = total % 11
    return "X" if remainder == 10 else str(remainder)  # noqa: PLR2004 - the rule says ten


def has_right_check_digit(vin: str) -> bool:
    """Tell whether position 9 of a well-shaped ``vin`` agrees with the others."""
    return vin[8] == compute_check_digit(vin)


def tells_other_year(vin: str, year: int) -> bool:
    """Tell whether a well-shaped North American ``vin`` with a right check digit names another model year.

    The code repeats every 30 years (A is 1980, 2010 and 2040), so it can only exclude.
    """
    if vin[0] not in _NORTH_AMERICA or not has_right_check_digit(vin) or vin[9] not in _YEAR_CODES:
        return False
    return (1980 + _YEAR_CODES.index(vin[9]) - year) % _YEAR_CYCLE != 0
