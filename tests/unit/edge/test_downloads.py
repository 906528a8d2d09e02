from __future__ import annotations

import csv
import io
from decimal import Decimal
from weakref import WeakSet
from zipfile import ZipFile

import pytest
from django.core.files.base import File
from django.core.signals import request_finished

from edge import downloads
from edge.downloads import answer_csv, answer_file, stream_csv, stream_xlsx
from kernel.lines import disarm


class Row(list):
    """A row that tells whether it is still there."""

    __hash__ = object.__hash__


def read(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_a_table_comes_back_as_it_was():
    rows = [["Cambio de aceite, filtro", Decimal("-850.50"), None], ['dice "hola"\nadiós', 2.5, "ñandú"]]

    response = answer_csv(name="servicios", header=["Nombre", "Precio", "Nota"], rows=rows)

    assert read(response) == [
        ["Nombre", "Precio", "Nota"],
        ["Cambio de aceite, filtro", "-850.50", ""],
        ['dice "hola"\nadiós', "2.5", "ñandú"],
    ]
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="servicios.csv"'


@pytest.mark.parametrize(
    "start", [*"=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\t\r\n", " =", "\ufeff+", "\u00a0@", "\u200b="]
)
def test_nothing_that_a_spreadsheet_would_run_leaves(start):
    response = answer_csv(name="x", header=[f"{start}1+1"], rows=[[f"{start}cmd|' /C calc'!A0"]])

    assert read(response) == [[f"'{start}1+1"], [f"'{start}cmd|' /C calc'!A0"]]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (-5, -5),
        (-2.5, -2.5),
        (0, 0),
        ("-5", "'-5"),
        ("a=b", "a=b"),
        (None, ""),
        ("", ""),
        (" ", " "),
        ("#1", "#1"),
        (" Ana", " Ana"),
        ("−5", "−5"),
        ("(=1)", "(=1)"),
        ("３", "３"),
    ],
)
def test_numbers_stay_numbers(cell, written):
    assert disarm(cell) == written


@pytest.mark.parametrize(
    ("name", "filename"),
    [
        ('a"b\r\nSet-Cookie: x', "a-b--Set-Cookie--x"),
        ("ñandú", "and"),
        ("", "list"),
        ("..", "list"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_a_file_name_cannot_end_the_header(name, filename):
    response = answer_csv(name=name, header=[], rows=[])

    assert response.headers["Content-Disposition"].isascii()
    assert filename.rstrip("…") in response.headers["Content-Disposition"]


def test_a_stored_file_is_sent_piece_by_piece_and_closed(monkeypatch):
    monkeypatch.setattr(downloads, "CHUNK", 4)
    file = File(io.BytesIO(b"0123456789"))

    response = answer_file(file, name="taller-2026-11-26.tar.gz", size=10)

    assert list(response.streaming_content) == [b"0123", b"4567", b"89"]
    assert {name: response.headers[name] for name in sorted(response.headers)} == {
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'attachment; filename="taller-2026-11-26.tar.gz"',
        "Content-Length": "10",
        "Content-Type": "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
    }
    monkeypatch.setattr(request_finished, "send", lambda **_: None)  # there was no request
    response.close()
    assert file.closed


def test_a_name_of_a_stored_file_cannot_end_the_header():
    response = answer_file(File(io.BytesIO()), name='a"b\r\nX: y.zip"; z', size=0)

    assert response.headers["Content-Disposition"] == 'attachment; filename="a-b--X--y.zip---z"'


def test_a_long_table_is_sent_piece_by_piece_with_one_row_in_memory(monkeypatch):
    monkeypatch.setattr(downloads, "MOST_IN_MEMORY", 100)
    monkeypatch.setattr(downloads, "CHUNK", 64)
    alive: WeakSet[Row] = WeakSet()
    most = []

    def make_rows():
        for number in range(200):
            row = Row([f"=SUM({number})", number])
            alive.add(row)
            yield row
            most.append(len(alive))

    response = stream_csv(name='a"b', header=["Ñ"], rows=make_rows())

    pieces = list(response.streaming_content)
    content = b"".join(pieces)
    assert max(most) <= 2
    assert max(map(len, pieces)) == 64
    assert content == answer_csv(name="x", header=["Ñ"], rows=[[f"=SUM({n})", n] for n in range(200)]).content
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="a-b.csv"'


def test_long_workbook_waits_on_the_disk_and_its_texts_are_no_formulas():
    rows = ([f"=1+{number}", number] for number in range(1200))

    response = stream_xlsx(name="citas ñ", title="citas", header=["Texto", "Número"], rows=rows, timezone="UTC")

    content = b"".join(response.streaming_content)
    with ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert (sheet.count("<row "), "<f>" in sheet, sheet.count("=1+")) == (1201, False, 1200)
    assert response.headers["Content-Disposition"] == 'attachment; filename="citas.xlsx"'
    assert response.headers["Content-Type"].startswith("application/vnd.openxmlformats")
    assert int(response.headers["Content-Length"]) == len(content)
