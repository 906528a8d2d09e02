"""One day of bookings at a sample business, each made as a customer would have made it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from samples.businesses import DemoBusiness
from samples.customers import DemoCustomer, make_customers
from samples.fates import play_fate
from scheduling.enums import BookingSource
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.services import list_services
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import (
    CUSTOMER,
    AvailabilityQuery,
    AvailableSlot,
    CustomerDetails,
    ServiceView,
    SlotRequest,
    VisitDetails,
    Wish,
)
from tenants.types import TenantInfo
from verticals.contract import Vertical, pick
from verticals.registry import get_vertical

SOURCES = (BookingSource.PAGE, BookingSource.PAGE, BookingSource.WIDGET, BookingSource.WORKSPACE)
LONGEST_AHEAD_DAYS = 9
ADD_ON_SHARE = 0.25
ANSWER_SHARE = 0.4
FIRST_FREE_SHARE = 0.6
SHARE_PER_DAY, LEAST_SHARE = 0.25, 0.25
"""Who looks for a time finds one for every service within a week."""

_NOTES: Mapping[str, tuple[str, ...]] = {
    "automotive": ("Se oye más con el motor frío.", "Salgo de viaje el fin de semana.", "Paso por él a las seis."),
    "salon": ("Quiero algo parecido a la última vez.", "Tengo una boda el sábado.", ""),
    "clinic": ("Llego con silla de ruedas.", "Traigo mis exámenes en papel.", ""),
}


@dataclass(frozen=True, slots=True)
class Shop:
    """A sample business with everything that its bookings are made from."""

    business: DemoBusiness
    vertical: Vertical
    zone: ZoneInfo
    locale: str
    favorites: tuple[ServiceView, ...]
    customers: tuple[DemoCustomer, ...]


def open_shop(business: DemoBusiness, tenant: TenantInfo) -> Shop:
    """Read what the current tenant offers; services that were renamed or removed are left out."""
    vertical = get_vertical(tenant.vertical)
    names = {service.key: pick(service.name, tenant.locale) for service in vertical.starter_kit.services}
    offered = {service.name: service for service in list_services()}
    return Shop(
        business=business,
        vertical=vertical,
        zone=ZoneInfo(tenant.timezone),
        locale=tenant.locale,
        favorites=tuple(offered[names[key]] for key in business.favorites if names[key] in offered),
        customers=make_customers(business),
    )


def book_day(shop: Shop, *, on: date, now: datetime, there: Collection[str] = ()) -> tuple[int, ...]:
    """Fill a local date with bookings, let happen what would have by ``now``, and return their ids.

    The same date is filled with the same wishes every time; of a day that comes nearer, with more of them.
    Who is ``there`` by name comes no second time.
    """
    seed = f"{shop.business.slug} {on}"
    wanted = shop.business.visits_per_day[on.weekday()] if shop.favorites else 0
    customers = Random(f"{seed} b").sample(shop.customers, wanted)  # noqa: S311 - sample data, the same every time
    days_ahead = (on - now.astimezone(shop.zone).date()).days
    coming = [each for each in customers[: round(wanted * find_share(days_ahead))] if each.name not in there]
    booked: dict[str, int] = {}
    # What is called off makes room for whom there was none, until nobody finds any: once more adds nothing then.
    before = -1
    while before < len(booked):
        before = len(booked)
        for each in coming:
            rng = Random(f"{seed} {each.phone} b")  # noqa: S311 - likewise
            booking_id = None if each.name in booked else _book_visit(shop, each, on=on, now=now, rng=rng)
            if booking_id is not None:
                booked[each.name] = booking_id
    return tuple(booked.values())


def find_share(days_ahead: int) -> float:
    """Return which part of a day's visits has been booked so many days before it: today and tomorrow are full."""
    return max(LEAST_SHARE, 1 - SHARE_PER_DAY * max(0, days_ahead - 1))


def _book_visit(shop: Shop, customer: DemoCustomer, *, on: date, now: datetime, rng: Random) -> int | None:
    service = rng.choice(shop.favorites)
    arrival_mode = rng.choice(service.arrival_modes) if service.arrival_modes else None
    add_on_ids = tuple(each.id for each in service.add_ons[:1] if rng.random() < ADD_ON_SHARE)
    source = rng.choice(SOURCES)
    booked_at = min(_choose_booking_time(shop.zone, on, rng), now)
    details = _make_details(shop, customer, arrival_mode, rng)
    wish = Wish(service_ids=(service.id,), add_on_ids=add_on_ids, arrival_mode=arrival_mode or "")
    query = AvailabilityQuery(wish, from_on=on, to_on=on)
    slots = get_availability(query=query, now=booked_at).days[0].slots
    if not slots:
        return None
    request = SlotRequest(wish, _choose_slot(slots, service, rng).starts_at)
    try:
        submitted = book_slot(
            request=request, details=details, now=booked_at, source=source, by=CUSTOMER, is_sample=True
        )
    except (SlotTaken, SlotUnavailable):
        return None
    play_fate(get_booking(booking_id=submitted.booking_id), now=now)
    return submitted.booking_id


def _choose_booking_time(zone: ZoneInfo, on: date, rng: Random) -> datetime:
    wall = time(rng.randint(9, 20), rng.randint(0, 59))
    return datetime.combine(on - timedelta(days=rng.randint(1, LONGEST_AHEAD_DAYS)), wall, tzinfo=zone)


def _choose_slot(slots: Sequence[AvailableSlot], service: ServiceView, rng: Random) -> AvailableSlot:
    """Prefer a group that has begun to fill, then often the first free time; otherwise any: a day without many gaps."""
    joined = [slot for slot in slots if slot.seats_left is not None and slot.seats_left < (service.seats or 0)]
    return rng.choice(joined or (slots[:1] if rng.random() < FIRST_FREE_SHARE else slots))


def _make_details(shop: Shop, customer: DemoCustomer, arrival_mode: str | None, rng: Random) -> VisitDetails:
    symptoms = [choice.key for choice in shop.vertical.intake.symptoms]
    has_answer, has_note = rng.random() < ANSWER_SHARE, rng.random() < ANSWER_SHARE
    chosen = rng.sample(symptoms, rng.randint(1, 2))
    note = rng.choice(_NOTES[shop.business.vertical])
    return VisitDetails(
        customer=CustomerDetails(
            name=customer.name, phone=customer.phone, email=customer.email or None, locale=shop.locale
        ),
        asset=customer.asset,
        answers={"symptoms": chosen} if has_answer else {},
        arrival_mode=arrival_mode,
        note=note if has_note else "",
    )
