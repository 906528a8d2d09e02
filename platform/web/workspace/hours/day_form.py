"""A special day as it is asked: closed, other hours or somebody away; for some dates, part of a day, and repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from kernel.instants import DAY_MINUTES, to_instant
from kernel.intervals import Interval, merge, subtract
from scheduling.engine import to_minute
from scheduling.services.catalog.exceptions.series import MOST_ROWS, TOO_MANY
from scheduling.types import DateOverrideSetup, TimeOffSetup
from scheduling.types.special_days import DayPlanned, SpecialDay
from scheduling.types.weeks import WeekView, read_plan
from web.parts.fields import ChoiceField, DateField, TextField
from web.parts.forms import PageForm
from web.parts.widgets import Segments
from web.workspace.hours.clock import NOT_HOURS, format_periods, read_periods

CLOSE, HOURS, AWAY = "close", "hours", "away"
WHOLE, MORNING, AFTERNOON, SOME = "whole", "morning", "afternoon", "some"
ONCE, WEEKLY, YEARLY = "once", "weekly", "yearly"
NOON = 13 * 60
PARTS: dict[str, Interval] = {MORNING: (0, NOON), AFTERNOON: (NOON, DAY_MINUTES)}
LONGEST = timedelta(days=5 * 366)
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


class DayForm(PageForm):
    """A special day of a location or of one of its resources."""

    what = ChoiceField(
        label=gettext_lazy("What happens"),
        choices=(
            (CLOSE, gettext_lazy("Close")),
            (HOURS, gettext_lazy("Other hours")),
            (AWAY, gettext_lazy("Somebody is away")),
        ),
        widget=Segments(icons={CLOSE: "store", HOURS: "sun", AWAY: "user-minus"}),
    )
    whom = ChoiceField(label=gettext_lazy("For whom"))
    first = DateField(label=gettext_lazy("First day"))
    last = DateField(label=gettext_lazy("Last day"), required=False)
    part = ChoiceField(
        label=gettext_lazy("How much of the day"),
        choices=(
            (WHOLE, gettext_lazy("All of it")),
            (MORNING, pgettext_lazy("part of a day", "Morning")),
            (AFTERNOON, pgettext_lazy("part of a day", "Afternoon")),
            (SOME, pgettext_lazy("part of a day", "Hours")),
        ),
        widget=Segments(),
    )
    hours = TextField(
        label=gettext_lazy("Which hours"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "As 8–13 or 2 pm–6 pm. For “Other hours” those that are worked, else those that are free."
        ),
        attrs={"autocomplete": "off", "spellcheck": "false"},
    )
    reason = TextField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Customers only read that it is closed. The reason is for your team."),
        attrs={"autocomplete": "off"},
    )
    repeats = ChoiceField(
        label=gettext_lazy("Repeats"),
        choices=(
            (ONCE, gettext_lazy("Never")),
            (WEEKLY, gettext_lazy("Every week on this weekday")),
            (YEARLY, gettext_lazy("Every year on this date")),
        ),
    )
    until = DateField(
        label=gettext_lazy("Repeats until"), required=False, help_text=gettext_lazy("At most five years ahead.")
    )
    is_summed_up = True

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        views: Sequence[WeekView],
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial={"what": CLOSE, "part": WHOLE, "repeats": ONCE, **(initial or {})})
        for name in ("first", "last", "until"):
            self.fields[name].widget.input_type = "date"
        self.views = {f"{'l' if view.type_id is None else 'r'}{view.id}": view for view in views}
        self.place = views[0]
        names = [(key, view.name) for key, view in self.views.items()]
        names[0] = (names[0][0], gettext("All of %(name)s") % {"name": self.place.name})
        self.fields["whom"].choices = names  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Check what the fields say together."""
        data = super().clean() or self.cleaned_data
        first, last, until = (data.get(name) for name in ("first", "last", "until"))
        if data.get("what") == AWAY and str(data.get("whom", "")).startswith("l"):
            self.add_error("whom", gettext("Choose who is away."))
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("last", gettext("The last day is before the first."))
        if data.get("what") == HOURS or data.get("part") == SOME:
            self._check_hours(str(data.get("hours", "")))
        if data.get("repeats", ONCE) != ONCE and isinstance(first, date):
            self._check_repeats(first, last if isinstance(last, date) else first, until)
        if not self.errors and len(self._list_days()) > MOST_ROWS:
            self.add_error("until" if until else "last", gettext(TOO_MANY))
        if not self.errors and data["what"] == CLOSE:
            self._check_nights()
        return data

    def make_plan(self) -> DayPlanned:
        """Return the rows that say it."""
        data = self.cleaned_data
        view = self.views[data["whom"]]
        if data["what"] != AWAY:
            owner = {"location_id": view.id} if view.type_id is None else {"resource_id": view.id}
            days = [
                DateOverrideSetup(on=on, periods=self._find_periods(view, on), note=data["reason"], **owner)
                for on in self._list_days()
            ]
            return DayPlanned(overrides=tuple(days))
        if data["part"] == WHOLE:
            spans = [(first, 0, last + ONE_DAY, 0) for first, last in self._list_spans()]
        else:
            spans = [(on, start, on, end) for on in self._list_days() for start, end in self._find_part()]
        return DayPlanned(
            absences=tuple(
                TimeOffSetup(
                    resource_id=view.id,
                    starts_at=to_instant(to_minute(view.timezone, first, start)),
                    ends_at=to_instant(to_minute(view.timezone, last, end)),
                    reason=data["reason"],
                )
                for first, start, last, end in spans
            )
        )

    @property
    def story(self) -> str:
        """Return what is about to happen in a sentence without a full stop."""
        words = dict(self.fields["what"].choices)  # type: ignore[attr-defined]
        names = dict(self.fields["whom"].choices)  # type: ignore[attr-defined]
        data = self.cleaned_data
        return f"{names[data['whom']]}: {str(words[data['what']]).lower()}, {data['first'].isoformat()}"

    def _check_hours(self, typed: str) -> None:
        periods = read_periods(typed)
        if not periods:
            self.add_error("hours", NOT_HOURS)
        elif len(merge(periods)) != len(periods) and any(one[1] > other[0] for one, other in pairwise(sorted(periods))):
            self.add_error("hours", gettext("These hours overlap each other."))

    def _check_nights(self) -> None:
        """Refuse to keep only the end of a night: it would have to begin on the next date."""
        view = self.views[self.cleaned_data["whom"]]
        left = [start for on in self._list_days() for start, _ in self._find_left(view, on)]
        if any(start >= DAY_MINUTES for start in left):
            self.add_error("hours", gettext("Close it to the end of the night, or choose other hours."))

    def _check_repeats(self, first: date, last: date, until: object) -> None:
        if not isinstance(until, date):
            self.add_error("until", gettext("Say until when it repeats."))
        elif until < first:
            self.add_error("until", gettext("This is before the first day."))
        elif until > first + LONGEST:
            self.add_error("until", gettext("At most five years ahead."))
        if self.cleaned_data.get("repeats") == WEEKLY and last - first >= ONE_WEEK:
            self.add_error("last", gettext("It is longer than a week: it cannot repeat every week."))

    def _list_spans(self) -> list[tuple[date, date]]:
        """Return the first and last day of each time."""
        data = self.cleaned_data
        first = data["first"]
        length = (data["last"] or first) - first
        starts = [first]
        if data["repeats"] == WEEKLY:
            weeks = (data["until"] - first) // ONE_WEEK
            starts = [first + week * ONE_WEEK for week in range(weeks + 1)]
        elif data["repeats"] == YEARLY:
            years = range(first.year, data["until"].year + 1)
            found = [_move_to_year(first, year) for year in years]
            starts = [each for each in found if each and each <= data["until"]]
        return [(start, start + length) for start in starts]

    def _list_days(self) -> list[date]:
        found = [
            first + day * ONE_DAY
            for first, last in self._list_spans()
            for day in range(min((last - first).days, MOST_ROWS) + 1)
        ]
        return list(dict.fromkeys(found))

    def _find_part(self) -> list[Interval]:
        data = self.cleaned_data
        return [PARTS[data["part"]]] if data["part"] in PARTS else merge(read_periods(data["hours"]) or [])

    def _find_periods(self, view: WeekView, on: date) -> tuple[Interval, ...]:
        """Return the hours of a date as rows have them."""
        left = self._find_left(view, on)
        return tuple((start, end if end <= DAY_MINUTES else end - DAY_MINUTES) for start, end in left)

    def _find_left(self, view: WeekView, on: date) -> list[Interval]:
        """Return the hours of a date: those that were typed, or what closing a part leaves of the usual ones."""
        data = self.cleaned_data
        if data["what"] == HOURS:
            return merge(read_periods(data["hours"]) or [])
        if data["part"] == WHOLE:
            return []
        own, place = view.week, self.place.week
        hours = read_plan(place if view.is_following else own, on)[on.weekday()]
        extra = read_plan(own, on, hours_of=place)[on.weekday()].breaks if view.is_following else ()
        # Who closes in the afternoon is closed for the night that follows.
        gone = [(NOON, 2 * DAY_MINUTES)] if data["part"] == AFTERNOON else self._find_part()
        return subtract(merge(hours.hours), merge((*hours.breaks, *extra, *gone)))


