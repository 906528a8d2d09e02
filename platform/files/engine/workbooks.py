"""Reading the first sheet of a workbook (XLSX, ISO/IEC 29500) row by row, without trusting it.

Nothing of it is run or calculated: of a formula the value is read that its program wrote beside it. What unpacks to
more than it may, and documents with types of their own (by which XML grows without end), are refused while they are
read; nothing is unpacked to the disk.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import IO, BinaryIO
from xml.parsers import expat

from files.engine.errors import TableRefused
from kernel.text import mark

MOST_UNPACKED = 300_000_000
MOST_GAP = 1_048_576
"""Rows of a sheet: programs leave empty ones out."""
MOST_SHARED, MOST_SHARED_CHARACTERS = 2_000_000, 60_000_000
CHUNK = 1 << 16
BROKEN = mark("This workbook cannot be read. Open it, save it again as XLSX or CSV, and try that.")
TOO_MUCH = mark("This workbook unpacks to more than we read. Save the sheet alone as CSV and try that.")
ENCRYPTED = mark("This workbook is protected by a password. Save it without one and try that.")

DATE_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 30, 36, 45, 46, 47, 50, 57})
DATE_LETTERS = re.compile(r"[dy]", re.IGNORECASE)
QUOTED = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.")
CELL = re.compile(r"([A-Z]{1,3})[0-9]+")
FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
LAST_SERIAL = 2_958_465
RELATIONS = "xl/_rels/workbook.xml.rels"


def is_workbook(head: bytes) -> bool:
    """Tell whether a file begins as a ZIP does."""
    return head.startswith(b"PK\x03\x04")


def read_workbook(file: BinaryIO, *, most_cells: int) -> Iterator[list[str]]:
    """Yield the rows of the first sheet; numbers as their program wrote them, dates as 2026-12-14.

    Raises:
        TableRefused: It is broken, encrypted, or larger than may be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield from _read(archive, most_cells)
    except (zipfile.BadZipFile, KeyError, expat.ExpatError, EOFError, NotImplementedError, ValueError) as error:
        raise TableRefused(BROKEN) from error
    except RuntimeError as error:  # what `zipfile` says of a member that needs a password
        raise TableRefused(ENCRYPTED) from error


def _read(archive: zipfile.ZipFile, most_cells: int) -> Iterator[list[str]]:
    budget = _Budget()
    names = set(archive.namelist())
    book = _Book()
    _parse(archive.open("xl/workbook.xml"), book, budget)
    _parse(archive.open(RELATIONS), book, budget)
    styles = _Styles()
    if "xl/styles.xml" in names:
        _parse(archive.open("xl/styles.xml"), styles, budget)
    shared = _Shared()
    if "xl/sharedStrings.xml" in names:
        _parse(archive.open("xl/sharedStrings.xml"), shared, budget)
    sheet = _Sheet(shared.texts, styles.list_dates(), most_cells, is_1904=book.is_1904)
    yield from _stream(archive.open(book.find_first()), sheet, budget)


class _Budget:
    """What may still be unpacked."""

    def __init__(self) -> None:
        self.left = MOST_UNPACKED

    def read(self, member: IO[bytes]) -> bytes:
        piece = member.read(CHUNK)
        self.left -= len(piece)
        if self.left < 0:
            raise TableRefused(TOO_MUCH)
        return piece


