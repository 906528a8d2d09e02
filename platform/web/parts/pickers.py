"""Free times as pages draw them: a week of days, the chosen day's times before and after noon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext, pgettext

from scheduling.enums import DayState
from scheduling.types import Availability, AvailableDay, AvailableSlot
from web.formats import Formats, is_morning, to_local

DAYS_PER_PAGE = 7
PAGES = 4
MAX_AHEAD_DAYS = 730
FEW_SLOTS, SOME_SLOTS = 3, 8
SHOWN_TIMES, FEW_MORE = 12, 3
"""So many times of half a day are shown at once; a few more are shown as well, rather than a line that opens them."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the strip; ``level`` 0 to 3 tells how much is free.

    Attributes:
        word: Why nothing is free, short enough for its cell; ``said`` is for whoever listens, ``reason`` a sentence.
        is_other_month: It is of another month than the chosen day, which the heading names.
        is_full: Others took every time of it.
    """

    on: date
    is_open: bool
    is_full: bool
    count: int
    level: int
    is_chosen: bool
    is_other_month: bool
    word: str = ""
    said: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Time:
    """A start; ``is_gone``: it was free until a moment ago."""

    starts_at: datetime
    seats_left: int | None = None
    is_gone: bool = False
    is_same_day: bool = True

    @property
    def value(self) -> str:
        """The form's value: RFC 3339."""
        return self.starts_at.isoformat()


@dataclass(frozen=True, slots=True)
class Half:
    """The times before or after noon; ``more`` waits behind a line.

    Attributes:
        icon: Name in Lucide.
    """

    key: str
    label: str
    icon: str
    times: tuple[Time, ...]
    more: tuple[Time, ...]

    @property
    def has_gone(self) -> bool:
        """Tell whether the line hides what is shown crossed out: then it is open."""
        return any(time.is_gone for time in self.more)


@dataclass(frozen=True, slots=True)
class Picker:
    """Everything the time step draws.

    Attributes:
        first: The next free time: of all on the first page, on a later one the first of its week or after it;
            None when there is none in the booking window.
        before: First day of the week page before; None on the first page.
    """

    timezone: str
    is_24_hours: bool
    days: tuple[Day, ...]
    chosen_on: date
    morning: tuple[Time, ...]
    afternoon: tuple[Time, ...]
    first: datetime | None
    first_on: date | None
    first_day_word: str
    before: date | None
    after: date | None
    nearest: tuple[Time, ...] = ()

    @property
    def times(self) -> tuple[Time, ...]:
        """Return all times of the chosen day."""
        return (*self.morning, *self.afternoon)

    @property
    def halves(self) -> tuple[Half, ...]:
        """Return the halves of the chosen day that have times."""
        morning = Half("morning", gettext("Morning"), "sunrise", *_cut(self.morning))
        afternoon = Half("afternoon", gettext("Afternoon"), "sun", *_cut(self.afternoon))
        return tuple(half for half in (morning, afternoon) if half.times)

    @property
    def has_seats(self) -> bool:
        """Tell whether times say how many places are left."""
        return any(time.seats_left for time in self.times)

    @property
    def is_later(self) -> bool:
        """Tell whether an earlier week was left behind: its free times are not looked at here."""
        return self.before is not None

    @property
    def is_first_after(self) -> bool:
        """Tell whether the first free time lies after the shown week."""
        return self.first_on is not None and self.first_on > self.days[-1].on

    @property
    def chosen_day(self) -> Day:
        """Return the chosen day."""
        return next(day for day in self.days if day.is_chosen)

    @property
    def is_week_full(self) -> bool:
        """Tell whether the shown week has nothing free."""
        return not any(day.count for day in self.days)

    @property
    def chosen_count(self) -> int:
        """Number of free times on the chosen day."""
        return sum(day.count for day in self.days if day.is_chosen)

    @property
    def has_times(self) -> bool:
        """Tell whether the chosen day shows any time."""
        return bool(self.morning or self.afternoon)


