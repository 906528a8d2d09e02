"""From services to one visit: lines in order, choice of resources, range to load."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from scheduling.engine.enums import Align
from scheduling.engine.errors import EngineInputError
from scheduling.engine.matching import find_filling
from scheduling.engine.types import Part, Requirement, ServiceSpec, ServiceTiming, VisitLine, VisitSpec

# A period is at most two days long, so no gap that holds a start began earlier.
GAP_REACH_MINUTES = 3 * DAY_MINUTES


def compose_visit(lines: Sequence[VisitLine]) -> VisitSpec:
    """Put services one after the other into one visit, without a pause.

    Step, alignment, session and the buffer before come from the first line, the
    buffer after from the last; between lines there is no buffer, so that
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
    for index, line in enumerate(lines):
        parts += [_place(line, requirement, index, line_start, duration) for requirement in line.service.requirements]
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
    """Restrict a visit to what the customer chose.

    Every part whose pool has chosen resources takes those; when it needs
    more than were chosen, the rest comes from the remaining pool. A part
    whose pool has none of them stays as it is, and so does one that could
    no longer be filled beside the parts of its line that took them before:
    who chooses one of two that work together gets the other one too.

    Raises:
        EngineInputError: A chosen resource is in no pool of the visit.
    """
    wanted = set(chosen)
    if wanted - visit.pool:
        raise EngineInputError(field="chosen", code="not_in_any_pool")
    pieces: list[Part] = []
    for _, line in groupby(visit.parts, key=lambda part: part.line):
        pieces += _restrict_line(list(line), wanted)
    return replace(visit, parts=tuple(pieces))


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


def _place(line: VisitLine, requirement: Requirement, index: int, line_start: int, visit_duration: int) -> Part:
    service = line.service
    begins = requirement.starts_after_minutes
    ends = service.duration_minutes
    if requirement.duration_minutes is not None:
        ends = begins + requirement.duration_minutes
    if ends == service.duration_minutes:
        ends += line.extra_minutes
    is_first = line_start + begins == 0
    is_last = line_start + ends == visit_duration
    return Part(
        pool=requirement.pool,
        quantity=requirement.quantity,
        starts_after_minutes=line_start + begins,
        duration_minutes=ends - begins,
        buffer_before_minutes=service.buffer_before_minutes if is_first else 0,
        buffer_after_minutes=service.buffer_after_minutes if is_last else 0,
        buffers_inside_hours=service.buffers_inside_hours,
        line=index,
    )


def _restrict_line(parts: Sequence[Part], wanted: set[int]) -> list[Part]:
    chosen = [[part] for part in parts]
    # The smallest pool first: where pools nest and the parts are simultaneous, no filling is lost.
    for index in sorted(range(len(parts)), key=lambda place: len(parts[place].pool)):
        restricted = [*chosen[:index], _restrict(parts[index], wanted), *chosen[index + 1 :]]
        pieces = [piece for some in restricted for piece in some]
        if find_filling([piece.pool for piece in pieces for _ in range(piece.quantity)]) is not None:
            chosen = restricted
    return [piece for some in chosen for piece in some]


def _restrict(part: Part, wanted: set[int]) -> list[Part]:
    picked = tuple(resource_id for resource_id in part.pool if resource_id in wanted)
    others = tuple(resource_id for resource_id in part.pool if resource_id not in wanted)
    if not picked or not others:
        return [part]
    if len(picked) >= part.quantity:
        return [replace(part, pool=picked)]
    return [
        replace(part, pool=picked, quantity=len(picked)),
        replace(part, pool=others, quantity=part.quantity - len(picked)),
    ]
