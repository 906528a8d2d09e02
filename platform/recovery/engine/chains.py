"""Which base backup is made next, which one reaches an instant, and which ones go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from kernel.personal import BACKUPS_KEPT
from recovery.engine.bases import BaseBackup, Kind

KEPT = BACKUPS_KEPT - timedelta(hours=36)
"""What is older goes in the next night, which may be some hours late: nothing of the platform grows older than people
are told."""
LONGEST_CHAIN = 7
"""A full one and six that build on it: a week of days."""
FIRST_INCREMENTAL_MAJOR = 17


class ParentMissing(Exception):
    """An incremental has lost one that it builds on; the argument is that one's label."""


def list_chain(base: BaseBackup, there: Iterable[BaseBackup]) -> tuple[BaseBackup, ...]:
    """Return what a backup is put together from, the full one first.

    Raises:
        ParentMissing: One of them is not there.
    """
    by_label = {each.label: each for each in there}
    chain = [base]
    while chain[0].kind == Kind.INCREMENTAL:
        parent = by_label.get(chain[0].parent)
        if parent is None or parent in chain:
            raise ParentMissing(chain[0].parent)
        chain.insert(0, parent)
    return tuple(chain)


def is_whole(base: BaseBackup, there: Iterable[BaseBackup]) -> bool:
    """Tell whether everything is there that a backup is put together from."""
    try:
        list_chain(base, there)
    except ParentMissing:
        return False
    return True


def find_parent(there: Sequence[BaseBackup], *, system: str, major: int, now: datetime) -> BaseBackup | None:
    """Return what the next incremental builds on; None: it has to be a full one.

    The newest of the same cluster and version, unless its chain is as long as chains get, too old, or broken.
    """
    if not there:
        return None
    newest = max(there, key=lambda each: each.began_at)
    if (newest.system, newest.major) != (system, major) or major < FIRST_INCREMENTAL_MAJOR:
        return None
    try:
        chain = list_chain(newest, there)
    except ParentMissing:
        return None
    is_old = now - chain[0].began_at >= timedelta(days=LONGEST_CHAIN)
    return None if len(chain) >= LONGEST_CHAIN or is_old else newest


def choose_base(there: Iterable[BaseBackup], *, target: datetime | None) -> BaseBackup | None:
    """Return the newest backup that was complete at an instant; without one, the newest of all."""
    early = [each for each in there if target is None or each.end_at <= target]
    return max(early, key=lambda each: each.end_at, default=None)


def find_next(there: Iterable[BaseBackup], *, target: datetime) -> BaseBackup | None:
    """Return the first backup that began after an instant: little log past its end is needed to reach that instant."""
    return min((each for each in there if each.began_at > target), key=lambda each: each.began_at, default=None)


def choose_removed(there: Sequence[BaseBackup], *, now: datetime) -> list[BaseBackup]:
    """Return the backups whose time is over, the newest first, so that no chain loses its beginning first.

    A chain goes as a whole, once its full backup is as old as `KEPT`. The newest chain that is whole stays, however
    old: the last good one is never removed.
    """
    chains: dict[str, list[BaseBackup]] = {}
    for each in there:
        try:
            first = list_chain(each, there)[0].label
        except ParentMissing:
            first = ""
        chains.setdefault(first, []).append(each)
    orphans = chains.pop("", [])
    last_good = max(chains, default="")
    gone = [
        each
        for first, members in chains.items()
        for each in members
        if first != last_good and now - min(one.began_at for one in members) >= KEPT
    ]
    gone += [each for each in orphans if now - each.began_at >= KEPT]
    return sorted(gone, key=lambda each: each.began_at, reverse=True)
