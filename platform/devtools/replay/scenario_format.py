"""Scenario files (format ``scenarios/1``): text in, cases out.

Names become engine ids by their order in the file, from 1. A key or word that is not
understood makes the case unsupported; nothing is ignored in silence.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from devtools.replay.cases import (
    ACTIVE_STATUSES,
    HOLD_STATUSES,
    INACTIVE_STATUSES,
    ScenarioBooking,
    ScenarioCase,
    ScenarioQuery,
    ScenarioRule,
    ScenarioService,
    ScenarioStep,
    UnsupportedCase,
    UnsupportedScenarioError,
)
from devtools.replay.fields import (
    Fields,
    read_anything,
    read_date,
    read_flag,
    read_instant,
    read_list,
    read_minute,
    read_number,
    read_object,
    read_text,
    read_time_off,
    read_wall,
    read_wall_period,
)
from scheduling.engine import (
    Align,
    BookablePeriod,
    DateOverride,
    EngineInputError,
    Measure,
    Requirement,
    Resource,
    RulePeriod,
    RuleTimes,
    ServiceSpec,
    WeeklyPeriod,
)

SCHEMA: Final = "scenarios/1"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LIMIT_PERIODS: Final = {"per_hour": RulePeriod.HOUR, "per_day": RulePeriod.DAY, "per_week": RulePeriod.WEEK}
SCOPES: Final = ("tenant", "service", "resource")
STEP_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "book": ("service", "start"),
    "cancel": ("booking",),
    "confirm": ("booking",),
    "reschedule": ("booking", "start"),
}


def load_cases(text: str) -> list[ScenarioCase | UnsupportedCase]:
    """Parse a scenario file; a case that is not understood comes back as unsupported.

    Raises:
        UnsupportedScenarioError: The file itself is not of the format ``scenarios/1``.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise UnsupportedScenarioError(where="schema")
    return [_try_parse(case) for case in read_list(document.get("cases"), "cases")]


def _try_parse(data: object) -> ScenarioCase | UnsupportedCase:
    name = str(data.get("id", "?")) if isinstance(data, dict) else "?"
    try:
        return _parse_case(data)
    except UnsupportedScenarioError as error:
        return UnsupportedCase(name, error.where)
    except EngineInputError as error:
        return UnsupportedCase(name, str(error))


def _parse_case(data: object) -> ScenarioCase:
    fields = Fields(data, "case")
    for note in ("policy", "hand_checked", "expected_local"):
        fields.find(note, read_anything)
    timezone = fields.take("tenant_tz", read_text)
    resource_items = list(fields.take("resources", read_object).items())
    service_items = list(fields.take("services", read_object).items())
    resource_ids = {name: index for index, (name, _) in enumerate(resource_items, start=1)}
    kinds = [kind for kind in ("query", "steps", "parallel") if fields.has(kind)]
    if len(kinds) != 1:
        raise UnsupportedScenarioError(where="case: not exactly one of query, steps, parallel")
    query = fields.find("query", lambda value, where: _parse_query(value, where, timezone))
    connections, attempts = fields.find("parallel", _parse_parallel) or (0, ())
    has_answer = fields.has("expected_slots" if query is not None else "expected_outcome")
    counts = fields.find("expected_outcome", _parse_counts) if attempts else None
    case = ScenarioCase(
        id=fields.take("id", read_text),
        group=fields.find("group", read_text) or "",
        description=fields.find("description", read_text) or "",
        now=fields.take("now", read_instant),
        timezone=timezone,
        resource_ids=resource_ids,
        resources={name: _parse_resource(value, name, resource_ids[name], timezone) for name, value in resource_items},
        services={
            name: _parse_service(value, name, index, resource_ids)
            for index, (name, value) in enumerate(service_items, start=1)
        },
        bookings=tuple(
            _parse_booking(value, f"bookings[{index}]")
            for index, value in enumerate(fields.find("bookings", read_list) or [])
        ),
        holidays=frozenset(read_date(value, "holidays") for value in fields.find("holidays", read_list) or []),
        rules=tuple(
            _parse_rule(value, f"rules[{index}]") for index, value in enumerate(fields.find("rules", read_list) or [])
        ),
        query=query,
        steps=tuple(_parse_step(value, "steps") for value in fields.find("steps", read_list) or []),
        connections=connections,
        attempts=attempts,
        expected_slots=tuple(
            read_minute(value, "expected_slots") for value in fields.find("expected_slots", read_list) or []
        ),
        expected_outcome=tuple(
            read_text(value, "expected_outcome") for value in fields.find("expected_outcome", read_list) or []
        ),
        expected_counts=counts,
        has_expected_answer=has_answer,
    )
    fields.finish()
    if query is None and not case.steps and not case.attempts:
        raise UnsupportedScenarioError(where="case: no steps, no attempts")
    _check_names(case)
    return case


