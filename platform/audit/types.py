"""Values that audit takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

FieldChanges = Mapping[str, tuple[object, object]]
"""Field → (old, new), as values that JSON holds."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be logged: ``noun`` and ``row_id`` say of which row, ``version`` is the row's from now on."""

    noun: str
    row_id: int
    version: int
    action: str
    fields: FieldChanges = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after."""

    name: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did to a row.

    Attributes:
        version: The row's version that the change made.
        action: An `audit.enums.Action` value.
        user_id: Who of the staff; None for the system.
        user_name: Empty when nobody did it, or the person is gone.
    """

    version: int
    at: datetime
    action: str
    user_id: int | None
    user_name: str
    fields: tuple[FieldChange, ...]
