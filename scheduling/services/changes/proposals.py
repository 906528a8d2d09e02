"""Other times for bookings that a change leaves without their place, all in one go.

One after the other gets the best free time that is left, so that no two are offered the same place
first. What they have now counts as free for each itself alone: whichever proposals are taken, none
stands in another's way.

`look_around` reads what that takes, and reads it inside of the transaction of the change; `propose` works the
times out of it, and needs no database any more: nobody is held back while it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kernel.errors import DomainError
from kernel.instants import DAY_MINUTES, to_instant, to_minutes
from scheduling.engine import (
    Busy,
    Candidate,
    EngineInputError,
    Session,
    Snapshot,
    VisitSpec,
    assign,
    find_starts,
    is_offered,
    keep_resources,
    to_local_date,
    unbind,
)
from scheduling.enums import Outcome, Preference
from scheduling.models import Allocation, Booking, Resource, RuleTake
from scheduling.selectors.availability.occupancy import load_snapshot
from scheduling.selectors.availability.plans import Plan, load_plan
from scheduling.services.writing.counters import list_usage
from scheduling.types import Decision, Proposal, RuleUse, Touched, Wish

BEFORE_DAYS, AFTER_DAYS = 7, 28
"""So far around its time a booking is offered others."""
SAME_PEOPLE_DAYS = 7
"""So far away the same people come before the nearer time of others."""
CHOICES = 3
"""So many times with the same people are offered, and so many with anybody."""

Pieces = Mapping[int, Sequence[tuple[int, int, int]]]
"""By booking: (resource or rule id, from, to)."""


@dataclass(slots=True)
class _Ledger:
    """What the proposals so far would take, and what each booking takes now."""

    pieces: Pieces
    usage: Mapping[int, Sequence[RuleUse]]
    takes: Pieces
    people: frozenset[int]
    taken: list[tuple[int, int, int]] = field(default_factory=list)
    sessions: dict[tuple[int, int, frozenset[int]], Session] = field(default_factory=dict)
    moments: list[tuple[int, int, int, int]] = field(default_factory=list)
    used: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place at a time."""

    start: int
    candidate: Candidate

    @property
    def resource_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(each.resource_id for each in self.candidate.assignments))


@dataclass(frozen=True, slots=True)
class _Group:
    """A visit that several bookings ask for, with everything that is known about its times."""

    plan: Plan
    location_id: int
    visit: VisitSpec
    snapshot: Snapshot

    @property
    def timezone(self) -> str:
        return self.plan.timetables.places[self.location_id].timezone


@dataclass(frozen=True, slots=True)
class Outlook:
    """Some bookings, and everything that is known about other times for them.

    ``groups`` has no visit where nobody can serve it any more.
    """

    touched: Sequence[Touched]
    ledger: _Ledger
    groups: Mapping[Wish, _Group]


def look_around(touched: Sequence[Touched], *, now: datetime) -> Outlook:
    """Read what `propose` has to know.

    Five queries, and three or four more for each different visit (services, extras, party, location), whatever the
    number of bookings.
    """
    spans: dict[Wish, tuple[datetime, datetime]] = {}
    for each in touched:
        if Outcome.MOVE in each.outcomes:
            wish, at = _free(each), each.booking.starts_at
            first, last = spans.get(wish, (at, at))
            spans[wish] = (min(first, at), max(last, at))
    groups: dict[Wish, _Group] = {}
    for wish, span in spans.items():
        with suppress(DomainError):
            groups[wish] = _load_group(wish, span, now)
    return Outlook(touched, _load_ledger(touched), groups)


