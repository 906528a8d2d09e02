"""What a service's form asks last: who is chosen, how long a time is kept, when customers are reminded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from kernel.ids import read_row_id
from kernel.instants import DAY_MINUTES
from web.templatetags.formats import get_current_formats
from web.workspace.team.strategies import STRATEGIES

USUAL_REMINDERS = (7 * DAY_MINUTES, 3 * DAY_MINUTES, 2 * DAY_MINUTES, DAY_MINUTES, 720, 240, 180, 120, 60, 30)
"""Minutes before the start, longest first, as they are planned."""
STRATEGY_CHOICES = tuple((value, label) for value, label, _ in STRATEGIES)
STRATEGY_NOTES = tuple((label, text) for _, label, text in STRATEGIES)


def list_reminder_choices(kept: Iterable[int], data: QueryDict | None) -> list[tuple[str, str]]:
    """Return the reminders to choose from: the usual ones, those that are set, and those that were sent."""
    # After a clash what was typed as another one stands among the chips, and is nobody's reminder yet.
    sent = (read_row_id(each) for each in data.getlist("reminders")) if data is not None else ()
    known = {*USUAL_REMINDERS, *kept, *filter(None, sent)}
    formats = get_current_formats()
    return [(str(minutes), formats.format_span(minutes)) for minutes in sorted(known, reverse=True)]


def read_reminders(chosen: Iterable[str], other: int | None, before: Sequence[int]) -> tuple[int, ...]:
    """Return the reminders as they are stored, longest first; in the order ``before`` where they are the same."""
    minutes = {int(each) for each in chosen} | ({other} if other else set())
    return tuple(before) if minutes == set(before) else tuple(sorted(minutes, reverse=True))


def describe_reminders(minutes: Iterable[Any]) -> str:
    """Return reminders in words: "1 day, 2 h"."""
    formats = get_current_formats()
    return ", ".join(formats.format_span(int(each)) for each in minutes) or gettext("none")
