"""The day on paper: a row for each visit, with what is asked for at the counter and in the bay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings.board import list_day_visits
from scheduling.selectors.catalog import services as catalog
from scheduling.types import BookingView
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.formats import is_same
from web.parts.status_looks import get_look
from web.workspace.board.views import BAD_DATE, BoardQuery, FilterLink, list_location_choices, read_query
from web.workspace.customers.words import list_terms

SAID = frozenset({BookingStatus.PENDING_APPROVAL, BookingStatus.NO_SHOW})
"""What a row says of its state: that of the others goes on while the sheet lies there."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A visit on the sheet.

    Attributes:
        asset, plate: What it is about and what identifies that, each said once.
        things: Bays, rooms and tools that it takes.
        state: Empty for whoever comes, or came, as agreed.
    """

    visit: BookingView
    asset: str
    plate: str
    people: tuple[str, ...]
    things: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet; ``place`` is empty where there is only one."""

    query: BoardQuery
    timezone: str
    place: str
    rows: tuple[SheetRow, ...]
    locations: tuple[FilterLink, ...]
    now: datetime

    @property
    def previous_url(self) -> str:
        """Return the sheet of the day before."""
        return self._url(days=-1)

    @property
    def next_url(self) -> str:
        """Return the sheet of the day after."""
        return self._url(days=1)

    def _url(self, *, days: int) -> str:
        shown = self.query.next_url if days > 0 else self.query.previous_url
        return reverse("workspace:day_sheet") + shown.removeprefix(reverse("workspace:board"))


@requires(Permission.BOARD_VIEW)
@require_safe
def show_sheet(request: HttpRequest) -> HttpResponse:
    """Show the sheet of a day; a date that cannot be read shows today and says so."""
    now = utc_now()
    places = catalog.list_locations()
    query, own_ids = read_query(request, places, now)
    place = next((each for each in places if each.id == query.location_id), next(iter(places), None))
    timezone = place.timezone if place else current_tenant().timezone
    visits = list_day_visits(
        on=query.on,
        timezone=timezone,
        now=now,
        location_id=place.id if place else None,
        resource_ids=own_ids if query.is_own else None,
    )
    sheet = Sheet(
        query=query,
        timezone=timezone,
        place=place.name if place and len(places) > 1 else "",
        rows=tuple(map(_make_row, visits)),
        locations=list_location_choices(query, places, name="workspace:day_sheet"),
        now=now,
    )
    has_assets = get_vertical(current_tenant().vertical).asset is not None
    notice = BAD_DATE if query.is_date_bad else ""
    context = {"sheet": sheet, "has_assets": has_assets, "notice": notice, "terms": list_terms()}
    return render(request, "workspace/day_sheet.html", context)


def _make_row(visit: BookingView) -> SheetRow:
    asset = get_vertical(current_tenant().vertical).asset
    plate = asset.identifier(visit.asset_data) if asset else ""
    label = "" if is_same(visit.asset_label, visit.customer_name) else visit.asset_label
    return SheetRow(
        visit=visit,
        asset=label,
        plate="" if is_same(plate, label) else plate,
        people=tuple(dict.fromkeys(each.name for each in visit.resources if each.is_person)),
        things=tuple(dict.fromkeys(each.name for each in visit.resources if not each.is_person)),
        state=str(get_look(visit.status).label) if visit.status in SAID else "",
    )
