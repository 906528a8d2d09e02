"""For how long a week holds: the tabs above the grid, and a period that somebody is about to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from edge.reading import NotRead, check_date
from scheduling.types.weeks import ONE_DAY, Validity, WeekPlan, WeekView, list_validities, read_plan
from web.formats import capitalize, describe_days
from web.templatetags.formats import get_current_formats

MOST_STRETCHES = 40
ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Span:
    """Dates in which the same week holds for everybody; more than one stretch around what is temporary.

    Attributes:
        key: What the address calls it: its first date, or ``always``.
        is_added: It is being added: nothing of it is saved yet.
    """

    key: str
    stretches: tuple[Validity, ...]
    is_now: bool = False
    is_added: bool = False

    @property
    def on(self) -> date | None:
        """Return a date on which it holds; None: at the beginning of all time."""
        return self.stretches[0][0]

    @property
    def title(self) -> str:
        """Return what kind of period it is."""
        if self.is_now:
            return gettext("Hours now")
        return gettext("Hours from then on") if self.stretches[-1][1] is None else gettext("Hours for a while")

    @property
    def dates(self) -> str:
        """Return its dates in words."""
        return "; ".join(describe_stretch(each) for each in self.stretches)

    @property
    def value(self) -> str:
        """Return its dates as the form carries them."""
        return ",".join("..".join(each.isoformat() if each else "" for each in pair) for pair in self.stretches)


def list_spans(views: Sequence[WeekView], today: date) -> tuple[Span, ...]:
    """List what has not ended, in order; the one that holds today first."""
    place = views[0].week
    groups: dict[tuple[WeekPlan, ...], list[Validity]] = {}
    for stretch in list_validities(view.week for view in views):
        if stretch[1] is None or stretch[1] >= today:
            plans = tuple(
                read_plan(view.week, stretch[0], hours_of=place if view.is_following else None) for view in views
            )
            groups.setdefault(plans, []).append(stretch)
    return tuple(
        Span(_find_key(stretches[0]), tuple(stretches), is_now=any(_holds(each, today) for each in stretches))
        for stretches in groups.values()
    )


def choose_span(spans: Sequence[Span], asked: str) -> Span:
    """Return the span that an address asks for; the present one when there is none."""
    now = next((each for each in spans if each.is_now), spans[0])
    return next((each for each in spans if each.key == asked), now)


def add_span(spans: Sequence[Span], first: date, last: date | None) -> Span:
    """Return a period that is about to be added, or the one with just these dates."""
    known = next((each for each in spans if each.stretches == ((first, last),)), None)
    return known or Span(first.isoformat(), ((first, last),), is_added=True)


def read_span(value: str, spans: Sequence[Span]) -> Span | None:
    """Return the period that a form carries; None for dates that nobody wrote there."""
    try:
        stretches = tuple(_read_stretch(part) for part in value.split(","))
    except NotRead:
        return None
    if len(stretches) > MOST_STRETCHES or any(first and last and first > last for first, last in stretches):
        return None
    known = next((each for each in spans if each.stretches == stretches), None)
    return known or Span(_find_key(stretches[0]), stretches, is_added=True)


def find_neighbor(span: Span) -> date | None:
    """Return a date just before a period, or just after one without a beginning."""
    first, last = span.stretches[0]
    if first is not None:
        return first - ONE_DAY
    return last + ONE_DAY if last is not None else None


def describe_stretch(stretch: Validity) -> str:
    """Return dates in words: "Dec 14, 2026 – Jan 6, 2027", "Always"."""
    return capitalize(describe_days(get_current_formats(), *stretch)) or gettext("Always")


def _find_key(stretch: Validity) -> str:
    return stretch[0].isoformat() if stretch[0] else ALWAYS


def _holds(stretch: Validity, on: date) -> bool:
    first, last = stretch
    return (first is None or first <= on) and (last is None or on <= last)


def _read_stretch(text: str) -> Validity:
    first, dots, last = text.partition("..")
    if not dots:
        raise NotRead(text="")
    return (check_date(first) if first else None, check_date(last) if last else None)
