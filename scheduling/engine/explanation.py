"""Why a start is not offered: which rule, which resource, until when."""

from collections.abc import Iterable
from dataclasses import replace

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, contains, merge
from scheduling.engine.answers import Explanation, Reason
from scheduling.engine.enums import ReasonCode
from scheduling.engine.grid import Grid, lay_grid
from scheduling.engine.hours import is_closed_on
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.rules import find_end
from scheduling.engine.sessions import list_own_sessions
from scheduling.engine.slots import list_offered
from scheduling.engine.starts import find_free_starts
from scheduling.engine.types import Part, Snapshot, VisitSpec
from scheduling.engine.visit import list_lengths
from scheduling.engine.walls import bind_starts
from scheduling.engine.zone import to_day_number, to_local_date

LOOKAHEAD_MINUTES = 14 * DAY_MINUTES


def explain(snapshot: Snapshot, visit: VisitSpec, start_minute: int, units: int = 1) -> Explanation:
    """Tell whether a start is offered, and list every cause when it is not.

    A start is offered here exactly when `find_slots` has it. Causes that
    concern single resources are listed for the parts that lack some.

    Raises:
        EngineInputError: As `find_slots`.
    """
    reasons: dict[Reason, None] = {}
    for each in list_lengths(visit):
        inquiry = Inquiry(snapshot, each, (start_minute, start_minute + 1), units)
        if list_offered(inquiry).starts:
            return Explanation(start_minute, is_offered=True, reasons=())
        reasons |= dict.fromkeys(_explain_length(inquiry))
    return Explanation(start_minute, is_offered=False, reasons=tuple(reasons))


def _explain_length(inquiry: Inquiry) -> list[Reason]:
    """List what forbids the start to a visit of one length."""
    start = inquiry.starts[0]
    ahead = Inquiry(inquiry.snapshot, inquiry.visit, (start, start + LOOKAHEAD_MINUTES), inquiry.units)
    reasons = _explain_limits(inquiry, ahead) + _explain_resources(inquiry, ahead)
    return reasons + _explain_grid(ahead, is_alone=not reasons)


def _explain_limits(inquiry: Inquiry, ahead: Inquiry) -> list[Reason]:
    """List what forbids the start for everybody: notice, window, bookable hours, rules, size of the party."""
    start = inquiry.starts[0]
    snapshot, visit = inquiry.snapshot, inquiry.visit
    reasons: list[Reason] = []
    if start < snapshot.now_minute + int(snapshot.now_is_mid_minute):
        reasons.append(Reason(ReasonCode.PAST))
    elif start < inquiry.earliest_start():
        reasons.append(Reason(ReasonCode.NOTICE, until_minute=inquiry.earliest_start()))
    last_day = inquiry.last_day()
    if last_day is not None and to_day_number(to_local_date(snapshot.timezone, start)) > last_day:
        reasons.append(Reason(ReasonCode.WINDOW))
    reasons += _explain_wall(inquiry, ahead)
    if visit.seats is not None and inquiry.units > visit.seats:
        reasons.append(Reason(ReasonCode.OVER_CAPACITY))
    return reasons + _explain_rules(inquiry, ahead, None)


def _explain_wall(inquiry: Inquiry, ahead: Inquiry) -> list[Reason]:
    """Say that the clock on the wall shows no time to start, and when it does."""
    visit, timezone = inquiry.visit, inquiry.snapshot.timezone
    visits = {
        ReasonCode.NOT_BOOKABLE: replace(visit, latest_start_minute=None),
        ReasonCode.TOO_LATE: replace(visit, bookable=()),
    }
    return [
        Reason(code, until_minute=_find_next(bind_starts(each, timezone, [ahead.starts]), inquiry.starts[0]))
        for code, each in visits.items()
        if not bind_starts(each, timezone, [inquiry.starts])
    ]


def _find_next(allowed: Iterable[Interval], start: int) -> int | None:
    return next((first for first, _ in allowed if first > start), None)


def _explain_rules(inquiry: Inquiry, ahead: Inquiry, resource_id: int | None) -> list[Reason]:
    start, horizon = ahead.starts
    minutes = inquiry.visit.duration_minutes
    return [
        Reason(
            ReasonCode.RULE_FULL,
            rule_id=rule.id,
            until_minute=find_end(rule, inquiry.amount_of(rule), start, horizon, visit_minutes=minutes),
        )
        for rule in inquiry.snapshot.rules
        if rule.resource_id == resource_id and inquiry.full_starts_of(rule)
    ]


def _explain_grid(ahead: Inquiry, *, is_alone: bool) -> list[Reason]:
    """Say that the start is off the grid, unless it has no grid there for another cause."""
    start, step = ahead.starts[0], ahead.visit.step_minutes
    grid = lay_grid(ahead)
    if contains(grid.get(start % step, ()), start):
        return []
    is_inside = any(contains(intervals, start) for intervals in grid.values())
    if not is_inside and not is_alone:
        return []
    return [Reason(ReasonCode.OFF_GRID, until_minute=_find_next_on_grid(grid, step, ahead.starts))]


