"""What one booking asks for: services one after the other, as one visit."""

from dataclasses import dataclass
from typing import NamedTuple

from scheduling.engine.enums import Align
from scheduling.engine.errors import refuse_if
from scheduling.engine.types.service import BookablePeriod, ServiceSpec


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One service of a visit, longer by the minutes of its add-ons.

    A part that lasts to the end of the service grows with it.
    """

    service: ServiceSpec
    extra_minutes: int = 0

    def __post_init__(self) -> None:
        """Refuse add-ons that would shorten the service."""
        refuse_if(self.extra_minutes < 0, "extra_minutes", "negative")


@dataclass(frozen=True, slots=True)
class Part:
    """A requirement placed in a visit: ``quantity`` of ``pool`` for a stretch of it.

    It works in ``[start + starts_after, start + starts_after + duration)`` and
    occupies that widened by its two buffers. A resource fills several places only where these do
    not occupy the same minute. ``same_as`` is the index of the visit's part that must have the same resources.
    """

    pool: tuple[int, ...]
    quantity: int
    starts_after_minutes: int
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    buffers_inside_hours: bool
    same_as: int | None = None

    def occupied_at(self, start_minute: int) -> tuple[int, int]:
        """Return the period that it occupies of a visit that starts at a minute, buffers included."""
        begins = start_minute + self.starts_after_minutes
        return begins - self.buffer_before_minutes, begins + self.duration_minutes + self.buffer_after_minutes


class Length(NamedTuple):
    """One way how long a visit may last, by who begins each of its services.

    ``parts`` are the visit's, with only those in the pools of the first requirements who need this long (of several
    at once: nobody who needs longer). ``line_minutes`` are the lengths of its services, add-ons included.
    """

    duration_minutes: int
    parts: tuple[Part, ...]
    line_minutes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VisitSpec:
    """What one booking asks for; made by `compose_visit`.

    The grid of starts is laid from the hours of the pool of ``parts[0]``.
    ``service_id`` is the service whose sessions can be joined. ``notice_minutes``
    is the longest notice and ``window_days`` the shortest booking window of its
    services. Each of ``chosen`` must serve in one place at least; the grid and the other places are
    open to everybody. It starts within each of ``bookable``, at ``latest_start_minute`` at the latest.

    ``first_parts`` has for each service the index of the part of its first requirement. Where it matters who fills
    those, ``lengths`` has every length there can be, the shortest first; ``duration_minutes``, ``parts`` and
    ``line_minutes`` are then what the services say without it (`list_lengths`, `settle_length`). ``grid_pool`` lays
    the grid instead of the pool of ``parts[0]``.
    """

    service_id: int
    duration_minutes: int
    step_minutes: int
    align: Align
    notice_minutes: int
    window_days: int | None
    seats: int | None
    parts: tuple[Part, ...]
    chosen: frozenset[int] = frozenset()
    bookable: tuple[tuple[BookablePeriod, ...], ...] = ()
    latest_start_minute: int | None = None
    line_minutes: tuple[int, ...] = ()
    first_parts: tuple[int, ...] = ()
    lengths: tuple[Length, ...] = ()
    grid_pool: tuple[int, ...] = ()

    @property
    def pool(self) -> frozenset[int]:
        """Return everybody who could serve a part of it."""
        return frozenset(resource_id for part in self.parts for resource_id in part.pool)

    @property
    def longest_minutes(self) -> int:
        """Return how long it may last at most."""
        return max((length.duration_minutes for length in self.lengths), default=self.duration_minutes)
