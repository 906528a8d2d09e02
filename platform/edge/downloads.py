"""Answers that are files. A table is opened by a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial

from django.core.files.base import File
from django.http import HttpResponse, StreamingHttpResponse

from kernel.lines import clean_line, disarm

CHUNK = 1 << 18


def answer_csv(*, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Answer a table as a CSV file (RFC 4180) named ``name`` and ``.csv``.

    UTF-8 with a byte order mark, by which spreadsheets know the encoding. A text that would be a
    formula begins with an apostrophe, which spreadsheets take for "text" and do not show; numbers stay numbers.
    """
    body = io.StringIO(newline="")
    writer = csv.writer(body)
    writer.writerow([disarm(cell) for cell in header])
    writer.writerows([disarm(cell) for cell in row] for row in rows)
    response = HttpResponse(body.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
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


def answer_file(file: File[bytes], *, name: str, size: int) -> FileStream:
    """Answer a stored file of ``size`` bytes as a download that nobody keeps on the way; ``name`` may be anything."""
    parts = [_make_filename(part) for part in name.split(".")]
    return FileStream(file, name=".".join(parts), size=size)


def _make_filename(name: str) -> str:
    """Return a name that every system takes and that cannot end the header."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in name)
    return clean_line(plain.strip("-"), limit=80) or "list"
