"""When a customer is asked how a visit was: soon after it, and never at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.instants import to_instant, to_minutes
from scheduling.engine import to_local_date, to_minute, to_wall
from verticals.contract import FeedbackAsk

WAIT_MINUTES = 120
EVENING = 19 * 60 + 30
DAY_BEGINS, DAY_ENDS = 9 * 60, 20 * 60 + 30
"""Wall minutes between which a question disturbs nobody; who is done later is asked in the morning."""


def find_asking_instant(*, completed_at: datetime, ask: FeedbackAsk, timezone: str) -> datetime | None:
    """Return when to ask about a visit, by the clock of its place; None: nobody is asked.

    Two hours after it, or on the same evening; where that would be at night, when the next day begins. It is never
    before the visit was completed.
    """
    if ask is FeedbackAsk.OFF:
        return None
    completed = to_minutes(completed_at)
    wanted = completed + WAIT_MINUTES
    if ask is FeedbackAsk.EVENING:
        wanted = max(completed + 1, to_minute(timezone, to_local_date(timezone, completed), EVENING))
    wall = to_wall(timezone, wanted)
    if wall.minute >= DAY_ENDS:
        return to_instant(to_minute(timezone, wall.on + timedelta(days=1), DAY_BEGINS))
    if wall.minute < DAY_BEGINS:
        return to_instant(to_minute(timezone, wall.on, DAY_BEGINS))
    return to_instant(wanted)
