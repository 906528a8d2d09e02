"""Weekly hours from a file: whoever is named gets the whole week that the lines say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from audit.errors import ChangedMeanwhile
from kernel.errors import Invalid, NotFound
from kernel.text import mark
from scheduling.engine import fold_period, unfold_period
from scheduling.errors import Archived
from scheduling.models import Location, Resource, WorkingHours
from scheduling.selectors.catalog.setups import read_week
from scheduling.services.catalog.batches.lines import CHANGED, LineErrors, LineOutcome, importing
from scheduling.services.catalog.door import compare
from scheduling.services.catalog.hours import change_weeks, check_week
from scheduling.types import Actor, PeriodSetup, WeekSetup
from scheduling.types.weeks import OwnedWeek
from tenants.enums import Ability
from tenants.policies import check_business_may

_Key = tuple[bool, int]
"""Whether it is a resource, not a location; its id."""

NOBODY = mark("Nobody and nothing in use is called so.")
SEVERAL = mark("Several are called so: say the location.")
NO_LOCATION = mark("No location in use is called so.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """Periods of one weekday, or none; ``who`` is empty where they are the location's own."""

    number: int
    location: str = ""
    who: str = ""
    hours: tuple[PeriodSetup, ...] = ()
    breaks: tuple[PeriodSetup, ...] = ()


@dataclass(slots=True)
class _Owner:
    """Whose week it is, with the lines that say it."""

    row: Location | Resource
    lines: list[WeekLine]

    @property
    def week(self) -> WeekSetup:
        hours = [period for line in self.lines for period in line.hours]
        breaks = [period for line in self.lines for period in line.breaks]
        return WeekSetup(hours=_sort(hours), breaks=_sort(breaks))


def import_weeks(
    *, lines: Sequence[WeekLine], by: Actor, now: datetime, is_trial: bool = False
) -> tuple[LineOutcome, ...]:
    """Give everybody whom a line names the week of their lines, and return what became of each.

    Who is not named keeps their week. Lines without any hours: a resource follows its location, a location is closed.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SetupInvalid: Names what cannot be, as ``<number of the line>.<field>``.
        BookingsInTheWay: Coming bookings would lie outside of the hours, and nobody decides about them.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    with importing(is_trial=is_trial):
        errors = LineErrors()
        owners = _find_owners(lines, errors)
        before = _read_weeks()
        changed = [owner for owner in owners if _tidy(before[_key(owner)]) != owner.week]
        _check_all(changed, owners, before, errors)
        try:
            change_weeks([_own(each) for each in changed], by=by, now=now)
        except (ChangedMeanwhile, Archived, NotFound):
            for owner in _list_moved(changed):
                errors.note(owner.lines[0], "hours", CHANGED)
        except Invalid:  # somebody changed the week that one of them follows
            _check_all(changed, owners, _read_weeks(), errors)
            raise
        errors.raise_any()
        return tuple(
            LineOutcome(owner.lines[0].number, owner.row.name, False, compare(_tidy(before[_key(owner)]), owner.week))
            for owner in owners
        )


def _find_owners(lines: Sequence[WeekLine], errors: LineErrors) -> list[_Owner]:
    places = list(Location.objects.filter(is_active=True))
    people = list(Resource.objects.filter(is_active=True, location__is_active=True).order_by("pk"))
    owners: dict[_Key, _Owner] = {}
    for line in lines:
        here = [each for each in places if not line.location or each.name.lower() == line.location.lower()]
        if line.location and not here:
            errors.note(line, "location", NO_LOCATION)
            continue
        ids = {each.pk for each in here}
        found: list[Location] | list[Resource] = here
        if line.who:
            found = [each for each in people if each.location_id in ids and each.name.lower() == line.who.lower()]
        if len(found) != 1:
            errors.note(line, "who" if line.who else "location", SEVERAL if found else NOBODY)
            continue
        owner = owners.setdefault((bool(line.who), found[0].pk), _Owner(found[0], []))
        owner.lines.append(line)
    return list(owners.values())


def _key(owner: _Owner) -> _Key:
    return isinstance(owner.row, Resource), owner.row.pk


def _read_weeks() -> dict[_Key, WeekSetup]:
    """Map everybody's key to their week, as it is now; who has no periods has an empty one."""
    rows: dict[_Key, list[WorkingHours]] = defaultdict(list)
    for row in WorkingHours.objects.all():
        rows[row.resource_id is not None, row.resource_id or row.location_id or 0].append(row)
    empty = read_week(())
    return defaultdict(lambda: empty, {key: read_week(found) for key, found in rows.items()})


def _list_moved(changed: Sequence[_Owner]) -> list[_Owner]:
    """Return those that somebody has changed, archived or removed since they were read."""
    now: dict[_Key, int] = {}
    for model in (Location, Resource):
        rows = model.objects.filter(is_active=True).values_list("pk", "version")
        now |= {(model is Resource, pk): version for pk, version in rows}
    return [owner for owner in changed if now.get(_key(owner)) != owner.row.version]


def _check_all(
    changed: Sequence[_Owner], owners: Sequence[_Owner], before: Mapping[_Key, WeekSetup], errors: LineErrors
) -> None:
    """Refuse weeks that cannot be; who has no hours follows their location, as the file or else the catalog has it.

    Raises:
        SetupInvalid: Names what cannot be, at the lines that say it.
    """
    places = {owner.row.pk: owner.week for owner in owners if isinstance(owner.row, Location)}
    for owner in changed:
        followed = None
        if isinstance(owner.row, Resource) and not owner.week.hours:
            place_id = owner.row.location_id
            followed = places.get(place_id) or before[False, place_id]
        _check(owner, followed, errors)
    errors.raise_any()


def _check(owner: _Owner, followed: WeekSetup | None, errors: LineErrors) -> None:
    """Note what cannot be at the line that says it."""
    try:
        check_week(owner.week, hours_of=followed)
    except Invalid as error:
        for name, texts in error.errors.items():
            kind, place, field = (*name.split("."), "", "")[:3]
            line = _find_line(owner, kind, int(place)) if place else owner.lines[0]
            errors.note(line, "valid_to" if field == "valid_to" else kind, texts[0])


def _find_line(owner: _Owner, kind: str, place: int) -> WeekLine:
    period = getattr(owner.week, kind)[place]
    return next(line for line in reversed(owner.lines) if period in getattr(line, kind))


def _own(owner: _Owner) -> OwnedWeek:
    name = "resource_id" if isinstance(owner.row, Resource) else "location_id"
    return OwnedWeek(week=owner.week, version=owner.row.version, **{name: owner.row.pk})


def _tidy(week: WeekSetup) -> WeekSetup:
    """Return the week in order; what ends at midnight ends at 24:00, as it is read."""
    hours, breaks = ([_fold(each) for each in some] for some in (week.hours, week.breaks))
    return WeekSetup(hours=_sort(hours), breaks=_sort(breaks))


def _fold(period: PeriodSetup) -> PeriodSetup:
    opens, closes = fold_period(unfold_period(period.opens_minute, period.closes_minute))
    return replace(period, opens_minute=opens, closes_minute=closes)


def _sort(periods: Sequence[PeriodSetup]) -> tuple[PeriodSetup, ...]:
    return tuple(sorted(periods, key=_order))


def _order(period: PeriodSetup) -> tuple[object, ...]:
    dates = (str(period.valid_from), str(period.valid_to))
    return (period.weekday, period.opens_minute, period.closes_minute, *dates)
