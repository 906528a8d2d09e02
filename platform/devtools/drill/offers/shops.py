"""Small businesses made up at random, and what their customers may want of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from devtools.scratch.shop import add_extra, add_place, add_rule, add_service, add_team
from scheduling.engine import Align, Measure, RulePeriod, Strategy, WeeklyPeriod
from scheduling.enums import RuleScope
from scheduling.types import RequirementSetup, Wish
from tenants.context import current_tenant
from verticals.registry import get_vertical

HOURS = ((480, 840), (540, 1020), (600, 1080), (540, 1110))
"""Opening and closing, as minutes of the day."""
DURATIONS, STEPS, BUFFERS = (30, 45, 60, 90), (15, 30, 60), (0, 0, 0, 10, 15)
EXTRAS = (15, 30, 60)
ROOM, LARGEST_PARTY, SEATS = 4, 3, 5
"""So many a room takes, customers may be, and a group is."""


@dataclass(frozen=True, slots=True)
class DrillService:
    """What can be asked of a service.

    Attributes:
        pool: Who or what a customer may choose.
        largest: The largest party that the business's resources hold; customers may be fewer.
    """

    id: int
    add_on_ids: tuple[int, ...]
    pool: tuple[int, ...]
    largest: int
    is_group: bool
    arrival_modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """A location with what it sells."""

    place_id: int
    timezone: str
    services: tuple[DrillService, ...]


def make_shop(rng: Random, *, now: datetime) -> Shop:
    """Make up a location with people, bays and a room, some services, extras and perhaps a limit."""
    timezone = rng.choice(("America/Mexico_City", "Europe/Madrid", "America/Santiago"))
    place_id = add_place(f"Local {rng.randrange(10**6)}", timezone=timezone)
    people = tuple(_hire(rng, place_id, f"Persona {number}", 1) for number in range(rng.randint(2, 3)))
    bays = tuple(_hire(rng, place_id, f"Bahía {number}", rng.randint(1, 2)) for number in range(rng.randint(1, 2)))
    rooms = (_hire(rng, place_id, "Sala", ROOM),)
    services = tuple(_sell(rng, people, bays, rooms) for _ in range(rng.randint(3, 4)))
    if rng.random() < 0.4:  # noqa: PLR2004 - a share
        _limit(rng, services, now)
    return Shop(place_id, timezone, services)


def make_up_wish(rng: Random, shop: Shop) -> Wish:
    """Ask for one to three services with extras, for some people, perhaps with somebody by name."""
    first = rng.choice(shop.services)
    others = [each for each in shop.services if not each.is_group and not first.is_group]
    services = [first, *rng.sample(others, min(len(others), rng.choice((0, 0, 1, 2))))]
    add_on_ids = tuple(each for service in dict.fromkeys(services) for each in _pick_some(rng, service.add_on_ids))
    return Wish(
        service_ids=tuple(each.id for each in services),
        add_on_ids=add_on_ids,
        resource_ids=(rng.choice(first.pool),) if rng.random() < 0.4 else (),  # noqa: PLR2004 - a share
        location_id=shop.place_id,
        party_size=rng.randint(1, min(each.largest for each in services)),
        arrival_mode=rng.choice(first.arrival_modes) if first.arrival_modes else "",
    )


def _hire(rng: Random, place_id: int, name: str, capacity: int) -> int:
    opens, closes = rng.choice(HOURS)
    (resource_id,) = add_team(
        place_id,
        [name],
        type_name=name.split(maxsplit=1)[0],
        capacity=capacity,
        hours=[WeeklyPeriod(weekday, opens, closes) for weekday in range(7)],
        breaks=[WeeklyPeriod(weekday, 720, 750) for weekday in range(7)] if rng.random() < 0.5 else (),  # noqa: PLR2004
        is_customer_choosable=True,
    )
    return resource_id


def _sell(rng: Random, people: tuple[int, ...], bays: tuple[int, ...], rooms: tuple[int, ...]) -> DrillService:
    kind = rng.choice(("person", "bay", "tail", "room", "room", "group"))
    duration = rng.choice(DURATIONS)
    pool = tuple(rng.sample(people, rng.randint(1, len(people))))
    person, bay = RequirementSetup(resource_ids=pool), RequirementSetup(resource_ids=bays)
    requirements = {
        "person": (person,),
        "bay": (person, bay),
        "tail": (replace(person, duration_minutes=15), bay),
        "room": (RequirementSetup(resource_ids=rooms),),
        "group": (person,),
    }[kind]
    modes = tuple(mode.key for mode in get_vertical(current_tenant().vertical).intake.arrival_modes)
    arrival_modes = tuple(rng.sample(modes, min(len(modes), rng.randint(0, 2))))
    service_id = add_service(
        name=f"Servicio {rng.randrange(10**6)}",
        duration_minutes=duration,
        step_minutes=rng.choice(STEPS),
        align=rng.choice(tuple(Align)),
        strategy=rng.choice(tuple(Strategy)),
        buffer_before_minutes=rng.choice(BUFFERS),
        buffer_after_minutes=rng.choice(BUFFERS),
        booking_window_days=rng.choice((None, 30)),
        seats=SEATS if kind == "group" else None,
        max_party_size=LARGEST_PARTY if kind in {"room", "group"} else 1,
        arrival_modes=arrival_modes,
        requirements=requirements,
    )
    return DrillService(
        id=service_id,
        add_on_ids=tuple(
            add_extra(service_id, f"Extra {number}", minutes=rng.choice(EXTRAS), price_minor=500)
            for number in range(rng.randint(0, 2))
        ),
        pool=rooms if kind == "room" else pool,
        largest={"room": ROOM, "group": SEATS}.get(kind, 1),
        is_group=kind == "group",
        arrival_modes=arrival_modes,
    )


def _limit(rng: Random, services: Sequence[DrillService], now: datetime) -> None:
    service = rng.choice(services)
    measure = rng.choice(tuple(Measure))
    most = {Measure.BOOKINGS: 2, Measure.SEATS: 5, Measure.MINUTES: 180}[measure]
    add_rule(
        scope=RuleScope.SERVICE, period=RulePeriod.DAY, limit=most, measure=measure, service_id=service.id, now=now
    )


def _pick_some(rng: Random, ids: Sequence[int]) -> list[int]:
    return sorted(rng.sample(ids, rng.randint(0, len(ids))))
