"""Scenario cases through the real services, in a scratch tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Barrier

from django.db import connection

from devtools.replay.cases import (
    HOLD_STATUSES,
    ScenarioBooking,
    ScenarioCase,
    ScenarioRule,
    ScenarioService,
    ScenarioStep,
    UnsupportedScenarioError,
)
from devtools.scratch.overbooking import list_overbooked
from devtools.scratch.shop import add_place, add_rule, add_service, add_team
from devtools.scratch.tenant import empty_scheduling
from kernel.errors import DomainError, Invalid
from kernel.ids import hash_token, new_token
from kernel.instants import to_instant, to_minutes
from scheduling.engine import Requirement, Strategy
from scheduling.enums import ActorKind, BookingSource, BookingStatus, RuleScope
from scheduling.selectors.availability.free_times import LONGEST_WINDOW_DAYS, get_availability
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot, release_hold
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.types import (
    CUSTOMER,
    Actor,
    AvailabilityQuery,
    CustomerDetails,
    RequirementSetup,
    ServiceResourceSetup,
    SlotRequest,
    VisitDetails,
    Wish,
    copy_timing,
)
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo

DETAILS = VisitDetails(
    customer=CustomerDetails(name="Replay", email="replay@scratch.example", locale="en"), wants_reminders=False
)
STAFF = Actor(kind=ActorKind.STAFF)
CONFIRMED_STATUSES = frozenset(
    {BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED}
)
LARGEST_PARTY = 1000
MOST_CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Hold:
    """A booking that is held, and what proves that it is one's own."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A case set up in the scratch tenant: what its names are called there."""

    case: ScenarioCase
    resource_ids: Mapping[str, int]
    service_ids: Mapping[str, int]
    bookings: Mapping[str, Hold | int]


def set_up(case: ScenarioCase, tenant: TenantInfo) -> Stage:
    """Empty the tenant and put the case's business into it."""
    empty_scheduling(tenant)
    place = add_place("Scratch", timezone=case.timezone, closed_on=case.holidays)
    resource_ids = {name: _add_resource(case, name, place) for name in case.resources}
    by_engine_id = {case.resource_ids[name]: resource_id for name, resource_id in resource_ids.items()}
    service_ids = {name: _add_service(service, by_engine_id) for name, service in case.services.items()}
    for name, service in case.services.items():
        for period, limit in service.limits:
            values = {"scope": RuleScope.SERVICE, "period": period, "limit": limit}
            add_rule(**values, service_id=service_ids[name], now=case.now)
    for rule in case.rules:
        _add_rule(rule, service_ids, resource_ids, now=case.now)
    stage = Stage(case, resource_ids, service_ids, {})
    return replace(stage, bookings={booking.id: _import(stage, booking) for booking in case.bookings})


def run_query(stage: Stage) -> list[int]:
    """Ask the availability selector as the booking page does; return the starts in minutes.

    More people than the service takes are refused there by name; here that is: no start.
    """
    try:
        return _list_starts(stage)
    except Invalid as error:
        if error.errors.keys() == {"party_size"}:
            return []
        raise


def _add_rule(
    rule: ScenarioRule, service_ids: Mapping[str, int], resource_ids: Mapping[str, int], *, now: datetime
) -> None:
    target = {
        "service": {"service_id": service_ids.get(rule.target or "")},
        "resource": {"resource_id": resource_ids.get(rule.target or "")},
    }.get(rule.scope, {})
    values = {"period": rule.period, "measure": rule.measure, "limit": rule.limit, **rule.times._asdict(), **target}
    add_rule(scope=RuleScope(rule.scope), now=now, **values)


def _list_starts(stage: Stage) -> list[int]:
    case, query = stage.case, stage.case.query
    assert query is not None
    starts: list[int] = []
    for first, last in _cut_window(query.from_date, query.to_date):
        answer = get_availability(
            query=AvailabilityQuery(
                _make_wish(stage, query.service, query.resources, query.units),
                from_on=first,
                to_on=last,
                timezone=query.timezone,
                moving_booking_id=_to_id(stage.bookings[query.ignore_booking]) if query.ignore_booking else None,
            ),
            now=case.now,
            is_staff=query.is_by_staff,
        )
        starts += [to_minutes(slot.starts_at) for day in answer.days for slot in day.slots]
    return starts


