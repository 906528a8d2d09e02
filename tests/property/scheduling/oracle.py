"""A slow, simple second opinion: looks at every minute and tries every combination.

It shares the frozen values with the engine and nothing else: local time comes
from aware datetimes, hours are sets of minutes, parts come from the services, matching is trying everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduling.engine import Align, CapacityRule, Resource, RulePeriod, Session, Snapshot, VisitLine

if TYPE_CHECKING:
    from tests.property.scheduling.worlds import World

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CountedRule:
    """A rule with the (start, amount, minutes) of every booking it may count, before any tally."""

    rule: CapacityRule
    counted: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=100_000)
def local(timezone: str, minute: int) -> datetime:
    return (EPOCH + timedelta(minutes=minute)).astimezone(ZoneInfo(timezone))


def instant(timezone: str, on: date, wall: int) -> int:
    """fold=0 is RFC 5545: the first of two, and before a gap the old offset."""
    naive = datetime.combine(on, datetime.min.time()) + timedelta(minutes=wall)
    return int((naive.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC) - EPOCH).total_seconds() // 60)


@lru_cache(maxsize=100_000)
def label(period: RulePeriod, timezone: str, minute: int) -> tuple[object, ...]:
    moment = local(timezone, minute)
    if period is RulePeriod.HOUR:
        return (moment.date(), moment.hour, moment.utcoffset())
    return (moment.date(),) if period is RulePeriod.DAY else tuple(moment.isocalendar()[:2])


def shows(timezone: str, minute: int, opens: int, closes: int, weekdays: Collection[int], *, goes_on: bool) -> bool:
    """Whether the clock shows a time from opens to before closes of one of the weekdays, or after midnight of them."""
    moment = local(timezone, minute)
    wall, today = moment.hour * 60 + moment.minute, moment.weekday()
    if opens < closes:
        return opens <= wall < closes and today in weekdays
    eve = (today - 1) % 7 if goes_on else today
    return (wall >= opens and today in weekdays) or (wall < closes and eve in weekdays)


def counts(rule: CapacityRule, minute: int) -> bool:
    """Whether a rule counts what starts at a minute; past midnight it is the start's own weekday that matters."""
    times, on = rule.times, local(rule.timezone, minute).date()
    if (times.valid_from and on < times.valid_from) or (times.valid_to and on > times.valid_to):
        return False
    begins = 0 if times.from_minute is None else times.from_minute
    ends = 1440 if times.to_minute is None else times.to_minute
    return shows(rule.timezone, minute, begins, ends, times.weekdays or range(7), goes_on=False)


class Day:
    """One resource's minutes over the range that matters."""

    def __init__(self, snapshot: Snapshot, resource: Resource, first: int, last: int) -> None:
        self.resource = resource
        self.openings: list[tuple[int, int]] = []
        self.working: set[int] = set()
        self.used: dict[int, int] = {}
        self.holders: dict[int, list[Session]] = {}
        self._open(snapshot, first, last)
        self._fill(snapshot)

    def _open(self, snapshot: Snapshot, first: int, last: int) -> None:
        resource = self.resource
        closed: set[int] = set()
        on = local(resource.timezone, first).date() - timedelta(days=3)
        while on <= local(resource.timezone, last).date() + timedelta(days=1):
            minutes: set[int] = set()
            for opens, closes in self._periods(snapshot, on, resource.hours):
                minutes.update(self._minutes(on, opens, closes))
            for closing in resource.closings:
                for opens, closes in closing.periods if closing.on == on else ():
                    minutes.difference_update(self._minutes(on, opens, closes))
            self._note_openings(minutes)
            self.working |= minutes
            if not any(override.on == on for override in resource.overrides):
                for opens, closes in self._periods(snapshot, on, resource.breaks):
                    closed.update(self._minutes(on, opens, closes))
            on += timedelta(days=1)
        self.working -= closed
        for start, end in resource.time_off:
            self.working -= set(range(start, end))

    def _note_openings(self, minutes: set[int]) -> None:
        for minute in minutes:
            if minute - 1 not in minutes:
                end = minute
                while end in minutes:
                    end += 1
                self.openings.append((minute, end))

    def _fill(self, snapshot: Snapshot) -> None:
        for owner, start, end, units in snapshot.busy.rows():
            for minute in range(start, end) if owner == self.resource.id else ():
                self.used[minute] = self.used.get(minute, 0) + units
        for session in snapshot.sessions:
            for owner, start, end in session.occupied:
                for minute in range(start, end) if owner == self.resource.id else ():
                    self.holders.setdefault(minute, []).append(session)

    def _minutes(self, on: date, opens: int, closes: int) -> range:
        zone = self.resource.timezone
        return range(instant(zone, on, opens), instant(zone, on, closes if closes > opens else closes + 1440))

    def _periods(self, snapshot: Snapshot, on: date, rows: tuple) -> list[tuple[int, int]]:
        for override in self.resource.overrides:
            if override.on == on:
                return list(override.periods)
        if self.resource.observes_holidays and on in snapshot.holidays:
            return []
        return [
            (row.opens_minute, row.closes_minute)
            for row in rows
            if row.weekday == on.weekday()
            and (row.valid_from is None or row.valid_from <= on)
            and (row.valid_to is None or row.valid_to >= on)
        ]

    def has_room(self, minute: int, units: int, *, is_group: bool, joined: Session | None) -> bool:
        if any(session is not joined for session in self.holders.get(minute, [])):
            return False
        used = self.used.get(minute, 0)
        return used == 0 if is_group else used + units <= self.resource.capacity


