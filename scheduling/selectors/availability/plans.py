"""Everything about some services that does not change with every booking, in one query.

A `Plan` answers: which visit is it at each location, who can serve it, when do they work,
which rules count it. What is taken comes from ``selectors.occupancy``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from database.connection import connection, write_array
from kernel.text import mark
from scheduling.engine import (
    GAP_REACH_MINUTES,
    Busy,
    EngineInputError,
    Requirement,
    RulePeriod,
    ServiceSpec,
    VisitLine,
    VisitSpec,
    choose_resources,
    compose_visit,
    fix_length,
    keep_filling,
    keep_length,
    keep_resources,
    list_servers,
    unbind,
)
from scheduling.enums import RuleScope
from scheduling.errors import LocationNotFound, RequestInvalid, ResourceNotFound, ServiceNotFound, SetupInvalid
from scheduling.selectors.availability.columns import (
    SERVICE_COLUMNS,
    AddOnTerms,
    OwnTerms,
    PlanDocument,
    PoolRow,
    RequirementRow,
    RuleRow,
    read_rule,
)
from scheduling.selectors.availability.plan_sql import write_full_sql, write_plan_sql
from scheduling.selectors.availability.taken import Span, read_busy
from scheduling.selectors.catalog.timetables import Timetables, read_timetables
from scheduling.types import MOST_SERVICES, ServiceTerms, Wish, copy_timing


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedService(ServiceTerms):
    """What is agreed when this service is booked."""

    id: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer; ``visits`` maps each location that can serve the wish to its visit.

    ``edition`` is the catalog's, for whoever books by it.
    """

    wish: Wish
    services: tuple[PlannedService, ...]
    add_ons: tuple[AddOnTerms, ...]
    visits: Mapping[int, VisitSpec]
    timetables: Timetables
    rules: tuple[RuleRow, ...]
    own_terms: tuple[OwnTerms, ...] = ()
    edition: int = 0

    def price_service(self, service_id: int, resource_ids: Collection[int]) -> int | None:
        """Return the price of a service that these resources begin; of several the highest; None: on request."""
        base = next(service.price_minor for service in self.services if service.id == service_id)
        own = {
            each.resource_id: each.price_minor
            for each in self.own_terms
            if each.service_id == service_id and each.price_minor is not None
        }
        prices = [price for each in resource_ids if (price := own.get(each, base)) is not None]
        return base if base is None else max(prices, default=base)

    def has_moments(self) -> bool:
        """Tell whether a rule per moment counts the visit anywhere."""
        return any(rule.period is RulePeriod.MOMENT for each in self.visits for rule in self.list_rules(each))

    def list_rules(self, location_id: int) -> tuple[RuleRow, ...]:
        """List the rules that count the visit at a location."""
        pool = self.visits[location_id].pool
        return tuple(rule for rule in self.rules if _is_counted(rule, self.wish, location_id, pool))

    def list_resource_ids(self) -> list[int]:
        """List every resource that could serve the visit, at any location."""
        return [resource_id for visit in self.visits.values() for resource_id in list_servers(visit)]


def load_plan(
    *,
    wish: Wish,
    from_on: date,
    to_on: date,
    is_party_free: bool = False,
    is_agreed: bool = False,
    is_listed_only: bool = False,
) -> Plan:
    """Load the plan for starts on local dates ``[from_on, to_on]``; one query.

    ``is_party_free``: more people may come than customers may book for (staff), and whom these book by a link only
    serves unchosen as well, as in a visit that was agreed; not with ``is_listed_only`` (a customer moves it).
    ``is_agreed``: so it was booked; its
    party has seats and its way to arrive is known, whatever the service offers by now.

    Raises:
        ServiceNotFound: A service does not exist or is switched off.
        ResourceNotFound: A chosen resource is in no pool of the visit.
        LocationNotFound: The asked location offers none of it.
        RequestInvalid: Add-ons, party or arrival mode do not fit the service.
        SetupInvalid: Nobody can serve it: the business has to complete the set-up.
    """
    ((document,),) = connection.fetch_planned(
        write_plan_sql(has_add_ons=bool(wish.add_on_ids)),
        _parameters(wish, from_on, to_on, has_hidden=(is_party_free or is_agreed) and not is_listed_only),
    )
    return _read_plan(document, wish, from_on, to_on, is_party_free=is_party_free, is_agreed=is_agreed)


def load_plan_at(
    *,
    wish: Wish,
    starts_at: datetime,
    is_party_free: bool = False,
    is_agreed: bool = False,
    is_listed_only: bool = False,
) -> Plan:
    """Load the plan for one start, whose local date is UTC's or a neighbor of it; one query.

    The last three as in `load_plan`.

    Raises:
        ServiceNotFound, ResourceNotFound, LocationNotFound, RequestInvalid, SetupInvalid: As `load_plan`.
    """
    on, day = starts_at.date(), timedelta(days=1)
    return load_plan(
        wish=wish,
        from_on=on - day,
        to_on=on + day,
        is_party_free=is_party_free,
        is_agreed=is_agreed,
        is_listed_only=is_listed_only,
    )


