"""Where customers come to, as the first page shows it: photo, address, phone, hours of today and of the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext, pgettext

from files.selectors.files import find_first_picture
from files.services.brand import BUSINESS, BUSINESS_PHOTO
from kernel.instants import DAY_MINUTES
from kernel.intervals import Interval
from scheduling.selectors.catalog.opening import find_place_hours
from scheduling.selectors.catalog.photos import LOCATION_PHOTO
from web.booking.flow import Flow
from web.booking.pages import describe_hours
from web.parts.clock import format_periods, list_weekdays, name_weekday
from web.parts.pictures import ShownPicture, show_picture


@dataclass(frozen=True, slots=True)
class DaysLine:
    """Days that follow each other and have the same hours."""

    days: str
    hours: str


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """What customers read about a place; ``week`` is empty where nobody works at fixed hours."""

    photo: ShownPicture | None
    address: str
    map_url: str
    phone: str
    today: str
    week: tuple[DaysLine, ...]


def make_place_card(flow: Flow) -> PlaceCard | None:
    """Return what is shown of the flow's location; None: there is none, or nothing to show.

    One query at the first location, whose hours the offer has; two at another one.
    The photo is the location's own, else that of the business.
    """
    place = flow.location
    if place is None:
        return None
    hours = find_place_hours(flow.offer.timetables, location_id=place.id, now=flow.now)
    photo = find_first_picture([(LOCATION_PHOTO, place.id), (BUSINESS_PHOTO, BUSINESS)])
    card = PlaceCard(
        photo=show_picture(photo, width=480),
        address=place.address,
        map_url=flow.map_url,
        phone=place.phone,
        today=describe_hours(flow.formats, hours.today, location=place.id) if hours else "",
        week=list_days(hours.week) if hours else (),
    )
    return card if card.photo or card.map_url or card.phone or card.today else None


def list_days(week: Sequence[Sequence[Interval]]) -> tuple[DaysLine, ...]:
    """Return a week (Monday first) in lines, as the country's calendars begin it; none when it is closed all week."""
    if not any(week):
        return ()
    runs = groupby(list_weekdays(), key=lambda day: tuple(week[day]))
    return tuple(DaysLine(_name_days(list(days)), _say_hours(periods)) for periods, days in runs)


def _name_days(days: Sequence[int]) -> str:
    first, last = (name_weekday(day, "abbreviated") for day in (days[0], days[-1]))
    if len(days) == 7:  # noqa: PLR2004 - of the week
        return gettext("Every day")
    return (
        first if first == last else pgettext("short weekdays", "%(first)s to %(last)s") % {"first": first, "last": last}
    )


def _say_hours(periods: Sequence[Interval]) -> str:
    if not periods:
        return pgettext("place", "closed")
    return gettext("24 hours") if tuple(periods) == ((0, DAY_MINUTES),) else format_periods(periods)