def run_steps(stage: Stage) -> list[str]:
    """Run the steps in order, the clock moved as they say."""
    now = stage.case.now
    named = dict(stage.bookings)
    outcomes: list[str] = []
    for step in stage.case.steps:
        now = step.now or now
        try:
            made = _do(stage, step, named, now)
        except DomainError:
            outcomes.append("rejected")
            continue
        if step.as_name and made is not None:
            named[step.as_name] = made
        outcomes.append("accepted")
    return outcomes


def run_parallel(stage: Stage, tenant: TenantInfo) -> tuple[int, int, int]:
    """Fire all attempts over as many real connections; return accepted, rejected, over capacity."""
    case = stage.case
    attempts = [step for step in case.attempts for _ in range(step.times)]
    threads = min(case.connections, len(attempts))
    if threads > MOST_CONNECTIONS:
        raise UnsupportedScenarioError(where=f"parallel.connections: {threads} is above {MOST_CONNECTIONS}")
    barrier = Barrier(threads)

    def attempt(number: int) -> int:
        accepted = 0
        connection.ensure_connection()
        barrier.wait(timeout=60)
        for step in attempts[number::threads]:
            try:
                _do(stage, step, dict(stage.bookings), step.now or case.now)
                accepted += 1
            except DomainError:
                continue
        return accepted

    def work(number: int) -> int:
        accepted = call_in_tenant(tenant.schema_name, attempt, number)
        connection.close()
        return accepted

    with ThreadPoolExecutor(threads) as pool:
        accepted = sum(pool.map(work, range(threads)))
    return accepted, len(attempts) - accepted, len(list_overbooked(now=case.now))


def _do(stage: Stage, step: ScenarioStep, named: dict[str, Hold | int], now: datetime) -> Hold | int | None:
    """Do one step; return the hold or booking id that it made."""
    target = named.get(step.booking) if step.booking else None
    if step.op == "book":
        return _book(stage, step, now)
    if target is None:
        raise DomainError
    if step.op == "confirm":
        if isinstance(target, Hold):
            submitted = submit_booking(hold_id=target.id, token=target.token, details=DETAILS, now=now)
            named[str(step.booking)] = submitted.booking_id
        elif get_booking(booking_id=target).status not in CONFIRMED_STATUSES:
            raise DomainError
        return None
    if step.op == "cancel":
        if isinstance(target, Hold):
            release_hold(hold_id=target.id, token=target.token, now=now)
            del named[str(step.booking)]  # Who gives a hold back keeps no token of it.
        else:
            cancel_booking(booking_id=target, reason="replay", now=now, by=STAFF)
        return None
    move_booking(
        booking_id=_to_id(target),
        starts_at=_to_instant(step.start_minute),
        now=now,
        by=STAFF if step.is_by_staff else CUSTOMER,
        resource_ids=tuple(stage.resource_ids[name] for name in step.resources) or None,
    )
    return None


def _book(stage: Stage, step: ScenarioStep, now: datetime) -> Hold | int:
    assert step.service is not None
    wish = _make_wish(stage, step.service, step.resources, step.units)
    request = SlotRequest(wish, _to_instant(step.start_minute))
    by = STAFF if step.is_by_staff else CUSTOMER
    if step.hold_minutes is not None and step.is_by_staff:
        raise UnsupportedScenarioError(where="a hold by staff")
    if step.hold_minutes is not None:
        held = hold_slot(request=request, now=now, source=BookingSource.API, hold_minutes=step.hold_minutes)
        return Hold(held.id, held.token)
    return book_slot(request=request, details=DETAILS, now=now, source=BookingSource.API, by=by).booking_id


def _make_wish(stage: Stage, service: str, resources: Sequence[str], units: int) -> Wish:
    chosen = tuple(stage.resource_ids[name] for name in resources)
    return Wish(service_ids=(stage.service_ids[service],), resource_ids=chosen, party_size=units)


