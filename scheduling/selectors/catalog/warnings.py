"""What a set-up says that can be saved and yet does not work as it looks, in words; nothing is refused for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext

from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval, intersect, merge
from scheduling.engine import RulePeriod, move_days, unfold_period
from scheduling.enums import HoursKind
from scheduling.models import CapacityRule, WorkingHours
from scheduling.selectors.catalog.roster import Member, Roster, load_roster
from scheduling.selectors.catalog.setups import read_rule
from scheduling.types import RequirementSetup, RuleSetup, ServiceSetup, SetupWarning

WEEK_MINUTES = 7 * DAY_MINUTES
LENGTHS = {RulePeriod.HOUR.value: 1, RulePeriod.DAY.value: 2, RulePeriod.WEEK.value: 3}
MOST_LACKING = 3


def list_service_warnings(*, setup: ServiceSetup, roster: Roster | None = None) -> tuple[SetupWarning, ...]:
    """List what keeps a service from being booked although it can be saved; a constant number of queries.

    Requirements that nobody, or too few at any one place, can fill; lengths and prices of those who do not do it;
    bookable hours and a latest start that never meet anybody's weekly hours.
    """
    roster = roster or load_roster()
    found = [*list_need_warnings(setup.requirements, roster)]
    first = roster.list_able(setup.requirements[0]) if setup.requirements else []
    if first and all(each.is_hint for each in found):
        found += _list_idle(setup, first, roster)
        found += _list_unmet(setup, first)
    return tuple(found)


def list_need_warnings(requirements: Sequence[RequirementSetup], roster: Roster) -> Iterator[SetupWarning]:
    """Say what nobody can do, with the names of those who lack something, and what hangs on one person."""
    places: list[set[int]] = []
    for number, each in enumerate(requirements):
        able = roster.list_able(each)
        counts = Counter(row.location_id for row in able)
        places.append({place for place, count in counts.items() if count >= each.quantity})
        names = ", ".join(row.name for row in able)
        field = f"requirements.{number}"
        if not able:
            yield SetupWarning(field, _explain_nobody(each, roster))
        elif not places[-1]:
            text = gettext("It takes %(count)s at one place, and there are only: %(names)s")
            yield SetupWarning(field, text % {"count": each.quantity, "names": names})
        elif len(able) == 1 and roster.is_person(each) and roster.count_people() > 1:
            yield SetupWarning(field, gettext("Only %(name)s can do it") % {"name": names}, is_hint=True)
    if places and all(places) and not set.intersection(*places):
        told = {row.location_id: row.location_name for row in roster.resources.values()}
        names = ", ".join(told[place] for place in sorted(set.union(*places)))
        text = gettext("No place has everything that this takes: %(names)s")
        yield SetupWarning("requirements", text % {"names": names})


def _explain_nobody(each: RequirementSetup, roster: Roster) -> str:
    lacking = roster.list_named(each) or roster.list_of_type(each)
    names = ", ".join(row.name for row in lacking[:MOST_LACKING]) + (" …" if len(lacking) > MOST_LACKING else "")
    if each.resource_ids:
        return gettext("Nobody can do it. Archived: %(names)s") % {"names": names}
    if not lacking:
        kind = roster.types.get(each.resource_type_id or 0)
        what = ", ".join(filter(None, (kind.name if kind else "", each.skill)))
        return gettext("Nobody can do it. Missing: %(what)s") % {"what": what}
    return gettext("Nobody can do it. Without “%(skill)s”: %(names)s") % {"skill": each.skill, "names": names}


def list_rule_warnings(*, setup: RuleSetup, rule_id: int | None = None) -> tuple[SetupWarning, ...]:
    """List rules in use that make this one useless, or that it makes useless; one query.

    A rule is useless where another one counts at least the same bookings for as long or longer, and allows less.
    """
    rows = CapacityRule.objects.filter(is_active=True).exclude(pk=rule_id or 0).order_by("pk")
    return warn_of_rules(setup, [read_rule(row) for row in rows])


def warn_of_rules(setup: RuleSetup, others: Iterable[RuleSetup]) -> tuple[SetupWarning, ...]:
    """List the same of rules that are loaded already; no query."""
    texts: list[str] = []
    for other in others:
        if _outdoes(setup, other):
            texts.append(_say_outdone(setup, other) % {"limit": other.limit})
        elif _outdoes(other, setup):
            texts.append(_say_useless(setup, other) % {"limit": other.limit})
    return tuple(SetupWarning("limit", text) for text in dict.fromkeys(texts))


def _outdoes(one: RuleSetup, other: RuleSetup) -> bool:
    """Tell whether the other rule is never reached because of this one."""
    lengths = LENGTHS.get(one.period, 0), LENGTHS.get(other.period, 0)
    is_as_long = one.period == other.period or 0 < lengths[1] < lengths[0]
    return is_as_long and one.measure == other.measure and one.limit < other.limit and _covers(one, other)


def _covers(one: RuleSetup, other: RuleSetup) -> bool:
    """Tell whether a rule counts every booking that the other one counts."""
    are_same = all(
        getattr(one, name) in {None, "", getattr(other, name)}
        for name in ("location_id", "resource_id", "service_id", "arrival_mode")
    )
    is_on = not one.weekdays or (other.weekdays and set(other.weekdays) <= set(one.weekdays))
    times = one.from_minute, one.to_minute
    is_between = times in {(None, None), (other.from_minute, other.to_minute)}
    begins = one.valid_from is None or (other.valid_from is not None and one.valid_from <= other.valid_from)
    ends = one.valid_to is None or (other.valid_to is not None and other.valid_to <= one.valid_to)
    return bool(are_same and is_on and is_between and begins and ends)


def _say_outdone(setup: RuleSetup, other: RuleSetup) -> str:
    if setup.period == other.period:
        return gettext("Less than the limit of %(limit)s that is for a part of this: that one will never be reached.")
    return gettext("Less than the limit of %(limit)s per shorter period: that one will never be reached.")


def _say_useless(setup: RuleSetup, other: RuleSetup) -> str:
    if setup.period == other.period:
        return gettext("More than the limit of %(limit)s that holds for this, too: this one will never be reached.")
    return gettext("More than the limit of %(limit)s per longer period: this one will never be reached.")


def _list_idle(setup: ServiceSetup, first: Sequence[Member], roster: Roster) -> Iterator[SetupWarning]:
    able = {row.id for row in first}
    for number, each in enumerate(setup.per_resource):
        if each.resource_id not in able:
            text = gettext("%(name)s does not do this: what is set here counts for nothing.")
            member = roster.resources.get(each.resource_id)
            words = {"name": member.name if member else ""}
            yield SetupWarning(f"per_resource.{number}", text % words)


def _list_unmet(setup: ServiceSetup, first: Sequence[Member]) -> Iterator[SetupWarning]:
    """Compare when visits may start with the weekly hours of those who begin them."""
    working = _load_week(first)
    if not working:
        return
    wanted = merge(
        piece for each in setup.bookable_hours for piece in _lay(each.weekday, each.opens_minute, each.closes_minute)
    )
    if setup.bookable_hours:
        working = intersect(working, wanted)
        if not working:
            yield SetupWarning("bookable_hours", gettext("Nobody who does this works at these hours."))
            return
    if setup.latest_start_minute is not None:
        early = [(day * DAY_MINUTES, day * DAY_MINUTES + setup.latest_start_minute + 1) for day in range(7)]
        if not intersect(working, early):
            text = gettext("Nobody who does this begins to work before this time: it could never start.")
            yield SetupWarning("latest_start_minute", text)


def _load_week(rows: Sequence[Member]) -> list[Interval]:
    """Unite the weekly hours of some resources, in minutes since Monday 0:00, whenever they are valid."""
    owners: Mapping[str, set[int]] = {
        "resource_id": {row.id for row in rows},
        "location_id": {row.location_id for row in rows},
    }
    by_owner: dict[tuple[str, int], list[Interval]] = {}
    for name, ids in owners.items():
        hours = WorkingHours.objects.filter(kind=HoursKind.WORK, **{f"{name}__in": ids})
        for owner_id, *period in hours.values_list(name, "weekday", "opens_minute", "closes_minute"):
            by_owner.setdefault((name, owner_id), []).extend(_lay(*period))
    return merge(
        piece
        for row in rows
        for piece in by_owner.get(("resource_id", row.id)) or by_owner.get(("location_id", row.location_id), [])
    )


def _lay(weekday: int, opens: int, closes: int) -> Iterator[Interval]:
    """Lay a weekly period over a week that begins on Monday; what passes its end goes on at its beginning."""
    ((start, end),) = move_days([unfold_period(opens, closes)], weekday)
    yield start, min(end, WEEK_MINUTES)
    if end > WEEK_MINUTES:
        yield 0, end - WEEK_MINUTES