def propose(
    outlook: Outlook, *, decisions: Mapping[int, Decision], preference: Preference = Preference.SAME_PEOPLE
) -> tuple[Touched, ...]:
    """Return the bookings with times that are free now; the places that were decided on are kept for their bookings.

    A decision whose place is free no longer marks its booking as refused. ``preference`` says what is offered first:
    the same people within a week, the nearest time whoever serves it (at the same time before all), or that of the
    same day alone.
    """
    touched, ledger = outlook.touched, outlook.ledger
    asked = {each.booking.id: _find_asked(each, decisions) for each in touched}
    found: dict[int, Touched] = {}
    # Whoever has decided first: nobody is offered a place that was given to another.
    for each in sorted(touched, key=lambda one: (asked[one.booking.id] is None, one.booking.starts_at, one.booking.id)):
        group = outlook.groups.get(_free(each)) if Outcome.MOVE in each.outcomes else None
        if group is None:
            found[each.booking.id] = each
        else:
            found[each.booking.id] = _propose_one(each, asked[each.booking.id], group, ledger, preference)
    return tuple(found[each.booking.id] for each in touched)


def _find_asked(touched: Touched, decisions: Mapping[int, Decision]) -> Decision | None:
    decision = decisions.get(touched.booking.id)
    is_place = decision is not None and decision.outcome is Outcome.MOVE and decision.starts_at is not None
    return decision if is_place else None


def _load_group(wish: Wish, span: tuple[datetime, datetime], now: datetime) -> _Group:
    first = max(span[0] - timedelta(days=BEFORE_DAYS), now)
    last = max(span[1], now) + timedelta(days=AFTER_DAYS)
    day = timedelta(days=1)
    plan = load_plan(wish=wish, from_on=first.date() - day, to_on=last.date() + day, is_agreed=True)
    location_id, visit = next(iter(plan.visits.items()))
    starts = (to_minutes(first), to_minutes(last))
    around = 3 * DAY_MINUTES + visit.longest_minutes
    snapshot = load_snapshot(
        plan=plan,
        location_id=location_id,
        span=(starts[0] - around, starts[1] + around),
        starts=starts,
        now=now,
    )
    return _Group(plan, location_id, replace(visit, window_days=None), snapshot)


def _free(touched: Touched) -> Wish:
    return replace(touched.booking.wish, resource_ids=())


def _propose_one(
    touched: Touched, asked: Decision | None, group: _Group, ledger: _Ledger, preference: Preference
) -> Touched:
    booking = touched.booking
    snapshot = _adjust(touched, group, ledger)
    same = frozenset(taken.resource_id for taken in booking.resources) & ledger.people
    spots = list(_list_spots(touched, group, snapshot, same, preference))
    decided = None if asked is None else _find_decided(asked, touched, group, snapshot)
    is_refused = touched.is_refused or (asked is not None and decided is None)
    if decided is not None:
        spots = [decided, *(spot for spot in spots if spot != decided)]
    if spots:
        _take(spots[0], touched, group, ledger)
    proposals = tuple(_view(spot, group, ledger, same) for spot in spots)
    return replace(touched, proposals=proposals, is_refused=is_refused)


def _list_spots(
    touched: Touched, group: _Group, snapshot: Snapshot, same: frozenset[int], preference: Preference
) -> Iterator[_Spot]:
    """List the nearest places with the same people, then with anybody; a near time of others before a far one."""
    with_any = _find_nearest(touched, group, snapshot, frozenset())
    if preference is Preference.SAME_DAY:
        middle = to_local_date(group.timezone, to_minutes(touched.booking.starts_at))
        yield from (spot for spot in with_any if to_local_date(group.timezone, spot.start) == middle)
        return
    with_same = _find_nearest(touched, group, snapshot, same) if same else []
    if preference is Preference.NEAREST:
        yield from dict.fromkeys((*with_any, *with_same))
        return
    reach = SAME_PEOPLE_DAYS * DAY_MINUTES
    near = [spot for spot in with_same if abs(spot.start - to_minutes(touched.booking.starts_at)) <= reach]
    far = [spot for spot in with_same if spot not in near]
    yield from dict.fromkeys((*near, *with_any, *far))


