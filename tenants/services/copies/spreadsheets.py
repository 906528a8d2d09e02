"""A table as a workbook (.xlsx), written row by row: nothing about it is guessed on opening.

Spreadsheets guess what a CSV means: its encoding, what is a date, which number is a phone. Cells of a workbook say so.
A text is never a formula, not even after somebody edited its cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from traceback import clear_frames
from typing import IO, Any, Self
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

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
MARCH_1900 = date(1900, 3, 1)
"""Before it spreadsheets disagree by a day: the first of them took 1900 for a leap year."""
CREATED = datetime(1980, 1, 1, tzinfo=UTC)
"""What a workbook says of itself, as its entries do: the same table is the same bytes, whenever it is written."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, and not every spreadsheet reads the way around it (`_x0007_`)."""


class Workbook:
    """One table as a workbook, in a ``with`` block; instants stand on the clocks of ``timezone``.

    A table that is longer than a sheet goes on in "title 2", which has the header again. The bytes depend on nothing
    but what is written. Rows wait in ``folder``, under names: what breaks off leaves them there.
    """

    def __init__(
        self,
        target: IO[bytes],
        *,
        title: str,
        header: Sequence[str],
        timezone: str,
        folder: Path,
        most_rows: int = MOST_ROWS,
    ) -> None:
        options = {"constant_memory": True, "tmpdir": str(folder), "use_zip64": True}
        self._book = xlsxwriter.Workbook(target, options)
        self._book.set_properties({"created": CREATED})
        self._heading = self._book.add_format({"num_format": "@", "bold": True})
        self._text = self._book.add_format({"num_format": "@"})
        self._day = self._book.add_format({"num_format": r"yyyy\-mm\-dd"})
        self._clock = self._book.add_format({"num_format": "hh:mm"})
        self._instant = self._book.add_format({"num_format": r"yyyy\-mm\-dd\ hh:mm:ss"})
        self._title, self._header, self._zone = title, header, ZoneInfo(timezone)
        self._most_rows, self._rows = most_rows, most_rows
        self._sheet: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._give_up()
            return
        if self._sheet is None:
            self._begin_sheet([])
        try:
            self._book.close()
        except FileCreateError as error:
            said = error.args[0]  # by the system: it says why
            clear_frames(said.__traceback__)  # the library's half a ZIP, which it leaves open, ends while it can
            self._give_up()
            raise said from error

    def add(self, rows: Iterable[Iterable[object]]) -> None:
        """Add rows, some hundred at a time."""
        waiting = [list(row) for row in rows]
        for at, row in enumerate(waiting):
            if self._rows == self._most_rows:
                self._begin_sheet(waiting[at : at + SAMPLE])
            for column, value in enumerate(row):
                self._write(column, value)
            self._rows += 1

    def _begin_sheet(self, rows: Sequence[Sequence[object]]) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet, self._rows = self._book.add_worksheet(self._title if number == 1 else f"{self._title} {number}"), 0
        self._sheet.freeze_panes(1, 0)
        for column, width in enumerate(self._choose_widths(rows)):
            self._sheet.set_column(column, column, width)
        for column, name in enumerate(self._header):
            self._write_text(column, name, self._heading)
        self._rows = 1

    def _choose_widths(self, rows: Sequence[Sequence[object]]) -> Iterator[int]:
        for at, name in enumerate(self._header):
            longest = max([len(name), *(len(str(row[at])) for row in rows if row[at] is not None)])
            yield min(max(longest + 2, NARROWEST), WIDEST)

    def _write(self, column: int, value: object) -> None:
        place = self._rows, column
        if isinstance(value, str):
            self._write_text(column, value, self._text)
        elif isinstance(value, bool):
            self._sheet.write_boolean(*place, value)
        elif isinstance(value, int | float | Decimal) and -MOST_DIGITS < value < MOST_DIGITS:
            self._sheet.write_number(*place, value)
        elif isinstance(value, datetime) and (wall := self._show_clock(value)).date() >= MARCH_1900:
            self._sheet.write_datetime(*place, wall, self._instant)
        elif isinstance(value, date) and not isinstance(value, datetime) and value >= MARCH_1900:
            self._sheet.write_datetime(*place, value, self._day)
        elif isinstance(value, time):
            self._sheet.write_datetime(*place, value, self._clock)
        elif value is not None:
            self._write_text(column, _spell(value), self._text)

    def _show_clock(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone).replace(tzinfo=None)  # a spreadsheet knows no zones

    def _write_text(self, column: int, text: str, style: Any) -> None:
        if not text:
            return
        # What is printable and short has nothing to be cut, unified or replaced: nearly every cell of a large table.
        is_plain = len(text) * 2 <= MOST_LETTERS and text.isprintable()
        clean = text if is_plain else _ILLEGAL.sub("\ufffd", unify_breaks(_cut(text)))
        if clean.startswith("<r>") and clean.endswith("</r>"):
            # The library takes it for its own markup and writes it as it is, formulas inside included.
            self._sheet.write_rich_string(self._rows, column, clean[0], clean[1], clean[2:], style)
        else:
            self._sheet.write_string(self._rows, column, clean, style)

    def _give_up(self) -> None:
        for sheet in self._book.worksheets():
            with suppress(OSError):
                sheet.row_data_fh.close()


def _spell(value: object) -> str:
    """Return as text what no cell holds as what it is."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float | Decimal) else json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    """Return what fits into a cell; the rest, if any, is an ellipsis."""
    if len(text) * 2 <= MOST_LETTERS or len(text.encode("utf-16-le")) <= MOST_LETTERS * 2:
        return text
    return text.encode("utf-16-le")[: (MOST_LETTERS - 1) * 2].decode("utf-16-le", "ignore") + "…"
