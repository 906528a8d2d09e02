"""What a new tenant starts with, so that its page takes bookings before anything was set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verticals.contract.words import Words

# ISO 4217 gives these no minor unit.
ZERO_DECIMAL_CURRENCIES = frozenset({"CLP", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"})

WEEKDAYS = (0, 1, 2, 3, 4)
"""Monday to Friday; 0 is Monday."""


def price_list(**major: int) -> Mapping[str, int]:
    """Return currency → minor units, from whole major units: ``price_list(MXN=850, CLP=45_000)``."""
    return {
        currency: amount if currency in ZERO_DECIMAL_CURRENCIES else amount * 100 for currency, amount in major.items()
    }


class KitApproval(StrEnum):
    """How a service is confirmed."""

    INSTANT = "instant"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class KitResourceType:
    """A kind of resource; ``key`` is used inside the kit only."""

    key: str
    name: Words
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class KitResource:
    """One resource of ``type`` (a key); ``color`` is one of `kernel.colors.PALETTE`."""

    type: str
    name: Words
    color: str
    capacity: int = 1
    is_customer_choosable: bool = False


@dataclass(frozen=True, slots=True)
class KitHours:
    """A stretch of some weekdays; wall times ``HH:MM``."""

    weekdays: tuple[int, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class KitRequirement:
    """``quantity`` resources of ``type`` for a part of the visit; no duration = to the end."""

    type: str
    quantity: int = 1
    starts_after_minutes: int = 0
    duration_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class KitAddOn:
    """An extra of a service: longer by ``minutes``, dearer by its price."""

    name: Words
    minutes: int
    prices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KitService:
    """A service; its requirements in the order in which they lead the grid of starts.

    Attributes:
        prices: Currency → minor units; a currency that is missing leaves the price open.
        most_places: Of a group's ``seats``, how many one booking can take; None: all of them.
        notice_minutes: How long before its start it can still be booked.
        window_days: For how many days ahead it can be booked.
        cutoff_minutes: How long before its start customers can still cancel and move it.
        arrival_modes: Keys of the pack's arrival modes.
        every: After how much on the asset's meter it is due again, by the meter's unit.
        every_months: After how many months it is due again; 0: it is not. What comes first counts.
    """

    key: str
    name: Words
    description: Words
    category: Words
    duration_minutes: int
    requirements: tuple[KitRequirement, ...]
    prices: Mapping[str, int] = field(default_factory=dict)
    is_price_from: bool = False
    approval: KitApproval = KitApproval.INSTANT
    seats: int | None = None
    most_places: int | None = None
    step_minutes: int = 15
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    notice_minutes: int = 60
    window_days: int = 60
    cutoff_minutes: int = 240
    arrival_modes: tuple[str, ...] = ()
    add_ons: tuple[KitAddOn, ...] = ()
    every: Mapping[str, int] = field(default_factory=dict)
    every_months: int = 0


@dataclass(frozen=True, slots=True)
class KitCapacityRule:
    """At most ``limit`` bookings per ``period`` (hour, day, week), of one arrival mode or of all."""

    period: str
    limit: int
    arrival_mode: str = ""


@dataclass(frozen=True, slots=True)
class StarterKit:
    """Everything a fresh tenant gets.

    Attributes:
        hours: Of the location; resources follow it.
        breaks: Of each resource whose type is a person; a car stays in its bay meanwhile.
        reminder_minutes: Before the start, longest first.
        what_to_bring: Shown on the confirmation and in messages.
    """

    location_name: Words
    resource_types: tuple[KitResourceType, ...]
    resources: tuple[KitResource, ...]
    hours: tuple[KitHours, ...]
    services: tuple[KitService, ...]
    what_to_bring: Words
    breaks: tuple[KitHours, ...] = ()
    capacity_rules: tuple[KitCapacityRule, ...] = ()
    reminder_minutes: tuple[int, ...] = (1440, 120)
