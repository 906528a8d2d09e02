"""Expected failures of the database: what it says by its five-character codes, and when it says nothing more."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError

from kernel.errors import Unavailable
from kernel.text import mark

LOCK_TIMEOUT = "55P03"
"""Someone holds a lock for longer than ``lock_timeout``: whoever tries again waits as long again."""
DEADLOCK, SERIALIZATION_FAILURE, STATEMENT_TIMEOUT = "40P01", "40001", "57014"
BUSY_STATES = frozenset({LOCK_TIMEOUT, DEADLOCK, SERIALIZATION_FAILURE, STATEMENT_TIMEOUT})
AWAY_STATES = frozenset(
    {
        "57P01",  # an administrator ends the connection, or the server
        "57P02",  # another process of the server crashed
        "57P03",  # it starts, stops or recovers
        "57P05",  # this connection did nothing for too long
        "25P03",  # this transaction did nothing for too long
        "25006",  # it is another server's copy, since a moment ago
        "53300",  # it has as many connections as it can
    }
)
AWAY_CLASS = "08"
"""Codes of connections that cannot be made or went away."""


class TooBusy(Unavailable):
    """The database could not finish because of many simultaneous writers."""

    code = "too_busy"
    text = mark("Many people are booking at this moment. Please try again.")


class DatabaseAway(Unavailable):
    """The database does not answer: it is started anew, or cannot be reached."""

    code = "database_away"


def explain_failure(error: BaseException | None) -> Unavailable | None:
    """Return the expected failure that a failure of the database is; None for a defect, and for every other error.

    What was done in the transaction is undone, unless the connection went away while it committed: then nobody knows.
    """
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    state = find_sqlstate(error)
    if state in BUSY_STATES:
        return TooBusy()
    if state in AWAY_STATES or (state or "").startswith(AWAY_CLASS):
        return DatabaseAway()
    # Whoever lost the connection or waited in vain for one was told no code.
    is_lost = state is None and isinstance(error, OperationalError | InterfaceError)
    return DatabaseAway() if is_lost else None


def find_sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's five-character code behind Django's exception."""
    return getattr(error.__cause__, "sqlstate", None)
