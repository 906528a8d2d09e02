"""Nobody books by a catalog that has changed meanwhile, and no change overlooks who is just booking.

Each change of the catalog makes a new edition, before it looks at what is booked. A booking shares
the edition with which it was planned from before its first lock until it commits: a change waits for it and counts it,
and whoever planned before a change plans anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from database.connection import connection
from database.errors import TooBusy
from database.statements import Statement

P = ParamSpec("P")
T = TypeVar("T")

MOST_PLANS = 10
KEEP_SQL = "SELECT e.number FROM scheduling_catalogedition e WHERE e.number = %(edition_number)s::int8 FOR SHARE"
SHARE_SQL = "SELECT e.number FROM scheduling_catalogedition e FOR SHARE"
RAISE_SQL = """
INSERT INTO scheduling_catalogedition AS e (id, number) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET number = e.number + 1
"""

_is_preview: ContextVar[bool] = ContextVar("is_preview", default=False)


class PlanOutdated(Exception):
    """The catalog has changed since the visit was planned."""


def plans_anew(service: Callable[P, T]) -> Callable[P, T]:
    """Let a service that plans and books begin anew when the catalog changes in between.

    Raises:
        TooBusy: It changed again and again.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(MOST_PLANS):
            try:
                return service(*args, **kwargs)
            except PlanOutdated as error:
                last = error
        raise TooBusy from last

    return run


def keep_edition(number: int) -> None:
    """Let nobody change the catalog until the transaction ends; before any other lock.

    Raises:
        PlanOutdated: It is another edition already.
    """
    statement = Statement()
    add_edition_part(statement, number)
    if not statement.fetch("SELECT number FROM edition"):
        raise PlanOutdated


def add_edition_part(statement: Statement, number: int) -> None:
    """Let a statement do the same; its part ``edition`` has a row while the edition holds."""
    # A row that somebody changes at this moment is waited for, and looked at again.
    statement.add("edition", KEEP_SQL, {"number": number})


def share_edition() -> None:
    """Let nobody change the catalog until the transaction ends, whatever edition it is."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE_SQL)


def make_edition() -> None:
    """Wait for everybody who is just booking, and hold back whoever comes until the transaction ends.

    Nothing is held back while a change is only looked at.
    """
    if not _is_preview.get():
        with connection.cursor() as cursor:
            cursor.execute(RAISE_SQL)


def is_preview() -> bool:
    """Tell whether a change is only looked at."""
    return _is_preview.get()


@contextmanager
def previewing() -> Iterator[None]:
    """Look at what changes of the block would do, and hold nobody back; the caller undoes them."""
    token = _is_preview.set(True)
    try:
        yield
    finally:
        _is_preview.reset(token)
