"""What a service's terms are: the one place where its fields are spelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from kernel.instants import DAY_MINUTES
from scheduling.engine import LARGEST_PARTY, LONGEST_AHEAD_MINUTES, Align, ServiceTiming, Strategy, limited
from scheduling.enums import Approval, DepositKind

LARGEST_PRICE_MINOR = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms(ServiceTiming):
    """What is agreed when a service is booked; set-up, view and plan are this and more.

    The columns of ``models.Service`` bear the same names.

    Attributes:
        price_minor: None: on request.
        deposit_minor: For ``fixed``.
        deposit_percent: For ``percent``, 0 to 100.
        reminder_offsets_minutes: Before the start.
    """

    name: str
    strategy: Strategy = Strategy.LEAST_BUSY
    max_party_size: int = field(default=1, metadata=limited(1, LARGEST_PARTY))
    price_minor: int | None = field(default=None, metadata=limited(0, LARGEST_PRICE_MINOR))
    is_price_from: bool = False
    deposit_kind: DepositKind = DepositKind.NONE
    deposit_minor: int = field(default=0, metadata=limited(0, LARGEST_PRICE_MINOR))
    deposit_percent: int = field(default=0, metadata=limited(0, 100))
    cancel_cutoff_minutes: int = field(default=0, metadata=limited(0, LONGEST_AHEAD_MINUTES))
    move_cutoff_minutes: int = field(default=0, metadata=limited(0, LONGEST_AHEAD_MINUTES))
    hold_minutes: int = field(default=10, metadata=limited(1, DAY_MINUTES))
    approval: Approval = Approval.INSTANT
    arrival_modes: tuple[str, ...] = ()
    reminder_offsets_minutes: tuple[int, ...] = (1440, 120)

    @classmethod
    def read(cls, values: Mapping[str, Any], **further: Any) -> Self:
        """Make one of the columns as PostgreSQL gives them, and of what the class has beyond the terms."""
        terms = {name: READERS[name](values[name]) if name in READERS else values[name] for name in TERM_NAMES}
        return cls(**terms, **further)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "align": Align,
    "strategy": Strategy,
    "deposit_kind": DepositKind,
    "approval": Approval,
    "arrival_modes": tuple,
    "reminder_offsets_minutes": tuple,
}
TERM_NAMES = tuple(each.name for each in fields(ServiceTerms))
PUBLIC_TERMS = (
    "name",
    "duration_minutes",
    "is_price_from",
    "seats",
    "approval",
    "minimum_notice_minutes",
    "booking_window_days",
    "cancel_cutoff_minutes",
    "move_cutoff_minutes",
    "arrival_modes",
)
"""What customers may know, besides the price."""
TIMING_NAMES = tuple(each.name for each in fields(ServiceTiming))


def copy_timing(terms: ServiceTiming) -> dict[str, Any]:
    """Return the part that the engine computes with, by name."""
    return {name: getattr(terms, name) for name in TIMING_NAMES}


def find_booking_window(services: Iterable[ServiceTerms]) -> int | None:
    """Return for how many days after today all of some services are booked; None: as far as one likes."""
    windows = (each.booking_window_days for each in services)
    return min((days for days in windows if days is not None), default=None)
