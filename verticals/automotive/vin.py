"""Vehicle identification numbers, and the frame numbers of vehicles that have none.

ISO 3779 gives 17 characters without I, O and Q. The check digit in position 9 and the
model year in position 10 are the rules of 49 CFR 565.15 (b), (c) and (d); other countries
leave these positions to the maker, so that a mismatch is a reason to look again and never
a reason to refuse. Vehicles made for Japan have a frame number instead: the code of the model and
a serial number of six or seven digits (国土交通省, 車台番号), such as NCP81-5000001.
"""

from __future__ import annotations

import re

from kernel.lines import compose

VIN_LENGTH = 17
FIRST_STANDARD_YEAR = 1981
"""Earlier vehicles carry chassis numbers of any length (49 CFR 565 starts with model year 1981)."""

SHORTEST_FRAME, LONGEST_FRAME = 5, 15
_JAPANESE = re.compile(r"[A-Z][A-Z0-9]{1,7}[0-9]{6,7}")
_SHAPE = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_LETTER_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_YEAR_CYCLE = 30
_NORTH_AMERICA = frozenset("12345")


def normalize_vin(text: str) -> str:
    """Return ``text`` in upper case, without the spaces, dots, stars and hyphens that people or plates put in."""
    return re.sub(r"[\s.*·/\-\u2010-\u2015\u2212]", "", compose("NFKC", text)).upper()


def write_frame_number(text: str) -> str:
    """Return a frame number in upper case, its code and serial number joined by a hyphen when it came with one."""
    plain = compose("NFKC", text).upper()
    code, hyphen, serial = re.sub(r"\s*[\u2010-\u2015\u2212-]\s*", "-", plain.strip("*- ")).rpartition("-")
    return f"{normalize_vin(code)}{hyphen}{normalize_vin(serial)}"


def is_frame_number(vin: str) -> bool:
    """Tell whether a normalized text may number a vehicle that has no VIN; one sign less or more is a mistyped VIN."""
    return vin.isascii() and vin.isalnum() and SHORTEST_FRAME <= len(vin) <= LONGEST_FRAME


def is_japanese(vin: str) -> bool:
    """Tell whether a normalized text looks like a Japanese frame number."""
    return _JAPANESE.fullmatch(vin) is not None


def is_north_american(vin: str) -> bool:
    """Tell whether a VIN was given in the United States, Canada or Mexico, where position 9 is a check digit."""
    return vin[:1] in _NORTH_AMERICA


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
    if not is_north_american(vin) or not has_right_check_digit(vin) or vin[9] not in _YEAR_CODES:
        return False
    return (1980 + _YEAR_CODES.index(vin[9]) - year) % _YEAR_CYCLE != 0
