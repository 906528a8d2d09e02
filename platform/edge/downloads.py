"""Tables as files. A file is opened by a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from kernel.lines import clean_line, disarm


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


def _make_filename(name: str) -> str:
    """Return a name that every system takes and that cannot end the header."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in name)
    return clean_line(plain.strip("-"), limit=80) or "list"
