"""What can be booked, where and with whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from kernel.intervals import Interval
from kernel.money import Price
from scheduling.types.terms import ServiceTerms
from scheduling.types.texts import LocalText, find_text


@dataclass(frozen=True, slots=True)
class AddOnView:
    """Something extra."""

    id: int
    name: str
    minutes: int
    price_minor: int
    texts: tuple[LocalText, ...] = ()

    def say_in(self, language: str) -> Self:
        """Return it with its name in a language."""
        return replace(self, name=find_text(self.texts, language, "name", self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView(ServiceTerms):
    """A service as customers and pages see it.

    Attributes:
        lowest_minor: The lowest price, where it depends on who does it.
        is_price_varied: It does: customers read "from" the lowest, and the hold names the price of who was assigned.
    """

    id: int
    description: str
    category: str
    currency: str
    add_ons: tuple[AddOnView, ...]
    location_ids: tuple[int, ...]
    position: int
    lowest_minor: int | None
    is_price_varied: bool

    @property
    def price(self) -> Price:
        """What it costs without extras."""
        return Price(self.lowest_minor, self.currency, is_from=self.is_price_from or self.is_price_varied)

    def say_in(self, language: str, *, categories: Mapping[str, str]) -> Self:
        """Return it with its texts in a language; ``categories`` are the headings of all services in it."""
        return replace(
            self,
            name=find_text(self.texts, language, "name", self.name),
            description=find_text(self.texts, language, "description", self.description),
            category=categories.get(self.category, self.category),
            add_ons=tuple(each.say_in(language) for each in self.add_ons),
        )


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A resource as pages see it."""

    id: int
    name: str
    type_name: str
    location_id: int
    color: str
    is_customer_choosable: bool
    is_link_only: bool = False


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
    map_url: str


@dataclass(frozen=True, slots=True)
class OpeningToday:
    """First opening and last closing of today at one place; None when closed all day."""

    location_id: int
    opens_at: datetime | None
    closes_at: datetime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class PlaceHours:
    """When a place is open.

    Attributes:
        today: With what is special about it.
        week: A usual one, Monday first: wall minutes of each day, ends past 1440 on the next.
    """

    today: OpeningToday
    week: tuple[tuple[Interval, ...], ...]


@dataclass(frozen=True, slots=True)
class BookablePerson:
    """Somebody who is booked; ``user_id`` says who signs in as them, if anybody.

    Attributes:
        email: Where they read of their bookings; empty: nowhere.
    """

    id: int
    name: str
    type_name: str
    user_id: int | None
    email: str
