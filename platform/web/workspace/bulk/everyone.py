"""The page on which everyone of some days, or of a person, is written to: who that is, and one text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.ids import read_row_id
from scheduling.selectors.bulk.acts import get_act
from scheduling.selectors.bulk.touching import list_of_days
from scheduling.selectors.catalog.services import list_locations, list_resources
from scheduling.services.bulk.beginning import MOST_DAYS, begin_message, find_reader
from scheduling.services.bulk.working import work_at_once
from scheduling.types import BookingView, LocationView, ResourceView
from web.errors import translate_error
from web.formats import to_local
from web.workspace.actors import make_actor
from web.workspace.bulk.reading import find_resource, read_days
from web.workspace.changes.rows import find_people


@dataclass(frozen=True, slots=True)
class Days:
    """Some days of a location, or of somebody there, on its clock."""

    place: LocationView
    resource: ResourceView | None
    first: date
    last: date
    problem: str

    @property
    def fields(self) -> dict[str, str]:
        """Return them as the fields of a form."""
        resource = "" if self.resource is None else str(self.resource.id)
        return {
            "location": str(self.place.id),
            "resource": resource,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
        }

    def list_bookings(self) -> tuple[BookingView, ...]:
        """List who is expected; nobody as long as the days cannot be."""
        if self.problem:
            return ()
        return list_of_days(
            location_id=self.place.id,
            first=self.first,
            last=self.last,
            now=utc_now(),
            resource_id=None if self.resource is None else self.resource.id,
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who is written to about the first of their bookings; ``is_reachable``: a message arrives."""

    booking: BookingView
    count: int
    is_reachable: bool


def read_asked(data: QueryDict) -> Days | None:
    """Read which days of which location; today, of the first one, where nothing is said. None: there is none."""
    places = list_locations()
    asked = read_row_id(str(data.get("location") or ""))
    place = next((each for each in places if each.id == asked), places[0] if places else None)
    if place is None:
        return None
    resource = find_resource(data, list_resources(location_id=place.id))
    first, last = read_days(data, to_local(utc_now(), place.timezone).date())
    problem = ""
    if last < first:
        problem = gettext("The end is before the beginning.")
    elif (last - first).days >= MOST_DAYS:
        problem = gettext("At most 31 days at a time.")
    return Days(place, resource, first, last, problem)


def list_readers(bookings: tuple[BookingView, ...]) -> list[Reader]:
    """Return each person once, by the first of their bookings."""
    people = find_people(bookings)
    found: dict[str, list[BookingView]] = {}
    for each in bookings:
        found.setdefault(find_reader(each), []).append(each)
    return [Reader(each[0], len(each), people[each[0].id].is_reachable) for each in found.values()]


@requires(Permission.BOOKING_MANAGE)
def write_to_everyone(request: HttpRequest) -> HttpResponse:
    """Show who is expected on some days, and write the same to each of them."""
    data = request.POST if request.method == "POST" else request.GET
    days = read_asked(data)
    if days is None:
        return redirect("workspace:bulk")
    bookings = days.list_bookings()
    if request.method != "POST" or days.problem:
        return _render(request, days, bookings, problem=days.problem, status=422 if request.method == "POST" else 200)
    try:
        key = begin_message(
            booking_ids=[each.id for each in bookings],
            text=request.POST.get("text", ""),
            by=make_actor(request),
            now=utc_now(),
        )
    except (Conflict, Forbidden, Invalid) as error:
        return _render(request, days, bookings, problem=translate_error(error), status=get_status(error))
    work_at_once(act_id=get_act(key=key, now=utc_now()).id)
    return redirect("workspace:bulk_show", key=key)


def _render(
    request: HttpRequest, days: Days, bookings: tuple[BookingView, ...], *, problem: str, status: int
) -> HttpResponse:
    readers = list_readers(bookings)
    context = {
        "days": days,
        "places": list_locations(),
        "resources": list_resources(location_id=days.place.id),
        "readers": readers,
        "reached": sum(each.is_reachable for each in readers),
        "problem": problem,
        "text": request.POST.get("text", ""),
    }
    return render(request, "workspace/bulk/everyone.html", context, status=status)
