"""What can be booked, where and with whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DepositPolicyView:
    """What is asked beforehand; ``kind`` is a `scheduling.enums.DepositKind` value."""

    kind: str
    amount_minor: int
    percent: int


@dataclass(frozen=True, slots=True)
class AddOnView:
    """Something extra."""

    id: int
    name: str
    minutes: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service as customers and pages see it."""

    id: int
    name: str
    description: str
    category: str
    duration_minutes: int
    price_minor: int | None
    currency: str
    is_price_from: bool
    deposit: DepositPolicyView
    seats: int | None
    max_party_size: int
    approval: str
    minimum_notice_minutes: int
    booking_window_days: int | None
    cancel_cutoff_minutes: int
    move_cutoff_minutes: int
    arrival_modes: tuple[str, ...]
    add_ons: tuple[AddOnView, ...]
    location_ids: tuple[int, ...]
    position: int
    hold_minutes: int


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A resource as pages see it."""

    id: int
    name: str
    type_name: str
    location_id: int
    color: str
    is_customer_choosable: bool


@dataclass(frozen=True, slots=True)
class LocationView:
    """A branch."""

    id: int
    name: str
    timezone: str
    address: str
    phone: str
    email: str
    what_to_bring: str


@dataclass(frozen=True, slots=True)
class OpeningToday:
    """First opening and last closing of today; None when closed all day."""

    opens_at: datetime | None
    closes_at: datetime | None
    timezone: str
