"""The searches that found no place, one line for each day, hour and service: what stands behind those figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.reading import read_date
from scheduling.selectors.reports.refused import tally_refused
from scheduling.types.reports.use import HOURS, WEEK_HOURS, RefusedTally
from web.formats import Formats, capitalize
from web.parts.clock import format_minute, name_week_hour
from web.parts.lists import ListQuery, sort_and_cut
from web.templatetags.formats import get_current_formats
from web.workspace.reports.asking import read_asked
from web.workspace.reports.frame import make_frame
from web.workspace.reports.tables import Cell, ReportTable

KEY, PAGE_SIZE = "searches", 100
HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Of which day, or hour of the week, the searches are; None: of all."""

    on: date | None
    hour: int | None

    def keep(self, refused: Sequence[RefusedTally]) -> list[RefusedTally]:
        """Return the rows that are asked for."""
        return [each for each in refused if self._has(each)]

    def name(self, formats: Formats) -> str:
        """Return it in words; empty: all."""
        if self.on is not None:
            return formats.format_day(self.on)
        return "" if self.hour is None else name_week_hour(self.hour)

    def _has(self, each: RefusedTally) -> bool:
        if self.on is not None:
            return each.on == self.on
        return self.hour is None or (each.hour is not None and each.on.weekday() * HOURS + each.hour == self.hour)


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List what was looked for and not found; nobody's name is kept with it."""
    asked, formats = read_asked(request), get_current_formats()
    narrowed = read_narrowed(request)
    found = narrowed.keep(tally_refused(asked.days, asked.filters))
    query = ListQuery(cursor=request.GET.get("cursor", ""))
    page = sort_and_cut(found, query=query, sorts={"": _place}, limit=PAGE_SIZE)
    told = {
        "day": narrowed.on.isoformat() if narrowed.on else "",
        "hour": "" if narrowed.hour is None else str(narrowed.hour),
    }
    more_url = asked.make_searches_url(**told, cursor=page.next_cursor) if page.next_cursor else ""
    context = make_frame(asked, formats, page="reports_use") | {
        "table": make_searches_table(page.rows, formats),
        "total": sum(each.count for each in found),
        "narrowed_name": narrowed.name(formats),
        "all_url": asked.make_searches_url(),
        "back_url": reverse("workspace:reports_use") + asked.make_query(),
        "file_query": asked.make_query(**told),
        "more_url": more_url,
    }
    return render(request, "workspace/reports/searches.html", context)


def read_narrowed(request: HttpRequest) -> Narrowed:
    """Read which day or hour is asked for; what is none narrows nothing."""
    hour = request.GET.get("hour", "")
    is_hour = hour.isascii() and hour.isdigit() and len(hour) <= len(str(WEEK_HOURS)) and int(hour) < WEEK_HOURS
    return Narrowed(read_date(request.GET.get("day")), int(hour) if is_hour else None)


def make_searches_table(refused: Sequence[RefusedTally], formats: Formats) -> ReportTable:
    """Return what was looked for in vain, each day leading to its board."""
    board = reverse("workspace:board")
    rows = [
        (
            Cell(each.on.isoformat(), capitalize(formats.format_day(each.on))),
            _hour_cell(each.hour),
            Cell(each.service_name, each.service_name),
            Cell(each.count, formats.format_number(each.count), f"{board}?date={each.on.isoformat()}"),
        )
        for each in refused
    ]
    return ReportTable(
        KEY,
        gettext_lazy("Searches without a place"),
        (gettext_lazy("Day"), gettext_lazy("Hour"), gettext_lazy("Service"), gettext_lazy("Searches without a place")),
        tuple(rows),
        gettext_lazy("A dash: they looked for any time of the day. Each number leads to the board of its day."),
    )


def _hour_cell(hour: int | None) -> Cell:
    if hour is None:
        return Cell(None, "–")
    text = f"{format_minute(HOUR_MINUTES * hour)}–{format_minute(HOUR_MINUTES * (hour + 1))}"
    return Cell(format_minute(HOUR_MINUTES * hour), text)


def _place(each: RefusedTally) -> tuple[str, int, str, int]:
    """Return the place of a row among all: by day and hour, those without an hour first."""
    return (each.on.isoformat(), -1 if each.hour is None else each.hour, each.service_name, each.service_id)