def _add_resource(case: ScenarioCase, name: str, place: int) -> int:
    resource = case.resources[name]
    (resource_id,) = add_team(
        place,
        [name],
        type_name="Resource",
        capacity=resource.capacity,
        timezone=resource.timezone,
        hours=resource.hours,
        breaks=resource.breaks,
        overrides=resource.overrides,
        time_off=[(_to_instant(start), _to_instant(end)) for start, end in resource.time_off],
        position=case.resource_ids[name],
    )
    return resource_id


def _add_service(service: ScenarioService, by_engine_id: Mapping[int, int]) -> int:
    return add_service(
        name=service.name,
        strategy=Strategy.FIXED_ORDER,
        max_party_size=LARGEST_PARTY,
        requirements=tuple(
            RequirementSetup(
                resource_ids=tuple(by_engine_id[each] for each in requirement.pool),
                quantity=requirement.quantity,
                starts_after_minutes=requirement.starts_after_minutes,
                duration_minutes=requirement.duration_minutes,
                same_as=requirement.same_as,
            )
            for requirement in service.spec.requirements
        ),
        per_resource=tuple(
            ServiceResourceSetup(resource_id=by_engine_id[each], duration_minutes=minutes)
            for each, minutes in service.spec.durations
            if each in by_engine_id
        ),
        **copy_timing(service.spec),
    )


def _import(stage: Stage, booking: ScenarioBooking) -> Hold | int:
    status, expires_at = BookingStatus.CONFIRMED, None
    if booking.status in HOLD_STATUSES:
        status, expires_at = BookingStatus.HELD, booking.expires_at
        if expires_at is None:
            status = BookingStatus.PENDING_APPROVAL
    elif not booking.is_active(stage.case.now):
        status = BookingStatus.CANCELLED
    booking_id = import_booking(
        service_id=_find_service(stage, booking),
        starts_at=_to_instant(booking.start_minute),
        ends_at=None if booking.end_minute is None else _to_instant(booking.end_minute),
        resource_ids=tuple(stage.resource_ids[name] for name in booking.resources),
        party_size=booking.units,
        status=status,
        hold_expires_at=expires_at,
        now=stage.case.now,
    )
    return _own_hold(booking_id) if status is BookingStatus.HELD else booking_id


def _find_service(stage: Stage, booking: ScenarioBooking) -> int:
    """Return the booking's service, or one like it for resources that the service does not take (any more).

    Raises:
        UnsupportedScenarioError: The service has limits, which would not count the other one's
            booking, or a step does something to it.
    """
    service = stage.case.services[booking.service]
    pool = {each for requirement in service.spec.requirements for each in requirement.pool}
    taken = {stage.case.resource_ids[name]: stage.resource_ids[name] for name in booking.resources}
    if taken.keys() <= pool:
        return stage.service_ids[booking.service]
    has_rule = any(rule.target == booking.service for rule in stage.case.rules)
    if service.limits or has_rule or booking.id in {step.booking for step in (*stage.case.steps, *stage.case.attempts)}:
        raise UnsupportedScenarioError(where=f"{booking.id}: resources outside the pools of its service")
    requirement = Requirement(pool=tuple(taken), quantity=len(taken))
    like_it = replace(service, name=booking.id, spec=replace(service.spec, requirements=(requirement,)))
    return _add_service(like_it, taken)


def _own_hold(booking_id: int) -> Hold:
    """Give an imported hold a token, so that a step can confirm or release it."""
    token = new_token()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_booking SET hold_token_hash = %s WHERE id = %s", [hash_token(token), booking_id]
        )
    return Hold(booking_id, token)


def _to_id(booking: Hold | int) -> int:
    return booking.id if isinstance(booking, Hold) else booking


def _cut_window(first: date, end: date) -> Iterator[tuple[date, date]]:
    while first < end:
        last = min(first + timedelta(days=LONGEST_WINDOW_DAYS), end)
        yield first, last - timedelta(days=1)
        first = last


def _to_instant(minute: int | None) -> datetime:
    assert minute is not None
    return to_instant(minute)
