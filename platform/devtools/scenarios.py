"""Scenario files (format ``scenarios/1``): parse them, and put the queries to the engine.

Pure: text in, frozen values out. Names become engine ids by their order in the
file, from 1. A key or word that is not understood makes the case unsupported;
nothing is ignored in silence.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from scheduling.engine import (
    Align,
    Busy,
    CapacityRule,
    DateOverride,
    EngineInputError,
    Requirement,
    Resource,
    RulePeriod,
    ServiceSpec,
    Session,
    Snapshot,
    VisitSpec,
    WeeklyPeriod,
    choose_resources,
    find_filling,
    find_starts,
    tally_usage,
    to_minute,
    visit_of,
)

SCHEMA: Final = "scenarios/1"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LIMIT_PERIODS: Final = {"per_hour": RulePeriod.HOUR, "per_day": RulePeriod.DAY, "per_week": RulePeriod.WEEK}
ACTIVE_STATUSES: Final = frozenset(
    {"confirmed", "pending", "pending_payment", "pending_approval", "arrived", "in_progress", "completed"}
)
INACTIVE_STATUSES: Final = frozenset({"cancelled", "declined", "expired"})
HOLD_STATUSES: Final = frozenset({"hold", "held"})
WALL_TIME: Final = re.compile(r"(\d{1,2}):([0-5]\d)")
STEP_OPS: Final = frozenset({"book", "cancel", "confirm", "reschedule"})

T = TypeVar("T")


class UnsupportedScenarioError(Exception):
    """A scenario says something that this reader does not understand."""

    def __init__(self, *, where: str) -> None:
        super().__init__(f"unsupported: {where}")
        self.where = where


@dataclass(frozen=True, slots=True)
class ScenarioService:
    """A service and its limits: at most N bookings of it per hour, day or week."""

    name: str
    spec: ServiceSpec
    limits: tuple[tuple[RulePeriod, int], ...]


@dataclass(frozen=True, slots=True)
class ScenarioBooking:
    """A booking that exists at the beginning; instants in minutes since 1970, UTC."""

    id: str
    service: str
    start_minute: int
    end_minute: int | None
    resources: tuple[str, ...]
    units: int
    status: str
    expires_at: datetime | None

    def is_active(self, now: datetime) -> bool:
        """Tell whether it takes its place: active, or a hold that ends after ``now``."""
        if self.status in HOLD_STATUSES:
            return self.expires_at is None or self.expires_at > now
        return self.status in ACTIVE_STATUSES


@dataclass(frozen=True, slots=True)
class ScenarioQuery:
    """Which starts are offered from ``from_date`` to before ``to_date``, in ``timezone``?"""

    service: str
    from_date: date
    to_date: date
    timezone: str
    resources: tuple[str, ...]
    units: int
    ignore_booking: str | None


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One thing done: ``op`` is book, cancel, confirm or reschedule.

    ``now`` moves the clock first. ``booking`` names an earlier step's ``as_name``.
    ``times`` is above 1 only among the attempts of a parallel case.
    """

    op: str
    service: str | None
    start_minute: int | None
    booking: str | None
    as_name: str | None
    hold_minutes: int | None
    resources: tuple[str, ...]
    units: int
    now: datetime | None
    times: int


@dataclass(frozen=True, slots=True)
class ScenarioCase:
    """One case: the whole input and the whole expected answer.

    Exactly one of ``query``, ``steps``, ``attempts`` is filled, and its answer:
    ``expected_slots`` (minutes since 1970), ``expected_outcome`` (per step), or
    ``expected_counts`` as (accepted, rejected). ``resource_ids`` gives
    the engine's id of each name.
    """

    id: str
    group: str
    description: str
    now: datetime
    timezone: str
    resource_ids: Mapping[str, int]
    resources: Mapping[str, Resource]
    services: Mapping[str, ScenarioService]
    bookings: tuple[ScenarioBooking, ...]
    holidays: frozenset[date]
    query: ScenarioQuery | None
    steps: tuple[ScenarioStep, ...]
    connections: int
    attempts: tuple[ScenarioStep, ...]
    expected_slots: tuple[int, ...]
    expected_outcome: tuple[str, ...]
    expected_counts: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class UnsupportedCase:
    """A case that cannot be expressed here, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query in the engine's words: the arguments of ``find_slots``."""

    snapshot: Snapshot
    visit: VisitSpec
    from_minute: int
    to_minute: int
    units: int


