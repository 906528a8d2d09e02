"""The page about room: how much of it was taken, by whom and when, and who found none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from scheduling.selectors.reports.refused import tally_refused
from scheduling.selectors.reports.use import measure_use
from scheduling.types.reports import ReportPart
from scheduling.types.reports.use import HOURS, WEEK_HOURS, RefusedTally, ResourceUse, Use
from web.formats import Formats, capitalize
from web.templatetags.formats import get_current_formats
from web.workspace.reports.asking import Asked, read_asked
from web.workspace.reports.frame import make_frame
from web.workspace.reports.heat import HeatTable, draw_heat
from web.workspace.reports.tables import Cell, ReportTable, add_bars
from web.workspace.reports.words import Figure, say_growth, say_points, say_share

HOUR_MINUTES = 60
MOST_DAYS = 10
USE = gettext_lazy("Occupancy")


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show how much of the open time was taken, and what was looked for and not found."""
    asked, formats = read_asked(request), get_current_formats()
    uses, refused = measure_use(asked.days, asked.filters), tally_refused(asked.days, asked.filters)
    context = make_frame(asked, formats, page="reports_use") | {
        "figures": _list_figures(asked, uses, refused, formats),
        "use_heat": _draw_use(asked, uses, formats),
        "refused_heat": _draw_refused(asked, refused, formats),
        "resources_table": make_resources_table(asked, uses, formats),
        "refused_table": make_refused_table(asked, refused, formats),
        "wished_table": make_wished_table(asked, refused, formats),
    }
    return render(request, "workspace/reports/use.html", context)


def make_resources_table(asked: Asked, uses: Sequence[ResourceUse], formats: Formats) -> ReportTable:
    """Return how much of the time of each person and thing was taken."""
    rows = [
        (
            Cell(each.name, each.name),
            Cell(each.type_name, each.type_name),
            _share_cell(each.total, _lead_to(asked, each), formats),
            _hours_cell(each.total.taken_minutes, _lead_to(asked, each), formats),
            _hours_cell(each.total.open_minutes, reverse("workspace:hours"), formats),
        )
        for each in uses
    ]
    return ReportTable(
        "resources",
        gettext_lazy("Occupancy of each"),
        (
            gettext_lazy("Who or what"), gettext_lazy("Kind"), USE, gettext_lazy("Hours taken"),
            gettext_lazy("Hours open"),
        ),
        add_bars(rows, 2),
        gettext_lazy("Only who or what is in use today, with today's hours. Above 100: longer than was open."),
    )  # fmt: skip


def make_refused_table(asked: Asked, refused: Sequence[RefusedTally], formats: Formats) -> ReportTable:
    """Return the days on which most was looked for in vain, each leading to its searches."""
    counts: Counter[str] = Counter()
    for each in refused:
        counts[each.on.isoformat()] += each.count
    days = {each.on.isoformat(): each.on for each in refused}
    most = sorted(counts, key=lambda on: (-counts[on], on))[:MOST_DAYS]
    rows = [
        (
            Cell(on, capitalize(formats.format_day(days[on]))),
            Cell(counts[on], formats.format_number(counts[on]), asked.make_searches_url(day=on)),
        )
        for on in most
    ]
    return ReportTable(
        "refused",
        gettext_lazy("Days on which most found no place"),
        (gettext_lazy("Day"), gettext_lazy("Searches without a place")),
        add_bars(rows, 1),
    )


def make_wished_table(asked: Asked, refused: Sequence[RefusedTally], formats: Formats) -> ReportTable:
    """Return what was looked for in vain, most first."""
    counts: Counter[tuple[str, int]] = Counter()
    for each in refused:
        counts[each.service_name, each.service_id] += each.count
    rows = [
        (
            Cell(name, name),
            Cell(count, formats.format_number(count), asked.make_searches_url(service=str(service_id))),
        )
        for (name, service_id), count in counts.most_common()
    ]
    return ReportTable(
        "wished",
        gettext_lazy("What they looked for"),
        (gettext_lazy("Service"), gettext_lazy("Searches without a place")),
        add_bars(rows, 1),
    )


def _list_figures(
    asked: Asked, uses: Sequence[ResourceUse], refused: Sequence[RefusedTally], formats: Formats
) -> list[Figure]:
    total, count = _add_up(uses), sum(each.count for each in refused)
    use_change = count_change = None
    if before := asked.days_before:
        old = _add_up(measure_use(before, asked.filters))
        use_change = say_points(formats, total.share, old.share, is_good=True)
        old_count = sum(each.count for each in tally_refused(before, asked.filters))
        count_change = say_growth(formats, count, old_count, is_good=False)
    taken, opened = _say_hours(total.taken_minutes, formats), _say_hours(total.open_minutes, formats)
    taking, board = asked.make_list_url(part=ReportPart.TAKING), reverse("workspace:board")
    return [
        Figure("use", str(USE), "gauge", say_share(formats, total.share), taking, change=use_change),
        Figure("taken", str(gettext_lazy("Hours taken")), "clock", taken, taking),
        Figure("open", str(gettext_lazy("Hours open")), "door-open", opened, f"{board}?date={asked.period.first}"),
        Figure(
            "refused", str(gettext_lazy("Found no place")), "search-x", formats.format_number(count),
            asked.make_searches_url(), change=count_change,
        ),
    ]  # fmt: skip


def _draw_use(asked: Asked, uses: Sequence[ResourceUse], formats: Formats) -> HeatTable:
    """Draw the people; where there are none among them, everything."""
    people = [each for each in uses if each.is_person] or uses
    cells = [sum((each.cells[cell] for each in people), start=Use()) for cell in range(WEEK_HOURS)]
    shares = [None if each.share is None else 100 * each.share for each in cells]
    return draw_heat(
        shares,
        formats=formats,
        most=100,
        write=lambda value: formats.format_number(round(value)),
        lead=lambda cell: asked.make_list_url(part=ReportPart.TAKING, number=str(cell)),
    )


def _draw_refused(asked: Asked, refused: Sequence[RefusedTally], formats: Formats) -> HeatTable:
    counts = [0] * WEEK_HOURS
    for each in refused:
        if each.hour is not None:
            counts[each.on.weekday() * HOURS + each.hour] += each.count
    hours = {cell % HOURS for cell, count in enumerate(counts) if count}
    values = [count if cell % HOURS in hours else None for cell, count in enumerate(counts)]
    return draw_heat(
        values,
        formats=formats,
        most=max(counts),
        write=formats.format_number,
        lead=lambda cell: asked.make_searches_url(hour=str(cell)),
    )


def _add_up(uses: Sequence[ResourceUse]) -> Use:
    return sum((each.total for each in uses), start=Use())


def _share_cell(use: Use, url: str, formats: Formats) -> Cell:
    if use.share is None:
        return Cell(None, "–")
    return Cell(round(use.share, 4), say_share(formats, use.share), url if use.taken_minutes else "")


def _lead_to(asked: Asked, each: ResourceUse) -> str:
    return asked.make_list_url(part=ReportPart.TAKING, resource=str(each.id))


def _hours_cell(minutes: int, url: str, formats: Formats) -> Cell:
    return Cell(round(minutes / HOUR_MINUTES, 2), _say_hours(minutes, formats), url if minutes else "")


def _say_hours(minutes: int, formats: Formats) -> str:
    return formats.format_number(round(minutes / HOUR_MINUTES, 1))
