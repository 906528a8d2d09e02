"""Cells of tables as files. A file is opened by a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

from decimal import Decimal

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet calculate (OWASP, "CSV Injection")."""


def disarm(cell: object) -> object:
    """Return a cell that no spreadsheet runs: text begins with an apostrophe then. None is an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, int | float | Decimal):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