def load_plan_and_busy(
    *,
    wish: Wish,
    from_on: date,
    to_on: date,
    span: Span,
    is_party_free: bool = False,
    is_agreed: bool = False,
) -> tuple[Plan, Busy]:
    """Load the plan and what is taken for starts in a span, at every location; one query.

    Whom customers book by a link only serves staff (``is_party_free``), or when chosen; else the last two are as in
    `load_plan`.

    Raises:
        ServiceNotFound, ResourceNotFound, LocationNotFound, RequestInvalid, SetupInvalid: As `load_plan`.
    """
    parameters = _parameters(wish, from_on, to_on, has_hidden=is_party_free)
    parameters |= span.parameters() | {"gap_reach": GAP_REACH_MINUTES}
    sql = write_full_sql(has_add_ons=bool(wish.add_on_ids), is_moving=span.moving is not None, is_alone=span.is_alone)
    document: list[Any] = []
    taken: list[tuple[int, list[int], list[int]]] = []
    for resource_id, starts, ends, found in connection.fetch_planned(sql, parameters):
        if resource_id is None:
            document = found
        else:
            taken.append((resource_id, starts, ends))
    plan = _read_plan(document, wish, from_on, to_on, is_party_free=is_party_free, is_agreed=is_agreed)
    return plan, read_busy(taken)


def check_online(plan: Plan) -> None:
    """Refuse to a customer what only staff may book.

    Raises:
        ServiceNotFound: One of the services is not offered online.
    """
    if not all(service.is_online for service in plan.services):
        raise ServiceNotFound


def narrow_plan(plan: Plan, resource_ids: Collection[int]) -> Plan | None:
    """Return the plan for certain resources only; None when they cannot serve it at any location."""
    visits = _choose(plan.visits, resource_ids, keep_resources)
    return replace(plan, visits=visits) if visits else None


def keep_places(plan: Plan, filling: Collection[tuple[int, int]]) -> Plan | None:
    """Return the plan for those alone who serve in a filling, (part index, resource id), each in that part."""
    visits: dict[int, VisitSpec] = {}
    for location_id, visit in plan.visits.items():
        with suppress(EngineInputError):
            visits[location_id] = keep_filling(visit, filling)
    return replace(plan, visits=visits) if visits else None


def keep_agreed_length(plan: Plan, minutes: int) -> Plan:
    """Return the plan for a visit that was agreed to last so long, whatever its services take by now."""
    visits = {location_id: keep_length(visit, minutes) for location_id, visit in plan.visits.items()}
    return replace(plan, visits=visits)


def lift_limits(plan: Plan) -> Plan:
    """Return the plan for staff: as soon and as far ahead as they like, on the same grid."""
    visits = {location_id: unbind(visit) for location_id, visit in plan.visits.items()}
    return replace(plan, visits=visits)


def _parameters(wish: Wish, from_on: date, to_on: date, *, has_hidden: bool) -> dict[str, Any]:
    """Return what the statement asks with; ``has_hidden``: also with those whom customers book by a link only."""
    _check_wish(wish)
    return {
        "service_ids": write_array(wish.service_ids),
        "add_on_ids": write_array(wish.add_on_ids),
        "location_id": wish.location_id,
        "has_hidden": has_hidden,
        "chosen_ids": write_array(wish.resource_ids),
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
    }


def _seat_party(visit: VisitSpec, party_size: int) -> VisitSpec:
    """Give a party that was agreed its seats, should there be fewer by now."""
    return visit if visit.seats is None else replace(visit, seats=max(visit.seats, party_size))


def _fix_length(visit: VisitSpec, minutes: int) -> VisitSpec:
    """Give a visit its own length; where its services by now do not fit in, or a group has one, it has none."""
    if visit.seats is None:
        with suppress(EngineInputError):
            return fix_length(visit, minutes)
    return visit


def _read_plan(
    document: Sequence[Any],
    wish: Wish,
    from_on: date,
    to_on: date,
    *,
    is_party_free: bool,
    is_agreed: bool,
) -> Plan:
    rows = PlanDocument(*document)
    timetables = read_timetables(rows.timetable, from_on=from_on, to_on=to_on)
    by_id = {service.id: service for service in map(_read_service, rows.services or ())}
    if any(service_id not in by_id for service_id in wish.service_ids):
        raise ServiceNotFound
    services = tuple(by_id[service_id] for service_id in wish.service_ids)
    add_ons = tuple(AddOnTerms(*columns) for columns in sorted(rows.add_ons or (), key=itemgetter(0, 1)))
    _check_terms(wish, services, add_ons, is_party_free=is_party_free, is_agreed=is_agreed)
    pools: dict[int, dict[int, list[int]]] = {}
    for each in (PoolRow(*columns) for columns in sorted(rows.pools or ())):
        if each.location_id in timetables.places:
            pools.setdefault(each.location_id, {}).setdefault(each.requirement_id, []).append(each.resource_id)
    requirements = [RequirementRow(*columns) for columns in sorted(rows.requirements or ())]
    own_terms = tuple(OwnTerms(*columns) for columns in rows.per_resource or ())
    visits = {
        location_id: visit
        for location_id in pools
        if (visit := _compose(services, requirements, pools[location_id], add_ons, own_terms)) is not None
    }
    if is_agreed:
        visits = {location_id: _seat_party(visit, wish.party_size) for location_id, visit in visits.items()}
    if wish.length_minutes is not None:
        visits = {location_id: _fix_length(visit, wish.length_minutes) for location_id, visit in visits.items()}
    return Plan(
        wish=wish,
        services=services,
        add_ons=add_ons,
        visits=_restrict(wish, visits),
        timetables=timetables,
        rules=tuple(read_rule(columns) for columns in sorted(rows.rules or (), key=itemgetter(0))),
        own_terms=own_terms,
        edition=rows.edition or 0,
    )


