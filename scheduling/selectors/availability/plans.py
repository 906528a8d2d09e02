"""Everything about some services that does not change with every booking, in one query.

A `Plan` answers: which visit is it at each location, who can serve it, when do they work,
which rules count it. What is taken comes from ``selectors.occupancy``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from database.connection import connection, write_array
from kernel.text import mark
from scheduling.engine import (
    GAP_REACH_MINUTES,
    Align,
    Busy,
    EngineInputError,
    Requirement,
    ServiceSpec,
    Strategy,
    VisitLine,
    VisitSpec,
    choose_resources,
    compose_visit,
)
from scheduling.engine.enums import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import LocationNotFound, RequestInvalid, ResourceNotFound, ServiceNotFound, SetupInvalid
from scheduling.selectors.availability.plan_sql import write_full_sql, write_plan_sql
from scheduling.selectors.availability.taken import Span, read_busy
from scheduling.selectors.catalog.timetables import Timetables, read_timetables
from scheduling.types import Wish


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """What is agreed when this service is booked."""

    id: int
    name: str
    duration_minutes: int
    seats: int | None
    strategy: Strategy
    price_minor: int | None
    deposit_kind: str
    deposit_minor: int
    deposit_percent: int
    max_party_size: int
    hold_minutes: int
    approval: str
    arrival_modes: tuple[str, ...]
    cancel_cutoff_minutes: int
    move_cutoff_minutes: int
    reminder_offsets_minutes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AddOnTerms:
    """An add-on as asked."""

    id: int
    service_id: int
    name: str
    minutes: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A capacity rule that may concern the visit."""

    id: int
    scope: str
    location_id: int | None
    resource_id: int | None
    service_id: int | None
    arrival_mode: str
    period: RulePeriod
    measure: Measure
    limit: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer; ``visits`` maps each location that can serve the wish to its visit."""

    wish: Wish
    services: tuple[ServiceTerms, ...]
    add_ons: tuple[AddOnTerms, ...]
    visits: Mapping[int, VisitSpec]
    timetables: Timetables
    rules: tuple[RuleRow, ...]

    def list_rules(self, location_id: int) -> tuple[RuleRow, ...]:
        """List the rules that count the visit at a location."""
        pool = {resource_id for part in self.visits[location_id].parts for resource_id in part.pool}
        return tuple(rule for rule in self.rules if _is_counted(rule, self.wish, location_id, pool))


def load_plan(*, wish: Wish, from_on: date, to_on: date, is_party_free: bool = False) -> Plan:
    """Load the plan for starts on local dates ``[from_on, to_on]``; one query.

    ``is_party_free``: more people may come than customers may book for (staff, what is agreed already).

    Raises:
        ServiceNotFound: A service does not exist or is switched off.
        ResourceNotFound: A chosen resource is in no pool of the visit.
        LocationNotFound: The asked location offers none of it.
        RequestInvalid: Add-ons, party or arrival mode do not fit the service.
        SetupInvalid: Nobody can serve it: the business has to complete the set-up.
    """
    ((document,),) = connection.fetch_planned(
        write_plan_sql(has_add_ons=bool(wish.add_on_ids)), _parameters(wish, from_on, to_on)
    )
    return _read_plan(document, wish, from_on, to_on, is_party_free=is_party_free)


def load_plan_at(*, wish: Wish, starts_at: datetime, is_party_free: bool = False) -> Plan:
    """Load the plan for one start, whose local date is UTC's or a neighbor of it; one query.

    Raises:
        ServiceNotFound, ResourceNotFound, LocationNotFound, RequestInvalid, SetupInvalid: As `load_plan`.
    """
    on, day = starts_at.date(), timedelta(days=1)
    return load_plan(wish=wish, from_on=on - day, to_on=on + day, is_party_free=is_party_free)


def load_plan_and_busy(
    *, wish: Wish, from_on: date, to_on: date, span: Span, is_party_free: bool = False
) -> tuple[Plan, Busy]:
    """Load the plan and what is taken for starts in a span, at every location; one query.

    ``is_party_free`` as in `load_plan`.

    Raises:
        ServiceNotFound, ResourceNotFound, LocationNotFound, RequestInvalid, SetupInvalid: As `load_plan`.
    """
    parameters = _parameters(wish, from_on, to_on) | span.parameters() | {"gap_reach": GAP_REACH_MINUTES}
    sql = write_full_sql(has_add_ons=bool(wish.add_on_ids), is_moving=span.moving is not None, is_alone=span.is_alone)
    document: list[Any] = []
    taken: list[tuple[int, list[int], list[int]]] = []
    for resource_id, starts, ends, found in connection.fetch_planned(sql, parameters):
        if resource_id is None:
            document = found
        else:
            taken.append((resource_id, starts, ends))
    return _read_plan(document, wish, from_on, to_on, is_party_free=is_party_free), read_busy(taken)


def narrow_plan(plan: Plan, resource_ids: Collection[int]) -> Plan | None:
    """Return the plan for certain resources only; None when they cannot serve it at any location."""
    visits = _choose(plan.visits, resource_ids)
    return replace(plan, visits=visits) if visits else None


def _parameters(wish: Wish, from_on: date, to_on: date) -> dict[str, Any]:
    _check_wish(wish)
    return {
        "service_ids": write_array(wish.service_ids),
        "add_on_ids": write_array(wish.add_on_ids),
        "location_id": wish.location_id,
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
    }


def _read_plan(document: Sequence[Any], wish: Wish, from_on: date, to_on: date, *, is_party_free: bool) -> Plan:
    service_rows, requirement_rows, pool_rows, add_on_rows, rule_rows, timetable = document
    timetables = read_timetables(timetable, from_on=from_on, to_on=to_on)
    by_id = {columns[0]: columns for columns in service_rows or ()}
    if any(service_id not in by_id for service_id in wish.service_ids):
        raise ServiceNotFound
    services = tuple(_read_terms(by_id[service_id]) for service_id in wish.service_ids)
    add_ons = tuple(AddOnTerms(*columns[1:]) for columns in sorted(add_on_rows or ()))
    _check_terms(wish, services, add_ons, is_party_free=is_party_free)
    pools: dict[int, dict[int, list[int]]] = {}
    for _rank, _position, _tie, requirement_id, location_id, resource_id in sorted(pool_rows or ()):
        if location_id in timetables.places:
            pools.setdefault(location_id, {}).setdefault(requirement_id, []).append(resource_id)
    rows = [by_id[service_id] for service_id in wish.service_ids]
    visits = {
        location_id: visit
        for location_id in pools
        if (visit := _compose(rows, sorted(requirement_rows or ()), pools[location_id], add_ons)) is not None
    }
    return Plan(
        wish=wish,
        services=services,
        add_ons=add_ons,
        visits=_restrict(wish, visits),
        timetables=timetables,
        rules=tuple(_read_rule(columns) for columns in sorted(rule_rows or ())),
    )


def _check_wish(wish: Wish) -> None:
    errors: dict[str, tuple[str, ...]] = {}
    if wish.party_size < 1:
        errors["party_size"] = (mark("Enter at least one person."),)
    if len(set(wish.add_on_ids)) != len(wish.add_on_ids):
        errors["add_ons"] = (mark("Choose each extra once."),)
    if errors:
        raise RequestInvalid(errors=errors)


def _check_terms(
    wish: Wish, services: Sequence[ServiceTerms], add_ons: Sequence[AddOnTerms], *, is_party_free: bool
) -> None:
    errors: dict[str, tuple[str, ...]] = {}
    known = {each.id for each in add_ons if each.service_id in wish.service_ids}
    if set(wish.add_on_ids) - known:
        errors["add_ons"] = (mark("One of the extras does not belong to this service."),)
    largest = min(service.seats if service.seats is not None else service.max_party_size for service in services)
    if wish.party_size > largest and not is_party_free:
        errors["party_size"] = (mark("This is more people than can be booked at once."),)
    modes = services[0].arrival_modes
    if wish.arrival_mode and wish.arrival_mode not in modes:
        errors["arrival_mode"] = (mark("This way to arrive is not offered for this service."),)
    if errors:
        raise RequestInvalid(errors=errors)


def _read_terms(columns: Sequence[Any]) -> ServiceTerms:
    return ServiceTerms(
        id=columns[0],
        name=columns[1],
        duration_minutes=columns[2],
        seats=columns[10],
        strategy=Strategy(columns[11]),
        price_minor=columns[12],
        deposit_kind=columns[13],
        deposit_minor=columns[14],
        deposit_percent=columns[15],
        max_party_size=columns[16],
        hold_minutes=columns[17],
        approval=columns[18],
        arrival_modes=tuple(columns[19]),
        cancel_cutoff_minutes=columns[20],
        move_cutoff_minutes=columns[21],
        reminder_offsets_minutes=tuple(columns[22]),
    )


def _read_rule(columns: Sequence[Any]) -> RuleRow:
    rule_id, scope, location_id, resource_id, service_id, arrival_mode, period, measure, limit = columns
    return RuleRow(
        id=rule_id,
        scope=scope,
        location_id=location_id,
        resource_id=resource_id,
        service_id=service_id,
        arrival_mode=arrival_mode,
        period=RulePeriod(period),
        measure=Measure(measure),
        limit=limit,
    )


def _compose(
    service_rows: Sequence[Sequence[Any]],
    requirement_rows: Sequence[Sequence[Any]],
    pools: Mapping[int, list[int]],
    add_ons: Sequence[AddOnTerms],
) -> VisitSpec | None:
    """Make the visit at one location; None when a pool there is smaller than asked."""
    lines: list[VisitLine] = []
    for columns in service_rows:
        requirements: list[Requirement] = []
        for _position, requirement_id, service_id, quantity, starts_after, duration in requirement_rows:
            if service_id != columns[0]:
                continue
            pool = tuple(pools.get(requirement_id, ()))
            if len(pool) < quantity:
                return None
            requirements.append(Requirement(pool, quantity, starts_after, duration))
        if not requirements:
            return None
        try:
            spec = ServiceSpec(
                id=columns[0],
                duration_minutes=columns[2],
                step_minutes=columns[3],
                requirements=tuple(requirements),
                buffer_before_minutes=columns[4],
                buffer_after_minutes=columns[5],
                buffers_inside_hours=columns[6],
                align=Align(columns[7]),
                minimum_notice_minutes=columns[8],
                booking_window_days=columns[9],
                seats=columns[10],
            )
        except EngineInputError as error:
            raise SetupInvalid(
                errors={error.field: (mark("This service is set up in a way that cannot work."),)}
            ) from error
        extra = sum(each.minutes for each in add_ons if each.service_id == columns[0])
        lines.append(VisitLine(spec, extra))
    try:
        return compose_visit(lines)
    except EngineInputError as error:
        raise RequestInvalid(errors={"services": (mark("These services cannot be booked together."),)}) from error


def _restrict(wish: Wish, visits: Mapping[int, VisitSpec]) -> Mapping[int, VisitSpec]:
    """Keep the locations that can serve the wish with the chosen resources."""
    if not visits:
        if wish.location_id is not None:
            raise LocationNotFound
        raise SetupInvalid(errors={"service": (mark("Nobody can do this service yet."),)})
    restricted = _choose(visits, wish.resource_ids) if wish.resource_ids else visits
    if not restricted:
        raise ResourceNotFound
    return restricted


def _choose(visits: Mapping[int, VisitSpec], resource_ids: Collection[int]) -> Mapping[int, VisitSpec]:
    chosen: dict[int, VisitSpec] = {}
    for location_id, visit in visits.items():
        with suppress(EngineInputError):
            chosen[location_id] = choose_resources(visit, resource_ids)
    return chosen


def _is_counted(rule: RuleRow, wish: Wish, location_id: int, pool: set[int]) -> bool:
    match rule.scope:
        case RuleScope.LOCATION:
            return rule.location_id == location_id
        case RuleScope.RESOURCE:
            return rule.resource_id in pool
        case RuleScope.SERVICE:
            return rule.service_id in wish.service_ids
        case RuleScope.ARRIVAL_MODE:
            return rule.arrival_mode == wish.arrival_mode
        case _:
            return True
