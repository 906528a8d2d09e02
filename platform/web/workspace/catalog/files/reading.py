"""A file that somebody chose, read into lines: encodings, separators and cells as spreadsheets write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from kernel.identity.keys import fold_letters
from kernel.lines import FORMULA_STARTS, drop_invisible, unify_breaks
from scheduling.selectors.catalog.roster import Roster
from scheduling.services.catalog.batches.files import CatalogLine
from scheduling.types import RequirementSetup
from web.workspace.catalog.files.columns import BY_KEY, CellWrong, map_titles
from web.workspace.catalog.files.needs_cell import AS_IT_IS, read_needs

MOST_BYTES, MOST_LINES, LONGEST_CELL, LONGEST_HEAD = 1_000_000, 1_000, 4_000, 60
SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong in a cell; line 0: with the whole file."""

    line: int
    column: str
    text: str


@dataclass(slots=True)
class ReadFile:
    """The lines of a file, and what could not be read; ``titles`` are the heads of its columns by their keys."""

    lines: list[CatalogLine] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)

    def name_column(self, key: str) -> str:
        """Return what the file calls a column."""
        return self.titles.get(key, key)


def decode(body: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or what Windows spreadsheets write."""
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def read_file(text: str, roster: Roster) -> ReadFile:
    """Read all lines; everything that is wrong is told at once."""
    found = ReadFile()
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(unify_breaks(text), newline=""), delimiter=separator, strict=True))
    except csv.Error:
        found.errors.append(CellError(0, "", gettext("This is not a table of cells: save it as CSV and try again.")))
        return found
    known = map_titles()
    typed = [drop_invisible(cell) for cell in rows[0]] if rows else []
    heads = [known.get(fold_letters(cell), cell.lower()) for cell in typed]
    found.titles = {head: cell[:LONGEST_HEAD] for head, cell in zip(heads, typed, strict=True)}
    _check_heads(heads, len(rows), found)
    if found.errors:
        return found
    usual = _suggest_needs(roster)
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            _read_line(number, heads, cells, roster, usual, found)
    if not found.lines and not found.errors:
        found.errors.append(CellError(0, "", gettext("There is nothing below the first line.")))
    return found


def _check_heads(heads: Sequence[str], count: int, found: ReadFile) -> None:
    unknown = [head[:60] for head in heads if head and head not in BY_KEY]
    if "name" not in heads:
        found.errors.append(CellError(0, "name", gettext("The first line names the columns; “name” is missing.")))
    elif unknown:
        text = gettext("Unknown columns: %(names)s.") % {"names": ", ".join(unknown[:10])}
        found.errors.append(CellError(0, "", text))
    elif len({head for head in heads if head}) != len([head for head in heads if head]):
        found.errors.append(CellError(0, "", gettext("Two columns have the same name.")))
    if count > MOST_LINES + 1:
        text = gettext("At most %(count)s lines.") % {"count": MOST_LINES}
        found.errors.append(CellError(0, "", text))


def _read_line(
    number: int, heads: Sequence[str], cells: Sequence[str], roster: Roster, usual: tuple[RequirementSetup, ...],
    found: ReadFile,
) -> None:  # fmt: skip
    before = len(found.errors)
    typed = {head: _clean(cell) for head, cell in zip(heads, cells, strict=False) if head}
    if any(cell.strip() for cell in cells[len(heads) :]):
        found.errors.append(CellError(number, "", gettext("This line has more cells than there are columns.")))
    if not typed.get("name"):
        found.errors.append(CellError(number, found.name_column("name"), gettext("Enter a name.")))
    is_extra = bool(typed.get("extra_of"))
    values: dict[str, Any] = {}
    for key, cell in typed.items():
        try:
            values |= _read_cell(key, cell, roster, is_extra=is_extra)
        except CellWrong as error:
            found.errors.append(CellError(number, found.name_column(key), str(error)))
    if not is_extra and not typed.get("id") and usual and not typed.get("needs"):
        values.setdefault("usual_needs", usual)
    if len(found.errors) == before:
        service_id = values.pop("id", None)
        line = CatalogLine(
            number=number,
            name=typed["name"],
            extra_of=typed.get("extra_of", ""),
            service_id=service_id,
            usual_needs=values.pop("usual_needs", ()),
            texts=_read_texts(typed, is_extra=is_extra),
            values=values,
        )
        found.lines.append(line)


def _read_cell(key: str, cell: str, roster: Roster, *, is_extra: bool) -> dict[str, Any]:
    column = BY_KEY[key]
    if not cell or (key == "needs" and cell == AS_IT_IS) or key in {"name", "extra_of"} or column.language:
        return {}
    if is_extra and not column.of_extras:
        return {}
    if key == "needs":
        return {"requirements": read_needs(cell, roster)}
    if key == "id":
        return {"id": column.read(cell)}
    return {"minutes" if is_extra and key == "duration_minutes" else column.field: column.read(cell)}


def _read_texts(typed: Mapping[str, str], *, is_extra: bool) -> dict[tuple[str, str], str]:
    """Return the texts in other languages, by language and field; an empty cell says nothing."""
    columns = ((key, BY_KEY[key], cell) for key, cell in typed.items() if cell)
    return {
        (column.language, key.removesuffix(f"_{column.language}")): cell
        for key, column, cell in columns
        if column.language and (column.of_extras or not is_extra)
    }


def _clean(cell: str) -> str:
    """Return a cell without what keeps spreadsheets from calculating it; what is too long is told by the checks."""
    text = drop_invisible(unify_breaks(cell[: LONGEST_CELL + 1]))
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _suggest_needs(roster: Roster) -> tuple[RequirementSetup, ...]:
    """Return what a new service takes where nothing is said: one person."""
    people: Iterable[int] = (each.id for each in roster.types.values() if each.is_active and each.is_person)
    return tuple(RequirementSetup(resource_type_id=type_id) for type_id in list(people)[:1])
