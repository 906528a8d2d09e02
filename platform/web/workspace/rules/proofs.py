"""How a rule would be: tested on the bookings of the coming days before it exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, ngettext

from kernel.clock import utc_now
from scheduling.engine import RulePeriod
from scheduling.selectors.catalog.rule_uses import BucketUse, find_next_date, list_counted_bookings, list_uses
from scheduling.types import RuleSetup
from web.formats import capitalize
from web.templatetags.formats import get_current_formats
from web.workspace.rules.sentences import Names, find_today, say_minute, say_rule

MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class ProofLine:
    """What happens in one bucket; ``tone`` is ``good``, ``bad`` (full) or ``warn`` (too much already)."""

    text: str
    tone: str

    @property
    def icon(self) -> str:
        """Return the drawing that says the same as the color."""
        return {"good": "circle-check", "bad": "circle-x", "warn": "triangle-alert"}[self.tone]


@dataclass(frozen=True, slots=True)
class Proof:
    """A rule as a sentence, and what it would do; ``left_out`` buckets are not listed."""

    sentence: str
    lines: tuple[ProofLine, ...]
    left_out: int


def make_proof(setup: RuleSetup, names: Names) -> Proof:
    """Test a rule on what is booked from today on: what is too much first, then what is full, then the rest."""
    today = find_today(setup, names)
    uses = list_uses(setup, list_counted_bookings(now=utc_now()), today=today)
    ordered = sorted(uses, key=lambda use: (min(use.left, 1), use.on, use.minute or 0))
    lines = [_say_use(setup, use, today) for use in ordered[:MOST_LINES]]
    if not lines:
        lines = [ProofLine(_say_nothing(setup, today), "good")]
    return Proof(say_rule(setup, names), tuple(lines), max(0, len(ordered) - MOST_LINES))


def say_when(setup: RuleSetup, use: BucketUse, *, today: date) -> str:
    """Return "Today", "Tue, Dec 1 at 9:00", or "This week"."""
    formats = get_current_formats()
    if setup.period is RulePeriod.WEEK:
        is_this = use.on <= today and (today - use.on).days < 7  # noqa: PLR2004 - days of a week
        if is_this:
            return gettext("This week")
        return gettext("Week of %(day)s") % {"day": formats.format_day_short(use.on)}
    day = gettext("Today") if use.on == today else formats.format_day_short(use.on)
    if use.minute is None:
        return capitalize(day)
    return capitalize(gettext("%(day)s at %(time)s") % {"day": day, "time": say_minute(use.minute)})


def _say_use(setup: RuleSetup, use: BucketUse, today: date) -> ProofLine:
    when = say_when(setup, use, today=today)
    numbers = {"when": when, "used": use.used, "limit": use.limit, "left": use.left, "over": -use.left}
    if use.left < 0:
        text = ngettext(
            "%(when)s: %(used)s already, %(over)s too much. It stays; nothing more is taken.",
            "%(when)s: %(used)s already, %(over)s too many. They stay; nothing more is taken.",
            -use.left,
        )
        return ProofLine(text % numbers, "warn")
    if use.left == 0:
        return ProofLine(gettext("%(when)s: %(used)s of %(limit)s. Full: it is not offered any more.") % numbers, "bad")
    text = ngettext(
        "%(when)s: %(used)s of %(limit)s. %(left)s more fits.", "%(when)s: %(used)s of %(limit)s. %(left)s more fit.",
        use.left,
    )  # fmt: skip
    return ProofLine(text % numbers, "good")


def _say_nothing(setup: RuleSetup, today: date) -> str:
    on = find_next_date(setup, today)
    if on is None:
        return gettext("It does not hold on any of the next 15 days.")
    day = get_current_formats().format_day_short(on)
    return gettext("Nothing that it counts is booked in the next two weeks; it holds from %(day)s.") % {"day": day}
