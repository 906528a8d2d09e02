"""What led to the server as it was at an instant: the timeline that was living then, and its share of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from recovery.engine.bases import BaseBackup
from recovery.engine.timelines import find_living, leads_to, parse_history
from recovery.engine.wal import HISTORY
from recovery.errors import BackupSpoiled
from recovery.services import log_archive, objects
from recovery.services.log_archive import Stored
from tenants.services.copies.seals import Identity


@dataclass(frozen=True, slots=True)
class Line:
    """The timeline of a cluster that was living, where those before it were left, and the log up to it by name.

    Attributes:
        later: Histories of timelines that were begun afterwards: who goes on from here takes none of their numbers.
    """

    living: int
    left: Mapping[int, int]
    stored: Mapping[str, Stored]
    later: tuple[Stored, ...]

    def holds(self, base: BaseBackup) -> bool:
        """Tell whether a backup leads here: of a server that was restored meanwhile, later ones do not."""
        return leads_to(self.living, left=self.left, timeline=base.timeline, end_lsn=base.end_lsn)


def read_line(
    system: str, bases: Sequence[BaseBackup], *, target: datetime | None, identities: Sequence[Identity]
) -> Line:
    """Return what led to a cluster as it was at an instant; without one, as late as the store goes.

    Raises:
        BackupSpoiled: The history of its timeline is not as it was written.
        IdentityNeeded, IdentityWrong: That is encrypted, and none of the keys opens it.
        StoreAway: The store does not answer.
    """
    stored = log_archive.list_stored(system)
    histories = {_read_timeline(name): each for name, each in stored.items() if HISTORY.fullmatch(name)}
    backed_up = [each.timeline for each in bases if each.system == system and (not target or each.end_at <= target)]
    begun = {timeline: each.handed_at for timeline, each in histories.items()}
    living = find_living(begun, backed_up=backed_up, target=target)
    left = _read_history(histories[living], identities) if living in histories else {}
    return Line(
        living,
        left,
        stored={name: each for name, each in stored.items() if _read_timeline(name) <= living},
        later=tuple(each for timeline, each in sorted(histories.items()) if timeline > living),
    )


def _read_history(stored: Stored, identities: Sequence[Identity]) -> Mapping[int, int]:
    with TemporaryDirectory() as folder, objects.reading(stored.place, identities, Path(folder)) as source:
        try:
            return parse_history(source.read())
        except ValueError as error:
            raise BackupSpoiled(label=stored.name, why="it is no history of a timeline") from error


def _read_timeline(name: str) -> int:
    return int(name[:8], 16)
