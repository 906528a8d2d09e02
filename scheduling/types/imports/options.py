"""What somebody chooses about a file with visits, beside its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class DateOrder(StrEnum):
    """How 12/08/2026 is read; `FOUND`: as the dates of the file prove, or else as the country writes."""

    FOUND = "found"
    DAY = "day"
    MONTH = "month"


class ClashRule(StrEnum):
    """What becomes of a visit for which there is no room."""

    KEEP = "keep"
    LEAVE = "leave"


class Told(StrEnum):
    """What the customers hear of their visits."""

    NOTHING = "nothing"
    REMINDERS = "reminders"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class VisitOptions:
    """The choices of one import.

    Attributes:
        service_id: Of visits whose row names none that is known; None: these are left out.
    """

    order: DateOrder = DateOrder.FOUND
    clashes: ClashRule = ClashRule.KEEP
    told: Told = Told.NOTHING
    service_id: int | None = None

    def to_json(self) -> dict[str, object]:
        """Return them as the table keeps them."""
        return {
            "order": self.order.value,
            "clashes": self.clashes.value,
            "told": self.told.value,
            "service_id": self.service_id,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> VisitOptions:
        """Return what `to_json` made; what is missing or unknown is as it is by itself."""
        service_id = kept.get("service_id")
        return cls(
            order=_choose(DateOrder, kept.get("order"), DateOrder.FOUND),
            clashes=_choose(ClashRule, kept.get("clashes"), ClashRule.KEEP),
            told=_choose(Told, kept.get("told"), Told.NOTHING),
            service_id=service_id if isinstance(service_id, int) else None,
        )


def _choose(kind: type[Choice], kept: object, default: Choice) -> Choice:
    return kind(str(kept)) if kept in list(kind) else default