def _find_nearest(touched: Touched, group: _Group, snapshot: Snapshot, people: frozenset[int]) -> list[_Spot]:
    """Find the nearest places for a booking, with some people in it."""
    middle, party = to_minutes(touched.booking.starts_at), touched.booking.party_size
    visit = group.visit
    if people:
        if not people <= visit.pool:
            return []
        visit = replace(visit, chosen=people)
    window = (
        max(middle - BEFORE_DAYS * DAY_MINUTES, snapshot.now_minute),
        max(middle, snapshot.now_minute) + AFTER_DAYS * DAY_MINUTES,
    )
    starts = find_starts(snapshot, visit, *window, party)
    found: list[_Spot] = []
    for start in sorted(starts, key=lambda each: _measure_distance(each, middle, group.timezone))[:CHOICES]:
        candidate = assign(snapshot, visit, start, party, strategy=group.plan.services[0].strategy)
        if candidate is not None:
            found.append(_Spot(start, candidate))
    return found


def _measure_distance(start: int, middle: int, timezone: str) -> tuple[int, int, bool]:
    """Return how far a time is: in days first, then by the clock; of two, the later one is nearer."""
    days = abs((to_local_date(timezone, start) - to_local_date(timezone, middle)).days)
    apart = abs(start - middle)
    by_clock = min(apart % DAY_MINUTES, DAY_MINUTES - apart % DAY_MINUTES) if days else apart
    return days, by_clock, start < middle


def _find_decided(asked: Decision, touched: Touched, group: _Group, snapshot: Snapshot) -> _Spot | None:
    """Return the place that was decided on, while it is free."""
    start, party = to_minutes(asked.starts_at or touched.booking.starts_at), touched.booking.party_size
    visit = unbind(group.visit, is_any_minute=True)
    with suppress(EngineInputError):
        if asked.resource_ids:
            visit = keep_resources(visit, asked.resource_ids)
        if is_offered(snapshot, visit, start, party):
            candidate = assign(snapshot, visit, start, party)
            return None if candidate is None else _Spot(start, candidate)
    return None


def _adjust(touched: Touched, group: _Group, ledger: _Ledger) -> Snapshot:
    """Return what is known as a booking sees it: without itself, and with the places that others were given."""
    booking_id = touched.booking.id
    own = list(ledger.pieces.get(booking_id, ()))
    rows = []
    for resource_id, start, end, units in group.snapshot.busy.rows():
        if (resource_id, start, end) in own:
            own.remove((resource_id, start, end))
        else:
            rows.append((resource_id, start, end, units))
    rows += [(resource_id, start, end, 1) for resource_id, start, end in ledger.taken]
    rows += [
        (resource_id, start, end, group.snapshot.resources[resource_id].capacity)
        for session in ledger.sessions.values()
        if session.service_id != group.visit.service_id
        for resource_id, start, end in session.occupied
        if resource_id in group.snapshot.resources
    ]
    own_usage = {
        (use.rule_id, use.bucket): use.amount for use in ledger.usage.get(booking_id, ()) if use.bucket is not None
    }
    rules = tuple(
        replace(
            rule,
            usage=_adjust_usage(rule.id, rule.usage, own_usage, ledger.used),
            taken=(
                *_leave_out(rule.taken, [each[1:] for each in ledger.takes.get(booking_id, ()) if each[0] == rule.id]),
                *((start, end, amount) for each_id, start, end, amount in ledger.moments if each_id == rule.id),
            ),
        )
        for rule in group.snapshot.rules
    )
    return replace(group.snapshot, busy=Busy.of(rows), rules=rules, sessions=_add_sessions(touched, group, ledger))


