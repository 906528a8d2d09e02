"""Tables for people, in the export of a business: what its pages show, in words and on the clocks of its places."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from babel.numbers import get_currency_precision
from django.db.models import Count, Prefetch

from kernel.formats import to_local
from scheduling.enums import ContactKind
from scheduling.models import Allocation, Booking, Customer, Resource, Service
from tenants.hooks import Sheet

BATCH = 500
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
    taken = Allocation.objects.select_related("resource").order_by("part_index", "pk")
    rows = Booking.objects.select_related("location").prefetch_related("lines", Prefetch("allocations", taken))
    for row in rows.order_by("starts_at", "pk").iterator(chunk_size=BATCH):
        starts_at = to_local(row.starts_at, row.location.timezone)
        yield (
            row.reference,
            row.status,
            starts_at.date().isoformat(),
            starts_at.time().isoformat("minutes"),
            round((row.ends_at - row.starts_at).total_seconds() / 60),
            row.location.timezone,
            row.location.name,
            " + ".join(line.service_name for line in row.lines.all()),
            ", ".join(dict.fromkeys(each.resource.name for each in row.allocations.all())),
            row.customer_name,
            row.customer_phone,
            row.customer_email,
            row.asset_label,
            row.party_size,
            _amount(row.price_minor, row.currency),
            _amount(row.deposit_minor, row.currency),
            row.currency,
            row.note,
            row.created_at.isoformat(),
            row.cancelled_reason,
        )


def _read_customers() -> Iterator[tuple[object, ...]]:
    rows = Customer.objects.prefetch_related("contacts").annotate(visits=Count("bookings")).order_by("number")
    for row in rows.iterator(chunk_size=BATCH):
        contacts = list(row.contacts.all())
        yield (
            row.number,
            row.name,
            ", ".join(each.value for each in contacts if each.kind == ContactKind.PHONE),
            ", ".join(each.value for each in contacts if each.kind == ContactKind.EMAIL),
            row.locale,
            ", ".join(map(str, row.tags)),
            row.notes,
            row.created_at.isoformat(),
            row.visits,
        )


def _amount(amount_minor: int | None, currency: str) -> Decimal | None:
    """Return an amount in the currency's usual unit."""
    return None if amount_minor is None else Decimal(amount_minor).scaleb(-get_currency_precision(currency))
