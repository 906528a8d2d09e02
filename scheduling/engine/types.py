"""The frozen values that go into the engine; what comes out is in `engine.answers`.

Everywhere in this package:

* an instant is a whole number of minutes since 1970-01-01T00:00Z (``…_minute``);
* a period is half-open, ``[start, end)``;
* a wall time is minutes since local midnight, 0 … 1440 (1440 = the next midnight);
* resources, services and rules are known by their integer ids only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Self

from kernel.instants import DAY_MINUTES
from scheduling.engine.enums import Align, Measure, RulePeriod
from scheduling.engine.errors import limited, refuse_if

WEEK_DAYS = 7
LONGEST_VISIT_MINUTES = 14 * DAY_MINUTES
LONGEST_AHEAD_MINUTES = 5 * 366 * DAY_MINUTES
LARGEST_PARTY = 100_000


def _check_wall_periods(periods: Iterable[tuple[int, int]]) -> None:
    for opens_minute, closes_minute in periods:
        refuse_if(not 0 <= opens_minute < DAY_MINUTES, "opens_minute", "out_of_range")
        refuse_if(not 0 <= closes_minute <= DAY_MINUTES, "closes_minute", "out_of_range")


@dataclass(frozen=True, slots=True)
class WeeklyPeriod:
    """One line of a week: working hours, or a break inside them.

    ``weekday`` is 0 for Monday. ``closes_minute <= opens_minute`` means that it
    closes on the next day. ``valid_from`` and ``valid_to`` are local dates, both
    included; None is without limit. A period belongs to the date it starts on.
    """

    weekday: int
    opens_minute: int
    closes_minute: int
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse a weekday, wall time or validity that cannot be."""
        refuse_if(not 0 <= self.weekday < WEEK_DAYS, "weekday", "out_of_range")
        _check_wall_periods([(self.opens_minute, self.closes_minute)])
        is_reversed = bool(self.valid_from and self.valid_to and self.valid_from > self.valid_to)
        refuse_if(is_reversed, "valid_to", "before_valid_from")


class BookablePeriod(NamedTuple):
    """A weekly period in which a visit may start, on the clock of its location.

    ``weekday`` is 0 for Monday. ``closes_minute <= opens_minute`` means that it closes on the next day; it
    belongs to the weekday on which it begins.
    """

    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True, slots=True)
class DateOverride:
    """Replaces the hours, the breaks and the holiday of one local date.

    ``periods`` are (opens, closes) wall minutes as in `WeeklyPeriod`; an empty
    tuple closes the date.
    """

    on: date
    periods: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse wall times that cannot be."""
        _check_wall_periods(self.periods)


class Closing(NamedTuple):
    """Takes time away from one local date: whatever else holds on it, nothing of these periods is worked.

    ``periods`` are as in `DateOverride`. Only hours that begin on the date are closed, and their end after midnight.
    """

    on: date
    periods: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A person, bay, chair or room, and when it works.

    ``timezone`` is the IANA name in which its hours, overrides and the holidays
    are read. ``capacity`` is how many units it serves at the same minute.
    ``time_off`` are periods of instants. ``overrides`` has at most one entry for
    each date: the caller lets the resource's own win over its location's.
    ``closings`` take away from the hours of their dates; a date may have several.
    """

    id: int
    timezone: str
    hours: tuple[WeeklyPeriod, ...] = ()
    breaks: tuple[WeeklyPeriod, ...] = ()
    overrides: tuple[DateOverride, ...] = ()
    closings: tuple[Closing, ...] = ()
    time_off: tuple[tuple[int, int], ...] = ()
    capacity: int = 1
    observes_holidays: bool = True

    def __post_init__(self) -> None:
        """Refuse a capacity below one and two overrides for the same date."""
        refuse_if(self.capacity < 1, "capacity", "not_positive")
        dates = {override.on for override in self.overrides}
        refuse_if(len(dates) != len(self.overrides), "overrides", "duplicate_date")


