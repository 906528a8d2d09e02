"""A table as a workbook (.xlsx; ECMA-376, SpreadsheetML), written row by row: nothing about it is guessed on opening.

Spreadsheets guess what a CSV means: its encoding, what is a date, which number is a phone. Cells of a workbook say so.
A text is never a formula, not even after somebody edited its cell. Written by hand: openpyxl takes ten times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Self
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from kernel.lines import unify_breaks

MOST_ROWS = 1_048_576
"""Of a sheet; the rest of a table goes on in another one."""
MOST_LETTERS = 32_767
"""Of a cell, in units of UTF-16."""
MOST_DIGITS = 10**15
"""What a number of a spreadsheet holds exactly; a larger one is a text."""
SAMPLE = 200
"""Rows by which the widths of columns are chosen."""
NARROWEST, WIDEST = 8, 60
COMPRESSION = 3
MARCH_1900 = date(1900, 3, 1)
"""Before it spreadsheets disagree by a day: the first of them took 1900 for a leap year."""
DAY_ZERO = date(1899, 12, 30).toordinal()
SECONDS_A_DAY = 86_400
TEXT, DAY, CLOCK, INSTANT, HEADER = 1, 2, 3, 4, 5
"""Places in the list of styles below."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What spreadsheets would read as a letter by its number (ST_Xstring)."""
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = f"""{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="3">\
<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="hh:mm"/>\
<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


class Workbook:
    """One table as a workbook, in a ``with`` block; instants stand on the clocks of ``timezone``.

    A table that is longer than a sheet goes on in "title 2", which has the header again. The bytes depend on nothing
    but what is written.
    """

    def __init__(
        self, target: IO[bytes], *, title: str, header: Sequence[str], timezone: str, most_rows: int = MOST_ROWS
    ) -> None:
        self._zip = ZipFile(target, "w")
        self._title, self._header, self._zone = title, header, ZoneInfo(timezone)
        self._most_rows, self._rows, self._sheets = most_rows, 0, 0
        self._sheet: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._sheet is None:
            self._begin_sheet([])
        self._end_sheet()
        if kind is None:
            self._describe()
        self._zip.close()

    def add(self, rows: Iterable[Iterable[object]]) -> None:
        """Add rows, some hundred at a time."""
        waiting = [list(row) for row in rows]
        while waiting:
            if self._sheet is None or self._rows == self._most_rows:
                self._end_sheet()
                self._begin_sheet(waiting)
            fitting = waiting[: self._most_rows - self._rows]
            self._write("".join(self._make_row(row) for row in fitting))
            self._rows += len(fitting)
            waiting = waiting[len(fitting) :]

    def _begin_sheet(self, rows: Sequence[Sequence[object]]) -> None:
        self._sheets += 1
        self._sheet = self._zip.open(_make_entry(f"xl/worksheets/sheet{self._sheets}.xml"), "w", force_zip64=True)
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
            for at, width in enumerate(self._choose_widths(rows[:SAMPLE]), start=1)
        )
        cells = "".join(_make_text(name, HEADER) for name in self._header)
        self._write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
            f'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{widths}</cols><sheetData><row>{cells}</row>"
        )
        self._rows = 1

    def _end_sheet(self) -> None:
        if self._sheet is not None:
            self._write("</sheetData></worksheet>")
            self._sheet.close()
            self._sheet = None

    def _write(self, text: str) -> None:
        assert self._sheet is not None
        self._sheet.write(text.encode())

    def _describe(self) -> None:
        """Say what the parts of the workbook are."""
        numbers = range(1, self._sheets + 1)
        names = [self._title, *(f"{self._title} {number}" for number in numbers[1:])]
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, names, strict=True)
        )
        sheets = f"<sheets>{listed}</sheets>"
        parts = [(f"worksheets/sheet{number}.xml", "worksheet") for number in numbers] + [("styles.xml", "styles")]
        for name, text in {
            "xl/styles.xml": _STYLES,
            "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": _relate(parts),
            "_rels/.rels": _relate([("xl/workbook.xml", "officeDocument")]),
            "[Content_Types].xml": _list_kinds(parts),
        }.items():
            self._zip.writestr(_make_entry(name), text)

    def _choose_widths(self, rows: Sequence[Sequence[object]]) -> Iterator[int]:
        for at, name in enumerate(self._header):
            longest = max([len(name), *(len(str(row[at])) for row in rows if row[at] is not None)])
            yield min(max(longest + 2, NARROWEST), WIDEST)

    def _make_row(self, row: Iterable[object]) -> str:
        return f"<row>{''.join(map(self._make_cell, row))}</row>"

    def _make_cell(self, value: object) -> str:  # noqa: PLR0911 - one line for each kind of value
        if value is None or value == "":
            return "<c/>"
        if isinstance(value, str):
            return _make_text(value)
        if isinstance(value, bool):
            return f'<c t="b"><v>{int(value)}</v></c>'
        if isinstance(value, int | float | Decimal):
            return f"<c><v>{value}</v></c>" if -MOST_DIGITS < value < MOST_DIGITS else _make_text(str(value))
        if isinstance(value, datetime):
            wall = value.astimezone(self._zone)
            return _make_day(wall.date(), _count_seconds(wall.time()), INSTANT) or _make_text(value.isoformat())
        if isinstance(value, date):
            return _make_day(value, 0, DAY) or _make_text(value.isoformat())
        if isinstance(value, time):
            return f'<c s="{CLOCK}"><v>{_count_seconds(value) / SECONDS_A_DAY!r}</v></c>'
        return _make_text(json.dumps(value, ensure_ascii=False))


def _make_entry(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    info._compresslevel = COMPRESSION  # type: ignore[attr-defined]  # noqa: SLF001 - public from Python 3.13 on
    return info


def _make_text(text: str, style: int = TEXT) -> str:
    clean = _ESCAPED.sub("_x005F_", _ILLEGAL.sub("\ufffd", unify_breaks(_cut(text))))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def _cut(text: str) -> str:
    """Return what fits into a cell; the rest, if any, is an ellipsis."""
    if len(text) * 2 <= MOST_LETTERS or len(text.encode("utf-16-le")) <= MOST_LETTERS * 2:
        return text
    return text.encode("utf-16-le")[: (MOST_LETTERS - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _count_seconds(clock: time) -> float:
    return clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1_000_000


def _make_day(day: date, seconds: float, style: int) -> str:
    """Return a cell with a day, counted as spreadsheets count; empty where they would show another one."""
    if day < MARCH_1900:
        return ""
    count = day.toordinal() - DAY_ZERO
    return f'<c s="{style}"><v>{count + seconds / SECONDS_A_DAY if seconds else count!r}</v></c>'


def _relate(parts: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{path}"/>'
        for number, (path, kind) in enumerate(parts, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _list_kinds(parts: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Override PartName="/xl/{path}" ContentType="{_KIND}.{kind}+xml"/>'
        for path, kind in [*parts, ("workbook.xml", "sheet.main")]
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{lines}</Types>'
    )