class _Fields:
    """A JSON object that is taken apart key by key and must end up empty."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise UnsupportedScenarioError(where=where)
        self._left: dict[str, object] = dict(data)
        self._where = where

    def take(self, key: str, read: Callable[[object, str], T]) -> T:
        """Take out a key that must be there."""
        where = f"{self._where}.{key}"
        if key not in self._left:
            raise UnsupportedScenarioError(where=f"{where} is missing")
        return read(self._left.pop(key), where)

    def find(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """Take out a key; None when it is absent or null."""
        if self._left.get(key) is None:
            self._left.pop(key, None)
            return None
        return self.take(key, read)

    def has(self, key: str) -> bool:
        """Tell whether a key is still there."""
        return key in self._left

    def finish(self) -> None:
        """Refuse what nobody took out."""
        if self._left:
            raise UnsupportedScenarioError(where=f"{self._where}.{min(self._left)}")


def load_cases(text: str) -> list[ScenarioCase | UnsupportedCase]:
    """Parse a scenario file; a case that is not understood comes back as unsupported.

    Raises:
        UnsupportedScenarioError: The file itself is not of the format ``scenarios/1``.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise UnsupportedScenarioError(where="schema")
    return [_try_parse(case) for case in _list(document.get("cases"), "cases")]


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

    In a service with parts each resource takes its own part, if the resources
    fill the places and the booking has no ``end`` of its own; otherwise the whole visit.
    """
    spec = case.services[booking.service].spec
    resource_ids = [case.resource_ids[name] for name in booking.resources]
    parts = [part for part in visit_of(spec).parts for _ in range(part.quantity)]
    options = [[resource_id for resource_id in resource_ids if resource_id in part.pool] for part in parts]
    filling = find_filling(options) if len(parts) == len(resource_ids) and booking.end_minute is None else None
    if filling is not None:
        return [
            (
                resource_id,
                booking.start_minute + part.starts_after_minutes - part.buffer_before_minutes,
                booking.start_minute + part.starts_after_minutes + part.duration_minutes + part.buffer_after_minutes,
            )
            for resource_id, part in zip(filling, parts, strict=True)
        ]
    ends = booking.start_minute + spec.duration_minutes if booking.end_minute is None else booking.end_minute
    start = booking.start_minute - spec.buffer_before_minutes
    return [(resource_id, start, ends + spec.buffer_after_minutes) for resource_id in resource_ids]


def _gather_sessions(case: ScenarioCase, bookings: Iterable[ScenarioBooking]) -> tuple[Session, ...]:
    """Put the bookings of the same service with seats, start and resources together."""
    seats: dict[tuple[str, int, frozenset[str]], int] = {}
    occupied: dict[tuple[str, int, frozenset[str]], dict[int, tuple[int, int]]] = {}
    for booking in bookings:
        if not _is_group(case, booking):
            continue
        key = (booking.service, booking.start_minute, frozenset(booking.resources))
        seats[key] = seats.get(key, 0) + booking.units
        held = occupied.setdefault(key, {})
        for resource_id, start, end in _list_occupied(case, booking):
            known_start, known_end = held.get(resource_id, (start, end))
            held[resource_id] = (min(start, known_start), max(end, known_end))
    return tuple(
        Session(
            service_id=case.services[key[0]].spec.id,
            start_minute=key[1],
            seats_taken=taken,
            occupied=tuple((resource_id, *period) for resource_id, period in occupied[key].items()),
        )
        for key, taken in seats.items()
    )


def _try_parse(data: object) -> ScenarioCase | UnsupportedCase:
    name = str(data.get("id", "?")) if isinstance(data, dict) else "?"
    try:
        return _parse_case(data)
    except UnsupportedScenarioError as error:
        return UnsupportedCase(name, error.where)
    except EngineInputError as error:
        return UnsupportedCase(name, str(error))


def _parse_case(data: object) -> ScenarioCase:
    fields = _Fields(data, "case")
    for note in ("policy", "hand_checked", "expected_local"):
        fields.find(note, _anything)
    timezone = fields.take("tenant_tz", _text)
    resource_items = list(fields.take("resources", _object).items())
    service_items = list(fields.take("services", _object).items())
    resource_ids = {name: index for index, (name, _) in enumerate(resource_items, start=1)}
    kinds = [kind for kind in ("query", "steps", "parallel") if fields.has(kind)]
    if len(kinds) != 1:
        raise UnsupportedScenarioError(where="case: not exactly one of query, steps, parallel")
    query = fields.find("query", lambda value, where: _parse_query(value, where, timezone))
    connections, attempts = fields.find("parallel", _parse_parallel) or (0, ())
    counts = fields.take("expected_outcome", _parse_counts) if attempts else None
    case = ScenarioCase(
        id=fields.take("id", _text),
        group=fields.find("group", _text) or "",
        description=fields.find("description", _text) or "",
        now=fields.take("now", _instant),
        timezone=timezone,
        resource_ids=resource_ids,
        resources={name: _parse_resource(value, name, resource_ids[name], timezone) for name, value in resource_items},
        services={
            name: _parse_service(value, name, index, resource_ids)
            for index, (name, value) in enumerate(service_items, start=1)
        },
        bookings=tuple(
            _parse_booking(value, f"bookings[{index}]")
            for index, value in enumerate(fields.find("bookings", _list) or [])
        ),
        holidays=frozenset(_date(value, "holidays") for value in fields.find("holidays", _list) or []),
        query=query,
        steps=tuple(_parse_step(value, "steps") for value in fields.find("steps", _list) or []),
        connections=connections,
        attempts=attempts,
        expected_slots=tuple(_minute(value, "expected_slots") for value in fields.find("expected_slots", _list) or []),
        expected_outcome=tuple(
            _text(value, "expected_outcome") for value in fields.find("expected_outcome", _list) or []
        ),
        expected_counts=counts,
    )
    fields.finish()
    _check_names(case)
    return case


def _check_names(case: ScenarioCase) -> None:
    """Refuse a case that names a resource or service it does not have."""
    asked = [case.query] if case.query else []
    with_resources: Sequence[ScenarioBooking | ScenarioQuery | ScenarioStep] = (
        *case.bookings,
        *asked,
        *case.steps,
        *case.attempts,
    )
    for item in with_resources:
        for name in item.resources:
            if name not in case.resource_ids:
                raise UnsupportedScenarioError(where=f"unknown resource {name}")
        if item.service is not None and item.service not in case.services:
            raise UnsupportedScenarioError(where=f"unknown service {item.service}")


def _parse_resource(data: object, name: str, resource_id: int, timezone: str) -> Resource:
    fields = _Fields(data, f"resources.{name}")
    capacity = fields.find("capacity", _number)
    resource = Resource(
        id=resource_id,
        timezone=fields.find("tz", _text) or timezone,
        hours=_parse_week(fields.find("weekly", _object) or {}, f"{name}.weekly"),
        breaks=_parse_week(fields.find("breaks", _object) or {}, f"{name}.breaks"),
        overrides=tuple(
            DateOverride(_date(on, name), tuple(_wall_period(period, name) for period in _list(periods, name)))
            for on, periods in (fields.find("overrides", _object) or {}).items()
        ),
        time_off=tuple(_parse_time_off(period, name) for period in fields.find("time_off", _list) or []),
        capacity=1 if capacity is None else capacity,
    )
    fields.finish()
    return resource


def _parse_week(week: Mapping[str, object], where: str) -> tuple[WeeklyPeriod, ...]:
    if not week.keys() <= set(WEEKDAYS):
        raise UnsupportedScenarioError(where=where)
    return tuple(
        WeeklyPeriod(WEEKDAYS.index(weekday), *_wall_period(period, where))
        for weekday, periods in week.items()
        for period in _list(periods, where)
    )


def _parse_service(data: object, name: str, service_id: int, resource_ids: Mapping[str, int]) -> ScenarioService:
    fields = _Fields(data, f"services.{name}")
    align = fields.find("align", _text) or Align.PERIOD
    if align not in set(Align):
        raise UnsupportedScenarioError(where=f"services.{name}.align {align}")
    spec = ServiceSpec(
        id=service_id,
        duration_minutes=fields.take("duration", _number),
        step_minutes=fields.take("interval", _number),
        requirements=tuple(
            _parse_requirement(value, f"services.{name}.requires", resource_ids)
            for value in fields.take("requires", _list)
        ),
        buffer_before_minutes=fields.find("buffer_before", _number) or 0,
        buffer_after_minutes=fields.find("buffer_after", _number) or 0,
        buffers_inside_hours=bool(fields.find("buffers_inside_hours", _flag)),
        align=Align(align),
        minimum_notice_minutes=fields.find("min_notice", _number) or 0,
        booking_window_days=fields.find("max_days", _number),
        seats=fields.find("seats", _number),
    )
    limits = fields.find("limits", _object) or {}
    fields.finish()
    if not limits.keys() <= LIMIT_PERIODS.keys():
        raise UnsupportedScenarioError(where=f"services.{name}.limits")
    rules = tuple((LIMIT_PERIODS[key], _number(limit, name)) for key, limit in limits.items() if limit is not None)
    return ScenarioService(name, spec, rules)


def _parse_requirement(data: object, where: str, resource_ids: Mapping[str, int]) -> Requirement:
    fields = _Fields(data, where)
    names = [_text(name, where) for name in fields.take("any_of", _list)]
    if not resource_ids.keys() >= set(names):
        raise UnsupportedScenarioError(where=f"{where}: unknown resource")
    quantity = fields.find("count", _number)
    requirement = Requirement(
        pool=tuple(dict.fromkeys(resource_ids[name] for name in names)),
        quantity=1 if quantity is None else quantity,
        starts_after_minutes=fields.find("starts_after", _number) or 0,
        duration_minutes=fields.find("duration", _number),
    )
    fields.finish()
    return requirement


def _parse_booking(data: object, where: str) -> ScenarioBooking:
    fields = _Fields(data, where)
    units = fields.find("units", _number)
    booking = ScenarioBooking(
        id=fields.find("id", _text) or where,
        service=fields.take("service", _text),
        start_minute=fields.take("start", _minute),
        end_minute=fields.find("end", _minute),
        resources=tuple(_text(name, where) for name in fields.take("resources", _list)),
        units=1 if units is None else units,
        status=fields.find("status", _text) or "confirmed",
        expires_at=fields.find("expires", _instant),
    )
    fields.finish()
    if booking.status not in ACTIVE_STATUSES | INACTIVE_STATUSES | HOLD_STATUSES:
        raise UnsupportedScenarioError(where=f"{where}.status {booking.status}")
    return booking


def _parse_query(data: object, where: str, timezone: str) -> ScenarioQuery:
    fields = _Fields(data, where)
    units = fields.find("units", _number)
    query = ScenarioQuery(
        service=fields.take("service", _text),
        from_date=fields.take("from", _date),
        to_date=fields.take("to", _date),
        timezone=fields.find("tz", _text) or timezone,
        resources=tuple(_text(name, where) for name in fields.find("resources", _list) or []),
        units=1 if units is None else units,
        ignore_booking=fields.find("ignore_booking", _text),
    )
    fields.finish()
    return query


def _parse_step(data: object, where: str) -> ScenarioStep:
    fields = _Fields(data, where)
    units, times = fields.find("units", _number), fields.find("times", _number)
    step = ScenarioStep(
        op=fields.take("op", _text),
        service=fields.find("service", _text),
        start_minute=fields.find("start", _minute),
        booking=fields.find("booking", _text),
        as_name=fields.find("as", _text),
        hold_minutes=fields.find("hold_minutes", _number),
        resources=tuple(_text(name, where) for name in fields.find("resources", _list) or []),
        units=1 if units is None else units,
        now=fields.find("now", _instant),
        times=1 if times is None else times,
    )
    fields.finish()
    if step.op not in STEP_OPS:
        raise UnsupportedScenarioError(where=f"{where}.op {step.op}")
    return step


def _parse_parallel(data: object, where: str) -> tuple[int, tuple[ScenarioStep, ...]]:
    fields = _Fields(data, where)
    connections = fields.take("connections", _number)
    attempts = tuple(_parse_step(value, where) for value in fields.take("attempts", _list))
    fields.finish()
    return connections, attempts


def _parse_counts(data: object, where: str) -> tuple[int, int]:
    fields = _Fields(data, where)
    counts = fields.take("accepted", _number), fields.take("rejected", _number)
    fields.finish()
    return counts


def _parse_time_off(data: object, where: str) -> tuple[int, int]:
    return _pair(data, where, _minute)


def _wall_period(data: object, where: str) -> tuple[int, int]:
    return _pair(data, where, _wall)


def _pair(data: object, where: str, read: Callable[[object, str], int]) -> tuple[int, int]:
    try:
        first, second = _list(data, where)
    except ValueError as error:
        raise UnsupportedScenarioError(where=where) from error
    return read(first, where), read(second, where)


def _wall(data: object, where: str) -> int:
    found = WALL_TIME.fullmatch(_text(data, where))
    if found is None:
        raise UnsupportedScenarioError(where=f"{where}: {data}")
    return int(found[1]) * 60 + int(found[2])


def _instant(data: object, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(data, where))
    except ValueError as error:
        raise UnsupportedScenarioError(where=f"{where}: {data}") from error
    if instant.tzinfo is None:
        raise UnsupportedScenarioError(where=f"{where}: {data} has no zone")
    return instant.astimezone(UTC)


def _minute(data: object, where: str) -> int:
    minutes, seconds = divmod(_instant(data, where) - datetime(1970, 1, 1, tzinfo=UTC), timedelta(minutes=1))
    if seconds:
        raise UnsupportedScenarioError(where=f"{where}: {data} is not a whole minute")
    return minutes


def _date(data: object, where: str) -> date:
    try:
        return date.fromisoformat(_text(data, where))
    except ValueError as error:
        raise UnsupportedScenarioError(where=f"{where}: {data}") from error


def _text(data: object, where: str) -> str:
    if not isinstance(data, str):
        raise UnsupportedScenarioError(where=where)
    return data


def _number(data: object, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise UnsupportedScenarioError(where=where)
    return data


def _flag(data: object, where: str) -> bool:
    if not isinstance(data, bool):
        raise UnsupportedScenarioError(where=where)
    return data


def _list(data: object, where: str) -> list[object]:
    if not isinstance(data, list):
        raise UnsupportedScenarioError(where=where)
    return data


def _object(data: object, where: str) -> dict[str, object]:
    if not isinstance(data, dict):
        raise UnsupportedScenarioError(where=where)
    return data


def _anything(data: object, _where: str) -> object:
    return data
