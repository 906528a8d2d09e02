"""What a business shows the bank of a disputed payment, as tables that are in words already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext

from tenants.types import TenantInfo
from web.paper.typesetting import choose_paper, make_printable, typeset

SOURCE = Path(__file__).parent / "evidence.typ"


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines, and below them a table; every row is as long as ``head``."""

    heading: str
    lines: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The whole paper, in the active language; ``facts`` are names and what they say, empty ones are left out."""

    tenant: TenantInfo
    title: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[Part]

    def make_pdf(self, *, language: str) -> bytes:
        """Set it; the same bytes, until something else is to be said."""
        said = {
            "paper": choose_paper(self.tenant.country),
            "language": language,
            "name": make_printable(self.tenant.name),
            "title": make_printable(self.title),
            "facts": [(name, make_printable(text)) for name, text in self.facts if text],
            "parts": [_describe(each) for each in self.parts],
            "page": gettext("Page"),
        }
        return typeset(SOURCE, name="evidence", said=said)


def _describe(part: Part) -> dict[str, object]:
    return {
        "heading": part.heading,
        "lines": [make_printable(each) for each in part.lines],
        "head": list(part.head),
        "rows": [[make_printable(cell) for cell in row] for row in part.rows],
    }
