"""What somebody is about to do to a day, as a sentence without a full stop."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, pgettext

from scheduling.enums import Repeats
from scheduling.types.day_plans import DayContent
from scheduling.types.special_days import SpecialDay
from web.formats import name_days
from web.parts.clock import format_periods
from web.templatetags.formats import get_current_formats
from web.workspace.hours.day_form import AFTERNOON, MORNING, DayForm, find_part


def tell_day(form: DayForm) -> str:
    """Return what a checked form plans: "Del Valle closes on Nov 29, 2026", "Eva is away on Jan 8, 9:00–11:00"."""
    formats, content, repetition = get_current_formats(), form.content, form.repetition
    is_place = form.owner.location_id is not None
    when = [name_days(formats, repetition.first, repetition.last), _say_hours(content)]
    if repetition.repeats is not Repeats.ONCE and repetition.until:
        until = formats.format_date(repetition.until)
        how_often = gettext("every week until %(until)s")
        if repetition.repeats is Repeats.YEARLY:
            how_often = gettext("every year until %(until)s")
        when.append(how_often % {"until": until})
    if content.is_absence:
        sentence = gettext("%(name)s is away %(when)s")
    elif content.periods and not content.is_closing:
        sentence = gettext("%(name)s has other hours %(when)s")
    else:
        sentence = gettext("%(name)s closes %(when)s") if is_place else gettext("%(name)s does not work %(when)s")
    return sentence % {"name": form.whose_name, "when": ", ".join(filter(None, when))}


def tell_end(days: Sequence[SpecialDay]) -> str:
    """Return what follows when special days are removed: "Del Valle has its usual hours again on Nov 29, 2026"."""
    first, last = days[0], max(each.last for each in days)
    words = {"name": first.name, "when": name_days(get_current_formats(), first.first, last)}
    return gettext("%(name)s has the usual hours again %(when)s") % words


def _say_hours(content: DayContent) -> str:
    if not content.periods or content.is_whole:
        return ""
    part = find_part(content)
    if part == MORNING:
        return pgettext("part of a day", "in the morning")
    if part == AFTERNOON:
        return pgettext("part of a day", "in the afternoon")
    return format_periods(content.periods)
