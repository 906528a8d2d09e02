"""The starts that are offered."""

from collections.abc import Iterator, Sequence
from itertools import repeat

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, contains, intersect
from scheduling.engine.answers import Offered, Slot
from scheduling.engine.enums import Align
from scheduling.engine.grid import lay_grid, list_on_grid
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.sessions import list_open_sessions
from scheduling.engine.starts import find_free_starts
from scheduling.engine.types import Snapshot, VisitSpec
from scheduling.engine.visit import list_lengths

FIRST_CHUNK_MINUTES = 7 * DAY_MINUTES


def find_slots(snapshot: Snapshot, visit: VisitSpec, from_minute: int, to_minute: int, units: int = 1) -> list[Slot]:
    """List every slot that starts in ``[from, to)``, in order.

    Raises:
        EngineInputError: The question makes no sense, or asks for more than 400 days.
    """
    starts, seats, minutes = find_offered(snapshot, visit, from_minute, to_minute, units)
    lengths = repeat(visit.duration_minutes) if minutes is None else minutes
    all_seats = repeat(None) if seats is None else seats
    columns = zip(starts, lengths, all_seats, strict=False)
    return [Slot(start, start + length, left) for start, length, left in columns]


def find_starts(snapshot: Snapshot, visit: VisitSpec, from_minute: int, to_minute: int, units: int = 1) -> list[int]:
    """List the same as `find_slots` as bare starts, which costs less.

    Raises:
        EngineInputError: As `find_slots`.
    """
    return find_offered(snapshot, visit, from_minute, to_minute, units).starts


def find_offered(snapshot: Snapshot, visit: VisitSpec, from_minute: int, to_minute: int, units: int = 1) -> Offered:
    """List the same starts with the seats left at each, as columns.

    Raises:
        EngineInputError: As `find_slots`.
    """
    if not visit.lengths:
        return list_offered(Inquiry(snapshot, visit, (from_minute, to_minute), units))
    found: list[Offered] = []
    for each in list_lengths(visit):
        offered = list_offered(Inquiry(snapshot, each, (from_minute, to_minute), units))
        found.append(offered._replace(minutes=[each.duration_minutes] * len(offered.starts)))
    return unite_offered(found)


def unite_offered(found: Sequence[Offered]) -> Offered:
    """Unite what is offered several ways: each start once, with the most seats and the longest visit of its ways."""
    if len(found) == 1:
        return found[0]
    starts = sorted({start for each in found for start in each.starts})
    return Offered(
        starts,
        _unite([(each.starts, each.seats) for each in found], starts),
        _unite([(each.starts, each.minutes) for each in found], starts),
    )


def _unite(columns: Sequence[tuple[list[int], list[int] | None]], starts: list[int]) -> list[int] | None:
    """Return the largest value of each start; None when no way has values."""
    if all(values is None for _, values in columns):
        return None
    most: dict[int, int] = {}
    for column, values in columns:
        for start, value in zip(column, values or (), strict=True):
            most[start] = max(most.get(start, 0), value)
    return [most[start] for start in starts]


def find_next_free(
    snapshot: Snapshot, visit: VisitSpec, from_minute: int, horizon_minute: int, units: int = 1
) -> Slot | None:
    """Find the first slot that starts in ``[from, horizon)``; look no further than needed.

    Raises:
        EngineInputError: As `find_slots`.
    """
    Inquiry(snapshot, visit, (from_minute, horizon_minute), units)
    for chunk_from, chunk_to in list_chunks(from_minute, horizon_minute):
        slots = find_slots(snapshot, visit, chunk_from, chunk_to, units)
        if slots:
            return slots[0]
    return None


def list_chunks(from_minute: int, horizon_minute: int) -> Iterator[Interval]:
    """Cut ``[from, horizon)`` into a week, two weeks, four, …."""
    length = FIRST_CHUNK_MINUTES
    while from_minute < horizon_minute:
        chunk_to = min(from_minute + length, horizon_minute)
        yield from_minute, chunk_to
        from_minute = chunk_to
        length *= 2


def is_offered(snapshot: Snapshot, visit: VisitSpec, start_minute: int, units: int = 1) -> bool:
    """Tell whether `find_slots` has this start.

    Raises:
        EngineInputError: As `find_slots`.
    """
    return bool(find_starts(snapshot, visit, start_minute, start_minute + 1, units))


def list_offered(inquiry: Inquiry) -> Offered:
    """List each offered start, in order, with the seats left there (None without seats)."""
    visit = inquiry.visit
    allowed = inquiry.general_starts()
    if not allowed or (visit.seats is not None and inquiry.units > visit.seats):
        return Offered([], None)
    if visit.seats is None:
        free = intersect(allowed, find_free_starts(inquiry))
        return Offered(list_on_grid(lay_grid(inquiry), visit.step_minutes, free) if free else [], None)
    grid = lay_grid(inquiry)
    free = intersect(allowed, find_free_starts(inquiry))
    seats_by_start = dict.fromkeys(list_on_grid(grid, visit.step_minutes, free), visit.seats)
    for session, seats_left, _places in list_open_sessions(inquiry):
        start = session.start_minute
        # A running session is not a gap: with that alignment its start is a start by itself.
        is_aligned = visit.align is Align.GAP or contains(grid.get(start % visit.step_minutes, ()), start)
        if is_aligned and contains(allowed, start):
            seats_by_start[start] = max(seats_by_start.get(start) or 0, seats_left)
    starts = sorted(seats_by_start)
    return Offered(starts, [seats_by_start[start] for start in starts])