@dataclass(frozen=True)
class Place:
    """What one requirement of one service takes, in minutes after the visit's start."""

    pool: frozenset[int]
    quantity: int
    works: tuple[int, int]
    occupies: tuple[int, int]
    attends: tuple[int, int]
    same_as: int | None


def read_places(lines: Sequence[VisitLine], minutes: Sequence[int]) -> list[Place]:
    """Services follow each other; each part has its buffers, but where two services meet there are none."""
    places: list[Place] = []
    begins_at, whole = 0, sum(minutes) + sum(line.extra_minutes for line in lines)
    for line, lasts in zip(lines, minutes, strict=True):
        service, count = line.service, len(places)
        ends_at = begins_at + lasts + line.extra_minutes
        for each in service.requirements:
            first = begins_at + each.starts_after_minutes
            last = begins_at + lasts
            if each.duration_minutes is not None:
                last = first + each.duration_minutes
            if last == begins_at + lasts:
                last = ends_at
            before = 0 if first == begins_at != 0 else service.buffer_before_minutes
            after = 0 if last == ends_at != whole else service.buffer_after_minutes
            occupies = (first - before, last + after)
            attends = occupies if service.buffers_inside_hours else (first, last)
            twin = None if each.same_as is None else count + each.same_as
            places.append(Place(frozenset(each.pool), each.quantity, (first, last), occupies, attends, twin))
        begins_at = ends_at
    return places


def find_minutes(lines: Sequence[VisitLine], filling: Sequence[Sequence[int]]) -> list[int]:
    """Whoever fills the first requirement of a service says how long it lasts; of several the slowest."""
    minutes, first = [], 0
    for line in lines:
        own = dict(line.service.durations)
        minutes.append(max(own.get(each, line.service.duration_minutes) for each in filling[first]))
        first += len(line.service.requirements)
    return minutes


