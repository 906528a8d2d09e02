"""How far a copy is, and what came of it: for whoever asked for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenants.types import TenantInfo

Teller = Callable[[int, int], None]
"""Is told how many are done, and of how many. It must not touch the database: the copy reads in a transaction."""


def tell_nobody(_done: int, _of: int) -> None:
    """Nobody waits."""


class Progress:
    """Counts the rooms that are done, of all rooms; the files are one."""

    def __init__(self, tell: Teller) -> None:
        self._tell, self._done, self._of = tell, 0, 0

    def begin(self, of: int) -> None:
        """Say how many there are; a copy that begins anew begins at nothing."""
        self._done, self._of = 0, of
        self._tell(0, of)

    def step(self) -> None:
        """Say that one more is done."""
        self._done += 1
        self._tell(self._done, self._of)


@dataclass(frozen=True, slots=True)
class BackupDone:
    """An archive that was made, with what is in it; ``lost`` are files that could not be read any more."""

    path: Path
    bytes: int
    tables: int
    rows: int
    files: int
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportDone:
    """An export that was written, with what is in it."""

    path: Path
    bytes: int
    tables: int
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class RestoreDone:
    """What came out of an archive and was compared; ``notes`` are for whoever did it, in English.

    Attributes:
        name: Of the business.
        made_at: When the archive was made.
    """

    tenant: TenantInfo
    name: str
    made_at: datetime
    tables: int
    rows: int
    files: int
    notes: tuple[str, ...] = ()
