"""Query cases put to the engine alone: a case becomes a snapshot and a visit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from devtools.replay.cases import ScenarioBooking, ScenarioCase, ScenarioRule, UnsupportedScenarioError
from kernel.intervals import merge
from scheduling.engine import (
    ALWAYS,
    Busy,
    CapacityRule,
    Measure,
    RulePeriod,
    Session,
    Snapshot,
    VisitSpec,
    amount_of,
    choose_resources,
    fill_in_order,
    find_starts,
    is_counted,
    settle_length,
    tally_usage,
    to_minute,
    unbind,
    visit_of,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A query in the engine's words: the arguments of ``find_slots``."""

    snapshot: Snapshot
    visit: VisitSpec
    from_minute: int
    to_minute: int
    units: int


def build_question(case: ScenarioCase) -> Question:
    """Turn a query case into the engine's words.

    Raises:
        UnsupportedScenarioError: It is not a query, or names something unknown.
        EngineInputError: Its numbers make no sense.
    """
    query = case.query
    if query is None:
        raise UnsupportedScenarioError(where=f"{case.id}: not a query")
    active = [
        booking for booking in case.bookings if booking.is_active(case.now) and booking.id != query.ignore_booking
    ]
    service = case.services[query.service]
    since_epoch = case.now - datetime(1970, 1, 1, tzinfo=UTC)
    now_minute = since_epoch // timedelta(minutes=1)
    snapshot = Snapshot(
        timezone=case.timezone,
        now_minute=now_minute,
        now_is_mid_minute=since_epoch % timedelta(minutes=1) > timedelta(),
        resources={resource.id: resource for resource in case.resources.values()},
        busy=Busy.of(row for booking in active for row in _list_rows(case, booking)),
        sessions=_gather_sessions(case, active),
        rules=tuple(
            _count(case, index, rule, active) for index, rule in enumerate(case.rules) if _concerns(rule, service.name)
        )
        + tuple(
            _count(case, -index, ScenarioRule("service", service.name, period, Measure.BOOKINGS, limit, ALWAYS), active)
            for index, (period, limit) in enumerate(service.limits, start=1)
        ),
        holidays=case.holidays,
    )
    visit = choose_resources(visit_of(service.spec), [case.resource_ids[name] for name in query.resources])
    visit = unbind(visit) if query.is_by_staff else visit
    from_minute = to_minute(query.timezone, query.from_date, 0)
    return Question(snapshot, visit, from_minute, to_minute(query.timezone, query.to_date, 0), query.units)


def answer_query(case: ScenarioCase) -> list[int]:
    """Answer a query case with the engine alone: the starts, sorted.

    Raises:
        UnsupportedScenarioError: As `build_question`.
        EngineInputError: As `build_question`.
    """
    question = build_question(case)
    return find_starts(question.snapshot, question.visit, question.from_minute, question.to_minute, question.units)


def _concerns(rule: ScenarioRule, service: str) -> bool:
    return rule.scope != "service" or rule.target == service


def _count(case: ScenarioCase, rule_id: int, rule: ScenarioRule, active: Iterable[ScenarioBooking]) -> CapacityRule:
    """Count the bookings of a rule."""
    counted = [
        (booking.start_minute, amount_of(rule.measure, minutes=minutes, units=booking.units), minutes)
        for booking in active
        for minutes in [_measure(case, booking)]
        if rule.scope == "tenant" or rule.target in {booking.service, *booking.resources}
        if is_counted(rule.times, case.timezone, booking.start_minute)
    ]
    is_moment = rule.period is RulePeriod.MOMENT
    return CapacityRule(
        id=rule_id,
        period=rule.period,
        limit=rule.limit,
        timezone=case.timezone,
        measure=rule.measure,
        usage={} if is_moment else tally_usage(rule.period, case.timezone, [each[:2] for each in counted]),
        resource_id=case.resource_ids[rule.target] if rule.scope == "resource" and rule.target else None,
        times=rule.times,
        taken=tuple((start, start + minutes, amount) for start, amount, minutes in counted) if is_moment else (),
    )


def _measure(case: ScenarioCase, booking: ScenarioBooking) -> int:
    """Return how long a booking lasts, without buffers."""
    if booking.end_minute is not None:
        return booking.end_minute - booking.start_minute
    return _settle(case, booking)[0].duration_minutes


def _settle(case: ScenarioCase, booking: ScenarioBooking) -> tuple[VisitSpec, Sequence[tuple[int, int]] | None]:
    """Return the visit of a booking with its length, and who fills which place; None: they do not fill the places."""
    visit = visit_of(case.services[booking.service].spec)
    resource_ids = [case.resource_ids[name] for name in booking.resources]
    filling = fill_in_order(visit, resource_ids)
    known = filling or [(0, each) for each in resource_ids if each in visit.parts[0].pool]
    return settle_length(visit, known), filling


def _is_group(case: ScenarioCase, booking: ScenarioBooking) -> bool:
    return case.services[booking.service].spec.seats is not None


def _list_rows(case: ScenarioCase, booking: ScenarioBooking) -> list[tuple[int, int, int, int]]:
    if _is_group(case, booking):
        return []
    return [(*piece, booking.units) for piece in _list_occupied(case, booking)]


def _list_occupied(case: ScenarioCase, booking: ScenarioBooking) -> list[tuple[int, int, int]]:
    """List (resource id, start, end) of a booking, with its own service's buffers.

    In a service with parts each resource takes its own part, in the order listed where
    that fits, if the resources fill the places and the booking has no ``end`` of its own;
    otherwise the whole visit.
    """
    spec = case.services[booking.service].spec
    resource_ids = [case.resource_ids[name] for name in booking.resources]
    visit, filling = _settle(case, booking)
    if filling is not None and booking.end_minute is None:
        return [(resource_id, *visit.parts[index].occupied_at(booking.start_minute)) for index, resource_id in filling]
    ends = booking.start_minute + visit.duration_minutes if booking.end_minute is None else booking.end_minute
    start = booking.start_minute - spec.buffer_before_minutes
    return [(resource_id, start, ends + spec.buffer_after_minutes) for resource_id in resource_ids]


def _gather_sessions(case: ScenarioCase, bookings: Iterable[ScenarioBooking]) -> tuple[Session, ...]:
    """Put the bookings of the same service with seats, start and resources together."""
    seats: dict[tuple[str, int, frozenset[str]], int] = {}
    occupied: dict[tuple[str, int, frozenset[str]], dict[int, list[tuple[int, int]]]] = {}
    for booking in bookings:
        if not _is_group(case, booking):
            continue
        key = (booking.service, booking.start_minute, frozenset(booking.resources))
        seats[key] = seats.get(key, 0) + booking.units
        held = occupied.setdefault(key, {})
        for resource_id, start, end in _list_occupied(case, booking):
            held.setdefault(resource_id, []).append((start, end))
    return tuple(
        Session(
            service_id=case.services[key[0]].spec.id,
            start_minute=key[1],
            seats_taken=taken,
            occupied=tuple((each, *period) for each, periods in occupied[key].items() for period in merge(periods)),
        )
        for key, taken in seats.items()
    )
