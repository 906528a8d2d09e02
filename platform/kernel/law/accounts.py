"""Bank accounts: whether a number can be right, where its kind has check digits.

CLABE: Banco de México, Circular 3/2012, annex 1 (weights 3, 7, 1). IBAN: ISO 13616. CBU and CVU: Banco Central de la
República Argentina; these two by python-stdnum.
"""

from __future__ import annotations

import re
from itertools import cycle

from stdnum import iban
from stdnum.ar import cbu

_GAPS = re.compile(r"[\s.\-]")
_CLABE = re.compile(r"[0-9]{18}")
_CBU = re.compile(r"[0-9]{22}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
CLABE_WEIGHTS = (3, 7, 1)


def can_be_account(number: str, country: str) -> bool:
    """Tell whether nobody mistyped an account number; of a kind without check digits, always.

    ``country``: ISO 3166 of whoever has the account; an IBAN says its own.
    """
    plain = _GAPS.sub("", number).upper()
    if country == "MX" and _CLABE.fullmatch(plain):
        return _find_clabe_digit(plain[:-1]) == plain[-1]
    if country == "AR" and _CBU.fullmatch(plain):
        return bool(cbu.is_valid(plain))
    if "." in number:  # an alias of an account in Argentina: no IBAN is written so
        return True
    return not _IBAN.fullmatch(plain) or bool(iban.is_valid(plain, check_country=False))


def _find_clabe_digit(digits: str) -> str:
    total = sum(int(digit) * weight % 10 for digit, weight in zip(digits, cycle(CLABE_WEIGHTS), strict=False))
    return str(-total % 10)
