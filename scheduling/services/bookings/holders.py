"""How many times one visitor may keep at once: nobody empties a business's day by clicking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from keyvalue.throttle import close_one, open_one
from scheduling.errors import TooManyHolds

MAX_OPEN_HOLDS = 40
"""Per network address: a family, an office or a carrier's gateway may share one."""
LONGEST_HOLD_SECONDS = 30 * 60
SCOPE = "holds"


@contextmanager
def keep_one(holder: str) -> Iterator[None]:
    """Count a time that ``holder`` keeps from now on, unless the block fails to hold it.

    Raises:
        TooManyHolds: `MAX_OPEN_HOLDS` are neither booked, nor given back, nor over.
    """
    if not open_one(scope=SCOPE, ident=holder, limit=MAX_OPEN_HOLDS, seconds=LONGEST_HOLD_SECONDS):
        raise TooManyHolds
    try:
        yield
    except BaseException:
        note_end(holder)
        raise


def note_end(holder: str) -> None:
    """Count a time less: it was booked or given back."""
    close_one(scope=SCOPE, ident=holder)
