"""One question to the engine, and what was already worked out for it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import reduce
from itertools import accumulate
from typing import NamedTuple

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, intersect, list_gaps, stretches_above, subtract
from scheduling.engine.errors import EngineInputError
from scheduling.engine.filling.lineup import line_up
from scheduling.engine.hours import Hours, expand_hours, hours_key
from scheduling.engine.rules import amount_of, list_full
from scheduling.engine.types import BusyRows, CapacityRule, Part, Snapshot, VisitSpec
from scheduling.engine.visit import needed_range
from scheduling.engine.walls import bind_starts
from scheduling.engine.zone import list_stretches

# A year and a month; more would let one request keep a processor busy.
MAX_RANGE_MINUTES = 400 * DAY_MINUTES

NO_ROWS = BusyRows([], [], [])


class Shape(NamedTuple):
    """What decides in which starts a resource can serve a part; equal shapes share the answer."""

    starts_after_minutes: int
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    buffers_inside_hours: bool


class SessionHoles:
    """The sessions of a snapshot, by the resources that they take."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._by_resource: dict[int, list[tuple[int, int, int]]] = {}
        for session in snapshot.sessions:
            for resource_id, start, end in session.occupied:
                if start < end:
                    self._by_resource.setdefault(resource_id, []).append((start, end, session.service_id))
        for rows in self._by_resource.values():
            rows.sort()

    def list_for(self, resource_id: int, *, without_service_id: int | None = None) -> list[Interval]:
        """List when sessions take a resource, by start, except those of one service; they may overlap."""
        rows = self._by_resource.get(resource_id, ())
        return [(start, end) for start, end, service_id in rows if service_id != without_service_id]


