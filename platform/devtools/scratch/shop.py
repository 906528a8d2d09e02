"""Small businesses to measure, replay and test on, set up through the catalog's own door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from kernel.money import PriceKind
from scheduling.engine import DateOverride, WeeklyPeriod
from scheduling.enums import ActorKind
from scheduling.selectors.catalog.roster import load_roster
from scheduling.services.catalog.bulk import (
    NewResource,
    add_add_ons,
    add_holidays,
    add_location,
    add_resource_types,
    add_resources,
    add_rules,
    add_services,
)
from scheduling.types import (
    Actor,
    AddOnSetup,
    DateOverrideSetup,
    HolidaySetup,
    LocationSetup,
    PeriodSetup,
    RequirementSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceSetup,
    TimeOffSetup,
    WeekSetup,
)

BUILDER = Actor(kind=ActorKind.SYSTEM)
MADE_AT = datetime(2025, 12, 1, tzinfo=UTC)
"""When these businesses were set up, as far as the log is concerned."""
EVERY_DAY = tuple(WeeklyPeriod(weekday, 540, 1080) for weekday in range(7))
"""9:00 to 18:00."""


def add_place(name: str, *, timezone: str = "UTC", closed_on: Iterable[date] = ()) -> int:
    """Add a location without public holidays, closed on some dates, and return its id."""
    setup = LocationSetup(name=name, timezone=timezone, observes_public_holidays=False)
    place = add_location(setup=setup, week=WeekSetup(), by=BUILDER, now=MADE_AT)
    holidays = (HolidaySetup(on=on, location_id=place) for on in sorted(closed_on))
    add_holidays(setups=holidays, by=BUILDER, now=MADE_AT)
    return place


def add_team(
    place: int,
    names: Sequence[str],
    *,
    type_name: str,
    is_person: bool = True,
    hours: Sequence[WeeklyPeriod] = EVERY_DAY,
    breaks: Sequence[WeeklyPeriod] = (),
    overrides: Sequence[DateOverride] = (),
    time_off: Sequence[tuple[datetime, datetime]] = (),
    **values: Any,
) -> tuple[int, ...]:
    """Add resources of one type that differ in their names only; ``values`` are fields of `ResourceSetup`."""
    type_id = _get_type(type_name, is_person=is_person)
    plans = [
        NewResource(
            setup=ResourceSetup(name=name, resource_type_id=type_id, location_id=place, **values),
            week=WeekSetup(hours=tuple(map(_to_period, hours)), breaks=tuple(map(_to_period, breaks))),
            overrides=tuple(DateOverrideSetup(on=each.on, periods=each.periods) for each in overrides),
            time_off=tuple(TimeOffSetup(resource_id=0, starts_at=start, ends_at=end) for start, end in time_off),
        )
        for name in names
    ]
    return tuple(add_resources(plans=plans, by=BUILDER, now=MADE_AT))


def add_service(*pools: Sequence[int], **values: Any) -> int:
    """Add a service that takes one of each pool, and return its id; ``values`` are fields of `ServiceSetup`.

    It may ask for a deposit: nobody pays in these businesses. A price is fixed unless ``price_kind`` says otherwise.
    """
    requirements = tuple(RequirementSetup(resource_ids=tuple(pool)) for pool in pools)
    given: dict[str, Any] = {"duration_minutes": 60, "requirements": requirements} | values
    if given.get("price_minor") is not None:
        given.setdefault("price_kind", PriceKind.FIXED)
    setup = ServiceSetup(**given)
    return add_services(setups=[setup], by=BUILDER, now=MADE_AT, may_ask_deposit=True)[0]


def add_extra(service_id: int, name: str, **values: Any) -> int:
    """Add something extra of a service and return its id; ``values`` are fields of `AddOnSetup`."""
    setup = AddOnSetup(service_id=service_id, name=name, **values)
    return add_add_ons(setups=[setup], by=BUILDER, now=MADE_AT)[0]


def add_rule(*, now: datetime, **values: Any) -> int:
    """Add a capacity rule that counts what is booked, and return its id; ``values`` are fields of `RuleSetup`.

    A limit of 0 is a rule of the engine like any other, which only the catalog refuses.
    """
    return add_rules(setups=[RuleSetup(**values)], by=BUILDER, now=now, may_be_zero=True)[0]


def add_shop(
    *, staff: int, bays: int = 0, breaks: Sequence[WeeklyPeriod] = (), email: str = ""
) -> tuple[int, list[tuple[int, ...]]]:
    """Add a place in Mexico City with staff and bays; return its id and the pools that are not empty.

    ``email`` reaches each of the staff.
    """
    place = add_place("Bench", timezone="America/Mexico_City")
    return place, [
        add_team(
            place,
            [f"{kind} {number}" for number in range(size)],
            type_name=kind,
            is_person=kind == "Staff",
            breaks=breaks,
            email=email if kind == "Staff" else "",
        )
        for kind, size in (("Staff", staff), ("Bay", bays))
        if size
    ]


def _get_type(name: str, *, is_person: bool) -> int:
    found = [kind.id for kind in load_roster().types.values() if kind.name == name and kind.is_active]
    if found:
        return found[0]
    return add_resource_types(setups=[ResourceTypeSetup(name=name, is_person=is_person)], by=BUILDER, now=MADE_AT)[0]


def _to_period(period: WeeklyPeriod) -> PeriodSetup:
    return PeriodSetup(
        weekday=period.weekday,
        opens_minute=period.opens_minute,
        closes_minute=period.closes_minute,
        valid_from=period.valid_from,
        valid_to=period.valid_to,
    )
