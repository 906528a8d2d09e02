"""How many times one visitor may keep at once: nobody empties a business's day by clicking."""

from __future__ import annotations

from keyvalue.throttle import count_open, note_closed, note_opened
from scheduling.errors import TooManyHolds

MAX_OPEN_HOLDS = 40
"""Per network address: a family, an office or a carrier's gateway may share one."""
LONGEST_HOLD_SECONDS = 30 * 60
SCOPE = "holds"


def check_holder(holder: str) -> None:
    """Refuse someone who keeps too many times already.

    Raises:
        TooManyHolds: `MAX_OPEN_HOLDS` are neither booked, nor given back, nor over.
    """
    if count_open(scope=SCOPE, ident=holder) >= MAX_OPEN_HOLDS:
        raise TooManyHolds


def note_hold(holder: str) -> None:
    """Count a time that ``holder`` keeps from now on."""
    note_opened(scope=SCOPE, ident=holder, seconds=LONGEST_HOLD_SECONDS)


def note_end(holder: str) -> None:
    """Count a time less: it was booked or given back."""
    note_closed(scope=SCOPE, ident=holder)