class Oracle:
    def __init__(self, world: World) -> None:
        self.snapshot, self.visit, self.rules, self.units = world.snapshot, world.visit, world.rules, world.units
        first, last = world.first, world.last
        self.is_group = self.visit.seats is not None
        plain = read_places(world.lines, [line.service.duration_minutes for line in world.lines])
        self.begins = plain[0].pool
        reach = 1200
        self.days = {
            resource_id: Day(
                self.snapshot, self.snapshot.resources[resource_id], first - reach - 3 * 1440, last + reach
            )
            for place in plain
            for resource_id in place.pool
        }
        self.first, self.last = first, last
        self.free: dict[int, set[int]] = {}
        self.fillings = [
            (filling, places, sum(minutes) + sum(line.extra_minutes for line in world.lines))
            for filling in product(*(combinations(sorted(each.pool), each.quantity) for each in plain))
            for minutes in [find_minutes(world.lines, filling)]
            for places in [read_places(world.lines, minutes)]
            if self.is_right(filling, places, world.chosen)
        ]

    def is_right(self, filling: tuple[tuple[int, ...], ...], places: Sequence[Place], chosen: Collection[int]) -> bool:
        """Nobody is in two places in one minute, twins are the same people, and whoever was chosen serves."""
        for (one, at), (other, beside) in combinations(zip(places, filling, strict=True), 2):
            meets = set(range(*one.occupies)) & set(range(*other.occupies))
            if meets and set(at) & set(beside):
                return False
        for place, at in zip(places, filling, strict=True):
            if place.same_as is not None and set(at) != set(filling[place.same_as]):
                return False
        return set(chosen) <= {resource_id for at in filling for resource_id in at}

    def list_slots(self) -> list[tuple[int, int | None]]:
        found = []
        for start in range(self.first, self.last):
            on_grid = self.is_on_grid(start)
            if not on_grid and not (self.is_group and self.visit.align is Align.GAP):
                continue
            if not self.is_allowed(start):
                continue
            ways = [way for way in self.list_ways(start) if self.has_room(start, way[3])]
            if not on_grid:
                ways = [way for way in ways if way[1] is not None]
            if ways:
                found.append((start, max((seats for _, _, seats, _ in ways), default=None) if self.is_group else None))
        return found

    def is_allowed(self, start: int) -> bool:
        snapshot, visit = self.snapshot, self.visit
        now_seconds = snapshot.now_minute * 60 + (1 if snapshot.now_is_mid_minute else 0)
        if start * 60 < now_seconds + visit.notice_minutes * 60:
            return False
        if visit.window_days is not None:
            days = local(snapshot.timezone, start).date() - local(snapshot.timezone, snapshot.now_minute).date()
            if days.days > visit.window_days:
                return False
        moment = local(snapshot.timezone, start)
        if visit.latest_start_minute is not None and moment.hour * 60 + moment.minute > visit.latest_start_minute:
            return False
        return all(
            any(shows(snapshot.timezone, start, opens, closes, [day], goes_on=True) for day, opens, closes in periods)
            for periods in visit.bookable
        )

    def has_room(self, start: int, minutes: int) -> bool:
        """Whether the rules that are about nobody in particular have room for so long a visit."""
        return all(self.has_quota(item, start, minutes) for item in self.rules if item.rule.resource_id is None)

    def has_quota(self, item: CountedRule, start: int, minutes: int) -> bool:
        rule = item.rule
        if not counts(rule, start):
            return True
        amount = {"bookings": 1, "seats": self.units, "minutes": minutes}[rule.measure]
        counted = [each for each in item.counted if counts(rule, each[0])]
        if rule.period is RulePeriod.MOMENT:
            return all(
                amount + sum(others for at, others, lasts in counted if at <= minute < at + lasts) <= rule.limit
                for minute in range(start, start + minutes)
            )
        bucket = label(rule.period, rule.timezone, start)
        used = sum(amount for at, amount, _ in counted if label(rule.period, rule.timezone, at) == bucket)
        return used + amount <= rule.limit

    def is_on_grid(self, start: int) -> bool:
        step = self.visit.step_minutes
        if self.visit.align is Align.CLOCK:
            moment = local(self.snapshot.timezone, start)
            return (moment.hour * 60 + moment.minute) % step == 0
        for resource_id in self.begins:
            day = self.days[resource_id]
            for opens, closes in day.openings:
                if not opens <= start < closes:
                    continue
                origin = opens
                if self.visit.align is Align.GAP:
                    free = self.list_free(day)
                    if start not in free:
                        continue
                    origin = start
                    while origin > opens and origin - 1 in free:
                        origin -= 1
                if (start - origin) % step == 0:
                    return True
        return False

    def list_free(self, day: Day) -> set[int]:
        if day.resource.id not in self.free:
            self.free[day.resource.id] = {
                minute
                for minute in day.working
                if day.has_room(minute, self.units, is_group=self.is_group, joined=None)
            }
        return self.free[day.resource.id]

    def list_ways(self, start: int) -> list[tuple[frozenset, Session | None, int, int]]:
        """Every way as (part index, resource) pairs, the session it joins, the seats left, and how long it lasts."""
        visit = self.visit
        ways = []
        for filling, places, minutes in self.fillings:
            taken = [(index, resource_id) for index, at in enumerate(filling) for resource_id in at]
            joined = self.find_session(start, frozenset(resource_id for _, resource_id in taken))
            seats_left = 0
            if visit.seats is not None:
                seats_left = visit.seats - (joined.seats_taken if joined else 0)
                if self.units > seats_left:
                    continue
            if all(self.serves(start, places[index], resource_id, joined, minutes) for index, resource_id in taken):
                ways.append((frozenset(taken), joined, seats_left, minutes))
        return ways

    def find_session(self, start: int, resource_ids: frozenset[int]) -> Session | None:
        for session in self.snapshot.sessions:
            if (
                self.is_group
                and session.service_id == self.visit.service_id
                and session.start_minute == start
                and {resource_id for resource_id, _, _ in session.occupied} == resource_ids
            ):
                return session
        return None

    def serves(self, start: int, place: Place, resource_id: int, joined: Session | None, minutes: int) -> bool:
        day = self.days[resource_id]
        occupied, attended = (range(start + first, start + last) for first, last in (place.occupies, place.attends))
        return (
            all(minute in day.working for minute in attended)
            and all(day.has_room(minute, self.units, is_group=self.is_group, joined=joined) for minute in occupied)
            and all(self.has_quota(item, start, minutes) for item in self.rules if item.rule.resource_id == resource_id)
        )
