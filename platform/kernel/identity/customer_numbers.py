"""The number of a customer as people write and say it: C-1042."""

from __future__ import annotations

import re

TYPED = re.compile(r"\s*[cC]\s*[-\u2010-\u2015]?\s*([0-9]{1,12})\s*")


def write_customer_number(number: int) -> str:
    """Return a number as pages show it."""
    return f"C-{number}"


def read_customer_number(typed: str) -> int | None:
    """Return the number that somebody typed, with or without the dash; None when it is none."""
    found = TYPED.fullmatch(typed)
    return int(found[1]) if found else None
