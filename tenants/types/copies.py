"""Copies of a business: files, archives, and what is put right in one that was made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tenants.types.businesses import TenantInfo


@dataclass(frozen=True, slots=True)
class TenantFile:
    """A stored object of a business: ``path`` inside of its own part of the storage, digest in hexadecimal."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RestoredTenant:
    """A business that was made of an archive, for the rooms that have something to put right in it.

    Attributes:
        former_schema: Where its rows lay when they were copied.
        is_same_secret: The archive was made under the platform's present secret.
    """

    tenant: TenantInfo
    former_schema: str
    is_same_secret: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """Rows about people that are erased, for the rooms that know something about them: ``kind`` is ``app.Model``.

    Attributes:
        since: When each row was erased first: in a copy of an older archive that is before ``at``.
    """

    kind: str
    row_ids: tuple[int, ...]
    at: datetime
    since: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupTrouble:
    """Something that operators hear of: an archive that failed, or businesses without a good one for two nights.

    ``late`` counts those businesses; ``failure``, in English, and the business that it is about are empty then.
    """

    at: datetime
    schema_name: str = ""
    business_name: str = ""
    failure: str = ""
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupStanding:
    """How the archives of a business stand.

    Attributes:
        verified_at: When the newest one that counts was restored for a try and found equal; None: never yet.
        is_late: That was two nights ago, or it never was and the business is two nights old.
        has_failed: The newest attempt failed; ``failure`` says why, in English, where one business is asked about.
    """

    verified_at: datetime | None
    is_late: bool
    has_failed: bool
    failure: str = ""
