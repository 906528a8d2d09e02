"""Card numbers in a text: by how those of each network begin and how long they are, and by their check digit.

Ranges are those of ISO/IEC 7812 as the networks publish them; the check digit is Luhn's (ISO/IEC 7812-1, annex B).
Numbers are written without a break or in the groups in which they stand on cards, parted by one space or hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# What stands right before or after must not make it part of something longer: an id, a hash, a decimal, a phone number.
WRITTEN = re.compile(
    r"(?<![\w.+-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-]|\.\d)"
)
RANGES = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("300", "305", (14, 16)),  # Diners Club
    ("36", "36", (14, 16, 19)),
    ("38", "39", (14, 16, 19)),
    ("3528", "3589", (16, 19)),  # JCB
    ("6011", "6011", (16, 19)),  # Discover
    ("644", "659", (16, 19)),
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("50", "50", (16,)),  # Maestro, Elo, Carnet, Naranja, Cabal
    ("56", "58", (16,)),
    ("60", "60", (16,)),
    ("63", "63", (16,)),
    ("67", "67", (16, 18, 19)),
)
"""The first digits from and to, and how many digits there are."""


def find_card_numbers(text: str) -> Iterator[str]:
    """Find what may be the number of a card, in digits alone."""
    for found in WRITTEN.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if _is_of_a_network(digits) and _has_check_digit(digits):
            yield digits


def _is_of_a_network(digits: str) -> bool:
    return any(len(digits) in lengths and first <= digits[: len(first)] <= last for first, last, lengths in RANGES)


def _has_check_digit(digits: str) -> bool:
    doubled = (str(2 * int(digit)) for digit in digits[-2::-2])
    return sum(int(digit) for part in (digits[-1::-2], *doubled) for digit in part) % 10 == 0
