"""Names of the files of PostgreSQL's write-ahead log, and which of them are needed.

A segment is named by timeline and place, 8 + 16 hexadecimal digits (``src/include/access/xlog_internal.h``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

SEGMENT = re.compile(r"[0-9A-F]{24}")
HISTORY = re.compile(r"[0-9A-F]{8}\.history")
"""Of a timeline: from which one it branched off, and where."""
_HIGH = 1 << 32


def parse_lsn(text: str) -> int:
    """Return a place in the log, ``16/B374D848``, as a number.

    Raises:
        ValueError: It is none.
    """
    high, slash, low = text.partition("/")
    if not slash:
        message = f"{text!r} is no place in the log"
        raise ValueError(message)
    return (int(high, 16) << 32) | int(low, 16)


def name_segment(timeline: int, lsn: int, *, segment_bytes: int) -> str:
    """Return the name of the segment that holds a place."""
    number, per_high = lsn // segment_bytes, _HIGH // segment_bytes
    return f"{timeline:08X}{number // per_high:08X}{number % per_high:08X}"


def follow(name: str, *, segment_bytes: int) -> str:
    """Return the name of the segment after this one, on the same timeline."""
    timeline, lsn = read_segment(name, segment_bytes=segment_bytes)
    return name_segment(timeline, lsn + segment_bytes, segment_bytes=segment_bytes)


def read_segment(name: str, *, segment_bytes: int) -> tuple[int, int]:
    """Return the timeline of a segment, and the place at which it begins."""
    number = int(name[8:16], 16) * (_HIGH // segment_bytes) + int(name[16:24], 16)
    return int(name[:8], 16), number * segment_bytes


def has_whole_between(archived: str, current: str, *, segment_bytes: int) -> bool:
    """Tell whether a whole segment lies between the last file that was handed on and the one that is written to.

    What PostgreSQL notes of a base backup is named after the segment in which that began; a history says no place.
    """
    return SEGMENT.match(archived) is not None and follow(archived[:24], segment_bytes=segment_bytes)[8:] < current[8:]


def list_needed(there: Iterable[str], *, first: str, last: str = "") -> list[str]:
    """Return which of the files that are there a server needs to replay the log from a segment on, in order.

    Later timelines come along, with their histories; ``last`` is the last segment that is needed of the first's
    own timeline, and then nothing of later ones is; empty: all that are there.
    """
    found = set(there)
    histories = sorted(name for name in found if HISTORY.fullmatch(name))
    segments = sorted(name for name in found if SEGMENT.fullmatch(name))
    if last and last[:8] == first[:8]:
        return [*histories, *(name for name in segments if first <= name <= last)]
    return [*histories, *(name for name in segments if name[8:] >= first[8:] and name[:8] >= first[:8])]


def find_gap(names: Collection[str], *, first: str, segment_bytes: int) -> tuple[str, str] | None:
    """Return the first segment that is missing and the last one before it; None: there is no gap.

    Each timeline is looked at for itself: a later one begins where it branched off.
    """
    by_timeline: dict[str, list[str]] = {first[:8]: []}
    for name in sorted(filter(SEGMENT.fullmatch, names)):
        by_timeline.setdefault(name[:8], []).append(name)
    for timeline, segments in sorted(by_timeline.items()):
        expected = first if timeline == first[:8] else segments[0]
        before = "the backup itself"
        for name in segments:
            if name != expected:
                return expected, before
            before, expected = name, follow(name, segment_bytes=segment_bytes)
    return None


def list_past(there: Iterable[str], *, first_needed: str) -> list[str]:
    """Return the segments that lie before the first one that any backup needs, on whatever timeline.

    Histories are small, and stay.
    """
    return sorted(name for name in there if SEGMENT.fullmatch(name) and name[8:] < first_needed[8:])