@dataclass(frozen=True, slots=True)
class Repetition:
    """How the rows of a series follow each other."""

    repeats: str
    last: date
    until: date | None


def describe_series(series: Sequence[SpecialDay]) -> dict[str, object]:
    """Return what a form shows of rows that were made together."""
    day = series[0]
    found = _find_repetition(series)
    shown: dict[str, object] = {
        "what": AWAY if day.is_absence else HOURS if day.periods else CLOSE,
        "whom": f"r{day.resource_id}" if day.resource_id else None,
        "first": day.first.isoformat(),
        "last": found.last.isoformat() if found.last != day.first else "",
        "repeats": found.repeats,
        "until": found.until.isoformat() if found.until else "",
        "reason": day.note,
        "part": WHOLE,
    }
    if day.is_absence and not day.is_whole:
        period = (day.start_minute, day.end_minute)
        part = next((key for key, each in PARTS.items() if each == period), SOME)
        shown |= {"part": part, "hours": format_periods([period]) if part == SOME else ""}
    elif day.periods:
        shown["hours"] = format_periods(day.periods)
    return shown


def _find_repetition(series: Sequence[SpecialDay]) -> Repetition:
    days = sorted({each.first for each in series})
    first, end = days[0], series[0].last
    gaps = {after - before for before, after in pairwise(days)}
    if not gaps or gaps == {ONE_DAY}:
        return Repetition(ONCE, max(end, days[-1]), None)
    if gaps == {ONE_WEEK}:
        return Repetition(WEEKLY, end, days[-1])
    if all((each.month, each.day) == (first.month, first.day) for each in days):
        return Repetition(YEARLY, end, days[-1])
    run = first
    while run + ONE_DAY in days:
        run += ONE_DAY
    return Repetition(WEEKLY if first + ONE_WEEK in days else YEARLY, max(end, run), days[-1])


def _move_to_year(on: date, year: int) -> date | None:
    try:
        return on.replace(year=year)
    except ValueError:  # February 29 is not in every year
        return None
