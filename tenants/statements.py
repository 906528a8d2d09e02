"""Several writes as one statement: one round trip, and one plan that PostgreSQL keeps.

What belongs to one change lies in tables of several rooms. Each room adds its own part, so
that no room knows another's tables, and all of it is done or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tenants.database import connection


class Statement:
    """A ``WITH`` query that is put together part by part.

    A part may read what the parts before it return. All parts see the tables as they were
    before the statement began, but constraints and ``ON CONFLICT`` see what is there now.
    The same parts in the same order are the same text, whose plan is kept.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._parameters: dict[str, object] = {}

    def add(self, name: str, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Add a part; its parameters are called ``%(<name>_<parameter>)s`` and need a cast each."""
        self._parts.append(f"{name} AS ({sql})")
        for key, value in (parameters or {}).items():
            self._parameters[f"{name}_{key}"] = value

    def fetch(self, select: str) -> list[tuple[Any, ...]]:
        """Do everything and return the rows of ``select``, which reads from the parts."""
        return connection.fetch_planned(f"WITH {', '.join(self._parts)} {select}", self._parameters)


def to_document(value: object) -> str:
    """Write a parameter of type ``jsonb``; instants and dates in the ISO format, to the microsecond."""
    return json.dumps(value, default=_to_text, separators=(",", ":"))


def _to_text(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    message = f"{type(value).__name__} has no place in a document"
    raise TypeError(message)
