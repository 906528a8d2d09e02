"""Values that audit takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from audit.enums import PlatformAction

BY_OWNERS = frozenset({PlatformAction.CLOSE, PlatformAction.REOPEN, PlatformAction.SPEAK, PlatformAction.TAKE})
"""What owners do to their own business: operators' acts have an author, and there is no command for these."""
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
class PlatformAct:
    """An act of an operator, for the platform's log.

    Attributes:
        action: An `audit.enums.PlatformAction` value.
        author_id: The operator; None: the owner of the business (`BY_OWNERS`), a command or the system.
        schema_name: The business that it was done to, and ``business_name`` as it was called then; empty for none.
        person_id: The operator that it was done to; None for nobody.
    """

    action: str
    at: datetime
    author_id: int | None
    schema_name: str = ""
    business_name: str = ""
    person_id: int | None = None
    old: str = ""
    new: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """A line of the platform's log; names are empty when nobody is meant, or the person is gone."""

    id: int
    act: PlatformAct
    author_name: str
    person_name: str

    @property
    def is_by_owner(self) -> bool:
        """Tell whether somebody of the business did it, whom ``reason`` names by a number."""
        return self.act.author_id is None and self.act.action in BY_OWNERS


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
