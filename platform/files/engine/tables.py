"""Tables as people have them: CSV in any of the usual encodings with any of the usual separators, or a workbook.

A file is read row by row: however large it is, one row is in memory.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from files.engine.errors import TableRefused
from files.engine.workbooks import is_workbook, read_workbook
from kernel.lines import unify_breaks
from kernel.text import mark

SEPARATORS = ",;\t|"
CHUNK = 1 << 16
SAMPLE_CHARACTERS, SAMPLE_ROWS = 200_000, 40
MOST_CELLS, LONGEST_CELL = 200, 4_000
MOST_BYTES = 40_000_000

NOT_A_TABLE = mark("This is not a table of cells: save it as CSV or XLSX and try again.")
EMPTY = mark("The file is empty.")
TOO_LARGE = mark("This file is too large: up to 40 MB.")
TOO_MANY_ROWS = mark("The file has more than %(most)s rows. Divide it and import its parts one after the other.")
OLD_WORKBOOK = mark("This is a workbook of an old kind (XLS). Save it as XLSX or CSV and try again.")

ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Latin-1"}
OLD_MAGIC = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a file is written: its encoding as people call it and its separator; both empty for a workbook."""

    encoding: str
    separator: str


def check_table(file: BinaryIO) -> bytes:
    """Refuse what need not be read to be refused, and return how the file begins; it stands at its start again.

    Raises:
        TableRefused: It is empty, too large, or a workbook of an old kind.
    """
    file.seek(0)
    head = file.read(4)
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    if not size:
        raise TableRefused(EMPTY)
    if size > MOST_BYTES:
        raise TableRefused(TOO_LARGE)
    if head == OLD_MAGIC:
        raise TableRefused(OLD_WORKBOOK)
    return head


def open_table(file: BinaryIO, *, most_rows: int) -> tuple[TableShape, Iterator[list[str]]]:
    """Find out how a table is written, and return that and its rows, heads included; blank ones are empty lists.

    Dates of a workbook come as 2026-12-14, its formulas as what they came to, and nothing is ever calculated. Cells
    are cut to one character more than `LONGEST_CELL`, so that who reads them sees that they are too long.

    Raises:
        TableRefused: It is no table, or too large; the rows raise it as well, as soon as they come to it.
    """
    head = check_table(file)
    if is_workbook(head):
        return TableShape("", ""), _limit(read_workbook(file, most_cells=MOST_CELLS), most_rows)
    csv.field_size_limit(MOST_BYTES)  # the limit of a whole file, so that no cell of it ends a sample
    encoding = _find_encoding(file)
    sample = _read_sample(file, encoding)
    if "\0" in sample:
        raise TableRefused(NOT_A_TABLE)
    separator = _find_separator(sample)
    return TableShape(ENCODINGS[encoding], separator), _limit(_read_csv(file, encoding, separator), most_rows)


def _limit(rows: Iterator[list[str]], most_rows: int) -> Iterator[list[str]]:
    count = 0
    for cells in rows:
        cut = [cell[: LONGEST_CELL + 1].strip() for cell in cells[:MOST_CELLS]]
        while cut and not cut[-1]:
            cut.pop()
        count += bool(cut)
        if count > most_rows + 1:
            raise TableRefused(TOO_MANY_ROWS, most=most_rows)
        yield cut


def _find_encoding(file: BinaryIO) -> str:
    """Return UTF-16 where its mark stands, UTF-8 where all of it is, else what Windows spreadsheets write."""
    first = file.read(CHUNK)
    found = "utf-16" if first[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(found)()
    try:
        while first:
            decoder.decode(first)
            first = file.read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if found == "utf-16":
            raise TableRefused(NOT_A_TABLE) from error
        found = "cp1252"
    finally:
        file.seek(0)
    return found


def _read_sample(file: BinaryIO, encoding: str) -> str:
    raw = file.read(SAMPLE_CHARACTERS)
    file.seek(0)
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(raw).removeprefix("\ufeff")


def _find_separator(sample: str) -> str:
    """Return the separator by which most rows have the same number of cells, of these the one with most cells."""

    def rate(separator: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(unify_breaks(sample), newline=""), delimiter=separator)
        counts: Counter[int] = Counter()
        for cells in rows:
            counts[len(cells)] += 1
            if counts.total() >= SAMPLE_ROWS:
                break
        width, often = max(((width, often) for width, often in counts.items() if width), key=lambda pair: pair[::-1])
        return (often if width > 1 else 0), width

    if not sample.strip():
        raise TableRefused(EMPTY)
    return max(SEPARATORS, key=rate)


def _read_csv(file: BinaryIO, encoding: str, separator: str) -> Iterator[list[str]]:
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=None)
    try:
        for cells in csv.reader(text, delimiter=separator, strict=True):
            if any("\0" in cell for cell in cells):
                raise TableRefused(NOT_A_TABLE)
            yield cells
    except csv.Error as error:
        raise TableRefused(NOT_A_TABLE) from error
    finally:
        with suppress(ValueError):  # whoever had the file may have closed it
            text.detach()
