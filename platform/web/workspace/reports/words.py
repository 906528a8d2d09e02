"""Figures of reports in words: parts of a hundred, and how they changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from web.formats import Formats

HUNDRED = 100
DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure changed: ``tone`` is ``good``, ``bad`` or empty."""

    text: str
    tone: str
    before: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on top of a page; ``detail`` says what it is made of, ``url`` leads to its rows."""

    key: str
    label: str
    icon: str
    text: str
    url: str
    detail: str = ""
    change: Change | None = None


def say_share(formats: Formats, share: float | None) -> str:
    """Return a part as percent with one decimal: "4.1 %"; a dash for none of nothing."""
    if share is None:
        return "–"
    number = formats.format_number(round(HUNDRED * share, 1), decimals=1)
    return f"{number}{'' if formats.language == 'en' else NARROW_SPACE}%"


NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def say_growth(formats: Formats, now: float, before: float, *, is_good: bool | None = True) -> Change:
    """Tell by how much of itself a figure grew: "+11 %"; from nothing, by how many."""
    sign = "+" if now > before else "−"
    if now == before:
        text = gettext("no change,")
    elif before:
        text = f"{sign}{say_share(formats, abs(now - before) / abs(before))}"
    else:
        text = f"{sign}{formats.format_number(abs(now - before))}"
    return Change(text, _find_tone(now - before, is_good=is_good), formats.format_number(before))


def say_points(formats: Formats, now: float | None, before: float | None, *, is_good: bool) -> Change | None:
    """Tell by how many points of a hundred a part changed: "−1.6 points"; None: nothing to compare."""
    if now is None or before is None:
        return None
    points = round(HUNDRED * (now - before), 1)
    number = f"{'+' if points > 0 else '−'}{formats.format_number(abs(points), decimals=1)}"
    text = gettext("%(number)s points") % {"number": number} if points else gettext("no change,")
    return Change(text, _find_tone(points, is_good=is_good), say_share(formats, before))


def say_hours(formats: Formats, hours: float | None) -> str:
    """Return how long before, in days from two of them on: "5.5 h", "3.2 días"; a dash: there is none."""
    if hours is None:
        return "–"
    if hours < 2 * DAY_HOURS:
        return gettext("%(number)s h") % {"number": formats.format_number(round(hours, 1), decimals=1)}
    return gettext("%(number)s days") % {"number": formats.format_number(round(hours / DAY_HOURS, 1), decimals=1)}


def _find_tone(change: float, *, is_good: bool | None) -> str:
    if not change or is_good is None:
        return ""
    return "good" if (change > 0) == is_good else "bad"
