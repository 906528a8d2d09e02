"""Tables in the encodings, separators and workbooks that people have, and those that are refused."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from files.engine import TableRefused, TableShape, open_table, tables, workbooks


def read(content: bytes, *, most_rows: int = 100) -> tuple[TableShape, list[list[str]]]:
    shape, rows = open_table(io.BytesIO(content), most_rows=most_rows)
    return shape, list(rows)


def make_workbook(write) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    write(book, book.add_worksheet())
    book.close()
    return file.getvalue()


def pack(**members: str) -> bytes:
    """Return a workbook of parts; a name has its folder before two underscores."""
    file = io.BytesIO()
    names = {"workbook": "xl/workbook.xml", "rels": "xl/_rels/workbook.xml.rels", "sheet": "xl/worksheets/sheet1.xml"}
    names |= {"shared": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, text in members.items():
            archive.writestr(names[key], text)
    return file.getvalue()


BOOK = {"workbook": "<workbook/>", "rels": "<Relationships/>"}


@pytest.mark.parametrize(
    ("text", "encoding", "separator", "name"),
    [
        ("Niño;1\nAna;2\n", "cp1252", ";", "Latin-1"),
        ("Niño,1\nAna,2\n", "utf-8-sig", ",", "UTF-8"),
        ("Niño\t1\nAna\t2\n", "utf-16", "\t", "UTF-16"),
        ("Niño|1\nAna|2\n", "utf-8", "|", "UTF-8"),
        ('"Niño";1\r\n"Ana";2\r\n', "utf-8", ";", "UTF-8"),
    ],
)
def test_encoding_and_separator_are_found_out(text, encoding, separator, name):
    assert read(text.encode(encoding)) == (TableShape(name, separator), [["Niño", "1"], ["Ana", "2"]])


def test_commas_within_cells_do_not_outvote_the_separator():
    text = 'Nombre;Nota\n"Ana, Eva";"a, b, c"\nSol;x\n'

    assert read(text.encode())[1] == [["Nombre", "Nota"], ["Ana, Eva", "a, b, c"], ["Sol", "x"]]


def test_a_cell_without_end_separates_nothing():
    shape, rows = open_table(io.BytesIO(b"name;phone\n" + b"x" * 200_000 + b";1\n"), most_rows=5)

    assert (shape.separator, [len(row) for row in rows]) == (";", [2, 2])


def test_one_column_is_a_table_and_blank_rows_are_empty():
    assert read(b"Nombre\n\nAna\n,,\n")[1] == [["Nombre"], [], ["Ana"], []]


def test_latin_letters_far_behind_are_read():
    text = "Nombre\n" + "Ana\n" * 30_000 + "Peña\n"

    assert read(text.encode("cp1252"), most_rows=40_000)[1][-1] == ["Peña"]


def test_long_cells_are_cut_where_it_shows():
    assert len(read(b"Nombre\n" + b"x" * 9_000)[1][1][0]) == tables.LONGEST_CELL + 1


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", tables.EMPTY),
        (b" \n", tables.EMPTY),
        (b'Nombre\n"Ana', tables.NOT_A_TABLE),
        (b"Nombre\n\0", tables.NOT_A_TABLE),
        (b"\xff\xfea", tables.NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0old", tables.OLD_WORKBOOK),
        (b"a\n1\n2\n3\n", tables.TOO_MANY_ROWS),
        (b"PK\x03\x04nothing", workbooks.BROKEN),
        (b"a,b\n" + b"x" * 300_000 + b"\0", tables.NOT_A_TABLE),
    ],
)
def test_what_is_no_table_is_refused(content, text):
    with pytest.raises(TableRefused) as caught:
        read(content, most_rows=2)

    assert caught.value.text == text


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(tables, "MOST_BYTES", 10)

    with pytest.raises(TableRefused) as caught:
        read(b"Nombre\nAna\nEva\n")

    assert caught.value.text == tables.TOO_LARGE


def test_a_workbook_is_read_with_dates_numbers_and_what_formulas_came_to():
    def write(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        own = book.add_format({"num_format": '"d"0.00'})
        sheet.write_row(0, 0, ["Nombre", "Tel", "Fecha", "Total"])
        sheet.write_row(1, 0, ["Ana", 5512345678])
        sheet.write_number(1, 2, 46000, day)
        sheet.write_formula(1, 3, '=HYPERLINK("http://evil")', None, "dicho")
        sheet.write_row(3, 1, [5.5])
        sheet.write_boolean(3, 3, True)
        sheet.write_number(4, 0, 46000.75, day)
        sheet.write_number(4, 1, 3, own)
        sheet.write_number(4, 2, -1, day)
        sheet.write_rich_string(4, 3, "ri", book.add_format({"bold": True}), "ca")

    assert read(make_workbook(write)) == (
        TableShape("", ""),
        [
            ["Nombre", "Tel", "Fecha", "Total"],
            ["Ana", "5512345678", "2025-12-09", "dicho"],
            [],
            ["", "5.5", "", "1"],
            ["2025-12-09 18:00", "3", "-1", "rica"],
        ],
    )


def test_a_workbook_that_counts_from_1904_is_read():
    def write(book, sheet):
        book.use_zip64()
        sheet.write_number(0, 0, 1, book.add_format({"num_format": 14}))

    content = make_workbook(write)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)

    assert read(file.getvalue())[1] == [["1904-01-02"]]


def test_cells_without_places_and_odd_texts_are_read_as_they_stand():
    sheet = (
        "<worksheet><sheetData><row><c t='inlineStr'><is><t>Ana</t></is></c><c><v>x</v></c><c t='s'><v>7</v></c></row>"
        "<row><c s='1'><v>y</v></c><c t='s'><v>0</v></c></row></sheetData></worksheet>"
    )
    styles = "<styleSheet><cellXfs><xf/><xf numFmtId='14'/></cellXfs><cellStyleXfs><xf/></cellStyleXfs></styleSheet>"
    shared = "<sst><si><t>Eva</t><rPh><t>hidden</t></rPh></si></sst>"

    assert read(pack(**BOOK, sheet=sheet, styles=styles, shared=shared))[1] == [["Ana", "x"], ["y", "Eva"]]


@pytest.mark.parametrize(
    "sheet",
    [
        "<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><worksheet><row><c><v>&b;</v></c></row></worksheet>",
        "<worksheet><row>",
        "<worksheet><row r='x'/></worksheet>",
    ],
)
def test_documents_with_types_of_their_own_and_broken_ones_are_refused(sheet):
    with pytest.raises(TableRefused) as caught:
        read(pack(**BOOK, sheet=sheet))

    assert caught.value.text == workbooks.BROKEN


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 1_000_000)
    bomb = "<worksheet><row><c><v>" + "0" * 5_000_000 + "</v></c></row></worksheet>"

    with pytest.raises(TableRefused) as caught:
        read(pack(**BOOK, sheet=bomb))

    assert caught.value.text == workbooks.TOO_MUCH


def test_shared_texts_end(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_SHARED", 1)

    with pytest.raises(TableRefused) as caught:
        read(pack(**BOOK, sheet="<worksheet/>", shared="<sst><si><t>a</t></si><si><t>b</t></si></sst>"))

    assert caught.value.text == workbooks.TOO_MUCH


def test_a_workbook_with_a_password_says_so():
    content = bytearray(pack(**BOOK, sheet="<worksheet/>"))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(magic, start)) >= 0:
            content[start + at] |= 1
            start += 4

    with pytest.raises(TableRefused) as caught:
        read(bytes(content))

    assert caught.value.text == workbooks.ENCRYPTED
