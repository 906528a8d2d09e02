"""On the first morning of a month owners and managers get the figures of the one that is over, once.

Each switches it off beside the other e-mails of the business (`accounts.enums.Notice`). A month in which nothing was
booked and nothing came in says so after one that had something; after another one like it nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import Notice
from accounts.selectors.staff import list_managers
from billing.services.months.figures import MonthFigures, find_month_before, measure_month
from kernel.formats import Formats, get_formats, to_local
from kernel.languages import LANGUAGES
from kernel.text import mark
from notifications.hooks import register_words
from notifications.selectors.messages import is_told
from notifications.services.messages import tell
from notifications.types.messages import Recipient, Subject
from notifications.types.words import Vocabulary
from tenants.context import current_tenant
from tenants.enums import Ability, Urgency
from tenants.hooks import register_due_handler
from tenants.hosts import make_base_url
from tenants.jobs import call_in_tenant
from tenants.policies import may_business
from tenants.selectors.resolution import list_tenants
from tenants.services.due_work import plan_due_work

KIND, LANE = "month_letter", "month_letters"
SUBJECT_KIND, KEY = "month", "month"
FROM_HOUR, UNTIL_HOUR = 7, 20
"""Hours on the clock of the business in which it is planned: who was down in the morning makes up for it."""
HUNDRED = 100
USELESS_AFTER = timedelta(days=7)
VOCABULARY = Vocabulary(
    rows={
        "booked": mark("Bookings"),
        "cancelled": mark("Cancellations"),
        "no_show": mark("No-shows"),
        "new_customers": mark("New customers"),
        "received": mark("Received"),
    }
)


def register() -> None:
    """Do the due work of first mornings, and say which words the letters have."""
    register_due_handler(KIND, send_letter)
    register_words(SUBJECT_KIND, VOCABULARY)


def plan_months(*, now: datetime) -> int:
    """Let workers write the letters of all businesses for which it is the first morning of a month; return how many.

    Asked every hour, it plans the same again: `send_letter` does it once.
    """
    count = 0
    for tenant in list_tenants():
        local = to_local(now, tenant.timezone)
        if tenant.is_example or local.day != 1 or not FROM_HOUR <= local.hour < UNTIL_HOUR:
            continue
        months = [_number(find_month_before(local.date()))]
        call_in_tenant(
            tenant.schema_name, plan_due_work, kind=KIND, row_ids=months, due_at=now, urgency=Urgency.LAST, lane=LANE
        )
        count += 1
    return count


def send_letter(number: int, now: datetime) -> None:
    """Tell the figures of month ``number`` (202610: October of 2026); a handler of due work, safe to run twice."""
    about, first = Subject(SUBJECT_KIND, number), date(number // HUNDRED, number % HUNDRED, 1)
    key = f"{KEY}:{number}"
    if not may_business(Ability.STAFF_READ) or is_told(about=about, key=key):
        return
    readers = list_managers(notice=Notice.MONTH)
    if not readers:
        return
    month, before = measure_month(first, now=now), measure_month(find_month_before(first), now=now)
    if month.is_empty and before.is_empty:
        return
    tell(
        recipients=[Recipient(email=each.email, locale=each.locale) for each in readers],
        template=Notice.MONTH,
        about=about,
        words={language: make_words(month, before, language=language) for language in LANGUAGES},
        key=key,
        now=now,
        expires_at=now + USELESS_AFTER,
        limit="messages_business",
    )


def make_words(month: MonthFigures, before: MonthFigures, *, language: str) -> Mapping[str, str]:
    """Return what the letter says in a language, every figure beside that of the month before."""
    tenant = current_tenant()
    formats = get_formats(language, tenant.country)
    page = make_base_url(tenant.home_host)
    with translation.override(language):
        said = {
            "month": formats.format_month(month.first),
            "month_before": formats.format_month(before.first),
            "booked_count": formats.format_number(month.tally.booked),
            "is_quiet": "yes" if month.is_empty else "",
            "is_one": "yes" if month.tally.booked == 1 else "",
            "action_url": f"{page}/workspace/reports/?period=month&on={month.first.isoformat()}",
            "action_label": gettext("See the report"),
            "footnote": gettext("You choose which e-mails you get under “My account”."),
        }
        if month.is_empty:
            return said
        counts = {
            "booked": (month.tally.booked, before.tally.booked),
            "cancelled": (month.tally.cancelled, before.tally.cancelled),
            "no_show": (month.tally.no_show, before.tally.no_show),
            "new_customers": (month.new_customers, before.new_customers),
        }
        said |= {
            word: _compare(formats.format_number(now), formats.format_number(then))
            for word, (now, then) in counts.items()
        }
        return said | {"received": _say_money(month, before, formats)}


def _say_money(month: MonthFigures, before: MonthFigures, formats: Formats) -> str:
    """Return what came in, a line for each currency; empty: nothing in either month."""
    return "\n".join(
        _compare(
            formats.format_money(month.received.get(currency, 0), currency),
            formats.format_money(before.received.get(currency, 0), currency),
        )
        for currency in sorted({*month.received, *before.received})
    )


def _compare(now: str, then: str) -> str:
    return gettext("%(figure)s (the month before: %(before)s)") % {"figure": now, "before": then}


def _number(first: date) -> int:
    return first.year * HUNDRED + first.month
