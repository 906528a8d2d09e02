"""The database connection with its tenant methods, for type checkers.

Django types its connection as any backend's; ours follows the tenant (`database.backend`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from django import db

if TYPE_CHECKING:
    from database.backend.base import DatabaseWrapper

connection = cast("DatabaseWrapper", db.connection)
"""The current thread's connection."""

LASTING = "turnero-lasting"
"""As a connection is called (``application_name``) while its transactions may take minutes: whoever ends what holds
others up (``infra/runbooks/slow-business.md``) leaves it alone."""


def write_array(numbers: Iterable[int]) -> str:
    """Write integers as PostgreSQL's array literal; for `fetch_planned`, where psycopg's own lists cost more."""
    return "{" + ",".join(map(str, numbers)) + "}"
