"""The waitlist: what somebody waits for, how their entry stands, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kernel.iso import parse_instant
from scheduling.enums import ActorKind, WaitlistStatus, WaitlistStep
from scheduling.types.bookings import Actor
from scheduling.types.wishes import Wish


@dataclass(frozen=True, slots=True)
class WaitlistWish:
    """A visit at any time within local dates ``[from_on, to_on]``, both included.

    Attributes:
        weekdays: 0 for Monday; none: all.
        from_minute: Wall minute of the earliest start; ``to_minute`` is past the latest one. Both or none.
        shortest_notice_minutes: How long before it they have to know.
    """

    wish: Wish
    from_on: date
    to_on: date
    weekdays: tuple[int, ...] = ()
    from_minute: int | None = None
    to_minute: int | None = None
    shortest_notice_minutes: int = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that happened to an entry; ``starts_at`` is the start that was offered, where it is about one."""

    at: datetime
    step: WaitlistStep
    by: ActorKind
    user_id: int | None = None
    starts_at: datetime | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as it is kept."""
        kept: dict[str, object] = {"at": self.at.isoformat(), "step": str(self.step), "by": str(self.by)}
        if self.user_id is not None:
            kept["user_id"] = self.user_id
        if self.starts_at is not None:
            kept["starts_at"] = self.starts_at.isoformat()
        return kept

    @classmethod
    def make(cls, step: WaitlistStep, *, by: Actor, at: datetime, starts_at: datetime | None = None) -> LogLine:
        """Return a new line."""
        return cls(at, step, by.kind, by.user_id, starts_at)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> LogLine | None:
        """Return a line as it was kept; None when it cannot be read."""
        starts_at = kept.get("starts_at")
        try:
            return cls(
                parse_instant(kept["at"]),
                WaitlistStep(kept["step"]),
                ActorKind(kept["by"]),
                kept.get("user_id"),
                parse_instant(starts_at) if starts_at else None,
            )
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class OfferView:
    """A time that is kept for somebody who waited, until ``expires_at``."""

    booking_id: int
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WaitlistEntryView:
    """An entry with everything that a page about it shows.

    Attributes:
        service_id: The first of its services; ``service_name`` names all of them, and so does ``service_names`` by
            languages beside the business's own.
        ahead: How many wait for the same first service, with an earlier entry.
        booking_id: What became of it.
        details: Everything that was typed, as it is kept; nothing once it was removed.
    """

    id: int
    status: WaitlistStatus
    wished: WaitlistWish
    service_id: int
    service_name: str
    service_names: Mapping[str, str]
    location_name: str
    timezone: str
    resource_names: tuple[str, ...]
    name: str
    phone: str
    email: str
    locale: str
    asset_label: str
    note: str
    created_at: datetime
    ended_at: datetime | None
    ahead: int
    offer: OfferView | None
    booking_id: int | None
    log: tuple[LogLine, ...]
    details: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits, or has an offer."""
        return self.status in {WaitlistStatus.WAITING, WaitlistStatus.OFFERED}