class Inquiry:
    """A snapshot, a visit and a range of starts, with the answers shared between steps.

    Everything is expressed in the **start domain**: a set of minutes at which the
    visit could start. It lives as long as one call of a public function, and so do
    the hours whose ``id`` is a key of its caches.
    """

    def __init__(
        self, snapshot: Snapshot, visit: VisitSpec, starts: Interval, units: int, *, around: Interval | None = None
    ) -> None:
        """Check the question.

        ``around`` widens what is looked at beyond `needed_range`.

        Raises:
            EngineInputError: Fewer than one unit, a range that is reversed or
                longer than 400 days, or a pool with an unknown resource.
        """
        from_minute, to_minute = starts
        if units < 1:
            raise EngineInputError(field="units", code="not_positive")
        if to_minute < from_minute:
            raise EngineInputError(field="to_minute", code="before_from_minute")
        if to_minute - from_minute > MAX_RANGE_MINUTES:
            raise EngineInputError(field="to_minute", code="range_too_long")
        for part in visit.parts:
            if not snapshot.resources.keys() >= set(part.pool):
                raise EngineInputError(field="pool", code="unknown_resource")
        self.snapshot = snapshot
        self.visit = visit
        self.starts = starts
        self.units = units
        self.is_group = visit.seats is not None
        self._range = around or needed_range(visit, from_minute, to_minute)
        self._hours: dict[int, Hours] = {}
        self._shared_hours: dict[object, Hours] = {}
        self._rows: dict[int, list[tuple[int, int, int]]] = {}
        self._free: dict[tuple[int, Shape], list[Interval]] = {}
        self._open: dict[tuple[int, Shape], list[Interval]] = {}
        self._team_starts: dict[tuple[int, int], list[Interval]] = {}
        self.session_holes = SessionHoles(snapshot)
        self.lineup = line_up(visit)

    def hours_of(self, resource_id: int) -> Hours:
        """Expand a resource's hours once; resources with equal hours share the work."""
        hours = self._hours.get(resource_id)
        if hours is None:
            resource = self.snapshot.resources[resource_id]
            key = hours_key(resource)
            if key not in self._shared_hours:
                self._shared_hours[key] = expand_hours(resource, self.snapshot.holidays, *self._range)
            hours = self._hours[resource_id] = self._shared_hours[key]
        return hours

    def rows_of(self, resource_id: int) -> list[tuple[int, int, int]]:
        """List a resource's (start, end, units) rows that matter, by start."""
        rows = self._rows.get(resource_id)
        if rows is None:
            rows = self._rows[resource_id] = self._cut_rows(resource_id)
        return rows

    def _cut_rows(self, resource_id: int) -> list[tuple[int, int, int]]:
        begins, ends = self._range
        starts, all_ends, units = self.snapshot.busy.by_resource.get(resource_id, NO_ROWS)
        last = bisect_left(starts, ends)
        columns = zip(starts[:last], all_ends[:last], units[:last], strict=True)
        return [row for row in columns if row[1] > begins]

    def columns_of(self, resource_id: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return a resource's starts and ends that matter, both sorted; units are not looked at."""
        begins, ends = self._range
        starts, all_ends, _units = self.snapshot.busy.by_resource.get(resource_id, NO_ROWS)
        if sorted(all_ends) != all_ends:  # what overlaps counts until the latest end so far
            all_ends = list(accumulate(all_ends, max))
        first, last = bisect_right(all_ends, begins), bisect_left(starts, ends)
        return starts[first:last], all_ends[first:last]

    def taken_of(self, resource_id: int, *, without_own: bool = False) -> list[Interval]:
        """List when the asked units do not fit on a resource, sorted by start.

        Intervals may overlap. ``without_own`` pretends that the sessions of the
        visit's own service are not there.
        """
        capacity = self.snapshot.resources[resource_id].capacity
        if self.is_group or capacity == 1:
            taken = list(zip(*self.columns_of(resource_id), strict=True))
        else:
            taken = stretches_above(self.rows_of(resource_id), capacity - self.units)
        if self.snapshot.sessions:
            own_id = self.visit.service_id if without_own else None
            taken = sorted(taken + self.session_holes.list_for(resource_id, without_service_id=own_id))
        return taken

    def fits_capacity(self, resource_id: int) -> bool:
        """Tell whether the asked units fit on an empty resource."""
        return self.is_group or self.units <= self.snapshot.resources[resource_id].capacity

    def free_starts(self, resource_id: int, part: Part) -> list[Interval]:
        """List the starts at which a resource can serve a part, perhaps some outside the asked range."""
        shape = _shape_of(part)
        free = self._free.get((resource_id, shape))
        if free is None:
            free = self._free[resource_id, shape] = self._find_free(resource_id, shape, without_own=False)
        return free

    def team_starts(self, resource_id: int, team: int) -> list[Interval]:
        """List the starts at which a resource can serve every part of a team of the lineup."""
        parts = [self.visit.parts[index] for index in self.lineup.teams[team].parts]
        if len(parts) == 1:
            return self.free_starts(resource_id, parts[0])
        free = self._team_starts.get((resource_id, team))
        if free is None:
            free = reduce(intersect, (self.free_starts(resource_id, part) for part in parts))
            self._team_starts[resource_id, team] = free
        return free

    def free_starts_without_own(self, resource_id: int, part: Part) -> list[Interval]:
        """List the same as if the service's own sessions were not there."""
        return self._find_free(resource_id, _shape_of(part), without_own=True)

    def _find_free(self, resource_id: int, shape: Shape, *, without_own: bool) -> list[Interval]:
        if not self.fits_capacity(resource_id):
            return []
        begins, lasts, before, after, _ = shape
        # A busy [s, e) is met by the occupied [x + begins - before, x + begins + lasts + after)
        # of a start x exactly when s - begins - lasts - after < x < e - begins + before.
        reach_back = begins + lasts + after - 1
        reach_on = before - begins
        open_starts = self._open_starts(resource_id, shape)
        is_single = self.is_group or self.snapshot.resources[resource_id].capacity == 1
        if is_single and not self.snapshot.sessions:
            free = intersect(open_starts, list_gaps(*self.columns_of(resource_id), reach_back, reach_on))
        else:
            taken = self.taken_of(resource_id, without_own=without_own)
            free = subtract(open_starts, [(start - reach_back, end + reach_on) for start, end in taken])
        return subtract(free, self.rule_holes_of(resource_id))

    def _open_starts(self, resource_id: int, shape: Shape) -> list[Interval]:
        """List the starts at which a resource works as long as a part lasts; once for equal hours."""
        hours = self.hours_of(resource_id)
        key = (id(hours), shape)
        found = self._open.get(key)
        if found is None:
            begins, lasts, before, after, is_inside = shape
            earlier = begins - before if is_inside else begins
            later = begins + lasts + after if is_inside else begins + lasts
            shortest = later - earlier
            found = self._open[key] = [
                (start - earlier, end - later + 1) for start, end in hours.working if end - start >= shortest
            ]
        return found

    def rule_holes_of(self, resource_id: int | None) -> list[Interval]:
        """List the starts that the full rules of a resource (None: of everything) forbid, by start."""
        if not self.snapshot.rules:
            return []
        return sorted(
            hole
            for rule in self.snapshot.rules
            if rule.resource_id == resource_id
            for hole in self.full_starts_of(rule)
        )

    def full_starts_of(self, rule: CapacityRule) -> list[Interval]:
        """List the asked starts whose bucket of a rule has no room for this visit."""
        minutes = self.visit.duration_minutes
        return list_full(rule, self.amount_of(rule), *self.starts, visit_minutes=minutes)

    def amount_of(self, rule: CapacityRule) -> int:
        """Return what this visit adds to a rule."""
        return amount_of(rule.measure, minutes=self.visit.duration_minutes, units=self.units)

    def general_starts(self) -> list[Interval]:
        """List the starts that notice, booking window, bookable hours, latest start and general rules allow."""
        from_minute, to_minute = self.starts
        from_minute = max(from_minute, self.earliest_start())
        if from_minute >= to_minute:
            return []
        allowed = [(from_minute, to_minute)]
        last_day = self.last_day()
        if last_day is not None:
            beyond = (last_day + 1) * DAY_MINUTES
            holes = [
                (max(stretch.start, beyond - stretch.offset), stretch.end)
                for stretch in list_stretches(self.snapshot.timezone, from_minute, to_minute)
                if beyond - stretch.offset < stretch.end
            ]
            allowed = subtract(allowed, holes)
        allowed = bind_starts(self.visit, self.snapshot.timezone, allowed)
        return subtract(allowed, self.rule_holes_of(None))

    def earliest_start(self) -> int:
        """Return the first whole minute that respects the notice; elapsed time, inclusive."""
        snapshot = self.snapshot
        return snapshot.now_minute + int(snapshot.now_is_mid_minute) + self.visit.notice_minutes

    def last_day(self) -> int | None:
        """Return the last local date of the booking window, as days since 1970-01-01."""
        if self.visit.window_days is None:
            return None
        snapshot = self.snapshot
        stretches = list_stretches(snapshot.timezone, snapshot.now_minute, snapshot.now_minute)
        offset = next(stretch.offset for stretch in stretches if snapshot.now_minute < stretch.end)
        return (snapshot.now_minute + offset) // DAY_MINUTES + self.visit.window_days


def _shape_of(part: Part) -> Shape:
    return Shape(
        part.starts_after_minutes,
        part.duration_minutes,
        part.buffer_before_minutes,
        part.buffer_after_minutes,
        part.buffers_inside_hours,
    )
