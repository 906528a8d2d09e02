"""Files with customers as other programs write them, with problems planted in them, and what is to be said of them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

from kernel.identity.phones import PHONE_WRONG
from scheduling.services.imports.reading import DIGITS_LOST, MORE_CELLS, NAME_MISSING
from scheduling.services.writing.inputs import EMAIL_WRONG, NAME_TOO_LONG, NOTE_TOO_LONG

HEADS = ("Nombre completo", "Tel cel", "Correo", "PLACAS", "Auto", "Km", "Obs")
WIDTH = 30
PLANTED: tuple[str, ...] = (
    NAME_MISSING, DIGITS_LOST, PHONE_WRONG, EMAIL_WRONG, NAME_TOO_LONG, NOTE_TOO_LONG, MORE_CELLS, "same",
)  # fmt: skip
"""Texts of problems, and rows that say again what the row before said."""


@dataclass(frozen=True)
class CustomerFile:
    """A file, and what is to become of its rows."""

    content: bytes
    created: int
    refused: int
    faults: dict[str, int]


def make_customer_file(
    count: int, *, planted: int, separator: str = ",", encoding: str = "utf-8", filler: str = "dato"
) -> CustomerFile:
    """Return a file of ``count`` rows and 30 columns; ``planted`` of them, evenly, have a problem each in turn."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow([*HEADS, *[f"Dato {number}" for number in range(WIDTH - len(HEADS))]])
    every = count // planted
    faults: Counter[str] = Counter()
    before: list[str] = []
    for number in range(count):
        row = _make_row(number, filler)
        if number % every == every - 1 and number // every < planted:
            problem = PLANTED[number // every % len(PLANTED)]
            faults[problem] += 1
            row = _spoil(row, problem, before)
        writer.writerow(row)
        before = row
    same = faults.pop("same", 0)
    refused = sum(faults.values())
    return CustomerFile(text.getvalue().encode(encoding), count - refused - same, refused, dict(faults))


def _make_row(number: int, filler: str) -> list[str]:
    return [
        f"Peña Núñez {number:05}",
        f"55 {20_000_000 + number:08}",
        f"cliente{number}@example.com",
        f"AAA{number:05}",
        "Nissan Versa 2019",
        f"{number % 200 + 1},480 km",
        "Llega tarde, avisar",
        *["=1+1" if each == 0 else f"{filler} {each}" for each in range(WIDTH - len(HEADS))],
    ]


def _spoil(row: list[str], problem: str, before: list[str]) -> list[str]:
    changes = {
        NAME_MISSING: (0, ""),
        DIGITS_LOST: (1, "5.52E+09"),
        PHONE_WRONG: (1, "55 5555 01"),
        EMAIL_WRONG: (2, "cliente@"),
        NAME_TOO_LONG: (0, "ñ" * 121),
        NOTE_TOO_LONG: (6, "ñ" * 2001),
    }
    if problem == "same":
        return before
    if problem == MORE_CELLS:
        return [*row, "más"]
    at, cell = changes[problem]
    return [*row[:at], cell, *row[at + 1 :]]
