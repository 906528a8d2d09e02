"""Which reminders go out and when, in words: they are set at each service."""

from __future__ import annotations

from dataclasses import dataclass

from babel.lists import format_list
from django.utils.translation import gettext

from scheduling.selectors.catalog.business import list_reminder_plans
from web.formats import format_span
from web.templatetags.formats import get_current_formats

MOST_NAMES = 3
"""Of more services the line says how many there are."""


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """When reminders of some services go out."""

    when: str
    services: str


def describe_reminders() -> tuple[ReminderLine, ...]:
    """Return a line for each way in which services remind; one query."""
    plans = list_reminder_plans()
    return tuple(
        ReminderLine(_say_when(plan.offsets_minutes), _name_services(plan.services, is_all=len(plans) == 1))
        for plan in plans
    )


def _say_when(offsets_minutes: tuple[int, ...]) -> str:
    if not offsets_minutes:
        return gettext("No reminder")
    spans = format_list([format_span(each) for each in offsets_minutes], locale=get_current_formats().locale)
    return gettext("%(spans)s before") % {"spans": spans}


def _name_services(names: tuple[str, ...], *, is_all: bool) -> str:
    if is_all:
        return gettext("All services")
    if len(names) > MOST_NAMES:
        return gettext("%(count)s services") % {"count": len(names)}
    return str(format_list(list(names), locale=get_current_formats().locale))
