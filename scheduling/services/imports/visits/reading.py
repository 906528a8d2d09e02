"""A row with a visit as its cells say it: who comes, when, for what, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kernel.identity.keys import make_key, split_words
from kernel.instants import DAY_MINUTES, count_minutes, to_instant, to_minutes
from kernel.text import mark
from scheduling.engine import WallTime, find_wall, to_wall
from scheduling.enums import ContactKind
from scheduling.selectors.catalog.services import list_locations, list_resources, list_services
from scheduling.services.imports.columns import (
    DATE,
    END,
    LENGTH,
    PLACE,
    SERVICE,
    START,
    TIME,
    VISIT_NOTE,
    WORKER,
)
from scheduling.services.imports.reading import Draft, Reader
from scheduling.services.imports.visits.moments import Moment, find_order, read_length, read_moment
from scheduling.services.writing.inputs import NOTE_LENGTH, NOTE_TOO_LONG, clean_text, local_today
from scheduling.types import CustomerDetails, SlotRequest, VisitDetails, Wish
from scheduling.types.imports.options import DateOrder, VisitOptions
from scheduling.types.imports.rows import Fault
from tenants.context import current_tenant

LONGEST_MINUTES = 14 * DAY_MINUTES
FURTHEST_DAYS = 1_100
DATED = (START, DATE)
YEARS = range(2000, 2200)

DATE_MISSING = mark("The date is missing.")
TIME_MISSING = mark("The time is missing.")
DATE_WRONG = mark("There is no such date. Write it like 2026-12-14 or 14/12/2026.")
TIME_WRONG = mark("There is no such time. Write it like 10:30 or 3:30 pm.")
TIME_SKIPPED = mark("The clocks skip this time on that day.")
PAST = mark("This time has already passed.")
FAR = mark("This is more than three years ahead.")
LENGTH_WRONG = mark("Write the duration in minutes, or like 1:30.")
LENGTH_LONG = mark("A visit lasts at most 14 days.")
END_WRONG = mark("It has to end after it begins.")
SERVICE_MISSING = mark("The service is missing.")
SERVICE_UNKNOWN = mark("There is no service of this name.")
SERVICE_STOOD_IN = mark("There is no service of this name: it is booked as %(name)s.")
WORKER_UNKNOWN = mark("Nobody of this name works here: whoever is free does it.")
PLACE_UNKNOWN = mark("There is no location of this name.")


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """What a row says of a visit, ready to be booked unless one of its faults is an error.

    Attributes:
        draft: Whose it is, with all faults.
        minutes: How long it lasts; None: as long as its service.
        dated_by: What the column with its date fills.
    """

    draft: Draft
    starts_at: datetime | None
    minutes: int | None
    service_id: int | None
    resource_id: int | None
    location_id: int | None
    note: str
    dated_by: str = START

    @property
    def number(self) -> int:
        """Return its line."""
        return self.draft.number

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return what is wrong or odd."""
        return self.draft.faults

    def add(self, fault: Fault) -> VisitDraft:
        """Return it with one more fault."""
        return replace(self, draft=replace(self.draft, faults=(*self.draft.faults, fault)))

    @property
    def key(self) -> str:
        """Return what it is told by: the same visit in another file has the same."""
        at = self.starts_at.isoformat() if self.starts_at else ""
        marks = sorted(self.draft.values) or sorted(self.draft.named.marks)
        return "|".join((at, str(self.service_id), self.draft.name_key, *marks))

    @property
    def request(self) -> SlotRequest:
        """Return what is booked of it; it has a start and a service."""
        if self.starts_at is None or self.service_id is None:
            raise ValueError(self.number)
        chosen = () if self.resource_id is None else (self.resource_id,)
        wish = Wish((self.service_id,), resource_ids=chosen, location_id=self.location_id)
        return SlotRequest(wish, self.starts_at)

    def describe(self, *, wants_reminders: bool) -> VisitDetails:
        """Return whose it is, as a booking takes it."""
        setup = self.draft.setup
        said = {kind: each.value for kind in ContactKind for each in reversed(setup.contacts) if each.kind == kind}
        customer = CustomerDetails(
            setup.name, phone=said.get(ContactKind.PHONE), email=said.get(ContactKind.EMAIL), locale=setup.locale
        )
        return VisitDetails(
            customer=customer, asset=dict(self.draft.fields), note=self.note, wants_reminders=wants_reminders
        )


