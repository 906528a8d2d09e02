"""A file that somebody chose, read into lines: encodings, separators and cells as spreadsheets write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from kernel.identity.keys import fold_letters
from kernel.lines import begins_formula, drop_invisible, unify_breaks
from web.workspace.files.cells import CellWrong, Column, say_everywhere

MOST_BYTES, MOST_LINES, LONGEST_CELL, LONGEST_HEAD = 1_000_000, 1_000, 4_000, 60
SEPARATORS = ",;\t"
AS_IT_IS = "*"
"""Leaves what is there, as an empty cell does."""


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong in a cell; line 0: with the whole file."""

    line: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class TypedLine:
    """The cells of a line by the keys of their columns."""

    number: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class ReadFile:
    """The lines of a file, and what could not be read; ``titles`` are the heads of its columns by their keys."""

    lines: list[TypedLine] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)

    def name_column(self, key: str) -> str:
        """Return what the file calls a column."""
        return self.titles.get(key, key)

    def note(self, line: int, key: str, text: str) -> None:
        """Note what is wrong in a cell."""
        self.errors.append(CellError(line, self.name_column(key) if key else "", text))

    def read_values(self, line: TypedLine, columns: Iterable[Column]) -> dict[str, Any]:
        """Return what the cells of a line say, by the fields of their columns; an empty cell says nothing."""
        values: dict[str, Any] = {}
        for column in columns:
            cell = line.cells.get(column.key, "")
            if cell and cell != AS_IT_IS:
                try:
                    values[column.field] = column.read(cell)
                except CellWrong as error:
                    self.note(line.number, column.key, str(error))
        return values


def decode(body: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or what Windows spreadsheets write."""
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def read_file(text: str, columns: Sequence[Column], *, needed: str, most_lines: int = MOST_LINES) -> ReadFile:
    """Read all lines of a file that has to have a column ``needed``; everything that is wrong is told at once."""
    found = ReadFile()
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(unify_breaks(text), newline=""), delimiter=separator, strict=True))
    except csv.Error:
        found.note(0, "", gettext("This is not a table of cells: save it as CSV and try again."))
        return found
    known = map_titles(columns)
    typed = [drop_invisible(cell) for cell in rows[0]] if rows else []
    heads = [known.get(fold_letters(cell), cell.lower()) for cell in typed]
    found.titles = {head: cell[:LONGEST_HEAD] for head, cell in zip(heads, typed, strict=True)}
    _check_heads(heads, found, {column.key: column for column in columns}, needed)
    if len(rows) > most_lines + 1:
        found.note(0, "", gettext("At most %(count)s lines.") % {"count": most_lines})
    if found.errors:
        return found
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            if any(cell.strip() for cell in cells[len(heads) :]):
                found.note(number, "", gettext("This line has more cells than there are columns."))
            named = zip(heads, cells, strict=False)
            found.lines.append(TypedLine(number, {head: _clean(cell) for head, cell in named if head}))
    if not found.lines:
        found.note(0, "", gettext("There is nothing below the first line."))
    return found


def map_titles(columns: Iterable[Column]) -> dict[str, str]:
    """Map what a column may be called, folded, to its key: the key itself, and its title in every language."""
    found = {column.key: column.key for column in columns}
    return found | {fold_letters(title): column.key for column in columns for title in say_everywhere(column.title)}


def _check_heads(heads: Sequence[str], found: ReadFile, columns: Mapping[str, Column], needed: str) -> None:
    unknown = [head[:LONGEST_HEAD] for head in heads if head and head not in columns]
    if needed not in heads:
        words = {"name": columns[needed].title}
        found.note(0, needed, gettext("The first line names the columns; “%(name)s” is missing.") % words)
    elif unknown:
        found.note(0, "", gettext("Unknown columns: %(names)s.") % {"names": ", ".join(unknown[:10])})
    elif len({head for head in heads if head}) != len([head for head in heads if head]):
        found.note(0, "", gettext("Two columns have the same name."))


def _clean(cell: str) -> str:
    """Return a cell without what keeps spreadsheets from calculating it; what is too long is told by the checks."""
    text = drop_invisible(unify_breaks(cell[: LONGEST_CELL + 1]))
    return text[1:] if text.startswith("'") and begins_formula(text[1:]) else text
