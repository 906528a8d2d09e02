"""The first page of reports: how many bookings, from where, how long before, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from scheduling.enums import ReportDoor
from scheduling.selectors.reports.bookings import (
    tally_days,
    tally_doors,
    tally_lead,
    tally_services,
    tally_visitors,
)
from scheduling.types.reports import BookingTally, LeadTally, NamedTally, ReportPart, VisitorTally
from web.formats import Formats, capitalize
from web.templatetags.formats import get_current_formats
from web.workspace.reports.asking import Asked, read_asked
from web.workspace.reports.charts import Bar, ColumnChart, draw_columns
from web.workspace.reports.frame import make_frame
from web.workspace.reports.spans import Stretch, cut_stretches
from web.workspace.reports.tables import Cell, ReportTable, add_bars
from web.workspace.reports.words import Change, Figure, say_growth, say_hours, say_points, say_share

LEAD_LABELS = (
    gettext_lazy("Less than an hour"),
    gettext_lazy("1 to 24 hours"),
    gettext_lazy("1 to 3 days"),
    gettext_lazy("3 to 7 days"),
    gettext_lazy("7 to 14 days"),
    gettext_lazy("14 to 30 days"),
    gettext_lazy("More than 30 days"),
)
BOOKED, CANCELLED, NO_SHOW = gettext_lazy("Bookings"), gettext_lazy("Cancellations"), gettext_lazy("No-shows")


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of one period."""

    days: tuple[BookingTally, ...]
    lead: LeadTally
    visitors: VisitorTally

    @property
    def total(self) -> BookingTally:
        """Return what all days have together."""
        return reduce(BookingTally.__add__, self.days, BookingTally())


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show how many bookings there are and what became of them."""
    asked, formats = read_asked(request), get_current_formats()
    counts = _count(asked, is_before=False)
    before = _count(asked, is_before=True) if asked.days_before else None
    stretches = cut_stretches(asked.period.first, asked.period.last)
    context = make_frame(asked, formats, page="reports") | {
        "figures": _list_figures(asked, counts, before, formats),
        "chart": _draw_days(asked, counts, before, formats),
        "best": _find_best(stretches, counts, formats),
        "is_empty": not counts.total.booked,
        "days_table": make_days_table(asked, counts.days, formats),
        "doors_table": make_doors_table(asked, formats),
        "services_table": make_services_table(asked, formats),
        "lead_table": make_lead_table(asked, counts.lead, formats),
        "visitors_table": make_visitors_table(asked, counts.visitors, formats),
    }
    return render(request, "workspace/reports/overview.html", context)


def make_days_table(asked: Asked, days: Sequence[BookingTally], formats: Formats) -> ReportTable:
    """Return the bookings of each day, week or month."""
    rows = []
    for stretch in cut_stretches(asked.period.first, asked.period.last):
        tally = _add(days, stretch, asked.period.first)
        url = asked.make_list_url(**{"from": stretch.first.isoformat(), "to": stretch.last.isoformat()})
        rows.append(
            (Cell(stretch.first.isoformat(), capitalize(_name(stretch, formats))), *_count_cells(tally, url, formats))
        )
    return ReportTable(
        "days",
        gettext_lazy("Bookings over time"),
        (gettext_lazy("From day"), BOOKED, CANCELLED, NO_SHOW),
        tuple(rows),
    )


def make_doors_table(asked: Asked, formats: Formats) -> ReportTable:
    """Return through which doors bookings came; one query."""
    found = tally_doors(asked.days, asked.filters, now=asked.now)
    rows = [
        _make_row(each, str(ReportDoor(each.key).label), asked.make_list_url(door=each.key), formats) for each in found
    ]
    return ReportTable(
        "doors",
        gettext_lazy("Where they come from"),
        (gettext_lazy("Came through"), BOOKED, CANCELLED, NO_SHOW),
        add_bars(rows, 1),
        gettext_lazy("A walk-in is a booking whose customer was there when it was made."),
    )


def make_services_table(asked: Asked, formats: Formats) -> ReportTable:
    """Return which services were booked; two queries."""
    found = tally_services(asked.days, asked.filters, now=asked.now)
    rows = [_make_row(each, each.name, asked.make_list_url(service=each.key), formats) for each in found]
    return ReportTable(
        "services",
        gettext_lazy("By service"),
        (gettext_lazy("Service"), BOOKED, CANCELLED, NO_SHOW),
        add_bars(rows, 1),
        gettext_lazy("A visit with several services counts under its first."),
    )


def make_lead_table(asked: Asked, lead: LeadTally, formats: Formats) -> ReportTable:
    """Return how long before the visit bookings were made."""
    all_made = sum(lead.counts)
    rows = [
        (
            Cell(str(label), str(label)),
            Cell(
                count,
                formats.format_number(count),
                asked.make_list_url(part=ReportPart.LEAD, number=str(step)) if count else "",
            ),
            _make_share(count / all_made if all_made else None, formats),
        )
        for step, (label, count) in enumerate(zip(LEAD_LABELS, lead.counts, strict=True))
    ]
    return ReportTable(
        "lead",
        gettext_lazy("How long before"),
        (gettext_lazy("Made before the visit"), BOOKED, pgettext_lazy("of a whole", "Share")),
        add_bars(rows, 1),
        gettext_lazy("Without bookings that were imported: nobody knows when those were made."),
    )


def make_visitors_table(asked: Asked, visitors: VisitorTally, formats: Formats) -> ReportTable:
    """Return who comes for the first time, and who was here before."""
    known = visitors.new + visitors.returning
    rows = [
        (
            Cell(str(label), str(label)),
            Cell(count, formats.format_number(count), asked.make_list_url(part=part) if count else ""),
            _make_share(count / known if known and part != ReportPart.UNKNOWN else None, formats),
        )
        for label, count, part in (
            (gettext("First visit"), visitors.new, ReportPart.NEW),
            (gettext("Were here before"), visitors.returning, ReportPart.RETURNING),
            (gettext("Bookings of nobody known"), visitors.unknown, ReportPart.UNKNOWN),
        )
    ]
    return ReportTable(
        "visitors",
        gettext_lazy("New and returning customers"),
        (gettext_lazy("Customers"), gettext_lazy("How many"), pgettext_lazy("of a whole", "Share")),
        add_bars(rows, 1),
        gettext_lazy("People, not bookings, and only those who did not cancel. New: none of their visits was earlier."),
    )


def _count(asked: Asked, *, is_before: bool) -> Counts:
    days = asked.days_before if is_before and asked.days_before else asked.days
    return Counts(
        days=tally_days(days, asked.filters, now=asked.now),
        lead=tally_lead(days, asked.filters),
        visitors=tally_visitors(days, asked.filters),
    )


def _list_figures(asked: Asked, counts: Counts, before: Counts | None, formats: Formats) -> list[Figure]:
    total, old = counts.total, before.total if before else None
    people, old_people = counts.visitors, before.visitors if before else None

    def grow(now: float, then: float | None, *, is_good: bool | None = True) -> Change | None:
        return None if then is None else say_growth(formats, now, then, is_good=is_good)

    def count_of(part: int, whole: int) -> str:
        words = {"part": formats.format_number(part), "whole": formats.format_number(whole)}
        return gettext("%(part)s of %(whole)s") % words

    def share(key: str, label: str, icon: str, now: float | None, then: float | None, **rest: object) -> Figure:
        is_good = bool(rest.pop("is_good"))
        change = say_points(formats, now, then, is_good=is_good)
        return Figure(key, label, icon, say_share(formats, now), change=change, **rest)  # type: ignore[arg-type]

    return [
        Figure(
            "booked", str(BOOKED), "calendar-check", formats.format_number(total.booked), asked.make_list_url(),
            change=grow(total.booked, old.booked if old else None),
        ),
        share(
            "no_show", str(NO_SHOW), "user-x", total.no_show_share, old.no_show_share if old else None,
            is_good=False, url=asked.make_list_url(status="no_show"), detail=count_of(total.no_show, total.due),
        ),
        share(
            "cancelled", str(CANCELLED), "calendar-x", total.cancelled_share, old.cancelled_share if old else None,
            is_good=False, url=asked.make_list_url(status="cancelled"),
            detail=count_of(total.cancelled, total.booked),
        ),
        share(
            "online", gettext("Booked online"), "globe", total.online_share, old.online_share if old else None,
            is_good=True, url=asked.make_list_url(part=ReportPart.ONLINE), detail=count_of(total.online, total.booked),
        ),
        Figure(
            "new", gettext("New customers"), "user-plus", formats.format_number(people.new),
            asked.make_list_url(part=ReportPart.NEW),
            detail=count_of(people.new, people.new + people.returning),
            change=grow(people.new, old_people.new if old_people else None),
        ),
        Figure(
            "lead", gettext("Booked ahead"), "clock", say_hours(formats, counts.lead.median_hours),
            asked.make_list_url(part=ReportPart.MADE), detail=gettext("half of them at least"),
        ),
    ]  # fmt: skip


def _draw_days(asked: Asked, counts: Counts, before: Counts | None, formats: Formats) -> ColumnChart:
    stretches = cut_stretches(asked.period.first, asked.period.last)
    others: list[int] = []
    if before and (days := asked.days_before):
        others = [_add(before.days, each, days.first).booked for each in cut_stretches(days.first, days.last)]
    bars = []
    for place, stretch in enumerate(stretches):
        tally = _add(counts.days, stretch, asked.period.first)
        other = (others[place] if place < len(others) else 0) if before else None
        count = ngettext("%(count)s booking", "%(count)s bookings", tally.booked) % {"count": tally.booked}
        said = f"{capitalize(_name(stretch, formats))}: {count}"
        if other is not None:
            said = gettext("%(figure)s, before it %(other)s") % {"figure": said, "other": other}
        url = asked.make_list_url(**{"from": stretch.first.isoformat(), "to": stretch.last.isoformat()})
        bars.append(Bar(_label(stretch, formats), tally.booked, other, said, url))
    return draw_columns(bars)


def _find_best(stretches: Sequence[Stretch], counts: Counts, formats: Formats) -> str:
    """Return the best of the days, weeks or months in words; empty where one is like the other."""
    first = stretches[0].first
    tallies = [(_add(counts.days, stretch, first).booked, -place) for place, stretch in enumerate(stretches)]
    most, place = max(tallies)
    if not most or sum(count == most for count, _ in tallies) > 1:
        return ""
    return gettext("Most: %(when)s, %(count)s") % {"when": _name(stretches[-place], formats), "count": most}


def _add(days: Sequence[BookingTally], stretch: Stretch, first: date) -> BookingTally:
    begins, ends = (stretch.first - first).days, (stretch.last - first).days
    return reduce(BookingTally.__add__, days[begins : ends + 1], BookingTally())


def _name(stretch: Stretch, formats: Formats) -> str:
    if stretch.is_month:
        return formats.format_month(stretch.first)
    if stretch.first == stretch.last:
        return formats.format_day(stretch.first)
    return formats.format_days(stretch.first, stretch.last)


def _label(stretch: Stretch, formats: Formats) -> str:
    if stretch.is_month or stretch.first.day == 1:
        return formats.format_month_short(stretch.first)
    return str(stretch.first.day)


def _make_row(each: NamedTally, name: str, url: str, formats: Formats) -> tuple[Cell, ...]:
    return (Cell(name, name), *_count_cells(each.tally, url, formats))


def _count_cells(tally: BookingTally, url: str, formats: Formats) -> tuple[Cell, ...]:
    def count(value: int, narrowed: str) -> Cell:
        return Cell(value, formats.format_number(value), narrowed if value else "")

    def narrow(status: str) -> str:
        return url.replace("status=counted", f"status={status}")

    return (
        count(tally.booked, url),
        count(tally.cancelled, narrow("cancelled")),
        count(tally.no_show, narrow("no_show")),
    )


def _make_share(share: float | None, formats: Formats) -> Cell:
    return Cell(None if share is None else round(share, 4), say_share(formats, share))
