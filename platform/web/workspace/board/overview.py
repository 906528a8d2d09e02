"""A week and a month at a glance: how full each day is, and the week of one person, bay or room."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.selectors.bookings.board import list_blocks
from scheduling.selectors.catalog import services as catalog
from scheduling.selectors.reports.loads import get_loads
from scheduling.types import BoardBlock, DayLoad, Loads, ResourceLoads, ResourceView
from web.formats import capitalize
from web.parts.clock import list_weekdays
from web.parts.status_looks import StatusLook, get_look
from web.templatetags.formats import get_current_formats
from web.workspace.board.layout import find_tone
from web.workspace.board.views import BAD_DATE, BoardQuery, FilterLink, list_location_choices, read_query

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Cell:
    """A date of somebody or of the whole place: hours, a tone with words, and the day that it leads to."""

    load: DayLoad
    url: str
    is_today: bool
    is_inside: bool = True

    @property
    def tone(self) -> str:
        """Return how full it is: ``off`` (nobody works), ``good``, else as `find_tone`."""
        if not self.load.open_minutes and not self.load.taken_minutes:
            return "off"
        return find_tone(self.load.percent)


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody's week; ``url`` shows it below."""

    resource: ResourceView
    cells: tuple[Cell, ...]
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A date of the week that is shown below, with its visits in the order of time."""

    on: date
    url: str
    visits: int
    is_today: bool
    blocks: tuple[tuple[BoardBlock, StatusLook], ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """What both pages show.

    Attributes:
        weeks: Of a month, its whole weeks, each date for all who are shown together.
        chosen: Whose week stands below the table; None where there is nobody.
    """

    query: BoardQuery
    name: str
    title: str
    timezone: str
    previous_url: str
    next_url: str
    today_url: str
    locations: tuple[FilterLink, ...]
    types: tuple[FilterLink, ...]
    days: tuple[WeekDay, ...] = ()
    rows: tuple[Row, ...] = ()
    weeks: tuple[tuple[Cell, ...], ...] = ()
    chosen: ResourceView | None = None

    @property
    def url_name(self) -> str:
        """Return the name of the page's address."""
        return f"workspace:{self.name}"


@requires(Permission.BOARD_VIEW)
@require_safe
def show_week(request: HttpRequest) -> HttpResponse:
    """Show the week of a date; one that cannot be read shows this week and says so."""
    now = utc_now()
    places = catalog.list_locations()
    query, own_ids = read_query(request, places, now)
    first = query.on - timedelta(days=list_weekdays().index(query.on.weekday()))
    loads = get_loads(from_on=first, to_on=first + WEEK - timedelta(days=1), now=now, location_id=query.location_id)
    shown, types = _narrow("week", query, loads, own_ids)
    chosen_id = read_row_id(request.GET.get("resource"))
    chosen = next((each for each in shown if each.resource.id == chosen_id), next(iter(shown), None))
    page = Overview(
        query=query,
        name="week",
        title=get_current_formats().format_days(loads.dates[0], loads.dates[-1]),
        timezone=loads.timezone,
        previous_url=_link("week", query, query.on - WEEK, chosen),
        next_url=_link("week", query, query.on + WEEK, chosen),
        today_url=_link("week", query, query.today, chosen),
        locations=list_location_choices(query, places, name="workspace:week"),
        types=types,
        days=_list_days(query, loads, chosen, now),
        rows=tuple(_make_row(query, each, is_chosen=each is chosen) for each in shown),
        chosen=chosen.resource if chosen else None,
    )
    return _render(request, page)


