"""Timelines: what a restored server writes branches off from what was written before it, and both lie in the store.

Format of a history: https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-TIMELINES.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from recovery.engine.wal import parse_lsn


def parse_history(content: bytes) -> dict[int, int]:
    """Return where each earlier timeline was left for the next one, as a place in the log.

    Raises:
        ValueError: It is no history.
    """
    lines = (line.split("#")[0].split() for line in content.decode().splitlines())
    left = {int(words[0]): parse_lsn(words[1]) for words in lines if len(words) > 1}
    if not left:
        message = "a history names at least one timeline"
        raise ValueError(message)
    return left


def find_living(begun: Mapping[int, datetime], *, backed_up: Iterable[int], target: datetime | None) -> int:
    """Return the timeline that was written to at an instant; without one, the last.

    ``begun`` says when each was begun whose history there is, ``backed_up`` of which there were backups by then.
    """
    return max([*backed_up, *(each for each, at in begun.items() if target is None or at <= target)], default=1)


def leads_to(living: int, *, left: Mapping[int, int], timeline: int, end_lsn: int) -> bool:
    """Tell whether a backup of a timeline was complete before that was left for what leads to the living one."""
    return timeline == living or end_lsn <= left.get(timeline, -1)
