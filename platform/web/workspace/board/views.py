"""The day board: today per resource, with what waits for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.policies import Permission
from edge.access import requires
from edge.reading import read_date
from kernel.clock import utc_now
from scheduling.enums import CALLED_OFF, BookingStatus
from scheduling.policies import MOVABLE_BY_STAFF, RESIZABLE_STATUSES
from scheduling.selectors.bookings import board as boards
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.catalog import services as catalog
from scheduling.selectors.catalog.staff import list_own_resource_ids
from scheduling.types import Board, BoardBlock, BookingFilters, BookingRow, LocationView
from tenants.context import current_tenant
from web.parts.status_looks import StatusLook, list_legend
from web.parts.toasts import is_fragment_asked
from web.workspace.board.layout import BoardDay, count_late, lay_out_day
from web.workspace.start.guide import find_guide

MAX_PENDING = 8
ALL_TYPES = "all"
NOT_COUNTED = CALLED_OFF | {BookingStatus.HELD}
BAD_DATE = gettext_lazy("That is not a date. Here is today.")


@dataclass(frozen=True, slots=True)
class Figures:
    """The day in two numbers, and how many requests wait for an answer, of whatever day: those in the list beside.

    A visit that takes several resources counts once.
    """

    bookings: int
    pending: int
    no_shows: int


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A link that narrows the board."""

    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class BoardQuery:
    """What the address asks for.

    Attributes:
        who: ``me`` or ``all`` as asked; ``is_own`` is what follows from it and from the role.
        is_list: Rows instead of columns.
    """

    on: date
    today: date
    location_id: int | None = None
    type_name: str = ""
    who: str = ""
    is_own: bool = False
    is_list: bool = False
    is_date_bad: bool = False

    def make_url(self, *, name: str = "workspace:board", **changes: object) -> str:
        """Return the address of this query with some of it changed."""
        query = replace(self, **changes)  # type: ignore[arg-type]
        parameters: dict[str, object] = {}
        if query.on != query.today:
            parameters["date"] = query.on.isoformat()
        if query.location_id is not None:
            parameters["location"] = query.location_id
        if query.type_name:
            parameters["type"] = query.type_name
        if query.who:
            parameters["who"] = query.who
        if query.is_list:
            parameters["view"] = "list"
        return reverse(name) + (f"?{urlencode(parameters)}" if parameters else "")

    @property
    def url(self) -> str:
        """Return the page's own address."""
        return self.make_url()

    @property
    def fragment_url(self) -> str:
        """Return the address of the part that refreshes; it names the date, so midnight changes nothing."""
        url = self.make_url(name="workspace:board_fragment")
        return url if self.on != self.today else f"{url}{'&' if '?' in url else '?'}date={self.on.isoformat()}"

    @property
    def new_url(self) -> str:
        """Return the form for a new booking on this day, at this place."""
        asked: dict[str, object] = {"date": self.on.isoformat()}
        if self.location_id is not None:
            asked["location"] = self.location_id
        return f"{reverse('workspace:new')}?{urlencode(asked)}"

    @property
    def fits_url(self) -> str:
        """Return the part beside the board that tells who waits for a time of this day, at this place."""
        asked: dict[str, object] = {"date": self.on.isoformat()}
        if self.location_id is not None:
            asked["location"] = self.location_id
        return f"{reverse('workspace:waitlist_fits')}?{urlencode(asked)}"

    @property
    def walk_in_url(self) -> str:
        """Return the form for somebody who is here without a booking; that is always about now."""
        asked = {"walk_in": "1"} | ({} if self.location_id is None else {"location": str(self.location_id)})
        return f"{reverse('workspace:new')}?{urlencode(asked)}"

    @property
    def previous_url(self) -> str:
        """Return the day before."""
        return self.make_url(on=self.on - timedelta(days=1))

    @property
    def next_url(self) -> str:
        """Return the day after."""
        return self.make_url(on=self.on + timedelta(days=1))

    @property
    def today_url(self) -> str:
        """Return today."""
        return self.make_url(on=self.today)

    @property
    def columns_url(self) -> str:
        """Return the view with columns."""
        return self.make_url(is_list=False)

    @property
    def list_url(self) -> str:
        """Return the view as a list."""
        return self.make_url(is_list=True)

    @property
    def week_url(self) -> str:
        """Return the week of this day."""
        return self.make_url(name="workspace:week", is_list=False)

    @property
    def month_url(self) -> str:
        """Return the month of this day."""
        return self.make_url(name="workspace:month", is_list=False)

    @property
    def sheet_url(self) -> str:
        """Return the day on paper."""
        return self.make_url(name="workspace:day_sheet", is_list=False, type_name="")

    @property
    def is_today(self) -> bool:
        """Tell whether the board shows today."""
        return self.on == self.today


