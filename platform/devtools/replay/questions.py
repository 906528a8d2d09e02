"""Query cases put to the engine alone: a case becomes a snapshot and a visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from devtools.replay.cases import ScenarioBooking, ScenarioCase, UnsupportedScenarioError
from kernel.intervals import merge
from scheduling.engine import (
    Busy,
    CapacityRule,
    Session,
    Snapshot,
    VisitSpec,
    choose_resources,
    fill_in_order,
    find_starts,
    tally_usage,
    to_minute,
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
    own_starts = [(booking.start_minute, 1) for booking in active if booking.service == service.name]
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
            CapacityRule(index, period, limit, case.timezone, usage=tally_usage(period, case.timezone, own_starts))
            for index, (period, limit) in enumerate(service.limits)
        ),
        holidays=case.holidays,
    )
    visit = choose_resources(visit_of(service.spec), [case.resource_ids[name] for name in query.resources])
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
    visit = visit_of(spec)
    filling = fill_in_order(visit, resource_ids) if booking.end_minute is None else None
    if filling is not None:
        return [(resource_id, *visit.parts[index].occupied_at(booking.start_minute)) for index, resource_id in filling]
    ends = booking.start_minute + spec.duration_minutes if booking.end_minute is None else booking.end_minute
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
