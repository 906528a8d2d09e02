"""What is taken and counted already, and everything that is known for one question."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Self

from scheduling.engine.enums import Measure, RulePeriod
from scheduling.engine.errors import refuse_if
from scheduling.engine.types.hours import Resource


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
