"""Entries of the waitlist as pages show them, and as the engine reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from kernel.ids import hash_token
from kernel.instants import to_minutes
from scheduling.engine import Waiter
from scheduling.enums import WaitlistStatus, WaitlistStep
from scheduling.errors.waitlist import WaitlistEntryNotFound
from scheduling.models import Resource, Service, WaitlistEntry
from scheduling.types import LocalText, LogLine, OfferView, WaitlistEntryView, WaitlistWish, Wish, map_names
from tenants.context import current_tenant

PASSED = frozenset({WaitlistStep.DECLINED, WaitlistStep.MISSED})
"""What leaves a start that is not offered to the same person again."""
LATEST = 100
"""How many ended entries staff looks back on."""
JOIN = " + "
"""Between the services of one visit, as everywhere."""


def find_entry(token: str) -> tuple[WaitlistEntryView, bool]:
    """Return the entry that a link leads to, and whether it is the link of its last offer.

    Raises:
        WaitlistEntryNotFound: It leads to none.
    """
    entry, is_offer = find_row(_rows(), token)
    return _view_all([entry])[0], is_offer


def find_row(entries: QuerySet[WaitlistEntry], token: str) -> tuple[WaitlistEntry, bool]:
    """Return the row that a link leads to, and whether it is the link of its last offer.

    Raises:
        WaitlistEntryNotFound: It leads to none.
    """
    stored = hash_token(token)
    for name in ("offer_token_hash", "token_hash"):
        entry = entries.filter(**{name: stored}).first() if token else None
        if entry is not None:
            return entry, name == "offer_token_hash"
    raise WaitlistEntryNotFound


def get_entry(entry_id: int) -> WaitlistEntryView:
    """Return one entry.

    Raises:
        WaitlistEntryNotFound: There is none.
    """
    entry = _rows().filter(pk=entry_id).first()
    if entry is None:
        raise WaitlistEntryNotFound
    return _view_all([entry])[0]


def list_waiting() -> tuple[WaitlistEntryView, ...]:
    """List who waits or has an offer, in the order in which they joined; at most four queries."""
    return _view_all(list(_rows().filter(ended_at=None).order_by("pk")))


def list_ended() -> tuple[WaitlistEntryView, ...]:
    """List the last of those who do not wait any more, the latest first."""
    return _view_all(list(_rows().exclude(ended_at=None).order_by("-ended_at", "-pk")[:LATEST]))


def list_entries_of_customer(customer_id: int) -> tuple[WaitlistEntryView, ...]:
    """List the last entries of a customer, the latest first; at most four queries."""
    return _view_all(list(_rows().filter(customer_id=customer_id).order_by("-pk")[:LATEST]))


def list_entries_of(contact: str) -> tuple[WaitlistEntryView, ...]:
    """List every entry whose messages go to a contact, in the order in which they joined; at most four queries."""
    return _view_all(list(_keep_theirs(_rows(), contact).order_by("pk")))


def has_entries(contact: str) -> bool:
    """Tell whether `list_entries_of` would list anything; one query."""
    return _keep_theirs(WaitlistEntry.objects.all(), contact).exists()


def _keep_theirs(rows: QuerySet[WaitlistEntry], contact: str) -> QuerySet[WaitlistEntry]:
    # Messages go to a number where no e-mail was told: that is kept as null.
    told = {"email": contact} if "@" in contact else {"phone": contact, "email": None}
    return rows.filter(details__contains={"customer": told})


def has_waiting() -> bool:
    """Tell whether anybody waits or has an offer."""
    return WaitlistEntry.objects.filter(ended_at=None).exists()


def read_wished(entry: WaitlistEntry) -> WaitlistWish:
    """Return what an entry waits for."""
    return WaitlistWish(
        wish=Wish(
            service_ids=tuple(entry.service_ids) or (entry.service_id,),
            add_on_ids=tuple(entry.add_on_ids),
            resource_ids=tuple(entry.resource_ids),
            location_id=entry.location_id,
            party_size=entry.party_size,
            arrival_mode=entry.arrival_mode,
        ),
        from_on=entry.from_on,
        to_on=entry.to_on,
        weekdays=tuple(entry.weekdays),
        from_minute=entry.from_minute,
        to_minute=entry.to_minute,
        shortest_notice_minutes=entry.shortest_notice_minutes,
    )


def read_waiter(entry: WaitlistEntry) -> Waiter:
    """Return when somebody who waits can come, without the starts that they had already."""
    passed = (line.starts_at for line in read_log(entry) if line.step in PASSED)
    return make_waiter(read_wished(entry), passed=frozenset(to_minutes(at) for at in passed if at is not None))


def make_waiter(wished: WaitlistWish, *, passed: frozenset[int] = frozenset()) -> Waiter:
    """Return when somebody can come who waits for this; ``passed`` are starts that are not offered to them again."""
    return Waiter(
        from_on=wished.from_on,
        to_on=wished.to_on,
        weekdays=frozenset(wished.weekdays),
        from_minute=wished.from_minute,
        to_minute=wished.to_minute,
        shortest_notice_minutes=wished.shortest_notice_minutes,
        passed=passed,
    )


def read_log(entry: WaitlistEntry) -> tuple[LogLine, ...]:
    """Return what happened to an entry, in order; an erased one has nothing."""
    lines = (LogLine.read(each) for each in entry.log or ())
    return tuple(line for line in lines if line is not None)


def find_timezone(entry: WaitlistEntry) -> str:
    """Return the clock by which an entry's hours are meant: its place's, or where it may be any, that of its offer."""
    booking = entry.offered_booking
    place = entry.location or (booking.location if booking else None)
    return place.timezone if place else current_tenant().timezone


def _rows() -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.select_related("service", "location", "offered_booking__location")


def _view_all(entries: Sequence[WaitlistEntry]) -> tuple[WaitlistEntryView, ...]:
    names = _name_resources(resource_id for entry in entries for resource_id in entry.resource_ids)
    ahead = _count_ahead(entries)
    services = _load_further(entries)
    return tuple(_view(entry, names, services, ahead.get(entry.pk, 0)) for entry in entries)


def name_visit(entry: WaitlistEntry, services: Mapping[int, Service] | None = None) -> tuple[str, dict[str, str]]:
    """Return what an entry waits for, its services in order: in the business's language, and in others by language.

    ``services`` are those beside the first one, where they were read for many entries at once.
    """
    known = _load_further([entry]) if services is None else services
    every = [entry.service, *(known[each] for each in entry.service_ids[1:] if each in known)]
    others = [map_names(LocalText.read(each.texts)) for each in every]
    return JOIN.join(each.name for each in every), {
        language: JOIN.join(names.get(language, each.name) for names, each in zip(others, every, strict=True))
        for language in {language for names in others for language in names}
    }


def _load_further(entries: Iterable[WaitlistEntry]) -> dict[int, Service]:
    """Return the services beside the first ones; most entries have none, and then nothing is asked."""
    ids = {service_id for entry in entries for service_id in entry.service_ids[1:]}
    return Service.objects.in_bulk(ids) if ids else {}


def _name_resources(resource_ids: Iterable[int]) -> dict[int, str]:
    ids = set(resource_ids)
    return dict(Resource.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _count_ahead(entries: Sequence[WaitlistEntry]) -> dict[int, int]:
    """Count for each open entry how many earlier ones wait for the same service; one query."""
    services = {entry.service_id for entry in entries if entry.ended_at is None}
    if not services:
        return {}
    counted: dict[int, int] = {}
    ahead: dict[int, int] = {}
    waiting = WaitlistEntry.objects.filter(ended_at=None, service_id__in=services).order_by("pk")
    for entry_id, service_id in waiting.values_list("pk", "service_id"):
        ahead[entry_id] = counted.get(service_id, 0)
        counted[service_id] = ahead[entry_id] + 1
    return ahead


def _view(
    entry: WaitlistEntry, names: Mapping[int, str], services: Mapping[int, Service], ahead: int
) -> WaitlistEntryView:
    service_name, service_names = name_visit(entry, services)
    customer = (entry.details or {}).get("customer", {})
    return WaitlistEntryView(
        id=entry.pk,
        status=WaitlistStatus(entry.status),
        wished=read_wished(entry),
        service_id=entry.service_id,
        service_name=service_name,
        service_names=service_names,
        location_name=entry.location.name if entry.location else "",
        timezone=find_timezone(entry),
        resource_names=tuple(names[each] for each in entry.resource_ids if each in names),
        name=str(customer.get("name") or ""),
        phone=str(customer.get("phone") or ""),
        email=str(customer.get("email") or ""),
        locale=str(customer.get("locale") or ""),
        asset_label=str((entry.details or {}).get("asset_label") or ""),
        note=entry.note,
        created_at=entry.created_at,
        ended_at=entry.ended_at,
        ahead=ahead,
        offer=_view_offer(entry),
        booking_id=entry.offered_booking_id if entry.status == WaitlistStatus.BOOKED else None,
        log=read_log(entry),
        details=entry.details or {},
    )


def _view_offer(entry: WaitlistEntry) -> OfferView | None:
    booking, until = entry.offered_booking, entry.offer_expires_at
    if booking is None or until is None:
        return None
    return OfferView(booking.pk, booking.starts_at, booking.ends_at, until)


def is_offer_open(entry: WaitlistEntryView, *, now: datetime) -> bool:
    """Tell whether the offer of an entry can still be answered."""
    return entry.offer is not None and entry.offer.expires_at > now
