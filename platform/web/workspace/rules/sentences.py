"""A capacity rule as a sentence: "At most 3 bookings per day for Oil change, Monday to Friday."."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from babel.lists import format_list
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from kernel.clock import utc_now
from kernel.instants import DAY_MINUTES
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.selectors.catalog.entries import list_location_entries, list_resource_entries, list_service_entries
from scheduling.types import RuleSetup
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.formats import describe_days, end_sentence, name_days, to_local
from web.templatetags.formats import get_current_formats

PERIODS = {
    RulePeriod.HOUR: gettext_lazy("per hour"),
    RulePeriod.DAY: gettext_lazy("per day"),
    RulePeriod.WEEK: gettext_lazy("per week"),
    RulePeriod.MOMENT: gettext_lazy("at the same time"),
}
WEEKDAYS = (
    gettext_lazy("Mondays"),
    gettext_lazy("Tuesdays"),
    gettext_lazy("Wednesdays"),
    gettext_lazy("Thursdays"),
    gettext_lazy("Fridays"),
    gettext_lazy("Saturdays"),
    gettext_lazy("Sundays"),
)
MONDAY = date(2024, 1, 1)
SHORTEST_RUN = 3
"""From so many days in a row on one says from which to which."""


@dataclass(frozen=True, slots=True)
class Names:
    """What rules name, by their ids, archived things too, and where locations are; ways to arrive by their keys."""

    locations: Mapping[int, str] = field(default_factory=dict)
    services: Mapping[int, str] = field(default_factory=dict)
    resources: Mapping[int, str] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[int, str] = field(default_factory=dict)
    active: frozenset[tuple[RuleScope, int]] = frozenset()


def load_names() -> Names:
    """Load what rules can name; a constant number of queries."""
    now = utc_now()
    locations = list_location_entries(now=now, is_active=None)
    services = list_service_entries(now=now, is_active=None)
    resources = list_resource_entries(now=now, is_active=None)
    kinds = ((RuleScope.LOCATION, locations), (RuleScope.SERVICE, services), (RuleScope.RESOURCE, resources))
    return Names(
        locations={each.id: each.setup.name for each in locations},
        services={each.id: each.setup.name for each in services},
        resources={each.id: each.setup.name for each in resources},
        zones={each.id: each.setup.timezone for each in locations},
        modes={mode.key: gettext(mode.label) for mode in get_vertical(current_tenant().vertical).intake.arrival_modes},
        active=frozenset((scope, each.id) for scope, rows in kinds for each in rows if each.is_active),
    )


def say_rule(setup: RuleSetup, names: Names) -> str:
    """Return the rule as one sentence in the active language."""
    head = " ".join(filter(None, (say_limit(setup), str(PERIODS[setup.period]), say_target(setup, names))))
    when = (say_weekdays(setup.weekdays), say_between(setup), say_dates(setup))
    return end_sentence(", ".join((head, *filter(None, when))))


def say_limit(setup: RuleSetup) -> str:
    """Return "At most 3 bookings"."""
    count = setup.limit
    if setup.measure is Measure.SEATS:
        text = ngettext("At most %(count)s person", "At most %(count)s people", count)
    elif setup.measure is Measure.MINUTES:
        text = ngettext("At most %(count)s minute", "At most %(count)s minutes", count)
    else:
        text = ngettext("At most %(count)s appointment", "At most %(count)s appointments", count)
    return text % {"count": get_current_formats().format_number(count)}


def say_target(setup: RuleSetup, names: Names) -> str:
    """Return "for Oil change"; empty for the whole business."""
    said = []
    if setup.scope is RuleScope.LOCATION:
        said.append(gettext("at %(name)s") % {"name": names.locations.get(setup.location_id or 0, "?")})
    if setup.scope is RuleScope.SERVICE:
        said.append(gettext("for %(name)s") % {"name": names.services.get(setup.service_id or 0, "?")})
    if setup.scope is RuleScope.RESOURCE:
        said.append(gettext("with %(name)s") % {"name": names.resources.get(setup.resource_id or 0, "?")})
    if setup.arrival_mode:
        mode = names.modes.get(setup.arrival_mode, setup.arrival_mode)
        said.append(gettext("who arrive as “%(mode)s”") % {"mode": mode})
    return " ".join(said)


def say_weekdays(weekdays: Sequence[int]) -> str:
    """Return "Monday to Friday", or "Mondays and Tuesdays"; empty for all or none."""
    days = sorted(set(weekdays))
    if len(days) in {0, len(WEEKDAYS)}:
        return ""
    if len(days) >= SHORTEST_RUN and days[-1] - days[0] == len(days) - 1:
        first, last = (_name_weekday(day) for day in (days[0], days[-1]))
        return pgettext("weekdays", "%(first)s to %(last)s") % {"first": first, "last": last}
    listed = format_list([str(WEEKDAYS[day]) for day in days], locale=get_current_formats().locale)
    return gettext("on %(days)s") % {"days": listed}


def say_between(setup: RuleSetup) -> str:
    """Return "between 8:00 and 10:00"; empty for the whole day."""
    if setup.from_minute is None or setup.to_minute is None:
        return ""
    return gettext("between %(first)s and %(last)s") % {
        "first": say_minute(setup.from_minute),
        "last": say_minute(setup.to_minute),
    }


def say_dates(setup: RuleSetup) -> str:
    """Return "from Jan 1, 2027 to Mar 31, 2027"; empty without both."""
    first, last = setup.valid_from, setup.valid_to
    formats = get_current_formats()
    return name_days(formats, first, last) if first and last else describe_days(formats, first, last)


def say_minute(minute: int) -> str:
    """Return a wall minute as the clock of the business shows it."""
    at = datetime.combine(MONDAY, datetime.min.time(), tzinfo=UTC) + timedelta(minutes=minute % DAY_MINUTES)
    return get_current_formats().format_time(at, "UTC")


def say_date(on: date) -> str:
    """Return day, month and year."""
    return get_current_formats().format_date(on)


def find_today(setup: RuleSetup, names: Names) -> date:
    """Return today's date where a rule holds."""
    zone = names.zones.get(setup.location_id or 0) if setup.scope is RuleScope.LOCATION else None
    return to_local(utc_now(), zone or current_tenant().timezone).date()


def _name_weekday(day: int) -> str:
    return get_current_formats().format_weekday_long(MONDAY + timedelta(days=day))
