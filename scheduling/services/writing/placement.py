"""Where a visit goes: what every booking picks its resources with.

`pick_place` looks without locks, and PostgreSQL's constraints judge what is written. `find_place`
is the careful way: look, lock what was picked, look again; whoever lost a race locks everything
that could be picked before looking, so nobody is refused while someone is free.

==============  =============================  =========================  ===================
function        looks at                       locks                      raises
==============  =============================  =========================  ===================
`pick_place`    all that could serve           nothing                    PlaceRefused
`find_place`    the same                       what it picked, or all     PlaceRefused,
                                               (pessimistic, override)    LostRace
`_check_again`  what was picked, now locked    nothing more               LostRace
`_force`        nobody: the first of the pool  nothing more               PlaceRefused
==============  =============================  =========================  ===================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from database.locks import Stretch, lock_stretches
from database.transactions import LostRace
from kernel.instants import to_instant
from scheduling.engine import (
    Candidate,
    LedgerEntry,
    ReasonCode,
    Snapshot,
    Strategy,
    VisitSpec,
    assign,
    assignment_range,
    explain,
    fill_blindly,
    is_offered,
    keep_resources,
    list_servers,
    occupied_range,
    place_at,
    settle_length,
    unbind,
)
from scheduling.errors import SlotInPast, SlotTaken, SlotUnavailable
from scheduling.models import RoundRobinLedger
from scheduling.selectors.availability.explanations import view_reasons
from scheduling.selectors.availability.free_times import list_alternatives
from scheduling.selectors.availability.occupancy import load_snapshot
from scheduling.selectors.availability.plans import Plan, lift_limits
from scheduling.selectors.availability.taken import Moving
from scheduling.services.editions import keep_edition
from scheduling.types import ReasonView

TAKEN_CODES = frozenset(
    {
        ReasonCode.BUSY,
        ReasonCode.OVER_CAPACITY,
        ReasonCode.SESSION_FULL,
        ReasonCode.RULE_FULL,
        ReasonCode.NO_COMBINATION,
    }
)

GENERAL_CODES = frozenset(
    {
        ReasonCode.PAST,
        ReasonCode.NOTICE,
        ReasonCode.WINDOW,
        ReasonCode.NOT_BOOKABLE,
        ReasonCode.TOO_LATE,
        ReasonCode.OFF_GRID,
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish for one start.

    Attributes:
        is_any_minute: Grid, notice, booking window and bookable hours don't count (a late confirmation, staff).
        is_override: Nothing counts: staff said why.
        moving: What counts nowhere: the booking that is placed anew.
        held: What that holds now; locked along.
    """

    plan: Plan
    start_minute: int
    now: datetime
    moving: Moving | None = None
    held: tuple[Stretch, ...] = ()
    is_any_minute: bool = False
    is_override: bool = False

    @property
    def party_size(self) -> int:
        """Return how many units are asked."""
        return self.plan.wish.party_size


@dataclass(frozen=True, slots=True)
class Place:
    """A visit with its resources, found in an edition of the catalog; locked when it comes from `find_place`."""

    location_id: int
    visit: VisitSpec
    start_minute: int
    candidate: Candidate
    capacities: Mapping[int, int]
    strategy: Strategy = Strategy.FIXED_ORDER
    is_forced: bool = False
    edition: int = 0

    @property
    def end_minute(self) -> int:
        """Return the end of the visit, without buffers."""
        return self.start_minute + self.visit.duration_minutes

    @property
    def resource_ids(self) -> tuple[int, ...]:
        """Return the resources, in the order of the parts."""
        return tuple(dict.fromkeys(each.resource_id for each in self.candidate.assignments))

    @property
    def stretches(self) -> list[Stretch]:
        """Return what it occupies, buffers included."""
        return [
            Stretch(each.resource_id, each.occupied_start_minute, each.occupied_end_minute)
            for each in self.candidate.assignments
        ]


class PlaceRefused(Exception):
    """Nothing fits; carries what is needed to say why, once the transaction is over."""

    def __init__(self, asked: Asked) -> None:
        super().__init__("no place")
        self.asked = asked


def find_place(asked: Asked, *, is_pessimistic: bool) -> Place:
    """Pick and lock the resources for a visit.

    Raises:
        PlanOutdated: The catalog is another one than that of the plan.
        PlaceRefused: Nothing fits at any location of the plan.
        LostRace: What was picked was taken before it was locked.
    """
    keep_edition(asked.plan.edition)
    if is_pessimistic or asked.is_override:
        # What is taken for good needs no lock to be refused: whoever cannot win does not queue.
        if not asked.is_override and not any(_is_free(asked, *_look(asked, each)) for each in asked.plan.visits):
            raise PlaceRefused(asked)
        lock_stretches([*_list_possible(asked), *asked.held])
    place = _pick(asked)
    if place is None:
        return _force(asked)
    if not is_pessimistic and not asked.is_override:
        lock_stretches([*place.stretches, *asked.held])
        _check_again(asked, place)
    return place


def pick_place(asked: Asked) -> Place | None:
    """Pick the resources for a visit and lock nothing; PostgreSQL's constraints will judge.

    None for what they alone cannot judge: a group, whose seats are counted under a lock, and a rule per moment,
    whose lanes are given out under one.

    Raises:
        PlaceRefused: Nothing fits at any location of the plan.
    """
    is_group = any(visit.seats is not None for visit in asked.plan.visits.values())
    if asked.is_override or is_group or asked.plan.has_moments():
        return None
    return _pick(asked)