def _find_next_on_grid(grid: Grid, step: int, starts: tuple[int, int]) -> int | None:
    from_minute, to_minute = starts
    found: list[int] = []
    for remainder, intervals in grid.items():
        for start, end in intervals:
            first = max(start, from_minute)
            first += (remainder - first) % step
            if first < min(end, to_minute):
                found.append(first)
    return min(found, default=None)


def _explain_resources(inquiry: Inquiry, ahead: Inquiry) -> list[Reason]:
    """List what keeps the resources of the parts that lack some."""
    start = inquiry.starts[0]
    reasons: list[Reason] = []
    lineup = inquiry.lineup
    for number, team in enumerate(lineup.teams):
        blocked = [each for each in team.pool if not contains(inquiry.team_starts(each, number), start)]
        if len(team.pool) - len(blocked) >= team.quantity:
            continue
        reasons += _explain_blocked(inquiry, ahead, blocked, team.parts)
        if not blocked:
            reasons.append(Reason(ReasonCode.NO_COMBINATION, part_index=team.parts[0]))
    for each in sorted(lineup.wanted):
        homes = [number for number, team in enumerate(lineup.teams) if each in team.pool]
        if not any(contains(inquiry.team_starts(each, number), start) for number in homes):
            parts = [index for number in homes for index in lineup.teams[number].parts]
            reasons += _explain_blocked(inquiry, ahead, [each], parts)
    reasons = list(dict.fromkeys(reasons))
    if not reasons and not find_free_starts(inquiry):
        reasons.append(Reason(ReasonCode.NO_COMBINATION))
    return reasons


def _explain_blocked(inquiry: Inquiry, ahead: Inquiry, blocked: Iterable[int], parts: Iterable[int]) -> list[Reason]:
    """List what keeps some resources from some parts, those that they could not serve."""
    start, reasons = inquiry.starts[0], list[Reason]()
    for index in parts:
        part = inquiry.visit.parts[index]
        for resource_id in blocked:
            if not contains(inquiry.free_starts(resource_id, part), start):
                found = _explain_resource(inquiry, ahead, resource_id, part)
                reasons += [replace(reason, part_index=index, resource_id=resource_id) for reason in found]
    return reasons


def _explain_resource(inquiry: Inquiry, ahead: Inquiry, resource_id: int, part: Part) -> list[Reason]:
    if not inquiry.fits_capacity(resource_id):
        return [Reason(ReasonCode.OVER_CAPACITY)]
    reasons = [*_explain_hours(inquiry, ahead, resource_id, part), *_explain_taken(inquiry, ahead, resource_id, part)]
    return reasons + _explain_rules(inquiry, ahead, resource_id)


def _explain_hours(inquiry: Inquiry, ahead: Inquiry, resource_id: int, part: Part) -> list[Reason]:
    """Name the first minute of the part (with buffers, if they count) that is not worked."""
    minute = inquiry.starts[0] + part.starts_after_minutes
    end = minute + part.duration_minutes
    if part.buffers_inside_hours:
        minute, end = minute - part.buffer_before_minutes, end + part.buffer_after_minutes
    for work_start, work_end in inquiry.hours_of(resource_id).working:
        if work_start <= minute < work_end:
            minute = work_end
    if minute >= end:
        return []
    resource = inquiry.snapshot.resources[resource_id]
    hours = ahead.hours_of(resource_id)
    away_until = max((end for start, end in resource.time_off if start <= minute < end), default=None)
    if away_until is not None and contains(hours.attended, minute):
        return [Reason(ReasonCode.TIME_OFF, until_minute=away_until)]
    opens = next((start for start, _end in hours.working if minute < start <= ahead.starts[1]), None)
    is_closed = is_closed_on(resource, inquiry.snapshot.holidays, to_local_date(resource.timezone, minute))
    return [Reason(ReasonCode.CLOSED if is_closed else ReasonCode.OUTSIDE_HOURS, until_minute=opens)]


def _explain_taken(inquiry: Inquiry, ahead: Inquiry, resource_id: int, part: Part) -> list[Reason]:
    start = inquiry.starts[0]
    begins = start + part.starts_after_minutes
    ends = begins + part.duration_minutes + part.buffer_after_minutes
    begins -= part.buffer_before_minutes
    met = [piece for piece in merge(ahead.taken_of(resource_id)) if piece[0] < ends and begins < piece[1]]
    if not met:
        return []
    is_own = any(
        session.start_minute == start and resource_id in {taken_id for taken_id, _start, _end in session.occupied}
        for session in list_own_sessions(inquiry)
        if session.seats_taken + inquiry.units > (inquiry.visit.seats or 0)
    )
    return [Reason(ReasonCode.SESSION_FULL if is_own else ReasonCode.BUSY, until_minute=met[-1][1])]