class BusyRows(NamedTuple):
    """What takes one resource, as three parallel sequences ordered by start.

    Row *i* says: ``units[i]`` units are taken in ``[starts[i], ends[i])``, its own
    buffers **included**. Every row ends after it starts.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    units: Sequence[int]


@dataclass(frozen=True, slots=True)
class Busy:
    """The allocations that block, by resource id; a resource without any may be missing.

    Only what is active belongs here: confirmed and later, pending, and holds
    that have not expired. The booking that is being moved is simply left out.
    Bookings of a service with seats are not here but in `Session`.
    Rows outside the asked range are harmless. `of` puts rows in order for you.
    """

    by_resource: Mapping[int, BusyRows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse columns of different lengths and rows that are not in order."""
        for starts, ends, units in self.by_resource.values():
            refuse_if(not len(starts) == len(ends) == len(units), "busy", "unequal_columns")
            refuse_if(sorted(starts) != list(starts), "busy", "not_sorted")

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, int]]) -> Self:
        """Build it from (resource id, start, end, units) rows in any order.

        A row that ends at or before its start, or has no unit, takes nothing.
        """
        columns: dict[int, tuple[list[int], list[int], list[int]]] = {}
        for resource_id, start, end, units in sorted(rows):
            if start < end and units > 0:
                starts, ends, all_units = columns.setdefault(resource_id, ([], [], []))
                starts.append(start)
                ends.append(end)
                all_units.append(units)
        return cls({resource_id: BusyRows(*each) for resource_id, each in columns.items()})

    def rows(self) -> Iterator[tuple[int, int, int, int]]:
        """Go through all (resource id, start, end, units)."""
        for resource_id, columns in self.by_resource.items():
            for start, end, units in zip(*columns, strict=True):
                yield resource_id, start, end, units


@dataclass(frozen=True, slots=True)
class Session:
    """All active bookings of one service with seats, at one start, on the same resources.

    ``start_minute`` is the visit's start, without buffers. ``occupied`` holds one
    (resource id, start, end) for each resource, buffers included (the widest of
    its bookings); a session takes each of them whole, whatever its capacity.
    ``seats_taken`` sums the units of its bookings; the booking that is being
    moved is not counted, and a session that has no other booking is left out.
    """

    service_id: int
    start_minute: int
    seats_taken: int
    occupied: tuple[tuple[int, int, int], ...]


class RuleTimes(NamedTuple):
    """Which starts a rule counts and limits, on the clock of its zone; nothing said: all.

    ``weekdays`` has 0 for Monday. Starts from ``from_minute`` to before ``to_minute`` of their own date;
    ``to_minute <= from_minute`` goes round midnight. ``valid_from`` and ``valid_to`` are local dates, both included.
    """

    weekdays: tuple[int, ...] = ()
    from_minute: int | None = None
    to_minute: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


ALWAYS = RuleTimes()


@dataclass(frozen=True, slots=True)
class CapacityRule:
    """At most ``limit`` bookings, seats or minutes in each hour, day or week, or of bookings or seats at any minute.

    The loader passes only the rules that apply to the visit (its tenant,
    location, service, arrival mode, or a resource of its pools). With
    ``resource_id`` the rule concerns only visits that take that resource.

    A visit belongs to the bucket of its start in ``timezone``. ``usage`` maps
    a bucket key (see `bucket_key`) to what the active bookings that the rule
    counts have used; a missing key is 0. The booking that is being moved must
    not be counted there. What a visit adds is 1 (bookings), its units (seats)
    or its duration without buffers, add-ons included (minutes), also for a rule
    of one resource.

    Per moment nothing has a bucket: ``taken`` lists (start, end, amount) of the visits that the rule counts, without
    buffers, and at no minute they are more than the limit together. Only visits whose start lies in ``times`` are
    counted and limited.
    """

    id: int
    period: RulePeriod
    limit: int
    timezone: str
    measure: Measure = Measure.BOOKINGS
    usage: Mapping[int, int] = field(default_factory=dict)
    resource_id: int | None = None
    times: RuleTimes = ALWAYS
    taken: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a negative limit (zero is a way to close), and minutes of a moment."""
        refuse_if(self.limit < 0, "limit", "negative")
        is_of_minutes = self.period is RulePeriod.MOMENT and self.measure is Measure.MINUTES
        refuse_if(is_of_minutes, "measure", "minutes_of_a_moment")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is known about one tenant for one question.

    ``timezone`` is the tenant's (or location's): the clock grid, and the dates of
    the booking window, are read in it. ``now_minute`` is the minute in which the
    question is asked, rounded down; ``now_is_mid_minute`` is True when seconds
    have passed in it, because a start must be >= now + notice exactly.
    ``holidays`` are local dates. `needed_range` tells which busy rows,
    sessions and time off must be loaded.
    """

    timezone: str
    now_minute: int
    resources: Mapping[int, Resource]
    busy: Busy = Busy()
    sessions: tuple[Session, ...] = ()
    rules: tuple[CapacityRule, ...] = ()
    holidays: frozenset[date] = frozenset()
    now_is_mid_minute: bool = False


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
