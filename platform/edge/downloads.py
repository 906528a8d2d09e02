"""Answers that are files. A table is opened by a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import TextIO

from django.core.files.base import File
from django.http import HttpResponse, StreamingHttpResponse

from kernel.lines import clean_line, disarm
from tenants.services.copies.spreadsheets import Workbook

CHUNK = 1 << 18
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 500
MOST_IN_MEMORY = 1 << 20
"""Of a table that may be long; the rest of it waits on the disk."""


def answer_csv(*, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Answer a table as a CSV file (RFC 4180) named ``name`` and ``.csv``.

    UTF-8 with a byte order mark, by which spreadsheets know the encoding. A text that would be a
    formula begins with an apostrophe, which spreadsheets take for "text" and do not show; numbers stay numbers.
    """
    body = io.StringIO(newline="")
    _write_rows(body, header, rows)
    response = HttpResponse(body.getvalue().encode("utf-8-sig"), content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{_make_filename(name)}.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class FileStream(StreamingHttpResponse):
    """A stored file, sent piece by piece; it is closed when the last one was sent, or whoever asked has gone."""

    def __init__(self, file: File[bytes], *, name: str, size: int) -> None:
        pieces = iter(partial(file.read, CHUNK), b"")
        super().__init__(pieces, content_type="application/octet-stream")
        self._file = file
        self.headers["Content-Length"] = str(size)
        self.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        self.headers["X-Content-Type-Options"] = "nosniff"
        self.headers["Cache-Control"] = "private, no-store"

    def close(self) -> None:
        """Close the file as well."""
        self._file.close()
        super().close()


def answer_pdf(content: bytes, *, name: str) -> HttpResponse:
    """Answer a PDF named ``name`` and ``.pdf`` that the browser may show; it is about a person: nobody keeps it."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{_make_filename(name)}.pdf"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def answer_file(file: File[bytes], *, name: str, size: int) -> FileStream:
    """Answer a stored file of ``size`` bytes as a download that nobody keeps on the way; ``name`` may be anything."""
    parts = [_make_filename(part) for part in name.split(".")]
    return FileStream(file, name=".".join(parts), size=size)


def stream_csv(*, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> FileStream:
    """Answer a table that may be long as `answer_csv` does, sent piece by piece.

    Its rows are used up before anything is sent: an answer that streams goes on without the database. They lie on the
    disk then, not in memory, where only one of them is at a time.
    """
    file = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - the answer closes it
    file.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    _write_rows(text, header, rows)
    text.detach()
    size = file.tell()
    file.seek(0)
    response = FileStream(File(file), name=f"{_make_filename(name)}.csv", size=size)
    response.headers["Content-Type"] = CSV
    return response


def stream_xlsx(
    *, name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[object]], timezone: str
) -> FileStream:
    """Answer a table that may be long as a workbook, as `stream_csv` does; ``title`` is that of its sheet.

    Texts are texts whatever they begin with, and instants stand on the clock of ``timezone``.
    """
    file = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - the answer closes it
    waiting = iter(rows)
    with (
        TemporaryDirectory() as folder,
        Workbook(file, title=title, header=header, timezone=timezone, folder=Path(folder)) as book,
    ):
        while part := list(islice(waiting, ROWS_AT_ONCE)):
            book.add(part)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    response = FileStream(File(file), name=f"{_make_filename(name)}.xlsx", size=size)
    response.headers["Content-Type"] = XLSX
    return response


def _write_rows(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(file)
    writer.writerow([disarm(cell) for cell in header])
    writer.writerows([disarm(cell) for cell in row] for row in rows)


def _make_filename(name: str) -> str:
    """Return a name that every system takes and that cannot end the header."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in name)
    return clean_line(plain.strip("-"), limit=80) or "list"


def answer_zip(content: bytes, *, name: str) -> HttpResponse:
    """Answer a file of somebody's data."""
    answer = HttpResponse(content, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