def _leave_out(taken: Iterable[tuple[int, int, int]], own: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Go through what is taken of a rule, without the units that a booking takes itself."""
    left = list(own)
    for start, end, amount in taken:
        if (start, end) in left:
            left.remove((start, end))
        else:
            yield start, end, amount


def _add_sessions(touched: Touched, group: _Group, ledger: _Ledger) -> tuple[Session, ...]:
    """Return the groups that run without a booking's own seats, with those that would come of the proposals."""
    sessions = {_name_session(each): each for each in group.snapshot.sessions}
    booking = touched.booking
    own = (
        group.visit.service_id,
        to_minutes(booking.starts_at),
        frozenset(each.resource_id for each in booking.resources),
    )
    if own in sessions:
        left = sessions[own].seats_taken - booking.party_size
        sessions[own] = replace(sessions[own], seats_taken=left)
        if left <= 0:
            del sessions[own]
    for key, each in ledger.sessions.items():
        if each.service_id == group.visit.service_id:
            known = sessions.get(key)
            seats_taken = each.seats_taken + (known.seats_taken if known else 0)
            sessions[key] = replace(known or each, seats_taken=seats_taken)
    return tuple(sessions.values())


def _name_session(session: Session) -> tuple[int, int, frozenset[int]]:
    return session.service_id, session.start_minute, frozenset(row[0] for row in session.occupied)


def _adjust_usage(
    rule_id: int, usage: Mapping[int, int], own: Mapping[tuple[int, int], int], used: Mapping[tuple[int, int], int]
) -> Mapping[int, int]:
    adjusted = dict(usage)
    for sign, changes in ((-1, own), (1, used)):
        for (each_id, bucket), amount in changes.items():
            if each_id == rule_id:
                adjusted[bucket] = max(0, adjusted.get(bucket, 0) + sign * amount)
    return adjusted


def _take(spot: _Spot, touched: Touched, group: _Group, ledger: _Ledger) -> None:
    """Let nobody else be offered a place."""
    party = touched.booking.party_size
    assignments = spot.candidate.assignments
    if group.visit.seats is None:
        ledger.taken += [
            (each.resource_id, each.occupied_start_minute, each.occupied_end_minute)
            for each in assignments
            for _unit in range(each.units)
        ]
    else:
        occupied = tuple(
            (each.resource_id, each.occupied_start_minute, each.occupied_end_minute) for each in assignments
        )
        key = (group.visit.service_id, spot.start, frozenset(spot.resource_ids))
        known = ledger.sessions.get(key)
        ledger.sessions[key] = Session(
            group.visit.service_id, spot.start, party + (known.seats_taken if known else 0), occupied
        )
    for use in list_usage(
        plan=group.plan,
        location_id=group.location_id,
        visit=spot.candidate.visit or group.visit,
        start_minute=spot.start,
        resource_ids=spot.resource_ids,
        party_size=party,
    ):
        if use.bucket is None:
            minutes = (spot.candidate.visit or group.visit).duration_minutes
            ledger.moments.append((use.rule_id, spot.start, spot.start + minutes, use.amount))
        else:
            ledger.used[use.rule_id, use.bucket] += use.amount


def _view(spot: _Spot, group: _Group, ledger: _Ledger, same: frozenset[int]) -> Proposal:
    rows = group.plan.timetables.rows
    people = [resource_id for resource_id in spot.resource_ids if resource_id in ledger.people]
    return Proposal(
        starts_at=to_instant(spot.start),
        resource_ids=spot.resource_ids,
        people=tuple(rows[each].name for each in people),
        is_same_people=set(people) == set(same),
    )


def _load_ledger(touched: Sequence[Touched]) -> _Ledger:
    ids = [each.booking.id for each in touched]
    pieces: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    taken = Allocation.objects.filter(booking_id__in=ids, is_active=True)
    for booking_id, *piece in taken.values_list("booking_id", "resource_id", "starts_minute", "ends_minute"):
        pieces[booking_id or 0].append((piece[0], piece[1], piece[2]))
    usage = {
        booking_id: [RuleUse(*use) for use in uses]
        for booking_id, uses in Booking.objects.filter(pk__in=ids).values_list("pk", "rule_usage")
    }
    takes: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    units = RuleTake.objects.filter(booking_id__in=ids)
    for booking_id, rule_id, starts_at, ends_at in units.values_list("booking_id", "rule_id", "starts_at", "ends_at"):
        takes[booking_id].append((rule_id, to_minutes(starts_at), to_minutes(ends_at)))
    people = Resource.objects.filter(resource_type__is_person=True, is_active=True).values_list("pk", flat=True)
    return _Ledger(pieces, usage, takes, frozenset(people))
