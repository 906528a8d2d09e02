"""What came of copies: for whoever asked for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenants.types import TenantInfo


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
