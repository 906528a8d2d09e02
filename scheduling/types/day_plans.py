"""What rows say that special days be as somebody asks for them: all new, or changed and otherwise as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kernel.instants import DAY_MINUTES, to_instant
from kernel.intervals import Interval
from scheduling.engine import fold_period, to_minute, unfold_period
from scheduling.types.setups import DateOverrideSetup, TimeOffSetup
from scheduling.types.special_days import ONE_DAY, DayPlanned, DaySeriesView, Repetition, SpecialDay

MOST_DAYS = 400
"""So many rows are made at once."""
WHOLE_DAY: tuple[Interval, ...] = ((0, DAY_MINUTES),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayContent:
    """What happens on a date; ``periods`` are wall minutes since its midnight, ends past 1440 on the next day.

    Attributes:
        is_absence: Somebody is away in ``periods``; else the hours of the date differ.
        is_closing: ``periods`` are closed; else they are all that is worked.
    """

    is_absence: bool
    periods: tuple[Interval, ...]
    is_closing: bool = False
    note: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether somebody is away all day."""
        return self.is_absence and self.periods == WHOLE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOwner:
    """Whose special days they are, and by which clock."""

    timezone: str
    resource_id: int | None = None
    location_id: int | None = None


def plan_days(
    content: DayContent, repetition: Repetition, owner: DayOwner, series: DaySeriesView | None = None
) -> DayPlanned:
    """Return the rows that say it; of a ``series`` that is changed, only what differs from its first date is changed.

    A date that was removed from the series by itself stays removed, also when all of them move; what was changed of
    one date alone stays unless the same is changed now.
    """
    after = repetition.list_days(MOST_DAYS + 1)
    if series is None:
        return _lay(dict.fromkeys(after, content), after, {}, owner, repetition)
    stored = read_contents(series.days)
    first = stored[series.days[0].first]
    before = series.repetition.list_days(MOST_DAYS + 1)
    days_by_place = {place: day for day, place in before.items() if day not in after}
    contents: dict[date, DayContent] = {day: old for day, old in stored.items() if day not in before}
    for day, place in after.items():
        source = day if day in before else days_by_place.get(place)
        if source is None:
            contents[day] = content
        elif source in stored:
            contents[day] = stored[source]
    changed = {day: _change(old, first, content) for day, old in contents.items()}
    kept = {day: old for day, old in changed.items() if stored.get(day) == old}
    is_same_owner = series.days[0].resource_id == owner.resource_id
    return _lay(changed, after, _list_rows(series.days, kept) if is_same_owner else {}, owner, repetition)


def read_contents(days: Sequence[SpecialDay]) -> dict[date, DayContent]:
    """Return what happens on each date, by date."""
    contents: dict[date, DayContent] = {}
    for day in sorted(days, key=lambda each: (each.first, each.start_minute)):
        if not day.is_absence:
            periods = tuple(unfold_period(*each) for each in day.periods)
            contents[day.first] = DayContent(
                is_absence=False, periods=periods, is_closing=day.is_closing, note=day.note
            )
        elif day.is_whole:
            for number in range((day.last - day.first).days + 1):
                on = day.first + number * ONE_DAY
                contents[on] = DayContent(is_absence=True, periods=WHOLE_DAY, note=day.note)
        else:
            end = (day.last - day.first).days * DAY_MINUTES + day.end_minute
            before = contents.get(day.first, DayContent(is_absence=True, periods=(), note=day.note))
            contents[day.first] = replace(before, periods=(*before.periods, (day.start_minute, end)))
    return contents


def says_the_same(content: DayContent, repetition: Repetition, owner: DayOwner, series: DaySeriesView) -> bool:
    """Tell whether what is asked for is what the series says already."""
    day = series.days[0]
    is_same_owner = (day.resource_id, None if day.resource_id else day.location_id) == (
        owner.resource_id,
        owner.location_id,
    )
    return is_same_owner and read_contents(series.days)[day.first] == content and series.repetition == repetition


def _change(old: DayContent, first: DayContent, asked: DayContent) -> DayContent:
    """Return a date with what is asked for wherever that differs from the first date."""
    note = old.note if asked.note == first.note else asked.note
    return replace(old if replace(asked, note=first.note) == first else asked, note=note)


def _list_rows(days: Sequence[SpecialDay], kept: Mapping[date, DayContent]) -> dict[date, list[SpecialDay]]:
    """List the absences of part of a day that stay as they are: their instants are not worked out anew."""
    rows: dict[date, list[SpecialDay]] = {}
    for day in days:
        if day.is_absence and not day.is_whole and day.first in kept:
            rows.setdefault(day.first, []).append(day)
    return rows


def _lay(
    contents: Mapping[date, DayContent],
    places: Mapping[date, tuple[int, int]],
    kept: Mapping[date, Sequence[SpecialDay]],
    owner: DayOwner,
    repetition: Repetition,
) -> DayPlanned:
    overrides = tuple(
        DateOverrideSetup(
            on=on,
            periods=tuple(map(fold_period, each.periods)),
            is_closing=each.is_closing,
            note=each.note,
            resource_id=owner.resource_id,
            location_id=owner.location_id,
        )
        for on, each in sorted(contents.items())
        if not each.is_absence
    )
    away = {on: each for on, each in sorted(contents.items()) if each.is_absence}
    absences = tuple(_list_absences(away, places, kept, owner)) if owner.resource_id is not None else ()
    return DayPlanned(overrides=overrides, absences=absences, repetition=repetition)


def _list_absences(
    away: Mapping[date, DayContent],
    places: Mapping[date, tuple[int, int]],
    kept: Mapping[date, Sequence[SpecialDay]],
    owner: DayOwner,
) -> Iterator[TimeOffSetup]:
    for first, last, note in _list_runs(away, places):
        yield _make_absence(owner, (first, 0), (last + ONE_DAY, 0), note)
    for on, content in away.items():
        if content.is_whole:
            continue
        rows = [each for each in kept.get(on, ()) if each.starts_at and each.ends_at]
        for row in rows:
            yield TimeOffSetup(
                resource_id=owner.resource_id or 0,
                starts_at=row.starts_at,  # type: ignore[arg-type]  # asked above
                ends_at=row.ends_at,  # type: ignore[arg-type]
                reason=content.note,
            )
        for start, end in () if rows else content.periods:
            yield _make_absence(owner, (on, start), (on, end), content.note)


def _list_runs(
    away: Mapping[date, DayContent], places: Mapping[date, tuple[int, int]]
) -> Iterator[tuple[date, date, str]]:
    """List whole days that follow each other in the same time of a series: first, last, note."""
    runs: list[tuple[date, date, str, int]] = []
    for on, content in away.items():
        if not content.is_whole:
            continue
        number = places[on][0] if on in places else -1
        if runs and runs[-1][1:] == (on - ONE_DAY, content.note, number):
            runs[-1] = (runs[-1][0], on, content.note, number)
        else:
            runs.append((on, on, content.note, number))
    for first, last, note, _ in runs:
        yield first, last, note


def _make_absence(owner: DayOwner, start: tuple[date, int], end: tuple[date, int], note: str) -> TimeOffSetup:
    return TimeOffSetup(
        resource_id=owner.resource_id or 0,
        starts_at=to_instant(to_minute(owner.timezone, *start)),
        ends_at=to_instant(to_minute(owner.timezone, *end)),
        reason=note,
    )
