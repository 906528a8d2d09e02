"""From services to one visit: lines in order, choice of resources, range to load."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from scheduling.engine.enums import Align
from scheduling.engine.errors import EngineInputError
from scheduling.engine.types import Part, Requirement, ServiceSpec, ServiceTiming, VisitLine, VisitSpec

# A period is at most two days long, so no gap that holds a start began earlier.
GAP_REACH_MINUTES = 3 * DAY_MINUTES


def compose_visit(lines: Sequence[VisitLine]) -> VisitSpec:
    """Put services one after the other into one visit, without a pause.

    Step, alignment, session and the buffer before come from the first line, the
    buffer after from the last; where two lines meet there is no buffer, so that
    one resource can stay for both. The longest notice and the shortest booking
    window win.

    Raises:
        EngineInputError: No line, or a service with seats beside another one.
    """
    if not lines:
        raise EngineInputError(field="lines", code="empty")
    services = [line.service for line in lines]
    if len(lines) > 1 and any(service.seats is not None for service in services):
        raise EngineInputError(field="lines", code="seats_beside_another_service")
    duration = sum(line.service.duration_minutes + line.extra_minutes for line in lines)
    parts: list[Part] = []
    line_start = 0
    for line in lines:
        first_part = len(parts)
        parts += [_place(line, each, line_start, duration, first_part) for each in line.service.requirements]
        line_start += line.service.duration_minutes + line.extra_minutes
    return VisitSpec(
        service_id=services[0].id,
        duration_minutes=duration,
        step_minutes=services[0].step_minutes,
        align=services[0].align,
        notice_minutes=max(service.minimum_notice_minutes for service in services),
        window_days=find_window(services),
        seats=services[0].seats,
        parts=tuple(parts),
    )


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
    parts = [replace(part, pool=tuple(each for each in part.pool if each in kept)) for part in visit.parts]
    if not all(part.pool for part in parts) or not visit.chosen <= set(kept):
        raise EngineInputError(field="pool", code="empty")
    return replace(visit, parts=tuple(parts))


def keep_filling(visit: VisitSpec, filling: Collection[tuple[int, int]]) -> VisitSpec:
    """Let only those (part index, resource id) serve each part of a visit that do so in a filling.

    Raises:
        EngineInputError: Somebody may not serve there, is missing, or was chosen and serves nowhere.
    """
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
    before = max(part.buffer_before_minutes for part in visit.parts)
    after = max(part.buffer_after_minutes for part in visit.parts)
    return from_minute - before - reach, to_minute + visit.duration_minutes + after


def assignment_range(visit: VisitSpec, start_minute: int) -> Interval:
    """Tell which busy time matters for `assign`: a day more on each side.

    The strategies compare how full the day of the start is.
    """
    first, last = needed_range(visit, start_minute, start_minute + 1)
    return first - 2 * DAY_MINUTES, last + 2 * DAY_MINUTES


def _place(line: VisitLine, requirement: Requirement, line_start: int, visit_duration: int, first_part: int) -> Part:
    service = line.service
    begins = requirement.starts_after_minutes
    ends = service.duration_minutes
    if requirement.duration_minutes is not None:
        ends = begins + requirement.duration_minutes
    if ends == service.duration_minutes:
        ends += line.extra_minutes
    line_end = service.duration_minutes + line.extra_minutes
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