@dataclass(frozen=True, slots=True)
class _Named:
    id: int
    location_id: int = 0


class VisitReader:
    """Reads rows of one file with visits; what services, people and places are called is looked up once."""

    def __init__(self, targets: Sequence[str], options: VisitOptions, *, order: DateOrder, now: datetime) -> None:
        """Look them up; ``order`` is how the dates of this file are read."""
        self._people = Reader(targets, today=local_today(now))
        self._targets, self._options, self._order, self._now = targets, options, order, now
        services = list_services()
        self._names = {each.id: each.name for each in services}
        self._offered = {each.id: each.location_ids for each in services}
        called = ((text, each.id) for each in services for text in (each.name, *(local.name for local in each.texts)))
        self._services = {make_key(text): service_id for text, service_id in reversed(list(called)) if text}
        places = list_locations()
        self._places = {make_key(each.name): each.id for each in places}
        self._zones = {each.id: each.timezone for each in places}
        self._workers = _call((each.name, _Named(each.id, each.location_id)) for each in list_resources())

    def read(self, number: int, cells: Sequence[str]) -> VisitDraft:
        """Return what a row says; every fault is told."""
        said = {target: cell for target, cell in zip(self._targets, cells, strict=False) if target and cell}
        draft = self._people.read(number, cells)
        faults: list[Fault] = []
        service_id = self._read_service(said, faults)
        worker = self._read_worker(said, faults)
        location_id = self._read_place(said, faults)
        zone = self._find_zone(service_id, worker, location_id)
        starts_at = self._read_start(said, zone, faults)
        errors: dict[str, tuple[str, ...]] = {}
        raw = said.get(VISIT_NOTE, "")
        note = clean_text(raw, errors, field=VISIT_NOTE, length=NOTE_LENGTH, too_long=NOTE_TOO_LONG)
        faults += [Fault(VISIT_NOTE, text) for text in errors.get(VISIT_NOTE, ())]
        minutes = self._read_minutes(said, starts_at, zone, faults) if starts_at else None
        return VisitDraft(
            draft=replace(draft, faults=(*draft.faults, *faults)),
            starts_at=starts_at,
            minutes=minutes,
            service_id=service_id,
            resource_id=worker.id if worker else None,
            location_id=location_id,
            note=note,
            dated_by=START if START in said else DATE,
        )

    def _find_zone(self, service_id: int | None, worker: _Named | None, location_id: int | None) -> str:
        """Return the zone of the clock that is meant: of the place that is named, or else of the service's first."""
        at = location_id or (worker.location_id if worker else 0)
        places = [at] if at else self._offered.get(service_id or 0, ())
        return next((self._zones[each] for each in places if each in self._zones), current_tenant().timezone)

    def _read_service(self, said: Mapping[str, str], faults: list[Fault]) -> int | None:
        typed, stand_in = said.get(SERVICE, ""), self._options.service_id
        found = self._services.get(make_key(typed)) if typed else None
        if found is not None:
            return found
        if stand_in not in self._names:
            faults.append(Fault(SERVICE, SERVICE_UNKNOWN if typed else SERVICE_MISSING))
            return None
        if typed:
            faults.append(Fault(SERVICE, SERVICE_STOOD_IN, {"name": self._names[stand_in]}, is_error=False))
        return stand_in

    def _read_worker(self, said: Mapping[str, str], faults: list[Fault]) -> _Named | None:
        typed = said.get(WORKER, "")
        found = self._workers.get(make_key(typed))
        if typed and found is None:
            faults.append(Fault(WORKER, WORKER_UNKNOWN, is_error=False))
        return found

    def _read_place(self, said: Mapping[str, str], faults: list[Fault]) -> int | None:
        typed = said.get(PLACE, "")
        found = self._places.get(make_key(typed))
        if typed and found is None:
            faults.append(Fault(PLACE, PLACE_UNKNOWN))
        return found

    def _read_start(self, said: Mapping[str, str], zone: str, faults: list[Fault]) -> datetime | None:
        target = START if START in said else DATE
        moment = read_moment(said[target], self._order) if target in said else Moment()
        if target not in said:
            faults.append(Fault(START if START in self._targets else DATE, DATE_MISSING))
        elif moment is None or (moment.on is None and moment.at is None):
            faults.append(Fault(target, DATE_WRONG))
        elif TIME in said and (read_moment(said[TIME], self._order) or Moment()).minute is None:
            faults.append(Fault(TIME, TIME_WRONG))
        else:
            timed = read_moment(said[TIME], self._order) if TIME in said else None
            return self._find_start(replace(moment, minute=timed.minute) if timed else moment, target, zone, faults)
        return None

    def _find_start(self, moment: Moment, target: str, zone: str, faults: list[Fault]) -> datetime | None:
        at = moment.at
        if at is None or moment.minute is not None:
            said = at or self._now
            on = moment.on or (to_wall(zone, to_minutes(said)).on if said.year in YEARS else said.date())
            if moment.minute is None:
                faults.append(Fault(TIME if TIME in self._targets else target, TIME_MISSING))
                return None
            if on.year not in YEARS:
                faults.append(Fault(target, DATE_WRONG))
                return None
            at = find_instant(zone, on, moment.minute)
        if at is None:
            faults.append(Fault(TIME if TIME in self._targets else target, TIME_SKIPPED))
        elif at <= self._now:
            faults.append(Fault(target, PAST))
        elif (at - self._now).days > FURTHEST_DAYS:
            faults.append(Fault(target, FAR))
        return at

    def _read_minutes(self, said: Mapping[str, str], starts_at: datetime, zone: str, faults: list[Fault]) -> int | None:
        if LENGTH in said:
            minutes = read_length(said[LENGTH])
            if minutes is None:
                faults.append(Fault(LENGTH, LENGTH_WRONG))
        elif END in said:
            ends_at = _find_end(read_moment(said[END], self._order), starts_at, zone)
            minutes = count_minutes(starts_at, ends_at) if ends_at else None
            if minutes is None or minutes <= 0:
                faults.append(Fault(END, END_WRONG))
        else:
            return None
        if minutes is not None and minutes > LONGEST_MINUTES:
            faults.append(Fault(LENGTH if LENGTH in said else END, LENGTH_LONG))
        return minutes


