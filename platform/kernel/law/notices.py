"""What a privacy notice has to say where people book, by country.

The table is `notices.toml`. Every row says where it is from and how sure we are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from kernel.law.persons import EVERYWHERE, SURE
from kernel.law.taxes import CONFIDENCES

HEALTH, FINANCIAL = "health", "financial"
SENSITIVE = frozenset({HEALTH, FINANCIAL})


@dataclass(frozen=True, slots=True)
class NoticeLaw:
    """What the notice of a country says.

    Attributes:
        separates: Purposes that need consent stand apart, and can be refused before anything is given.
        names_bases: It says for each purpose what allows it.
        express_for: Data for which consent has to be express: `HEALTH`, `FINANCIAL`.
        minors: It says from which age people agree themselves.
        confidence: How sure we are: H, M or L; ``doubts`` says of what we are not.
    """

    country: str
    separates: bool
    names_bases: bool
    names_retention: bool
    names_transfers: bool
    source: str
    reviewed_on: date
    confidence: str
    doubts: str
    express_for: frozenset[str] = frozenset()
    minors: bool = False

    @property
    def is_sure(self) -> bool:
        """Tell whether nobody needs to look at it again before it is shown."""
        return self.confidence == SURE and not self.doubts


def find_notice_law(country: str) -> NoticeLaw:
    """Return what the notice of a country (ISO 3166-1 alpha-2) says; of one that we do not know, our own choice."""
    laws = list_notice_laws()
    return laws.get(country, laws[EVERYWHERE])


@lru_cache(maxsize=1)
def list_notice_laws() -> Mapping[str, NoticeLaw]:
    """Return the table that is in force, by country; under `EVERYWHERE` what holds in all others."""
    return read_notice_laws(files("kernel.law").joinpath("notices.toml").read_text(encoding="utf-8"))


def read_notice_laws(text: str) -> Mapping[str, NoticeLaw]:
    """Read a table of notices.

    Raises:
        ValueError: It is not one: a key is missing or unknown, a country comes twice, data are of a kind that nobody
            knows, nothing says where a row is from or how sure we are, or no row holds everywhere.
    """
    table = tomllib.loads(text)
    laws: dict[str, NoticeLaw] = {}
    try:
        for row in table["notices"]:
            data = dict(row)
            for country in data.pop("places"):
                if country in laws:
                    message = f"{country} comes twice"
                    raise ValueError(message)
                laws[country] = _read_law(country, data, table["reviewed_on"])
    except (KeyError, TypeError) as error:
        message = f"not a table of notices: {error}"
        raise ValueError(message) from error
    if EVERYWHERE not in laws:
        raise ValueError("no row holds everywhere")
    return MappingProxyType(laws)


def _read_law(country: str, row: Mapping[str, Any], reviewed_on: date) -> NoticeLaw:
    data = {**row, "express_for": frozenset(row.get("express_for", ()))}
    law = NoticeLaw(country=country, reviewed_on=reviewed_on, **data)
    if not law.source or law.confidence not in CONFIDENCES:
        message = f"{country}: say where this is from, and how sure we are"
        raise ValueError(message)
    if unknown := law.express_for - SENSITIVE:
        message = f"{country}: nobody knows what {', '.join(sorted(unknown))} is"
        raise ValueError(message)
    return law