@dataclass(frozen=True, slots=True)
class Watched:
    """A visit of the day that somebody should look after: late, or not confirmed by whoever comes."""

    block: BoardBlock
    late_minutes: int = 0

    @property
    def is_running(self) -> bool:
        """Tell whether it goes on past its end, and not: has not begun."""
        return self.block.status == BookingStatus.IN_PROGRESS


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything that the page shows."""

    query: BoardQuery
    day: BoardDay
    figures: Figures
    pending: tuple[BookingRow, ...]
    has_more_pending: bool
    locations: tuple[FilterLink, ...]
    types: tuple[FilterLink, ...]
    owners: tuple[FilterLink, ...]
    legend: tuple[StatusLook, ...]
    movable: tuple[str, ...]
    resizable: tuple[str, ...]
    late: tuple[Watched, ...]
    unconfirmed: tuple[Watched, ...]
    now: datetime

    @property
    def is_mixed(self) -> bool:
        """Tell whether columns of several kinds stand side by side, so that each has to say its own."""
        return len({column.resource.type_name for column in self.day.columns}) > 1

    @property
    def next_open_url(self) -> str:
        """Return the next day on which somebody works, when the day is closed."""
        return self.query.make_url(on=self.day.next_open_on) if self.day.next_open_on else ""


@requires(Permission.BOARD_VIEW)
@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    """Show a day; a date that cannot be read shows today and says so."""
    now = utc_now()
    page = load_board_page(request, now=now)
    context = {
        "page": page,
        "guide": find_guide(request, now=now),
        "notice": BAD_DATE if page.query.is_date_bad else "",
    }
    return render(request, "workspace/board.html", context)


@requires(Permission.BOARD_VIEW)
@require_safe
def show_board_fragment(request: HttpRequest) -> HttpResponse:
    """Show only what changes while the page stands; who opens its address comes to the page."""
    if not is_fragment_asked(request):
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{reverse('workspace:board')}{'?' if query else ''}{query}")
    return render(request, "workspace/day.html", {"page": load_board_page(request, now=utc_now())})


def load_board_page(request: HttpRequest, *, now: datetime) -> BoardPage:
    """Read the address, ask for the day and lay it out; a fixed number of queries."""
    places = catalog.list_locations()
    query, own_ids = read_query(request, places, now)
    board = boards.get_board(on=query.on, location_id=query.location_id, now=now)
    pending = bookings.list_bookings(
        BookingFilters(
            statuses=(BookingStatus.PENDING_APPROVAL,),
            starts_after=now,
            location_id=query.location_id,
            limit=MAX_PENDING,
        )
    )
    types = {column.resource.type_name for column in board.columns}
    is_asked = query.type_name == ALL_TYPES or query.type_name in types
    shown_type = query.type_name if is_asked else find_main_type(board)
    shown = narrow_board(board, replace(query, type_name=shown_type), own_ids)
    return BoardPage(
        query=query,
        day=lay_out_day(shown, now=now),
        figures=count_figures(board if not query.is_own else shown, pending=len(pending.rows)),
        has_more_pending=bool(pending.next_cursor),
        pending=pending.rows,
        locations=list_location_choices(query, places),
        types=_list_type_choices(query, board, shown_type),
        owners=_list_owner_choices(query, own_ids),
        legend=list_legend(),
        movable=MOVABLE_BY_STAFF,
        resizable=RESIZABLE_STATUSES,
        late=list_late(shown, now),
        unconfirmed=list_unconfirmed(shown, now),
        now=now,
    )


def narrow_board(board: Board, query: BoardQuery, own_ids: Sequence[int]) -> Board:
    """Leave out the columns that the address does not ask for."""
    if query.is_own:
        return replace(board, columns=tuple(each for each in board.columns if each.resource.id in own_ids))
    if query.type_name == ALL_TYPES:
        return board
    return replace(board, columns=tuple(each for each in board.columns if each.resource.type_name == query.type_name))


def find_main_type(board: Board) -> str:
    """Return the first type if every visit of the day is in its columns, else `ALL_TYPES`: nothing is hidden.

    A visit that takes a mechanic, a bay and a tool would otherwise stand there three times.
    """
    if not board.columns:
        return ALL_TYPES
    first = board.columns[0].resource.type_name
    everywhere = {block.booking_id for column in board.columns for block in column.blocks}
    there = {
        block.booking_id for column in board.columns if column.resource.type_name == first for block in column.blocks
    }
    return first if everywhere == there else ALL_TYPES


def count_figures(board: Board, *, pending: int) -> Figures:
    """Count visits, not blocks."""
    blocks: Mapping[int, BoardBlock] = {block.booking_id: block for column in board.columns for block in column.blocks}
    statuses = [block.status for block in blocks.values()]
    return Figures(
        bookings=sum(status not in NOT_COUNTED for status in statuses),
        pending=pending,
        no_shows=statuses.count(BookingStatus.NO_SHOW),
    )


def list_late(board: Board, now: datetime) -> tuple[Watched, ...]:
    """List who has not come and what goes on past its end, the longest first; each visit once."""
    found = (Watched(block, count_late(block, now)) for block in _list_once(board))
    return tuple(sorted((each for each in found if each.late_minutes), key=lambda each: -each.late_minutes))


def list_unconfirmed(board: Board, now: datetime) -> tuple[Watched, ...]:
    """List those still to come who have not said that they do, by their time."""
    blocks = (
        block
        for block in _list_once(board)
        if block.status == BookingStatus.CONFIRMED and not block.is_attendance_confirmed and block.starts_at > now
    )
    return tuple(Watched(block) for block in sorted(blocks, key=lambda block: (block.starts_at, block.booking_id)))


def _list_once(board: Board) -> list[BoardBlock]:
    found = {block.booking_id: block for column in reversed(board.columns) for block in column.blocks}
    return list(found.values())


def read_query(
    request: HttpRequest, places: Sequence[LocationView], now: datetime
) -> tuple[BoardQuery, tuple[int, ...]]:
    """Return what the address asks for, and the ids of the columns that are the visitor's own."""
    asked = request.GET
    place = next((place for place in places if str(place.id) == asked.get("location")), None)
    timezone = (place or places[0]).timezone if places else current_tenant().timezone
    today = now.astimezone(ZoneInfo(timezone)).date()
    on = read_date(asked.get("date"))
    own_ids = list_own_resource_ids(user_id=request.user.pk or 0)
    is_provider = getattr(request.user, "role", "") == Role.PROVIDER
    who = asked.get("who", "") if asked.get("who") in {"me", "all"} else ""
    query = BoardQuery(
        on=on or today,
        today=today,
        location_id=place.id if place and len(places) > 1 else (places[0].id if len(places) > 1 else None),
        type_name=asked.get("type", ""),
        who=who,
        is_own=bool(own_ids) and (who == "me" or (is_provider and who != "all")),
        is_list=asked.get("view") == "list",
        is_date_bad="date" in asked and on is None,
    )
    return query, own_ids