def _check_positive(*, where: str, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise UnsupportedScenarioError(where=f"{where}.{name}: {number} is not above 0")


def _check_names(case: ScenarioCase) -> None:
    """Refuse a case that names a resource, service or booking it does not have."""
    bookings = {booking.id for booking in case.bookings}
    if len(bookings) < len(case.bookings):
        raise UnsupportedScenarioError(where="bookings: two of one id")
    named = bookings | {step.as_name for step in case.steps if step.as_name}
    moving = [case.query.ignore_booking] if case.query else []
    for name in (*moving, *(step.booking for step in (*case.steps, *case.attempts))):
        if name is not None and name not in named:
            raise UnsupportedScenarioError(where=f"unknown booking {name}")
    asked = [case.query] if case.query else []
    with_resources: Sequence[ScenarioBooking | ScenarioQuery | ScenarioStep] = (
        *case.bookings,
        *asked,
        *case.steps,
        *case.attempts,
    )
    for rule in case.rules:
        names = {"service": case.services.keys(), "resource": case.resource_ids.keys()}.get(rule.scope)
        if names is not None and rule.target not in names:
            raise UnsupportedScenarioError(where=f"unknown {rule.scope} {rule.target}")
    for item in with_resources:
        for name in item.resources:
            if name not in case.resource_ids:
                raise UnsupportedScenarioError(where=f"unknown resource {name}")
        if item.service is not None and item.service not in case.services:
            raise UnsupportedScenarioError(where=f"unknown service {item.service}")


def _parse_rule(data: object, where: str) -> ScenarioRule:
    fields = Fields(data, where)
    scope, target = fields.take("scope", read_text), fields.find("id", read_text)
    period, measure = fields.take("per", read_text), fields.find("measure", read_text) or Measure.BOOKINGS
    weekdays = [read_text(day, where) for day in fields.find("weekdays", read_list) or []]
    between, valid = fields.find("between", read_wall_period), fields.find("valid", read_list)
    limit = fields.take("limit", read_number)
    fields.finish()
    known = {"scope": SCOPES, "per": tuple(RulePeriod), "measure": tuple(Measure)}
    for key, word in (("scope", scope), ("per", period), ("measure", measure)):
        if word not in known[key]:
            raise UnsupportedScenarioError(where=f"{where}.{key} {word}")
    is_right = (target is None) == (scope == "tenant") and set(weekdays) <= set(WEEKDAYS)
    if not is_right or (valid is not None and len(valid) != 2):  # noqa: PLR2004 - first and last date
        raise UnsupportedScenarioError(where=where)
    first, last = (None, None) if valid is None else (read_date(each, where) for each in valid)
    begins, ends = between or (None, None)
    times = RuleTimes(tuple(sorted(map(WEEKDAYS.index, weekdays))), begins, ends, first, last)
    return ScenarioRule(scope, target, RulePeriod(period), Measure(measure), limit, times)


def _parse_resource(data: object, name: str, resource_id: int, timezone: str) -> Resource:
    fields = Fields(data, f"resources.{name}")
    capacity = fields.find("capacity", read_number)
    resource = Resource(
        id=resource_id,
        timezone=fields.find("tz", read_text) or timezone,
        hours=_parse_week(fields.find("weekly", read_object) or {}, f"{name}.weekly"),
        breaks=_parse_week(fields.find("breaks", read_object) or {}, f"{name}.breaks"),
        overrides=tuple(
            DateOverride(
                read_date(on, name), tuple(read_wall_period(period, name) for period in read_list(periods, name))
            )
            for on, periods in (fields.find("overrides", read_object) or {}).items()
        ),
        time_off=tuple(read_time_off(period, name) for period in fields.find("time_off", read_list) or []),
        capacity=1 if capacity is None else capacity,
    )
    fields.finish()
    return resource


def _parse_week(week: Mapping[str, object], where: str) -> tuple[WeeklyPeriod, ...]:
    if not week.keys() <= set(WEEKDAYS):
        raise UnsupportedScenarioError(where=where)
    return tuple(
        WeeklyPeriod(WEEKDAYS.index(weekday), *read_wall_period(period, where))
        for weekday, periods in week.items()
        for period in read_list(periods, where)
    )


def _parse_service(data: object, name: str, service_id: int, resource_ids: Mapping[str, int]) -> ScenarioService:
    fields = Fields(data, f"services.{name}")
    align = fields.find("align", read_text) or Align.PERIOD
    if align not in set(Align):
        raise UnsupportedScenarioError(where=f"services.{name}.align {align}")
    spec = ServiceSpec(
        id=service_id,
        duration_minutes=fields.take("duration", read_number),
        step_minutes=fields.take("interval", read_number),
        requirements=_parse_requirements(fields.take("requires", read_list), f"services.{name}.requires", resource_ids),
        buffer_before_minutes=fields.find("buffer_before", read_number) or 0,
        buffer_after_minutes=fields.find("buffer_after", read_number) or 0,
        buffers_inside_hours=bool(fields.find("buffers_inside_hours", read_flag)),
        align=Align(align),
        minimum_notice_minutes=fields.find("min_notice", read_number) or 0,
        booking_window_days=fields.find("max_days", read_number),
        seats=fields.find("seats", read_number),
        bookable_hours=_parse_bookable(fields, f"services.{name}"),
        latest_start_minute=fields.find("latest_start", read_wall),
        durations=_parse_durations(fields, f"services.{name}", resource_ids),
    )
    limits = fields.find("limits", read_object) or {}
    fields.finish()
    if not limits.keys() <= LIMIT_PERIODS.keys():
        raise UnsupportedScenarioError(where=f"services.{name}.limits")
    rules = tuple((LIMIT_PERIODS[key], read_number(limit, name)) for key, limit in limits.items() if limit is not None)
    return ScenarioService(name, spec, rules)


def _parse_bookable(fields: Fields, where: str) -> tuple[BookablePeriod, ...]:
    """Parse the hours in which a visit may start; here no hours at all are not always, but never."""
    if not fields.has("bookable_hours"):
        return ()
    week = _parse_week(fields.take("bookable_hours", read_object), f"{where}.bookable_hours")
    if not week:
        raise UnsupportedScenarioError(where=f"{where}.bookable_hours: never")
    return tuple(BookablePeriod(each.weekday, each.opens_minute, each.closes_minute) for each in week)


def _parse_durations(fields: Fields, where: str, resource_ids: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for name, value in (fields.find("per_resource", read_object) or {}).items():
        own = Fields(value, f"{where}.per_resource.{name}")
        if name not in resource_ids:
            raise UnsupportedScenarioError(where=f"{where}.per_resource: unknown resource {name}")
        found.append((resource_ids[name], own.take("duration", read_number)))
        own.finish()
    return tuple(found)


def _parse_requirements(data: Sequence[object], where: str, resource_ids: Mapping[str, int]) -> tuple[Requirement, ...]:
    """Parse what a service takes; ``same_as`` names another one by its ``id``."""
    everything = [Fields(each, where) for each in data]
    names = [fields.find("id", read_text) for fields in everything]
    known = {name: index for index, name in enumerate(names) if name is not None}
    if len(known) < len(names) - names.count(None):
        raise UnsupportedScenarioError(where=f"{where}: two of one id")
    return tuple(_parse_requirement(fields, where, resource_ids, known) for fields in everything)


def _parse_requirement(
    fields: Fields, where: str, resource_ids: Mapping[str, int], known: Mapping[str, int]
) -> Requirement:
    twin = fields.find("same_as", read_text)
    if twin is not None and twin not in known:
        raise UnsupportedScenarioError(where=f"{where}: unknown requirement {twin}")
    names = [read_text(name, where) for name in fields.take("any_of", read_list)]
    if not resource_ids.keys() >= set(names):
        raise UnsupportedScenarioError(where=f"{where}: unknown resource")
    quantity = fields.find("count", read_number)
    requirement = Requirement(
        pool=tuple(dict.fromkeys(resource_ids[name] for name in names)),
        quantity=1 if quantity is None else quantity,
        starts_after_minutes=fields.find("starts_after", read_number) or 0,
        duration_minutes=fields.find("duration", read_number),
        same_as=None if twin is None else known[twin],
    )
    fields.finish()
    return requirement


def _parse_booking(data: object, where: str) -> ScenarioBooking:
    fields = Fields(data, where)
    units = fields.find("units", read_number)
    booking = ScenarioBooking(
        id=fields.find("id", read_text) or where,
        service=fields.take("service", read_text),
        start_minute=fields.take("start", read_minute),
        end_minute=fields.find("end", read_minute),
        resources=tuple(read_text(name, where) for name in fields.take("resources", read_list)),
        units=1 if units is None else units,
        status=fields.find("status", read_text) or "confirmed",
        expires_at=fields.find("expires", read_instant),
    )
    fields.finish()
    _check_positive(units=booking.units, where=where)
    if not booking.resources:
        raise UnsupportedScenarioError(where=f"{where}.resources: empty")
    if booking.end_minute is not None and booking.end_minute <= booking.start_minute:
        raise UnsupportedScenarioError(where=f"{where}.end is not after start")
    if booking.status not in ACTIVE_STATUSES | INACTIVE_STATUSES | HOLD_STATUSES:
        raise UnsupportedScenarioError(where=f"{where}.status {booking.status}")
    return booking


def _parse_query(data: object, where: str, timezone: str) -> ScenarioQuery:
    fields = Fields(data, where)
    units = fields.find("units", read_number)
    query = ScenarioQuery(
        service=fields.take("service", read_text),
        from_date=fields.take("from", read_date),
        to_date=fields.take("to", read_date),
        timezone=fields.find("tz", read_text) or timezone,
        resources=tuple(read_text(name, where) for name in fields.find("resources", read_list) or []),
        units=1 if units is None else units,
        ignore_booking=fields.find("ignore_booking", read_text),
        is_by_staff=bool(fields.find("by_staff", read_flag)),
    )
    fields.finish()
    _check_positive(units=query.units, where=where)
    if query.to_date < query.from_date:
        raise UnsupportedScenarioError(where=f"{where}.to is before from")
    return query


def _parse_step(data: object, where: str) -> ScenarioStep:
    fields = Fields(data, where)
    op = fields.take("op", read_text)
    if op not in STEP_NEEDS:
        raise UnsupportedScenarioError(where=f"{where}.op {op}")
    for key in STEP_NEEDS[op]:
        if not fields.has(key):
            raise UnsupportedScenarioError(where=f"{where}.{key} is missing")
    units, times = fields.find("units", read_number), fields.find("times", read_number)
    step = ScenarioStep(
        op=op,
        service=fields.find("service", read_text),
        start_minute=fields.find("start", read_minute),
        booking=fields.find("booking", read_text),
        as_name=fields.find("as", read_text),
        hold_minutes=fields.find("hold_minutes", read_number),
        resources=tuple(read_text(name, where) for name in fields.find("resources", read_list) or []),
        units=1 if units is None else units,
        now=fields.find("now", read_instant),
        times=1 if times is None else times,
        is_by_staff=bool(fields.find("by_staff", read_flag)),
    )
    fields.finish()
    _check_positive(units=step.units, times=step.times, where=where)
    return step


def _parse_parallel(data: object, where: str) -> tuple[int, tuple[ScenarioStep, ...]]:
    fields = Fields(data, where)
    connections = fields.take("connections", read_number)
    attempts = tuple(_parse_step(value, where) for value in fields.take("attempts", read_list))
    fields.finish()
    _check_positive(connections=connections, where=where)
    return connections, attempts


def _parse_counts(data: object, where: str) -> tuple[int, int]:
    fields = Fields(data, where)
    counts = fields.take("accepted", read_number), fields.take("rejected", read_number)
    fields.finish()
    return counts
