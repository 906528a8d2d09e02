"""A base backup: what is known of it without opening it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a base backup holds."""

    FULL = "full"
    """Every file of the server."""
    INCREMENTAL = "incremental"
    """The blocks that changed since the one before it, without which it is worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseBackup:
    """A base backup as its own page in the store describes it (``backup.json``).

    Attributes:
        label: Its name, which sorts by time.
        parent: Label of the one that an incremental builds on; empty for a full one.
        system: PostgreSQL's identifier of the cluster.
        version: PostgreSQL's, as ``server_version_num``: 180001.
        start_lsn, end_lsn: Where its log begins and ends: whoever replays that much has a consistent server.
        end_at: From this instant on, every point in time can be reached with it.
        segment_bytes: Size of a file of the write-ahead log.
        raw_bytes: Of everything in it; ``stored_bytes``: as it lies in the store.
        sha256: Of the stored object.
        is_encrypted: It needs an identity.
        settings: What a second server has to be given as well, to replay the log.
        notes: What was done otherwise than asked for, and why, in English.
    """

    label: str
    kind: Kind
    parent: str
    system: str
    version: int
    timeline: int
    start_lsn: int
    end_lsn: int
    began_at: datetime
    end_at: datetime
    segment_bytes: int
    raw_bytes: int
    stored_bytes: int
    files: int
    sha256: str
    is_encrypted: bool
    settings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def major(self) -> int:
        """Return the major version of PostgreSQL."""
        return self.version // 10_000