def list_location_choices(
    query: BoardQuery, places: Sequence[LocationView], *, name: str = "workspace:board"
) -> tuple[FilterLink, ...]:
    """Return the links to each place on the page of this name; none where there is nothing to choose."""
    if len(places) < 2:  # noqa: PLR2004 - nothing to choose
        return ()
    return tuple(
        FilterLink(place.name, query.make_url(name=name, location_id=place.id), place.id == query.location_id)
        for place in places
    )


def _list_type_choices(query: BoardQuery, board: Board, shown: str) -> tuple[FilterLink, ...]:
    names = tuple(dict.fromkeys(column.resource.type_name for column in board.columns))
    if len(names) < 2 or query.is_own:  # noqa: PLR2004 - nothing to choose
        return ()
    everything = FilterLink(gettext_lazy("All"), query.make_url(type_name=ALL_TYPES), shown == ALL_TYPES)
    return (*(FilterLink(name, query.make_url(type_name=name), name == shown) for name in names), everything)


def _list_owner_choices(query: BoardQuery, own_ids: Sequence[int]) -> tuple[FilterLink, ...]:
    if not own_ids:
        return ()
    return (
        FilterLink(
            gettext_lazy("My work"), f"{reverse('workspace:mine')}?date={query.on.isoformat()}", is_current=False
        ),
        FilterLink(gettext_lazy("My day"), query.make_url(who="me", type_name=""), query.is_own),
        FilterLink(gettext_lazy("Everyone"), query.make_url(who="all"), not query.is_own),
    )
