"""Tables for people, in the export of a business: what its pages show, in words and on the clocks of its places."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from kernel.formats import to_local
from scheduling.enums import ContactKind
from scheduling.models import Allocation, Booking, BookingLine, Contact, Customer, Resource, Service
from tenants.hooks import Sheet

BATCH = 2000
BOOKINGS = (
    "reference", "status", "date", "time", "minutes", "time_zone", "place", "services", "with", "customer", "phone",
    "email", "about", "people", "price", "deposit", "currency", "note", "booked_at", "cancelled_because",
)  # fmt: skip
CUSTOMERS = ("number", "name", "phones", "emails", "language", "tags", "notes", "since", "bookings")
SERVICES = ("category", "name", "minutes", "price", "price_kind", "is_online", "is_active", "description")
TEAM = ("kind", "name", "place", "capacity", "skills", "email", "phone", "is_active")


def list_bookings() -> Sheet:
    """Return every visit, in the order of time; tests are none."""
    return Sheet(BOOKINGS, _read_bookings())


def list_customers() -> Sheet:
    """Return every customer by number."""
    return Sheet(CUSTOMERS, _read_customers())


def list_services(currency: str) -> Sheet:
    """Return what is sold, archived ones too."""
    rows = Service.objects.order_by("category", "position", "pk")
    return Sheet(
        SERVICES,
        (
            (row.category, row.name, row.duration_minutes, _amount(row.price_minor, currency), row.price_kind,
             row.is_online, row.is_active, row.description)
            for row in rows
        ),
    )  # fmt: skip


def list_team() -> Sheet:
    """Return who and what is booked, archived ones too."""
    rows = Resource.objects.select_related("resource_type", "location").order_by("resource_type_id", "position", "pk")
    return Sheet(
        TEAM,
        (
            (row.resource_type.name, row.name, row.location.name, row.capacity, ", ".join(row.skills), row.email,
             row.phone, row.is_active)
            for row in rows
        ),
    )  # fmt: skip


def _read_bookings() -> Iterator[tuple[object, ...]]:
    """Return what the sheet says of each visit. Plain columns: rows of models would take half of an export's time."""
    lines = BookingLine.objects.filter(booking=OuterRef("pk")).order_by("position").values("service_name")
    taken = Allocation.objects.filter(booking=OuterRef("pk")).order_by("part_index", "pk").values("resource__name")
    rows = Booking.objects.order_by("starts_at", "pk").values_list(
        "reference", "status", "starts_at", "ends_at", "location__timezone", "location__name", ArraySubquery(lines),
        ArraySubquery(taken), "customer_name", "customer_phone", "customer_email", "asset_label", "party_size",
        "price_minor", "deposit_minor", "currency", "note", "created_at", "cancelled_reason",
    )  # fmt: skip
    for (
        reference, status, begin, end, zone, place, services, people, name, phone, email, about, size,
        price, deposit, currency, note, booked_at, why,
    ) in rows.iterator(chunk_size=BATCH):  # fmt: skip
        starts_at = to_local(begin, zone)
        yield (
            reference,
            status,
            starts_at.date(),
            starts_at.time(),
            round((end - begin).total_seconds() / 60),
            zone,
            place,
            " + ".join(services),
            ", ".join(dict.fromkeys(people)),
            name,
            phone,
            email,
            about,
            size,
            _amount(price, currency),
            _amount(deposit, currency),
            currency,
            note,
            booked_at,
            why,
        )


def _read_customers() -> Iterator[tuple[object, ...]]:
    contacts = Contact.objects.filter(customer=OuterRef("pk")).order_by("pk").values("value")
    visits = Booking.objects.filter(customer=OuterRef("pk")).order_by().values("customer")
    rows = Customer.objects.order_by("number").values_list(
        "number",
        "name",
        ArraySubquery(contacts.filter(kind=ContactKind.PHONE)),
        ArraySubquery(contacts.filter(kind=ContactKind.EMAIL)),
        "locale",
        "tags",
        "notes",
        "created_at",
        Coalesce(Subquery(visits.annotate(count=Count("pk")).values("count")), 0),
    )
    for number, name, phones, emails, locale, tags, notes, since, count in rows.iterator(chunk_size=BATCH):
        texts = (", ".join(phones), ", ".join(emails), locale, ", ".join(map(str, tags)), notes)
        yield (number, name, *texts, since, count)


def _amount(amount_minor: int | None, currency: str) -> Decimal | None:
    """Return an amount in the currency's usual unit."""
    return None if amount_minor is None else Decimal(amount_minor).scaleb(-_find_precision(currency))


@cache
def _find_precision(currency: str) -> int:
    return get_currency_precision(currency)
