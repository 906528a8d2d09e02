"""A special day as it is asked: closed, other hours or somebody away; for some dates, part of a day, and repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from scheduling.engine import join_touching, lasts_too_long, meets
from scheduling.enums import Repeats
from scheduling.services.catalog.special_days.series import TOO_MANY
from scheduling.types.day_plans import (
    MOST_DAYS,
    WHOLE_DAY,
    DayContent,
    DayOwner,
    plan_days,
    read_contents,
    says_the_same,
)
from scheduling.types.special_days import ONE_WEEK, DayPlanned, DaySeriesView, Repetition
from scheduling.types.weeks import TOO_LONG, WeekView
from web.parts.clock import NOT_HOURS, format_periods, read_periods
from web.parts.fields import ChoiceField, DateField, TextField
from web.parts.forms import PageForm
from web.parts.widgets import Segments

CLOSE, HOURS, AWAY = "close", "hours", "away"
WHOLE, MORNING, AFTERNOON, SOME = "whole", "morning", "afternoon", "some"
NOON = 13 * 60
AWAY_PARTS: dict[str, Interval] = {MORNING: (0, NOON), AFTERNOON: (NOON, DAY_MINUTES)}
# Who closes in the afternoon is closed for the night that follows.
CLOSED_PARTS: dict[str, Interval] = {MORNING: (0, NOON), AFTERNOON: (NOON, NOON + DAY_MINUTES)}
LONGEST = timedelta(days=5 * 366)


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
        choices=Repeats.choices,
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
        series: DaySeriesView | None = None,
    ) -> None:
        super().__init__(data, initial={"what": CLOSE, "part": WHOLE, "repeats": Repeats.ONCE.value, **(initial or {})})
        self.series = series
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
        if data.get("repeats", Repeats.ONCE) != Repeats.ONCE and isinstance(first, date):
            self._check_repeats(first, last if isinstance(last, date) else first, until)
        if not self.errors and not self.says_the_same and len(self.repetition.list_days(MOST_DAYS + 1)) > MOST_DAYS:
            self.add_error("until" if until else "last", gettext(TOO_MANY))
        return data

    @property
    def owner(self) -> DayOwner:
        """Return whose special day it is."""
        view = self.views[self.cleaned_data["whom"]]
        owner = {"location_id": view.id} if view.type_id is None else {"resource_id": view.id}
        return DayOwner(timezone=view.timezone, **owner)

    @property
    def whose_name(self) -> str:
        """Return what it is called whose special day it is."""
        return self.views[self.cleaned_data["whom"]].name

    @property
    def repetition(self) -> Repetition:
        """Return its dates."""
        data = self.cleaned_data
        repeats = Repeats(data["repeats"])
        until = None if repeats == Repeats.ONCE else data["until"]
        return Repetition(first=data["first"], last=data["last"] or data["first"], repeats=repeats, until=until)

    @property
    def content(self) -> DayContent:
        """Return what happens on each of its dates."""
        data = self.cleaned_data
        is_absence = data["what"] == AWAY
        if data["what"] == HOURS or data["part"] == SOME:
            periods = join_touching(read_periods(data["hours"]) or [])
        elif data["part"] == WHOLE:
            periods = list(WHOLE_DAY) if is_absence else []
        else:
            periods = [(AWAY_PARTS if is_absence else CLOSED_PARTS)[data["part"]]]
        is_closing = data["what"] == CLOSE and bool(periods)
        return DayContent(is_absence=is_absence, periods=tuple(periods), is_closing=is_closing, note=data["reason"])

    @property
    def says_the_same(self) -> bool:
        """Tell whether it says what is stored already."""
        return self.series is not None and says_the_same(self.content, self.repetition, self.owner, self.series)

    def make_plan(self) -> DayPlanned:
        """Return the rows that say it; of a series only what was changed is another."""
        return plan_days(self.content, self.repetition, self.owner, self.series)

    def _check_hours(self, typed: str) -> None:
        periods = read_periods(typed)
        if not periods:
            self.add_error("hours", NOT_HOURS)
        elif any(meets(period, periods[:place]) for place, period in enumerate(periods)):
            self.add_error("hours", gettext("These hours overlap each other."))
        elif lasts_too_long(periods):
            self.add_error("hours", gettext(TOO_LONG))

    def _check_repeats(self, first: date, last: date, until: object) -> None:
        if not isinstance(until, date):
            self.add_error("until", gettext("Say until when it repeats."))
        elif until < first:
            self.add_error("until", gettext("This is before the first day."))
        elif until > first + LONGEST:
            self.add_error("until", gettext("At most five years ahead."))
        if self.cleaned_data.get("repeats") == Repeats.WEEKLY and last - first >= ONE_WEEK:
            self.add_error("last", gettext("It is longer than a week: it cannot repeat every week."))


def describe_series(series: DaySeriesView) -> dict[str, object]:
    """Return what a form shows of rows that were made together: their dates, and what happens on the first."""
    day, made = series.days[0], series.repetition
    content = read_contents(series.days)[day.first]
    shown: dict[str, object] = {
        "what": AWAY if day.is_absence else HOURS if day.periods and not day.is_closing else CLOSE,
        "whom": f"r{day.resource_id}" if day.resource_id else f"l{day.location_id}",
        "first": made.first.isoformat(),
        "last": made.last.isoformat() if made.last != made.first else "",
        "repeats": made.repeats.value,
        "until": made.until.isoformat() if made.until else "",
        "reason": day.note,
        "part": find_part(content),
    }
    if shown["what"] == HOURS or shown["part"] == SOME:
        shown["hours"] = format_periods(content.periods)
    return shown


def find_part(content: DayContent) -> str:
    """Return how much of a day is closed, or how long somebody is away."""
    if content.is_whole or not (content.is_absence or content.is_closing):
        return WHOLE
    parts = AWAY_PARTS if content.is_absence else CLOSED_PARTS
    return next((part for part, period in parts.items() if content.periods == (period,)), SOME)