def find_week(
    asked: date | None, *, today: date, window_days: int | None = None, is_endless: bool = False
) -> tuple[date, date | None, date | None]:
    """Return the first day of the week page that holds ``asked``, and those of the pages before and after.

    Pages are rolling: the first one starts today. There are four, more only if ``asked`` lies
    beyond them (the next free time may), never past the booking window; with ``is_endless``
    one may always turn to the next.
    """
    offset = max(0, (asked - today).days) if asked else 0
    offset = min(offset, MAX_AHEAD_DAYS if window_days is None else window_days)
    page = offset // DAYS_PER_PAGE
    last = PAGES - 1 if window_days is None else min(PAGES - 1, window_days // DAYS_PER_PAGE)
    start = today + timedelta(days=page * DAYS_PER_PAGE)
    before = start - timedelta(days=DAYS_PER_PAGE) if page else None
    after = start + timedelta(days=DAYS_PER_PAGE) if is_endless or page < last else None
    return start, before, after


def last_day(start: date) -> date:
    """Return the last day of the week page that begins with ``start``."""
    return start + timedelta(days=DAYS_PER_PAGE - 1)


def make_picker(
    availability: Availability,
    *,
    asked: date | None,
    today: date,
    pages: tuple[date | None, date | None],
    formats: Formats,
    taken: datetime | None = None,
    nearest: tuple[AvailableSlot, ...] = (),
    own: datetime | None = None,
    is_person_chosen: bool = False,
) -> Picker:
    """Arrange ``availability``; without a wish the first day with a free time is chosen.

    ``taken`` is shown crossed out in its place; ``nearest`` are offered on top. ``own``, the time
    of a visit that moves, is among the free ones, but not what is offered first. With a chosen person,
    a day without hours is theirs to be away, and the business may be open.
    """
    timezone = availability.timezone
    taken_on = to_local(taken, timezone).date() if taken else None
    wish = asked or taken_on
    dates = [day.on for day in availability.days]
    free = [day.on for day in availability.days if day.slots]
    chosen = wish if wish in dates else (free[0] if free else dates[0])
    times = _list_times(availability.days, chosen, taken if taken_on == chosen else None)
    first = _find_first(availability, own)
    first_on = to_local(first, timezone).date() if first else None
    return Picker(
        timezone=timezone,
        is_24_hours=formats.is_24_hours,
        days=make_days(availability, chosen, is_person_chosen=is_person_chosen),
        chosen_on=chosen,
        morning=tuple(time for time in times if is_morning(time.starts_at, timezone)),
        afternoon=tuple(time for time in times if not is_morning(time.starts_at, timezone)),
        first=first,
        first_on=first_on,
        first_day_word=_name_day(first_on, today),
        before=pages[0],
        after=pages[1],
        nearest=tuple(
            Time(slot.starts_at, slot.seats_left, is_same_day=to_local(slot.starts_at, timezone).date() == chosen)
            for slot in nearest
        ),
    )


def make_days(availability: Availability, chosen: date, *, is_person_chosen: bool = False) -> tuple[Day, ...]:
    """Return every day of ``availability`` as it is drawn in a calendar."""
    return tuple(_make_day(day, chosen, is_person_chosen=is_person_chosen) for day in availability.days)


def add_time(picker: Picker, starts_at: datetime) -> Picker:
    """Return the picker with one more time on the chosen day, in its place."""
    times = sorted((*picker.times, Time(starts_at)), key=lambda each: each.starts_at)
    return replace(
        picker,
        morning=tuple(each for each in times if is_morning(each.starts_at, picker.timezone)),
        afternoon=tuple(each for each in times if not is_morning(each.starts_at, picker.timezone)),
    )


def _find_first(availability: Availability, own: datetime | None) -> datetime | None:
    """Return the next free time, in place of a visit's own time the one after it on the shown days."""
    first = availability.next_available
    if first is None or first != own:
        return first
    shown = [slot.starts_at for day in availability.days for slot in day.slots]
    return next((at for at in shown if at != own), None if own in shown else own)


def _make_day(day: AvailableDay, chosen: date, *, is_person_chosen: bool) -> Day:
    count = len(day.slots)
    level = 0 if not count else 1 if count <= FEW_SLOTS else 2 if count <= SOME_SLOTS else 3
    word, said, reason = _say_state(day.state, is_person_chosen=is_person_chosen)
    return Day(
        on=day.on,
        is_open=day.is_open,
        is_full=day.state is DayState.FULL,
        count=count,
        level=level,
        is_chosen=day.on == chosen,
        is_other_month=(day.on.year, day.on.month) != (chosen.year, chosen.month),
        word=word,
        said=said,
        reason=reason,
    )


def explain_state(state: DayState, *, is_person_chosen: bool) -> str:
    """Return in a sentence why a day has no free time; empty: it has some."""
    return _say_state(state, is_person_chosen=is_person_chosen)[2]


def _say_state(state: DayState, *, is_person_chosen: bool) -> tuple[str, str, str]:
    """Return why a day has no free time: in a cell, spoken after its date, and as a sentence."""
    full, closed, away = pgettext("day", "full"), pgettext("day", "closed"), pgettext("day", "away")
    past, soon, far = pgettext("day", "over"), pgettext("day", "too soon"), pgettext("day", "not yet")
    if state is DayState.CLOSED and is_person_chosen:
        return away, away, gettext("The person you chose is not in on this day.")
    return {
        DayState.FREE: ("", "", ""),
        DayState.FULL: (full, full, gettext("All times of this day are taken.")),
        DayState.CLOSED: (closed, closed, gettext("It is closed on this day.")),
        DayState.PAST: (past, past, gettext("The times of this day have passed.")),
        DayState.TOO_SOON: (soon, soon, gettext("This day is too soon to be booked online.")),
        DayState.TOO_FAR: (far, far, gettext("This day cannot be booked yet.")),
        DayState.UNFIT: ("–", pgettext("day", "not offered"), gettext("This is not offered on this day.")),
    }[state]


def _list_times(days: tuple[AvailableDay, ...], on: date, taken: datetime | None) -> list[Time]:
    slots = next((day.slots for day in days if day.on == on), ())
    times = {slot.starts_at: Time(slot.starts_at, slot.seats_left) for slot in slots}
    if taken:
        times[taken] = Time(taken, is_gone=True)
    return [times[at] for at in sorted(times)]


def _cut(times: tuple[Time, ...]) -> tuple[tuple[Time, ...], tuple[Time, ...]]:
    """Cut off what is more than one looks over at once."""
    shown = len(times) if len(times) <= SHOWN_TIMES + FEW_MORE else SHOWN_TIMES
    return times[:shown], times[shown:]


def _name_day(on: date | None, today: date) -> str:
    """Return "today", "tomorrow" or nothing, for the template to translate."""
    if on is None:
        return ""
    return {0: "today", 1: "tomorrow"}.get((on - today).days, "")
