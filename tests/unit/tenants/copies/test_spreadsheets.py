"""What a spreadsheet reads in a workbook: every value as what it is, and no text as a formula."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from tenants.services.copies.spreadsheets import Workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TEXT, DAY, CLOCK, INSTANT = "@", r"yyyy\-mm\-dd", "hh:mm", r"yyyy\-mm\-dd\ hh:mm:ss"


def write(header: list[str], *batches: list[list[object]], most_rows: int = 1000) -> bytes:
    target, zone = BytesIO(), "America/Mexico_City"
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Workbook(
            target, title="bookings", header=header, timezone=zone, folder=folder, most_rows=most_rows
        ) as book:
            for batch in batches:
                book.add(batch)
        assert list(folder.iterdir()) == []
    return target.getvalue()


def read(content: bytes) -> dict[str, list[list[object]]]:
    """Follow the parts from the root as a spreadsheet does; a cell is its text, or its format and its number."""
    with ZipFile(BytesIO(content)) as source:
        parts = {name: ET.fromstring(source.read(name)) for name in source.namelist()}
    kinds = {each.get("PartName") for each in parts["[Content_Types].xml"]}
    assert {f"/{name}" for name in parts if not name.endswith((".rels", "Types].xml"))} <= kinds
    assert "xl/workbook.xml" in [each.get("Target") for each in parts["_rels/.rels"]]
    targets = {each.get("Id"): each.get("Target") for each in parts["xl/_rels/workbook.xml.rels"]}
    styles = parts["xl/styles.xml"]
    formats = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter(f"{MAIN}numFmt")} | {
        "0": "General",
        "49": TEXT,
    }
    named = [formats[each.get("numFmtId")] for each in styles.find(f"{MAIN}cellXfs")]
    return {
        sheet.get("name"): [read_row(row, named) for row in parts[f"xl/{targets[sheet.get(LINK)]}"].iter(f"{MAIN}row")]
        for sheet in parts["xl/workbook.xml"].iter(f"{MAIN}sheet")
    }


def read_row(row: ET.Element, named: list[str]) -> list[object]:
    """Read cells by their places: what is empty is left out."""
    cells = {re.sub(r"\d", "", cell.get("r")): read_cell(cell, named) for cell in row}
    return [cells.get(letter) for letter in "ABC"[: ord(max(cells, default="A")) - 64]]


def read_cell(cell: ET.Element, named: list[str]) -> object:
    assert cell.find(f"{MAIN}f") is None
    style = named[int(cell.get("s", "0"))]
    if cell.get("t") == "inlineStr":
        assert style == TEXT
        return "".join(cell.itertext())
    return None if not len(cell) else (cell.get("t") or style, cell.findtext(f"{MAIN}v"))


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("Íñigo Núñez; “Güero”", "Íñigo Núñez; “Güero”"),
        ("+525512345678", "+525512345678"),
        ('=HYPERLINK("http://x")', '=HYPERLINK("http://x")'),
        ("0012", "0012"),
        ("  <b>&amp;  ", "  <b>&amp;  "),
        ("one\r\ntwo\u2028three\tfour", "one\ntwo\nthree\tfour"),
        ("bell\x07 end\x00 \ufffe", "bell� end� �"),
        ("_x0041_ and _x", "_x005F_x0041_ and _x"),
        ("https://turnero.example", "https://turnero.example"),
        ("<r><t>rich</t></r>", "<r><t>rich</t></r>"),
        ('<r/></is></c><c r="C2"><f>1+1</f></c><c><is><r></r>', '<r/></is></c><c r="C2"><f>1+1</f></c><c><is><r></r>'),
        ("<r></is></c><c><f>1+1</f></c><c><is></r>", "<r></is></c><c><f>1+1</f></c><c><is></r>"),
        (None, None),
        ("", None),
        (0, ("General", "0")),
        (True, ("b", "1")),
        (False, ("b", "0")),
        (Decimal("450.50"), ("General", "450.50")),
        (10**15, "1000000000000000"),
        ({"año": [1]}, '{"año": [1]}'),
        (date(2026, 3, 9), (DAY, "46090")),
        (date(1900, 3, 1), (DAY, "61")),
        (date(1900, 2, 28), "1900-02-28"),
        (time(18, 0), (CLOCK, "0.75")),
        (datetime(2026, 3, 10, 0, 0, tzinfo=UTC), (INSTANT, "46090.75")),
        (datetime(2026, 3, 9, 6, 0, tzinfo=UTC), (INSTANT, "46090")),
        (datetime(1850, 1, 1, tzinfo=UTC), "1850-01-01T00:00:00+00:00"),
    ],
)
def test_values_are_what_they_are(value, seen):
    assert read(write(["a", "b"], [[value, "end"]])) == {"bookings": [["a", "b"], [seen, "end"]]}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ñ" * 32_767, "ñ" * 32_767),
        ("ñ" * 32_768, "ñ" * 32_766 + "…"),
        ("😀" * 16_383, "😀" * 16_383),
        ("😀" * 16_384, "😀" * 16_383 + "…"),
        ("a" + "😀" * 16_384, "a" + "😀" * 16_382 + "…"),
    ],
)
def test_text_longer_than_a_cell_says_that_it_goes_on(text, seen):
    ((_, (cell,)),) = read(write(["a"], [[text]])).values()

    assert cell == seen


def test_table_longer_than_a_sheet_goes_on_in_the_next_one():
    rows: list[list[object]] = [[str(number)] for number in range(7)]

    sheets = read(write(["a"], rows[:5], [], rows[5:], most_rows=4))

    assert sheets == {
        "bookings": [["a"], ["0"], ["1"], ["2"]],
        "bookings 2": [["a"], ["3"], ["4"], ["5"]],
        "bookings 3": [["a"], ["6"]],
    }


def test_table_that_ends_with_its_sheet_has_no_empty_one():
    assert list(read(write(["a"], [["1"], ["2"], ["3"]], most_rows=4))) == ["bookings"]


def test_table_without_rows_has_its_columns():
    assert read(write(["a", "b"])) == {"bookings": [["a", "b"]]}


def test_columns_are_as_wide_as_what_is_in_them():
    with ZipFile(BytesIO(write(["a", "b", "c"], [["x" * 20, None, "y" * 900]]))) as source:
        columns = ET.fromstring(source.read("xl/worksheets/sheet1.xml")).iter(f"{MAIN}col")

    assert [int(float(column.get("width"))) for column in columns] == [22, 8, 60]


def test_same_table_is_the_same_bytes():
    assert write(["a"], [["ñ"]]) == write(["a"], [["ñ"]])


def test_workbook_is_packed():
    content = write(["a"], [["Ana Pérez"]] * 500)

    assert len(content) < 10_000


def test_table_that_breaks_off_is_no_workbook(tmp_path):
    target = BytesIO()

    def add_and_fail() -> None:
        with Workbook(target, title="x", header=["a"], timezone="UTC", folder=tmp_path) as book:
            book.add([["1"]])
            raise LookupError

    with pytest.raises(LookupError):
        add_and_fail()

    assert target.getvalue() == b""


def test_disk_that_takes_no_more_says_so_itself(tmp_path):
    folder = tmp_path / "waiting"
    folder.mkdir()

    def write_and_lose() -> None:
        with Workbook(BytesIO(), title="x", header=["a"], timezone="UTC", folder=folder) as book:
            book.add([["1"]])
            folder.rename(tmp_path / "elsewhere")

    with pytest.raises(FileNotFoundError, match="waiting"):
        write_and_lose()
