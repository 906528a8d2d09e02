"""What the business says about each thing of its catalog; one complete description of each.

A form, a serializer or an import may derive from the fields of these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.types.pools import Pool
from scheduling.types.terms import ServiceTerms
from scheduling.types.texts import LocalText

SetupT_co = TypeVar("SetupT_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationSetup:
    """A branch; ``region`` is the second part of ISO 3166-2, for its public holidays.

    ``map_url`` is where customers see the way there; empty: a map that looks for ``address``.
    """

    name: str
    timezone: str
    address: str = ""
    phone: str = ""
    email: str = ""
    map_url: str = ""
    what_to_bring: str = ""
    region: str = ""
    observes_public_holidays: bool = True
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceTypeSetup:
    """A kind of resource."""

    name: str
    is_person: bool = False
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSetup:
    """A resource, without its hours and exceptions, which have services of their own.

    Attributes:
        timezone: Empty: the location's.
        color: ``#rrggbb``, or empty.
        weight: The share in round robin.
        position: None: at the end when it is created, as it is when it is changed.
        user_id: Whose account it is: who signs in as this person; None: nobody's.
        is_link_only: Customers book it by its own link alone; then they do not choose it from a list.
    """

    name: str
    resource_type_id: int
    location_id: int
    capacity: int = 1
    timezone: str = ""
    skills: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    color: str = ""
    is_customer_choosable: bool = False
    is_link_only: bool = False
    efficiency_percent: int = 100
    weight: int = 1
    position: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementSetup:
    """``quantity`` resources of a pool for a part of the visit: by names, or by type, skill or both.

    ``duration_minutes`` None: to the end. ``same_as`` is the place, from 0, of the service's requirement that
    has to have the same resources (the same person for the beginning and the end of a coloring).
    """

    resource_ids: tuple[int, ...] = ()
    resource_type_id: int | None = None
    skill: str = ""
    quantity: int = 1
    starts_after_minutes: int = 0
    duration_minutes: int | None = None
    same_as: int | None = None

    @property
    def pool(self) -> Pool:
        """Return who or what can fill it."""
        return Pool(self.resource_ids, self.resource_type_id, self.skill)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceResourceSetup:
    """What differs when one resource fills the first requirement of a service; None: as the service has it."""

    resource_id: int
    duration_minutes: int | None = None
    price_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSetup(ServiceTerms):
    """A service: its terms, its texts and what it takes.

    Attributes:
        per_resource: Lengths and prices of those who need another one; at most one for each resource.
        position: None: at the end when it is created, as it is when it is changed.
    """

    requirements: tuple[RequirementSetup, ...]
    per_resource: tuple[ServiceResourceSetup, ...] = ()
    description: str = ""
    category: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOnSetup:
    """Something extra of one service; ``texts`` are its names in other languages."""

    service_id: int
    name: str
    minutes: int = 0
    price_minor: int = 0
    texts: tuple[LocalText, ...] = ()
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSetup:
    """One weekly period in wall minutes; ``closes_minute <= opens_minute``: on the next day.

    ``valid_from`` and ``valid_to`` are included; None is without limit.
    """

    weekday: int
    opens_minute: int
    closes_minute: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSetup:
    """A whole week; a resource without ``hours`` follows its location's."""

    hours: tuple[PeriodSetup, ...] = ()
    breaks: tuple[PeriodSetup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOverrideSetup:
    """What holds on one local date instead of the week, of a resource or of a whole location.

    ``periods`` are (opens, closes) wall minutes; none: closed. With ``is_closing`` they are taken away from
    whatever else holds.
    """

    on: date
    resource_id: int | None = None
    location_id: int | None = None
    periods: tuple[tuple[int, int], ...] = ()
    is_closing: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffSetup:
    """A period, half-open, in which a resource does not work."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidaySetup:
    """A date that differs from the country's list: closed all the same, or worked.

    ``location_id`` None: at all locations.
    """

    on: date
    is_closed: bool = True
    location_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetup:
    """At most ``limit`` of ``measure`` in each ``period``, for what ``scope`` names.

    Only bookings that start on one of ``weekdays`` (0 for Monday; none = all), from ``from_minute`` to before
    ``to_minute`` on the clock of their location, and on a date from ``valid_from`` to ``valid_to`` (both included)
    are counted and limited; None is without limit. ``to_minute <= from_minute`` goes on past midnight. With an
    ``arrival_mode`` only those who arrive so, whatever the scope.
    """

    scope: RuleScope
    period: RulePeriod
    limit: int
    measure: Measure = Measure.BOOKINGS
    location_id: int | None = None
    resource_id: int | None = None
    service_id: int | None = None
    arrival_mode: str = ""
    weekdays: tuple[int, ...] = ()
    from_minute: int | None = None
    to_minute: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SetupWarning:
    """What can be saved but does not work as it looks; ``text`` is in the active language.

    Attributes:
        is_hint: It works, and hangs by a thread.
    """

    field: str
    text: str
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class Entry(Generic[SetupT_co]):
    """A thing of the catalog as lists and forms need it.

    Attributes:
        version: What the next change has to name.
        coming_bookings: How many active bookings that have not ended use it.
        is_sample: The starter kit made it up, and nobody has saved it since.
        place: What its list is ordered by, rising; empty where it was looked up alone.
    """

    id: int
    version: int
    is_active: bool
    setup: SetupT_co
    coming_bookings: int = 0
    is_sample: bool = False
    place: tuple[int | str | datetime, ...] = field(default=(), compare=False)


SetupErrors = Mapping[str, tuple[str, ...]]