@requires(Permission.BOARD_VIEW)
@require_safe
def show_month(request: HttpRequest) -> HttpResponse:
    """Show the month of a date in whole weeks; one that cannot be read shows this month and says so."""
    now = utc_now()
    places = catalog.list_locations()
    query, own_ids = read_query(request, places, now)
    first = query.on.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    weekdays = list_weekdays()
    begin = first - timedelta(days=weekdays.index(first.weekday()))
    end = last + timedelta(days=6 - weekdays.index(last.weekday()))
    loads = get_loads(from_on=begin, to_on=end, now=now, location_id=query.location_id)
    shown, types = _narrow("month", query, loads, own_ids)
    cells = _sum_days(query, loads, shown, first.month)
    page = Overview(
        query=query,
        name="month",
        title=capitalize(get_current_formats().format_month(first)),
        timezone=loads.timezone,
        previous_url=_link("month", query, first - timedelta(days=1)),
        next_url=_link("month", query, last + timedelta(days=1)),
        today_url=_link("month", query, query.today),
        locations=list_location_choices(query, places, name="workspace:month"),
        types=types,
        weeks=tuple(cells[start : start + 7] for start in range(0, len(cells), 7)),
    )
    return _render(request, page)


def _render(request: HttpRequest, page: Overview) -> HttpResponse:
    context = {"page": page, "notice": BAD_DATE if page.query.is_date_bad else ""}
    return render(request, "workspace/overview.html", context)


def _narrow(
    name: str, query: BoardQuery, loads: Loads, own_ids: Sequence[int]
) -> tuple[tuple[ResourceLoads, ...], tuple[FilterLink, ...]]:
    """Return whose days are shown, and the links that choose a kind: the first one until somebody chooses."""
    if query.is_own:
        return tuple(each for each in loads.rows if each.resource.id in own_ids), ()
    kinds = tuple(dict.fromkeys(each.resource.type_name for each in loads.rows))
    kind = query.type_name if query.type_name in kinds else next(iter(kinds), "")
    shown = tuple(each for each in loads.rows if each.resource.type_name == kind)
    if len(kinds) < 2:  # noqa: PLR2004 - nothing to choose
        return shown, ()
    url_name = f"workspace:{name}"
    return shown, tuple(
        FilterLink(each, query.make_url(name=url_name, type_name=each, is_list=False), each == kind) for each in kinds
    )


def _link(name: str, query: BoardQuery, on: date, chosen: ResourceLoads | None = None) -> str:
    url = query.make_url(name=f"workspace:{name}", on=on, is_list=False)
    if chosen is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'resource': chosen.resource.id})}"


def _make_row(query: BoardQuery, loads: ResourceLoads, *, is_chosen: bool) -> Row:
    cells = tuple(
        Cell(each, query.make_url(on=each.on, is_list=False), is_today=each.on == query.today) for each in loads.days
    )
    return Row(loads.resource, cells, _link("week", query, query.on, loads), is_chosen)


def _list_days(query: BoardQuery, loads: Loads, chosen: ResourceLoads | None, now: datetime) -> tuple[WeekDay, ...]:
    """Return the week of whoever is chosen, day by day."""
    blocks = (
        list_blocks(
            resource_id=chosen.resource.id,
            from_on=loads.dates[0],
            to_on=loads.dates[-1],
            timezone=loads.timezone,
            now=now,
        )
        if chosen
        else {}
    )
    return tuple(
        WeekDay(
            on,
            query.make_url(on=on, is_list=False),
            visits,
            is_today=on == query.today,
            blocks=tuple(
                (each, get_look(each.status, is_attendance_confirmed=each.is_attendance_confirmed))
                for each in blocks.get(on, ())
            ),
        )
        for on, visits in zip(loads.dates, loads.visits, strict=True)
    )


def _sum_days(query: BoardQuery, loads: Loads, shown: Sequence[ResourceLoads], month: int) -> tuple[Cell, ...]:
    """Return each date for all who are shown together; who sees only own days sees own visits."""
    cells = []
    for number, on in enumerate(loads.dates):
        days = [each.days[number] for each in shown]
        load = DayLoad(
            on,
            sum(each.open_minutes for each in days),
            sum(each.taken_minutes for each in days),
            sum(each.visits for each in days) if query.is_own else loads.visits[number],
        )
        url = query.make_url(on=on, is_list=False)
        cells.append(Cell(load, url, is_today=on == query.today, is_inside=on.month == month))
    return tuple(cells)
