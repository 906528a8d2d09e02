"""What every page of reports has around its figures: the period, what narrows it, and the ways to the other pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from scheduling.enums import ReportDoor
from scheduling.selectors.catalog.services import list_locations, list_resources, list_services
from web.formats import Formats
from web.workspace.reports.asking import Asked
from web.workspace.reports.periods import Period, PeriodKind, Versus, choose_period


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page or period."""

    label: str | Promise
    url: str
    is_current: bool


PAGES: tuple[tuple[str, str | Promise], ...] = (
    ("reports", gettext_lazy("Bookings")),
    ("reports_use", gettext_lazy("Occupancy")),
    ("reports_voices", gettext_lazy("Waitlist, opinions, messages")),
)
"""Name of the address and name of each page."""


def make_frame(asked: Asked, formats: Formats, *, page: str) -> dict[str, Any]:
    """Return what `workspace/reports/page.html` draws; three queries."""
    resources = list_resources()
    return {
        "asked": asked,
        "period_name": name_period(asked.period, formats),
        "versus_name": name_versus(asked, formats),
        "pages": [
            Link(label, reverse(f"workspace:{name}") + asked.make_query(), name == page) for name, label in PAGES
        ],
        "kinds": [_make_kind(asked, kind, formats) for kind in PeriodKind if kind != PeriodKind.OWN],
        "versus_choices": [(each.value, each.label) for each in Versus],
        "page_url": reverse(f"workspace:{page}"),
        "earlier_url": _make_step(asked, -1),
        "later_url": _make_step(asked, 1),
        "places": list_locations(),
        "services": list_services(),
        "resources": resources,
        "doors": ReportDoor.choices,
        "is_narrowed": asked.filters != type(asked.filters)(),
        "wide_url": asked.make_query(location="", service="", resource="", door=""),
    }


def name_period(period: Period, formats: Formats) -> str:
    """Return the days in words: "noviembre de 2026", "9–22 nov 2026"."""
    if period.kind == PeriodKind.MONTH:
        return formats.format_month(period.first)
    if period.kind == PeriodKind.YEAR:
        return str(period.first.year)
    return formats.format_days(period.first, period.last)


def name_versus(asked: Asked, formats: Formats) -> str:
    """Return the days that it is compared with in words; empty: none."""
    other = asked.period.find_versus(asked.versus)
    return name_period(other, formats) if other else ""


def _make_kind(asked: Asked, kind: PeriodKind, formats: Formats) -> Link:
    # From a longer period that is running to a shorter one: today is in it, not its first day.
    anchor = asked.today if asked.period.first <= asked.today <= asked.period.last else asked.period.first
    period = choose_period(kind, on=anchor, first_weekday=formats.local.first_week_day)
    changes = {"period": kind.value, "on": period.first.isoformat(), "from": "", "to": ""}
    return Link(kind.label, asked.make_query(**changes), kind == asked.period.kind)


def _make_step(asked: Asked, count: int) -> str:
    period = asked.period.step(count)
    if asked.period.kind == PeriodKind.OWN:
        return asked.make_query(**{"from": period.first.isoformat(), "to": period.last.isoformat()})
    return asked.make_query(on=period.first.isoformat())
