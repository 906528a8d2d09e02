"""What is done to a business, and what is left of one that was removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.types.businesses import TenantInfo


@dataclass(frozen=True, slots=True)
class AskedAct:
    """What somebody wants to be done to a business, and why.

    Attributes:
        author_id: The operator; None: a command or the system.
        seen: The state upon which it was decided; None: whatever it is.
        is_owner: The owner of the business wants it, and undoes only what an owner did.
    """

    schema_name: str
    reason: str
    author_id: int | None
    now: datetime
    seen: str | None = None
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class ActDone:
    """What was done to a business, by whom and why, for whoever keeps a log.

    Attributes:
        act: A `tenants.enums.TenantAct` or `CopyAct` value; ``old`` and ``new`` are states.
        author_id: The operator; None: a command, the system, or the owner of the business.
        user_id: Who of the business, for its own log; None: nobody of it.
    """

    tenant: TenantInfo
    act: str
    old: str
    new: str
    reason: str
    author_id: int | None
    at: datetime
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class RemovalProof:
    """That a business was removed; ``finished_at`` is None while that goes on. It names nobody."""

    tenant_id: int
    schema_name: str
    slug: str
    closed_at: datetime
    began_at: datetime
    finished_at: datetime | None
    backups_gone_at: datetime | None
    tables: int = 0
    rows: int = 0
    files: int = 0
    archives: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class SettingChange:
    """What was done to a setting of the current business, for whoever keeps a log.

    Attributes:
        noun: Which kind of setting, and ``row_id`` which of them.
        action: ``created``, ``changed`` or ``deleted``.
        fields: Field → (old, new), as values that JSON holds.
        by_id: Who of the staff; None: nobody.
    """

    noun: str
    row_id: int
    action: str
    fields: Mapping[str, tuple[object, object]]
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class BusinessRemoved:
    """A business of which nothing is left.

    Attributes:
        letter: What the room that tells of it wanted to keep until now.
    """

    proof: RemovalProof
    letter: Mapping[str, Any]
    at: datetime
