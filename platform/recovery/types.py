"""What a server says of itself, and what came of restoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recovery.engine.bases import BaseBackup


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a running PostgreSQL says of itself.

    Attributes:
        database: The name of the platform's.
        archives: It hands on its log (``archive_mode``); without that no instant between two backups can be reached.
        summarizes: It keeps what changed (``summarize_wal``, 17 and newer); without that every backup is a full one.
        may_replicate: The role that we are may take a base backup.
    """

    database: str
    system: str
    version: int
    segment_bytes: int
    archives: bool
    summarizes: bool
    may_replicate: bool
    data_bytes: int
    settings: Mapping[str, str]

    @property
    def major(self) -> int:
        """Return the major version."""
        return self.version // 10_000


@dataclass(frozen=True, slots=True)
class Restored:
    """A data directory that a server can be started on, with the log to replay and the files of businesses beside it.

    Attributes:
        target: The instant that it stops at; None: the end of the log.
        bases: The backups that it was made of, the full one first.
        passed_over: Of which backups nobody knows what they are, in words: their pages cannot be read.
    """

    data: Path
    wal: Path
    files: Path
    target: datetime | None
    bases: tuple[BaseBackup, ...]
    segments: int
    pictures: int
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDone:
    """What a drill measured and compared.

    Attributes:
        lost_seconds: RPO: had the machine burned down when the drill began, so much would have been lost.
        ready_seconds: RTO: from nothing but the store to a server that answers.
        steps: The parts of that, in seconds.
        equal: Tables with the same count as the living server had at that instant.
        between: Tables that were written meanwhile, and whose count lies between the one before and the one after.
        different: Tables with another count: expected least and most, and found.
        rows: Of all tables of the second server.
        pictures: Files of businesses that are there and as the rows say; ``spoiled`` are not.
    """

    target: datetime
    reached: datetime | None
    lost_seconds: float | None
    ready_seconds: float
    steps: Mapping[str, float]
    tables: int
    rows: int
    equal: int
    between: int
    different: Mapping[str, tuple[int, int, int]]
    pictures: int
    spoiled: tuple[str, ...]
    raw_bytes: int
    stored_bytes: int
    data_bytes: int
    bases: int
    segments: int


@dataclass(frozen=True, slots=True)
class PlatformStanding:
    """How the backups of the platform stand.

    Attributes:
        made_at: When the last good one was begun; None: there was none.
        failure: Why the last attempt failed; empty when it did not.
        is_late: There was no good one for two nights.
        is_set_up: Somebody has tried at all.
    """

    made_at: datetime | None
    failure: str
    is_late: bool
    is_set_up: bool
