"""Why a time is not offered, in words and as data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import get_language, gettext, ngettext

from kernel.formats import end_sentence, get_formats, name_time, to_local
from kernel.instants import DAY_MINUTES, to_instant, to_minutes
from kernel.languages import DEFAULT_LANGUAGE
from kernel.text import mark
from scheduling.engine import Explanation, Measure, Reason, ReasonCode, RulePeriod, explain, to_local_date
from scheduling.errors import RequestInvalid
from scheduling.selectors.availability.columns import RuleRow
from scheduling.selectors.availability.free_times import EARLIEST, LATEST
from scheduling.selectors.availability.occupancy import load_snapshots
from scheduling.selectors.availability.plans import Plan, load_plan
from scheduling.types import ReasonView, SlotRequest
from tenants.context import current_tenant

SENTENCES = {
    ReasonCode.PAST: mark("This time has already passed."),
    ReasonCode.NOTICE: mark("It is too soon: the service needs more notice."),
    ReasonCode.WINDOW: mark("It is further ahead than the service can be booked."),
    ReasonCode.NOT_BOOKABLE: mark("The service does not start at this hour of this day."),
    ReasonCode.TOO_LATE: mark("It is too late in the day: the service starts earlier."),
    ReasonCode.OFF_GRID: mark("The service does not start at this minute."),
    ReasonCode.RULE_FULL: mark("A capacity limit is reached."),
    ReasonCode.OUTSIDE_HOURS: mark("%(name)s does not work at this time."),
    ReasonCode.CLOSED: mark("%(name)s is closed on this day."),
    ReasonCode.TIME_OFF: mark("%(name)s has time off."),
    ReasonCode.BUSY: mark("%(name)s is busy with another booking."),
    ReasonCode.OVER_CAPACITY: mark("%(name)s does not have room for so many."),
    ReasonCode.SESSION_FULL: mark("The group is full."),
    ReasonCode.NO_COMBINATION: mark("Some are free, but not all that are needed at once."),
}

PERIODS = {
    RulePeriod.HOUR: mark("per hour"),
    RulePeriod.DAY: mark("per day"),
    RulePeriod.WEEK: mark("per week"),
    RulePeriod.MOMENT: mark("at the same time"),
}

FOR_CUSTOMERS = {
    ReasonCode.OUTSIDE_HOURS: mark("This is outside of the hours for this service."),
    ReasonCode.CLOSED: mark("It is closed on this day."),
    ReasonCode.TIME_OFF: mark("Nobody who does this is in at this time."),
    ReasonCode.BUSY: mark("Another booking takes this time."),
    ReasonCode.OVER_CAPACITY: mark("There is no room for so many."),
}
"""The same where a sentence for staff names a person, a bay or a tool, and what keeps it busy."""


def explain_start(*, request: SlotRequest, now: datetime) -> tuple[ReasonView, ...]:
    """List every cause why a start is not offered; empty when it is.

    With several locations, the causes of the first that offers the service; empty as soon as
    one of them offers the start.

    Raises:
        RequestInvalid: No calendar has the start.
        ServiceNotFound, ResourceNotFound, LocationNotFound: As `load_plan`.
    """
    starts_at = request.starts_at
    if not EARLIEST <= starts_at.date() <= LATEST:
        raise RequestInvalid(errors={"starts_at": (mark("Choose a date within this century."),)})
    minute = to_minutes(starts_at)
    on = to_local_date("UTC", minute)
    plan = load_plan(
        wish=request.wish, from_on=on - timedelta(days=1), to_on=on + timedelta(days=15), is_party_free=True
    )
    # Two weeks more: the answer says until when each cause lasts.
    starts = dict.fromkeys(plan.visits, (minute, minute + 14 * DAY_MINUTES))
    answers: list[tuple[ReasonView, ...]] = []
    for each_id, snapshot in load_snapshots(plan=plan, starts=starts, now=now).items():
        found = explain(snapshot, plan.visits[each_id], minute, request.wish.party_size)
        answers.append(view_reasons(found, plan, each_id))
    return () if not all(answers) else answers[0]


def view_reasons(found: Explanation, plan: Plan, location_id: int) -> tuple[ReasonView, ...]:
    """Put the engine's reasons into words of the active language."""
    timezone = plan.timetables.places[location_id].timezone
    return tuple(_view(reason, plan, timezone) for reason in found.reasons)


def tell_customers(reasons: Iterable[ReasonView]) -> dict[str, str]:
    """Return the causes for customers, each code once with its sentence: whose time or which bay it is stays inside."""
    codes = dict.fromkeys(ReasonCode(reason.code) for reason in reasons)
    return {code.value: gettext(FOR_CUSTOMERS.get(code, SENTENCES[code])) for code in codes}


def _view(reason: Reason, plan: Plan, timezone: str) -> ReasonView:
    row = plan.timetables.rows.get(reason.resource_id) if reason.resource_id is not None else None
    until = None if reason.until_minute is None else to_instant(reason.until_minute)
    name = row.name if row else ""
    text = _sentence(reason.code, name)
    rule = next((each for each in plan.rules if each.id == reason.rule_id), None)
    if rule is not None:
        text = f"{text} {_say_rule(rule)}"
    if until is not None:
        text = f"{text} {_say_until(until, timezone)}"
    return ReasonView(
        code=reason.code.value,
        text=text,
        resource_id=reason.resource_id,
        resource_name=name,
        rule_id=reason.rule_id,
        until=until,
    )


def _say_until(until: datetime, timezone: str) -> str:
    """Say a moment as people of the business's country write it: 3:30 p.m. in Mexico, 15:30 in Spain."""
    language = (get_language() or DEFAULT_LANGUAGE).split("-")[0]
    formats = get_formats(language, current_tenant().country, current_tenant().profile.clock)
    words = {
        "day": formats.format_day(to_local(until, timezone).date()),
        "time": name_time(formats, until, timezone),
    }
    return end_sentence(gettext("Until %(day)s at %(time)s") % words)


def _say_rule(rule: RuleRow) -> str:
    """Say what a rule takes: "At most 3 appointments are taken per day."."""
    if rule.measure is Measure.MINUTES:
        text = ngettext(
            "At most %(count)s minute is taken %(period)s.",
            "At most %(count)s minutes are taken %(period)s.",
            rule.limit,
        )
    elif rule.measure is Measure.SEATS:
        text = ngettext(
            "At most %(count)s person is taken %(period)s.",
            "At most %(count)s people are taken %(period)s.",
            rule.limit,
        )
    else:
        text = ngettext(
            "At most %(count)s appointment is taken %(period)s.",
            "At most %(count)s appointments are taken %(period)s.",
            rule.limit,
        )
    return text % {"count": rule.limit, "period": gettext(PERIODS[rule.period])}


def _sentence(code: ReasonCode, name: str) -> str:
    """Return one sentence; ``name`` is the resource it concerns, or empty."""
    return gettext(SENTENCES[code]) % {"name": name or gettext("Everyone")}
