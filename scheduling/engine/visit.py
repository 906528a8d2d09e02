"""From services to one visit: lines in order, choice of resources, range to load."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, product
from typing import Any

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from scheduling.engine.enums import Align
from scheduling.engine.errors import EngineInputError
from scheduling.engine.types import Length, Part, Requirement, ServiceSpec, ServiceTiming, VisitLine, VisitSpec

# A period is at most two days long, so no gap that holds a start began earlier.
GAP_REACH_MINUTES = 3 * DAY_MINUTES


def compose_visit(lines: Sequence[VisitLine]) -> VisitSpec:
    """Put services one after the other into one visit, without a pause.

    Step, alignment, session and the buffer before come from the first line, the
    buffer after from the last; where two lines meet there is no buffer, so that
    one resource can stay for both. The longest notice, the shortest booking window and the earliest latest
    start win; the visit starts within the bookable hours of each.

    Raises:
        EngineInputError: No line, or a service with seats beside another one.
    """
    if not lines:
        raise EngineInputError(field="lines", code="empty")
    services = [line.service for line in lines]
    if len(lines) > 1 and any(service.seats is not None for service in services):
        raise EngineInputError(field="lines", code="seats_beside_another_service")
    plain = _lay_lines(lines, [(line.service.duration_minutes, line.service.requirements[0].pool) for line in lines])
    lengths = _list_lengths(lines) if any(service.durations for service in services) else []
    if len(lengths) == 1:
        plain, lengths = lengths[0], []
    first_parts = accumulate((len(service.requirements) for service in services[:-1]), initial=0)
    latest = (service.latest_start_minute for service in services if service.latest_start_minute is not None)
    return VisitSpec(
        service_id=services[0].id,
        duration_minutes=plain.duration_minutes,
        step_minutes=services[0].step_minutes,
        align=services[0].align,
        notice_minutes=max(service.minimum_notice_minutes for service in services),
        window_days=find_window(services),
        seats=services[0].seats,
        parts=plain.parts,
        bookable=tuple(service.bookable_hours for service in services if service.bookable_hours),
        latest_start_minute=min(latest, default=None),
        line_minutes=plain.line_minutes,
        first_parts=tuple(first_parts),
        lengths=tuple(lengths),
    )


def list_lengths(visit: VisitSpec) -> list[VisitSpec]:
    """List the visit with each length that it may have, the shortest first; itself when there is one only."""
    if not visit.lengths:
        return [visit]
    grid_pool = visit.grid_pool or visit.parts[0].pool
    each = [replace(visit, **length._asdict(), lengths=(), grid_pool=grid_pool) for length in visit.lengths]
    return [one for one in each if one.chosen <= one.pool] or each


def settle_length(visit: VisitSpec, filling: Iterable[tuple[int, int]]) -> VisitSpec:
    """Return the visit with the length that it has with some (part index, resource id)."""
    places = tuple(filling)
    for each in list_lengths(visit):
        if all(resource_id in each.parts[part_index].pool for part_index, resource_id in places):
            return each
    return visit


def keep_length(visit: VisitSpec, minutes: int) -> VisitSpec:
    """Return the visit with the length that was agreed, in minutes, whatever its services take by now.

    Parts that last to its end, and its last service, grow or shrink along. The visit is returned as it is where it can
    last that long anyway, also with somebody's own duration, and where a part would be left without time or outlast it.
    """
    if minutes in {visit.duration_minutes, *(length.duration_minutes for length in visit.lengths)}:
        return visit
    try:
        return fix_length(visit, minutes)
    except EngineInputError:
        return visit


def fix_length(visit: VisitSpec, minutes: int) -> VisitSpec:
    """Return the visit with a length that somebody gave it, in minutes, whoever serves it.

    Parts that last to its end, and its last service, grow or shrink along.

    Raises:
        EngineInputError: A part would be left without time or outlast it.
    """
    grown = minutes - visit.duration_minutes
    parts = tuple(
        replace(part, duration_minutes=part.duration_minutes + grown)
        if part.starts_after_minutes + part.duration_minutes == visit.duration_minutes
        else part
        for part in visit.parts
    )
    line_minutes = (*visit.line_minutes[:-1], visit.line_minutes[-1] + grown)
    ends = (part.starts_after_minutes + part.duration_minutes for part in parts)
    if any(part.duration_minutes <= 0 for part in parts) or max(ends) > minutes or line_minutes[-1] <= 0:
        raise EngineInputError(field="minutes", code="too_short")
    return replace(visit, duration_minutes=minutes, parts=parts, line_minutes=line_minutes, lengths=())


def unbind(visit: VisitSpec, *, is_any_minute: bool = False) -> VisitSpec:
    """Return the visit as staff may have it: whatever the notice, the window, the bookable hours and the latest start.

    With ``is_any_minute`` off the grid as well.
    """
    grid: dict[str, Any] = {"align": Align.CLOCK, "step_minutes": 1} if is_any_minute else {}
    return replace(visit, notice_minutes=0, window_days=None, bookable=(), latest_start_minute=None, **grid)


def visit_of(service: ServiceSpec, extra_minutes: int = 0) -> VisitSpec:
    """Make the visit that consists of one service and its add-ons."""
    return compose_visit((VisitLine(service, extra_minutes),))


def find_window(services: Iterable[ServiceTiming]) -> int | None:
    """Return for how many days after today all of some services are booked; None: as far as one likes."""
    windows = (service.booking_window_days for service in services)
    return min((days for days in windows if days is not None), default=None)


def choose_resources(visit: VisitSpec, chosen: Collection[int]) -> VisitSpec:
    """Let a visit be served by whom the customer chose: each of them in one place at least.

    Raises:
        EngineInputError: A chosen resource is in no pool of the visit.
    """
    wanted = frozenset(chosen)
    if wanted - visit.pool:
        raise EngineInputError(field="chosen", code="not_in_any_pool")
    return replace(visit, chosen=wanted)


def keep_resources(visit: VisitSpec, kept: Collection[int]) -> VisitSpec:
    """Let only some resources serve a visit.

    Raises:
        EngineInputError: Nobody of a pool is left, or somebody who was chosen is not.
    """
    parts = _keep(visit.parts, kept)
    lengths = [length._replace(parts=_keep(length.parts, kept)) for length in visit.lengths]
    left = tuple(length for length in lengths if all(part.pool for part in length.parts))
    if not all(part.pool for part in parts) or not visit.chosen <= set(kept) or (lengths and not left):
        raise EngineInputError(field="pool", code="empty")
    grid_pool = tuple(each for each in visit.grid_pool if each in kept)
    return replace(visit, parts=parts, lengths=left, grid_pool=grid_pool)


def keep_filling(visit: VisitSpec, filling: Collection[tuple[int, int]]) -> VisitSpec:
    """Let only those (part index, resource id) serve each part of a visit that do so in a filling.

    Raises:
        EngineInputError: Somebody may not serve there, is missing, or was chosen and serves nowhere.
    """
    visit = settle_length(visit, filling)
    pools = [tuple(each for each in part.pool if (at, each) in filling) for at, part in enumerate(visit.parts)]
    kept = replace(visit, parts=tuple(replace(part, pool=pool) for part, pool in zip(visit.parts, pools, strict=True)))
    is_whole = all(len(part.pool) == part.quantity for part in kept.parts)
    if not is_whole or sum(map(len, pools)) != len(filling) or not visit.chosen <= kept.pool:
        raise EngineInputError(field="pool", code="other")
    return kept


def needed_range(visit: VisitSpec, from_minute: int, to_minute: int) -> Interval:
    """Tell which busy time matters for starts in ``[from, to)``, as ``[first, last)``.

    A caller loads the busy rows, sessions and time off that overlap it.
    """
    reach = GAP_REACH_MINUTES if visit.align is Align.GAP else 0
    return occupied_range(visit, from_minute)[0] - reach, occupied_range(visit, to_minute)[1]


def occupied_range(visit: VisitSpec, start_minute: int) -> Interval:
    """Return the most that a visit may occupy, buffers included, as ``[first, last)``."""
    before = max(part.buffer_before_minutes for part in visit.parts)
    after = max(part.buffer_after_minutes for part in visit.parts)
    return start_minute - before, start_minute + visit.longest_minutes + after


def assignment_range(visit: VisitSpec, start_minute: int) -> Interval:
    """Tell which busy time matters for `assign`: a day more on each side.

    The strategies compare how full the day of the start is.
    """
    first, last = needed_range(visit, start_minute, start_minute + 1)
    return first - 2 * DAY_MINUTES, last + 2 * DAY_MINUTES


def _list_lengths(lines: Sequence[VisitLine]) -> list[Length]:
    """List every length that some services may have together, the shortest first."""
    laid = (_lay_lines(lines, each) for each in product(*map(_list_durations, lines)))
    possible = [each for each in laid if all(len(part.pool) >= part.quantity for part in each.parts)]
    return sorted(possible, key=lambda length: (length.duration_minutes, length.line_minutes))


def _list_durations(line: VisitLine) -> list[tuple[int, tuple[int, ...]]]:
    """List how long a service may last, each time with those who may begin it then."""
    first, minutes_of = line.service.requirements[0], dict(line.service.durations)
    needs = {each: minutes_of.get(each, line.service.duration_minutes) for each in first.pool}
    return [
        (
            minutes,
            tuple(
                each for each in first.pool if needs[each] == minutes or (first.quantity > 1 and needs[each] < minutes)
            ),
        )
        for minutes in sorted(set(needs.values()))
    ]


def _lay_lines(lines: Sequence[VisitLine], durations: Sequence[tuple[int, tuple[int, ...]]]) -> Length:
    """Lay out services that last so long, begun by one of those."""
    line_minutes = tuple(minutes + line.extra_minutes for line, (minutes, _) in zip(lines, durations, strict=True))
    parts: list[Part] = []
    line_start = 0
    for line, (minutes, pool) in zip(lines, durations, strict=True):
        first_part = len(parts)
        first, *others = line.service.requirements
        parts += [
            _place(line, each, (line_start, minutes, sum(line_minutes)), first_part)
            for each in (replace(first, pool=pool), *others)
        ]
        line_start += minutes + line.extra_minutes
    return Length(sum(line_minutes), tuple(parts), line_minutes)


def _keep(parts: Iterable[Part], kept: Collection[int]) -> tuple[Part, ...]:
    return tuple(replace(part, pool=tuple(each for each in part.pool if each in kept)) for part in parts)


def _place(line: VisitLine, requirement: Requirement, times: tuple[int, int, int], first_part: int) -> Part:
    """Place a requirement; ``times`` are when its service begins and how long this and the whole visit last."""
    service = line.service
    line_start, minutes, visit_duration = times
    begins = requirement.starts_after_minutes
    ends = minutes
    if requirement.duration_minutes is not None:
        ends = begins + requirement.duration_minutes
    if ends == minutes:
        ends += line.extra_minutes
    line_end = minutes + line.extra_minutes
    follows_line = begins == 0 and line_start > 0
    precedes_line = ends == line_end and line_start + ends < visit_duration
    return Part(
        pool=requirement.pool,
        quantity=requirement.quantity,
        starts_after_minutes=line_start + begins,
        duration_minutes=ends - begins,
        buffer_before_minutes=0 if follows_line else service.buffer_before_minutes,
        buffer_after_minutes=0 if precedes_line else service.buffer_after_minutes,
        buffers_inside_hours=service.buffers_inside_hours,
        same_as=None if requirement.same_as is None else first_part + requirement.same_as,
    )
