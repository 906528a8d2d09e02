"""Files with customers and visits as other programs write them, with problems, and what is to be said of them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from kernel.clock import utc_now
from kernel.identity.phones import PHONE_WRONG
from scheduling.services.imports.reading import DIGITS_LOST, MORE_CELLS, NAME_MISSING
from scheduling.services.imports.visits.reading import (
    DATE_MISSING,
    DATE_WRONG,
    LENGTH_WRONG,
    PAST,
    SERVICE_UNKNOWN,
    TIME_WRONG,
)
from scheduling.services.writing.inputs import EMAIL_WRONG, NAME_TOO_LONG, NOTE_TOO_LONG

HEADS = ("Nombre completo", "Tel cel", "Correo", "PLACAS", "Auto", "Km", "Obs")
WIDTH = 30
EPOCH_ORDINAL = 719_163
PLANTED: tuple[str, ...] = (
    NAME_MISSING, DIGITS_LOST, PHONE_WRONG, EMAIL_WRONG, NAME_TOO_LONG, NOTE_TOO_LONG, MORE_CELLS, "same",
)  # fmt: skip
"""Texts of problems, and rows that say again what the row before said."""


VISIT_HEADS = ("Nombre", "Celular", "Fecha", "Hora", "Servicio", "Duración")
PLANTED_VISITS: tuple[str, ...] = (
    NAME_MISSING, DIGITS_LOST, DATE_MISSING, DATE_WRONG, TIME_WRONG, PAST, SERVICE_UNKNOWN, LENGTH_WRONG, "same",
)  # fmt: skip
SERIAL_ZERO = 25_569
"""The day 1970-01-01, as spreadsheets count."""


@dataclass(frozen=True)
class Planted:
    """What is to become of the rows of a file."""

    created: int
    refused: int
    faults: dict[str, int]


@dataclass(frozen=True)
class MadeFile(Planted):
    """A small file, and what is to become of its rows."""

    content: bytes


def make_customer_file(count: int, *, planted: int, separator: str = ",", encoding: str = "utf-8") -> MadeFile:
    """Return what `write_customer_file` writes."""
    file = io.BytesIO()
    found = write_customer_file(file, count, planted=planted, separator=separator, encoding=encoding)
    return MadeFile(found.created, found.refused, found.faults, file.getvalue())


def write_customer_file(
    file: BinaryIO,
    count: int,
    *,
    planted: int,
    separator: str = ",",
    encoding: str = "utf-8",
    filler: str = "dato",
) -> Planted:
    """Write a file of ``count`` rows and 30 columns; ``planted`` of them, evenly, have a problem each in turn."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
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
    text.detach()
    return Planted(count - refused - same, refused, dict(faults))


def write_visit_file(
    file: BinaryIO, count: int, *, planted: int, service: str, is_month_first: bool, encoding: str = "utf-8-sig"
) -> Planted:
    """Write a file of visits from tomorrow on, 20 a day, with a problem in ``planted`` of them, each in turn.

    A third of its dates are what a spreadsheet shows when nobody told it that they are dates.
    """
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(VISIT_HEADS)
    every = count // planted
    faults: Counter[str] = Counter()
    before: list[str] = []
    for number in range(count):
        row = _make_visit(number, service, is_month_first=is_month_first)
        if number % every == every - 1 and number // every < planted:
            problem = PLANTED_VISITS[number // every % len(PLANTED_VISITS)]
            faults[problem] += 1
            row = _spoil_visit(row, problem, before)
        writer.writerow(row)
        before = row
    text.detach()
    same = faults.pop("same", 0)
    refused = sum(faults.values())
    return Planted(count - refused - same, refused, dict(faults))


def _make_visit(number: int, service: str, *, is_month_first: bool) -> list[str]:
    on = (utc_now() + timedelta(days=2 + number // 20)).date()
    written = f"{on:%m/%d/%Y}" if is_month_first else f"{on:%d/%m/%Y}"
    if number % 3 == 0:
        written = str(on.toordinal() - EPOCH_ORDINAL + SERIAL_ZERO)
    return [
        f"Peña Núñez {number:05}",
        f"55 {20_000_000 + number:08}",
        written,
        f"{9 + number % 8}:{number % 4 * 15:02}",
        service,
        ("60", "90 min", "1:30", "")[number % 4],
    ]


def _spoil_visit(row: list[str], problem: str, before: list[str]) -> list[str]:
    changes = {
        NAME_MISSING: (0, ""),
        DIGITS_LOST: (1, "5.52E+09"),
        DATE_MISSING: (2, ""),
        DATE_WRONG: (2, "2027-02-31"),
        TIME_WRONG: (3, "25:00"),
        PAST: (2, "2020-01-15"),
        SERVICE_UNKNOWN: (4, "Lo de siempre"),
        LENGTH_WRONG: (5, "un rato"),
    }
    if problem == "same":
        return before
    at, cell = changes[problem]
    return [*row[:at], cell, *row[at + 1 :]]


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
