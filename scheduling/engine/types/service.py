"""What is sold: how long it takes, whom it needs, and when it starts."""

from dataclasses import dataclass, field
from typing import NamedTuple

from kernel.instants import DAY_MINUTES
from scheduling.engine.enums import Align
from scheduling.engine.errors import limited, refuse_if

LONGEST_VISIT_MINUTES = 14 * DAY_MINUTES
LONGEST_AHEAD_MINUTES = 5 * 366 * DAY_MINUTES
LARGEST_PARTY = 100_000


class BookablePeriod(NamedTuple):
    """A weekly period in which a visit may start, on the clock of its location.

    ``weekday`` is 0 for Monday. ``closes_minute <= opens_minute`` means that it closes on the next day; it
    belongs to the weekday on which it begins.
    """

    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """``quantity`` distinct resources of ``pool`` for a part of a service.

    ``pool`` is in order of preference, without repetition. The part lasts from
    ``starts_after_minutes`` for ``duration_minutes`` (None: to the end). ``same_as`` is the index of
    the service's requirement that must have the same resources; they must lie in both pools.
    """

    pool: tuple[int, ...]
    quantity: int = 1
    starts_after_minutes: int = 0
    duration_minutes: int | None = None
    same_as: int | None = None

    def __post_init__(self) -> None:
        """Refuse an empty or repeating pool and impossible numbers."""
        refuse_if(not self.pool, "pool", "empty")
        refuse_if(len(set(self.pool)) != len(self.pool), "pool", "duplicate_resource")
        refuse_if(self.quantity < 1, "quantity", "not_positive")
        refuse_if(self.starts_after_minutes < 0, "starts_after_minutes", "negative")
        is_empty = self.duration_minutes is not None and self.duration_minutes < 1
        refuse_if(is_empty, "duration_minutes", "not_positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTiming:
    """How long a service lasts, on which grid it starts, and how far ahead it can be booked.

    ``buffer_before_minutes`` and ``buffer_after_minutes`` are added to each part, also in the
    middle of the service. ``buffers_inside_hours``: buffers must lie in working time.
    ``booking_window_days`` counts local dates after today's (0 = only today,
    None = no limit). With ``seats`` it is a group service. A visit starts within ``bookable_hours`` (none = at any
    time) and at ``latest_start_minute`` of its own local date at the latest. Notice, window, bookable hours and latest
    start bind customers, not staff.

    Each number's ``limits`` (least and most, both included) are what the business may set.
    """

    duration_minutes: int = field(metadata=limited(1, LONGEST_VISIT_MINUTES, is_public=True))
    step_minutes: int = field(default=15, metadata=limited(1, DAY_MINUTES))
    buffer_before_minutes: int = field(default=0, metadata=limited(0, DAY_MINUTES))
    buffer_after_minutes: int = field(default=0, metadata=limited(0, DAY_MINUTES))
    buffers_inside_hours: bool = False
    align: Align = Align.PERIOD
    minimum_notice_minutes: int = field(default=0, metadata=limited(0, LONGEST_AHEAD_MINUTES, is_public=True))
    booking_window_days: int | None = field(
        default=None, metadata=limited(0, LONGEST_AHEAD_MINUTES // DAY_MINUTES, is_public=True)
    )
    bookable_hours: tuple[BookablePeriod, ...] = ()
    latest_start_minute: int | None = field(default=None, metadata=limited(0, DAY_MINUTES - 1))
    seats: int | None = field(default=None, metadata=limited(1, LARGEST_PARTY, is_public=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec(ServiceTiming):
    """What is sold: its timing, and what it takes.

    ``durations`` are (resource id, minutes) of those who need another time: it counts for the whole service, and for
    each part that lasts to its end, when they fill the first requirement; of several the longest.
    """

    id: int
    requirements: tuple[Requirement, ...]
    durations: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be, and rules that exclude each other."""
        refuse_if(self.duration_minutes < 1, "duration_minutes", "not_positive")
        refuse_if(self.step_minutes < 1, "step_minutes", "not_positive")
        refuse_if(not self.requirements, "requirements", "empty")
        refuse_if(self.buffer_before_minutes < 0, "buffer_before_minutes", "negative")
        refuse_if(self.buffer_after_minutes < 0, "buffer_after_minutes", "negative")
        refuse_if(self.minimum_notice_minutes < 0, "minimum_notice_minutes", "negative")
        refuse_if(self.seats is not None and self.seats < 1, "seats", "not_positive")
        for index, requirement in enumerate(self.requirements):
            if requirement.same_as is not None:
                is_known = requirement.same_as in range(len(self.requirements)) and requirement.same_as != index
                refuse_if(not is_known, "same_as", "unknown")
                is_other = self.requirements[requirement.same_as].quantity != requirement.quantity
                refuse_if(is_other, "same_as", "other_quantity")
            begins = requirement.starts_after_minutes
            ends = begins + (requirement.duration_minutes or 1)
            refuse_if(begins >= self.duration_minutes, "starts_after_minutes", "outside_visit")
            refuse_if(ends > self.duration_minutes, "duration_minutes", "outside_visit")
            refuse_if(any(ends > minutes for _, minutes in self.durations), "durations", "outside_visit")
        if self.booking_window_days is not None:
            refuse_if(self.booking_window_days < 0, "booking_window_days", "negative")
            # A local day has at most 25 hours: beyond that no start satisfies both.
            longest = (self.booking_window_days + 1) * 1500
            refuse_if(self.minimum_notice_minutes > longest, "booking_window_days", "shorter_than_notice")
