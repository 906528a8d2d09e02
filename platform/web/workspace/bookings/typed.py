"""What reception has chosen and typed so far for a new booking, at any step of it.

Who and when somebody pressed on the board comes along in ``resource``, ``date``, ``time`` and ``location``,
and every form carries them on: they are what is booked unless somebody chooses otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from edge.language import current_language
from edge.reading import read_date, read_instant
from kernel.ids import read_row_id
from scheduling.selectors.availability.lengths import LONGEST_MINUTES, SHORTEST_MINUTES
from scheduling.selectors.catalog.offer import Offer, load_offer
from scheduling.selectors.catalog.usage import find_usual_service
from scheduling.types import LocationView, ResourceView, ServiceView, Wish
from tenants.context import current_tenant
from web.parts.fields import read_length
from web.parts.questions import list_typed
from web.workspace.bookings.forms import (
    ALSO,
    BookingForm,
    StartForm,
    from_wall_clock,
    list_arrival_modes,
    list_questions,
    read_time,
)
from web.workspace.bookings.knowing.known import Known, fill_in

NOW = "now"
"""What the list of times sends for a visit that begins at once."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is chosen and typed so far.

    Attributes:
        place: Where the visit would be; None: wherever it is offered.
        resource: Who or what was pressed or chosen.
        wish: What is asked for, once a service is chosen.
        is_walk_in: The customer is here: the visit begins now, unless a time was chosen.
        is_past: A day was pressed that is over; the form is about today.
        also: The services that follow, in the same visit.
        known: Who it is for, where the record knows them.
        length_minutes: How long it is to last, where that was drawn on the board or typed; None: as its service does.
        at: The time that is wanted, on the clock of the place; ``starts_at`` is the same on the day ``on``.
    """

    values: QueryDict
    offer: Offer
    place: LocationView | None
    service: ServiceView | None
    resource: ResourceView | None
    wish: Wish | None
    timezone: str
    on: date
    today: date
    is_walk_in: bool
    is_past: bool
    at: time | None
    starts_at: datetime | None
    length_minutes: int | None = None
    known: Known | None = None
    also: tuple[ServiceView, ...] = ()

    @property
    def minutes(self) -> int | None:
        """Return how long it would last; None: no service is chosen, and no length."""
        if self.length_minutes or self.service is None:
            return self.length_minutes
        return sum(each.duration_minutes for each in (self.service, *self.also))

    @property
    def choices(self) -> tuple[ResourceView, ...]:
        """Return whom the visit may be given to: those among whom customers choose, and who was pressed."""
        if self.service is None:
            return ()
        place_id = self.place.id if self.place else None
        choosable = self.offer.list_choosable_resources(self.service.id, location_id=place_id)
        is_more = self.resource is not None and self.resource not in choosable
        return (*choosable, self.resource) if is_more and self.resource else choosable

    @property
    def resource_name(self) -> str:
        """Return who was pressed or chosen; empty: nobody."""
        return self.resource.name if self.resource else ""

    @property
    def customer_id(self) -> int | None:
        """Return whom the form names; zero, whom nobody has, where it is no id; None: somebody new."""
        said = self.values.get("customer", "")
        return (read_row_id(said) or 0) if said else None

    @property
    def service_name(self) -> str:
        """Return what was chosen; empty: nothing yet."""
        return self.service.name if self.service else ""

    @property
    def walk_in_url(self) -> str:
        """Return the form for somebody who is here, with the same person and place."""
        kept = {name: self.values[name] for name in ("resource", "location", "service") if self.values.get(name)}
        return f"{reverse('workspace:new')}?{urlencode({'walk_in': '1'} | kept)}"

    def make_form(self, data: QueryDict | None = None) -> BookingForm:
        """Return the form: with ``data`` it is checked, without it shows what was typed."""
        given: dict[str, object] = {"locale": current_tenant().locale or current_language(), **self.values.dict()}
        given["resource"] = str(self.resource.id) if self.resource else ""
        given["location"] = str(self.place.id) if self.place else ""
        given |= {name: str(each.id) for name, each in zip(ALSO, self.also, strict=False)}
        given |= list_typed(list_questions(self.service, self.also), self.values)
        return BookingForm(
            data,
            offer=self.offer,
            service=self.service,
            also=self.also,
            resources=self.choices,
            initial=given,
            is_walk_in=self.is_walk_in,
        )

    def make_start_form(self, data: QueryDict | None = None) -> StartForm:
        """Return the form of the start, likewise."""
        return StartForm(data, timezone=self.timezone, initial=self.values.dict())


def read_typed(values: QueryDict, now: datetime) -> Typed:
    """Read what an address or a form says; what makes no sense is left out."""
    offer = load_offer()
    values, known = fill_in(values, now)
    values = _choose_usual(values, offer, now)
    resource_id, place_id = read_row_id(values.get("resource")), read_row_id(values.get("location"))
    resource = next((each for each in offer.resources if each.id == resource_id), None)
    if place_id is None and resource is not None:
        place_id = resource.location_id
    place = next((each for each in offer.locations if each.id == place_id), None)
    service = offer.find_service(read_row_id(values.get("service")) or 0)
    also = read_also(values, offer, service)
    timezone = _find_timezone(offer, place, service)
    today = now.astimezone(ZoneInfo(timezone)).date()
    on, at = read_wanted(values, timezone)
    is_walk_in = values.get("walk_in") == "1"
    is_past = on is not None and on < today
    on = max(on or today, today)
    return Typed(
        values=values,
        offer=offer,
        place=place,
        service=service,
        resource=resource,
        wish=_read_wish(values, service, also, place, offer) if service else None,
        timezone=timezone,
        on=on,
        today=today,
        is_walk_in=is_walk_in,
        is_past=is_past,
        at=None if is_past else at,
        starts_at=None if is_past else find_wanted(on, at, timezone),
        length_minutes=_read_length(values),
        known=known,
        also=also,
    )


def _choose_usual(values: QueryDict, offer: Offer, now: datetime) -> QueryDict:
    """Return the values of somebody who is here with the service that most come for, unless another one is chosen."""
    if values.get("walk_in") != "1" or "service" in values or not offer.services:
        return values
    usual = find_usual_service(now=now)
    chosen = offer.find_service(usual or 0) or offer.services[0]
    filled = values.copy()
    filled["service"] = str(chosen.id)
    return filled


def read_wanted(values: QueryDict, timezone: str) -> tuple[date | None, time | None]:
    """Return day and time that are wanted: a time that was chosen in the list counts more than one that was pressed."""
    on = read_date(values.get("on") or values.get("date"))
    at = read_time(values.get("time"))
    if values.get("starts_at") == NOW:
        on = at = None
    chosen = read_instant(values.get("starts_at")) if values.get("starts_at") else None
    if chosen is not None:
        local = chosen.astimezone(ZoneInfo(timezone))
        on, at = local.date(), local.time().replace(second=0, microsecond=0)
    return read_date(values.get("go_on")) or on, at


def find_wanted(on: date, at: time | None, timezone: str) -> datetime | None:
    """Return the instant that is wanted; None when no time is, or the clock skips it on that day."""
    if at is None:
        return None
    try:
        return from_wall_clock(on, at, timezone)
    except ValidationError:
        return None


def _find_timezone(offer: Offer, place: LocationView | None, service: ServiceView | None) -> str:
    """Return the clock on which times are read: of the place, else of the first that has the service, or of any."""
    there = [each for each in offer.locations if service is None or each.id in service.location_ids]
    first = place or next(iter([*there, *offer.locations]), None)
    return first.timezone if first else current_tenant().timezone


def read_also(values: QueryDict, offer: Offer, service: ServiceView | None) -> tuple[ServiceView, ...]:
    """Return the services that follow the first one; a group has none beside it."""
    if service is None or service.seats is not None:
        return ()
    found = (offer.find_service(read_row_id(values.get(name)) or 0) for name in ALSO)
    return tuple(each for each in found if each is not None and each.seats is None)


def _read_wish(
    values: QueryDict,
    service: ServiceView,
    also: tuple[ServiceView, ...],
    place: LocationView | None,
    offer: Offer,
) -> Wish:
    """Return what the form asks for; a way to arrive that it does not offer is the first one, as the page shows it.

    Somebody who is not there any more is asked for all the same, and refused: nobody else takes their place.
    """
    modes = [mode.key for mode in list_arrival_modes(service)]
    asked_mode = values.get("arrival_mode", "")
    resource_id = read_row_id(values.get("resource"))
    return Wish(
        service_ids=(service.id, *(each.id for each in also)),
        resource_ids=() if resource_id is None else (resource_id,),
        location_id=place.id if place and len(offer.locations) > 1 else None,
        arrival_mode=asked_mode if asked_mode in modes else next(iter(modes), ""),
        length_minutes=None if service.seats is not None else _read_length(values),
    )


def _read_length(values: QueryDict) -> int | None:
    """Return the length that was drawn or typed; one that makes no sense, the form refuses."""
    minutes = read_length(values.get("length", ""))
    return minutes if minutes is not None and SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES else None