def find_instant(zone: str, on: date, minute: int) -> datetime | None:
    """Return the instant at which a clock shows this, the first of two; None: it never does."""
    found = find_wall(zone, WallTime(on, minute, 0))
    return to_instant(found) if to_wall(zone, found)[:2] == (on, minute) else None


def choose_order(targets: Sequence[str], rows: Iterable[Sequence[str]], options: VisitOptions) -> DateOrder:
    """Return how the dates of a file are read."""
    if options.order != DateOrder.FOUND:
        return options.order
    at = [number for number, target in enumerate(targets) if target in DATED]
    cells = (cells[number] for cells in rows for number in at if number < len(cells))
    return find_order(cells, current_tenant().country)


def _find_end(moment: Moment | None, starts_at: datetime, zone: str) -> datetime | None:
    """Return when it ends; a time alone is of the day of the start."""
    if moment is None or moment.at is not None:
        return moment.at if moment else None
    if moment.minute is None:
        return None
    wall = to_wall(zone, to_minutes(starts_at))
    return find_instant(zone, moment.on or wall.on, moment.minute)


def _call(rows: Iterable[tuple[str, _Named]]) -> dict[str, _Named]:
    """Return who is meant by a name: their own, or its first word where nobody else's begins with it."""
    listed = list(rows)
    first: dict[str, list[_Named]] = {}
    for name, each in listed:
        first.setdefault((split_words(name) or ("",))[0], []).append(each)
    short = {word: found[0] for word, found in first.items() if len(found) == 1}
    return short | {make_key(name): each for name, each in reversed(listed)}