def _pick(asked: Asked) -> Place | None:
    """Look for a place; None when staff has to force it.

    Raises:
        PlaceRefused: Nothing fits, and nothing is forced.
    """
    for location_id in asked.plan.visits:
        visit, snapshot = _look(asked, location_id)
        if not asked.is_override and not _is_free(asked, visit, snapshot):
            continue
        candidate = _assign(asked, visit, snapshot)
        if candidate is not None:
            capacities = _list_capacities(asked.plan, candidate)
            return Place(
                location_id,
                candidate.visit or visit,
                asked.start_minute,
                candidate,
                capacities,
                strategy=asked.plan.services[0].strategy,
                edition=asked.plan.edition,
            )
    if asked.is_override:
        return None
    raise PlaceRefused(asked)


def explain_refusal(refused: PlaceRefused) -> SlotTaken | SlotUnavailable:
    """Turn a refusal into what the customer is told, with the nearest free times."""
    asked = refused.asked
    plan, now = asked.plan, asked.now
    starts_at = to_instant(asked.start_minute)
    offered = lift_limits(plan) if asked.is_any_minute else plan
    alternatives = list_alternatives(plan=offered, starts_at=starts_at, now=now, moving=asked.moving)
    location_id = next(iter(plan.visits))
    visit, snapshot = _look(asked, location_id)
    found = explain(snapshot, visit, asked.start_minute, asked.party_size)
    codes = {reason.code for reason in found.reasons}
    if ReasonCode.PAST in codes:
        return SlotInPast(starts_at=starts_at, alternatives=alternatives)
    # Without reasons it was taken when we looked and is free by now.
    if not codes & GENERAL_CODES and (not codes or codes & TAKEN_CODES):
        return SlotTaken(starts_at=starts_at, alternatives=alternatives)
    return SlotUnavailable(
        starts_at=starts_at, reasons=view_reasons(found, plan, location_id), alternatives=alternatives
    )


def list_obstacles(asked: Asked) -> tuple[ReasonView, ...]:
    """Return why nothing fits, at the first location that could serve it; empty where something does.

    Nothing is locked: by the time that it is booked there may be more in the way, or less.
    """
    found: tuple[ReasonView, ...] = ()
    for location_id in asked.plan.visits:
        visit, snapshot = _look(asked, location_id)
        if _is_free(asked, visit, snapshot) and _assign(asked, visit, snapshot) is not None:
            return ()
        reasons = explain(snapshot, visit, asked.start_minute, asked.party_size)
        found = found or view_reasons(reasons, asked.plan, location_id)
    return found


def _list_possible(asked: Asked) -> list[Stretch]:
    """List all that could be picked, for as long as the longest visit would take it."""
    return [
        Stretch(resource_id, *occupied_range(visit, asked.start_minute))
        for visit in asked.plan.visits.values()
        for resource_id in list_servers(visit)
    ]


def _look(asked: Asked, location_id: int) -> tuple[VisitSpec, Snapshot]:
    visit = asked.plan.visits[location_id]
    if asked.is_any_minute or asked.is_override:
        visit = unbind(visit, is_any_minute=True)
    snapshot = load_snapshot(
        plan=asked.plan,
        location_id=location_id,
        span=assignment_range(visit, asked.start_minute),
        starts=(asked.start_minute, asked.start_minute + 1),
        now=asked.now,
        moving=asked.moving,
    )
    return visit, replace(snapshot, rules=()) if asked.is_override else snapshot


def _is_free(asked: Asked, visit: VisitSpec, snapshot: Snapshot) -> bool:
    return is_offered(snapshot, visit, asked.start_minute, asked.party_size)


def _assign(asked: Asked, visit: VisitSpec, snapshot: Snapshot) -> Candidate | None:
    service = asked.plan.services[0]
    ledger = _load_ledger(asked.plan) if service.strategy is Strategy.ROUND_ROBIN else {}
    return assign(snapshot, visit, asked.start_minute, asked.party_size, strategy=service.strategy, ledger=ledger)


def _check_again(asked: Asked, place: Place) -> None:
    """Look once more at what is now locked.

    Raises:
        LostRace: Someone took it in between.
    """
    visit = keep_resources(place.visit, place.resource_ids)
    snapshot = load_snapshot(
        plan=asked.plan,
        location_id=place.location_id,
        span=assignment_range(visit, asked.start_minute),
        starts=(asked.start_minute, asked.start_minute + 1),
        now=asked.now,
        moving=asked.moving,
        resource_ids=place.resource_ids,
    )
    again = assign(snapshot, visit, asked.start_minute, asked.party_size)
    if again is None or again.joins_session != place.candidate.joins_session:
        raise LostRace


def _force(asked: Asked) -> Place:
    """Take the first resources of each pool, whatever they do at that time."""
    location_id, visit = next(iter(asked.plan.visits.items()))
    filling = fill_blindly(visit)
    if filling is None:
        raise PlaceRefused(asked)
    visit = settle_length(visit, filling)
    resources = asked.plan.timetables.resources
    candidate = Candidate(place_at(visit, asked.start_minute, filling, resources, asked.party_size))
    capacities = _list_capacities(asked.plan, candidate)
    return Place(location_id, visit, asked.start_minute, candidate, capacities, is_forced=True)


def _list_capacities(plan: Plan, candidate: Candidate) -> Mapping[int, int]:
    resources = plan.timetables.resources
    return {each.resource_id: resources[each.resource_id].capacity for each in candidate.assignments}


def _load_ledger(plan: Plan) -> Mapping[int, LedgerEntry]:
    turns = dict(RoundRobinLedger.objects.filter(service_id=plan.services[0].id).values_list("resource_id", "turns"))
    return {
        resource_id: LedgerEntry(weight=row.weight, turns=turns.get(resource_id, 0))
        for resource_id, row in plan.timetables.rows.items()
    }
