"""The lines of a file of services and extras, read into what the catalog takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from scheduling.selectors.catalog.roster import Roster
from scheduling.services.catalog.batches.files import CatalogLine
from scheduling.types import RequirementSetup
from web.workspace.catalog.files.columns import COLUMNS, TEXT_COLUMNS
from web.workspace.catalog.files.needs_cell import read_needs
from web.workspace.files.cells import CellWrong
from web.workspace.files.reading import AS_IT_IS, ReadFile, TypedLine

SPECIAL = ("name", "extra_of", "needs")
PLAIN = [column for column in COLUMNS if column.key not in SPECIAL and column.key != "id"]
NUMBER = [column for column in COLUMNS if column.key == "id"]


def read_lines(file: ReadFile, roster: Roster) -> list[CatalogLine]:
    """Read services and extras; what is wrong is noted in the file."""
    usual = _suggest_needs(roster)
    return [_read_line(file, line, roster, usual) for line in file.lines]


def _read_line(file: ReadFile, line: TypedLine, roster: Roster, usual: tuple[RequirementSetup, ...]) -> CatalogLine:
    cells = line.cells
    if not cells.get("name"):
        file.note(line.number, "name", gettext("Enter a name."))
    is_extra = bool(cells.get("extra_of"))
    columns = [column for column in PLAIN if column.of_extras or not is_extra]
    values = file.read_values(line, columns)
    if is_extra and "duration_minutes" in values:
        values["minutes"] = values.pop("duration_minutes")
    values |= {} if is_extra else _read_needs(file, line, roster)
    service_id = None if is_extra else file.read_values(line, NUMBER).get("")
    return CatalogLine(
        number=line.number,
        name=cells.get("name", ""),
        extra_of=cells.get("extra_of", ""),
        service_id=service_id,
        usual_needs=usual if not is_extra and service_id is None and not cells.get("needs") else (),
        texts=_read_texts(line, is_extra=is_extra),
        values=values,
    )


def _read_needs(file: ReadFile, line: TypedLine, roster: Roster) -> dict[str, Any]:
    cell = line.cells.get("needs", "")
    if cell and cell != AS_IT_IS:
        try:
            return {"requirements": read_needs(cell, roster)}
        except CellWrong as error:
            file.note(line.number, "needs", str(error))
    return {}


def _read_texts(line: TypedLine, *, is_extra: bool) -> dict[tuple[str, str], str]:
    """Return the texts in other languages, by language and field; an empty cell says nothing."""
    return {
        (column.language, column.key.removesuffix(f"_{column.language}")): cell
        for column in TEXT_COLUMNS
        if (cell := line.cells.get(column.key)) and (column.of_extras or not is_extra)
    }


def _suggest_needs(roster: Roster) -> tuple[RequirementSetup, ...]:
    """Return what a new service takes where nothing is said: one person."""
    people: Sequence[int] = [each.id for each in roster.types.values() if each.is_active and each.is_person]
    return tuple(RequirementSetup(resource_type_id=type_id) for type_id in people[:1])