def _check_wish(wish: Wish) -> None:
    errors: dict[str, tuple[str, ...]] = {}
    if wish.party_size < 1:
        errors["party_size"] = (mark("Enter at least one person."),)
    if len(set(wish.add_on_ids)) != len(wish.add_on_ids):
        errors["add_ons"] = (mark("Choose each extra once."),)
    if len(wish.service_ids) > MOST_SERVICES:
        errors["services"] = (mark("At most five services make one visit."),)
    if errors:
        raise RequestInvalid(errors=errors)


def _check_terms(
    wish: Wish,
    services: Sequence[PlannedService],
    add_ons: Sequence[AddOnTerms],
    *,
    is_party_free: bool,
    is_agreed: bool,
) -> None:
    errors: dict[str, tuple[str, ...]] = {}
    known = {each.id for each in add_ons if each.service_id in wish.service_ids}
    if set(wish.add_on_ids) - known:
        errors["add_ons"] = (mark("One of the extras does not belong to this service."),)
    largest = min(service.largest_party for service in services)
    if wish.party_size > largest and not (is_party_free or is_agreed):
        errors["party_size"] = (mark("That is more people than can be booked at once."),)
    modes = services[0].arrival_modes
    if wish.arrival_mode and wish.arrival_mode not in modes and not is_agreed:
        errors["arrival_mode"] = (mark("This way to arrive is not offered for this service."),)
    if errors:
        raise RequestInvalid(errors=errors)


def _read_service(columns: Sequence[Any]) -> PlannedService:
    values = dict(zip(SERVICE_COLUMNS, columns, strict=True))
    return PlannedService.read(values, id=values["id"])


def _compose(
    services: Sequence[PlannedService],
    requirement_rows: Sequence[RequirementRow],
    pools: Mapping[int, list[int]],
    add_ons: Sequence[AddOnTerms],
    own_terms: Sequence[OwnTerms],
) -> VisitSpec | None:
    """Make the visit at one location; None when a pool there is smaller than asked."""
    lines: list[VisitLine] = []
    for service in services:
        requirements: list[Requirement] = []
        rows = [row for row in requirement_rows if row.service_id == service.id]
        place_of = {row.id: place for place, row in enumerate(rows)}
        for row in rows:
            pool = tuple(pools.get(row.id, ()))
            if len(pool) < row.quantity:
                return None
            same_as = None if row.same_as_id is None else place_of.get(row.same_as_id)
            part = (row.starts_after_minutes, row.duration_minutes)
            requirements.append(Requirement(pool, row.quantity, *part, same_as=same_as))
        if not requirements:
            return None
        try:
            spec = ServiceSpec(
                id=service.id,
                requirements=tuple(requirements),
                durations=tuple(
                    (each.resource_id, each.duration_minutes)
                    for each in own_terms
                    if each.service_id == service.id
                    and each.duration_minutes
                    and each.resource_id in requirements[0].pool
                ),
                **copy_timing(service),
            )
        except EngineInputError as error:
            raise SetupInvalid(
                errors={error.field: (mark("This service is set up in a way that cannot work."),)}
            ) from error
        extra = sum(each.minutes for each in add_ons if each.service_id == service.id)
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
    restricted = _choose(visits, wish.resource_ids, choose_resources) if wish.resource_ids else visits
    if not restricted:
        raise ResourceNotFound
    return restricted


def _choose(
    visits: Mapping[int, VisitSpec],
    resource_ids: Collection[int],
    choose: Callable[[VisitSpec, Collection[int]], VisitSpec],
) -> Mapping[int, VisitSpec]:
    chosen: dict[int, VisitSpec] = {}
    for location_id, visit in visits.items():
        with suppress(EngineInputError):
            chosen[location_id] = choose(visit, resource_ids)
    return chosen


def _is_counted(rule: RuleRow, wish: Wish, location_id: int, pool: Collection[int]) -> bool:
    if rule.arrival_mode and rule.arrival_mode != wish.arrival_mode:
        return False
    match rule.scope:
        case RuleScope.LOCATION:
            return rule.location_id == location_id
        case RuleScope.RESOURCE:
            return rule.resource_id in pool
        case RuleScope.SERVICE:
            return rule.service_id in wish.service_ids
        case _:
            return True