class _Reader:
    """What is told of elements, without their namespaces' prefixes."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def tell(self, text: str) -> None:
        """Text stands in it."""


def _make_parser(reader: _Reader) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise TableRefused(BROKEN)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: reader.begin(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: reader.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = reader.tell
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _parse(member: IO[bytes], reader: _Reader, budget: _Budget) -> None:
    parser = _make_parser(reader)
    with member:
        while piece := budget.read(member):
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _stream(member: IO[bytes], sheet: _Sheet, budget: _Budget) -> Iterator[list[str]]:
    parser = _make_parser(sheet)
    with member:
        while piece := budget.read(member):
            parser.Parse(piece, False)
            yield from sheet.take()
    parser.Parse(b"", True)
    yield from sheet.take()


class _Book(_Reader):
    """Where the first sheet is, and from which day the workbook counts."""

    def __init__(self) -> None:
        self.is_1904 = False
        self._sheets: list[str] = []
        self._targets: dict[str, str] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            self._sheets += [value for key, value in attributes.items() if key.rpartition(":")[2] == "id"]
        elif name == "Relationship":
            self._targets[attributes["Id"]] = attributes["Target"]

    def find_first(self) -> str:
        target = self._targets[self._sheets[0]] if self._sheets else "worksheets/sheet1.xml"
        return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _Styles(_Reader):
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._is_inside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            self._styles.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_inside = False

    def list_dates(self) -> frozenset[int]:
        dates = {
            number for number, code in self._formats.items() if DATE_LETTERS.search(QUOTED.sub("", code.split(";")[0]))
        }
        return frozenset(at for at, number in enumerate(self._styles) if number in DATE_FORMATS | dates)


class _Shared(_Reader):
    """Texts that cells share."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._is_text = False
        self._is_phonetic = False
        self._left = MOST_SHARED_CHARACTERS

    def begin(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._is_phonetic = True
        self._is_text = name == "t" and not self._is_phonetic

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self.texts.append("".join(self._parts))
            if len(self.texts) > MOST_SHARED or self._left < 0:
                raise TableRefused(TOO_MUCH)

    def tell(self, text: str) -> None:
        if self._is_text:
            self._left -= len(text)
            self._parts.append(text)


class _Sheet(_Reader):
    """The rows of a sheet; those that a program leaves out because they are empty are there."""

    def __init__(self, shared: list[str], dates: frozenset[int], most_cells: int, *, is_1904: bool) -> None:
        self._shared, self._dates, self._most_cells = shared, dates, most_cells
        self._first_day = FIRST_DAY_1904 if is_1904 else FIRST_DAY
        self._rows: list[list[str]] = []
        self._cells: dict[int, str] = {}
        self._number = self._at = 0
        self._kind = self._style = ""
        self._parts: list[str] = []
        self._is_text = False

    def take(self) -> list[list[str]]:
        rows, self._rows = self._rows, []
        return rows

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            number = int(attributes.get("r", self._number + 1))
            self._rows += [[] for _ in range(min(number - self._number - 1, MOST_GAP))]
            self._number, self._cells, self._at = number, {}, 0
        elif name == "c":
            place = CELL.fullmatch(attributes.get("r", ""))
            self._at = _read_column(place[1]) if place else self._at + 1
            self._kind, self._style, self._parts = attributes.get("t", "n"), attributes.get("s", ""), []
        self._is_text = name in {"v", "t"}

    def tell(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "c" and self._at <= self._most_cells:
            self._cells[self._at] = self._read_cell("".join(self._parts))
        elif name == "row":
            width = max(self._cells, default=0)
            self._rows.append([self._cells.get(at, "") for at in range(1, width + 1)])

    def _read_cell(self, raw: str) -> str:
        if self._kind == "s":
            at = int(raw) if raw.isdigit() else -1
            return self._shared[at] if 0 <= at < len(self._shared) else ""
        if self._kind == "n" and raw:
            is_date = self._style.isdigit() and int(self._style) in self._dates
            return _write_date(raw, self._first_day) if is_date else _write_number(raw)
        return raw


def _read_column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _write_number(raw: str) -> str:
    """Return a number as people see it: 5512345678 rather than 5512345678.0 or 5.512345678E9, which lost no digits."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    is_whole = value.is_integer() and abs(value) < 1e15  # noqa: PLR2004 - digits that a float of a workbook holds
    return str(int(value)) if is_whole else raw


def _write_date(raw: str, first_day: date) -> str:
    """Return the date of a serial number, with its time where it has one."""
    try:
        serial = float(raw)
    except ValueError:
        return raw
    if not 1 <= serial <= LAST_SERIAL:
        return raw
    at = datetime.combine(first_day, datetime.min.time()) + timedelta(minutes=round(serial * 1440))
    return at.date().isoformat() if at.hour == at.minute == 0 else at.isoformat(" ", "minutes")
