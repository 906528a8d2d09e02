"""Everything that the desk reads about one customer."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Count, F, Min, Q

from scheduling.enums import CALLED_OFF, BookingStatus, CustomerKind
from scheduling.models import Asset, Booking, Contact, Customer
from scheduling.selectors.bookings.views import HOLD_STATUSES, list_rows
from scheduling.selectors.customers.assets import view_asset
from scheduling.selectors.customers.consents import list_consents
from scheduling.selectors.customers.listing import COMING, VISITED
from scheduling.selectors.customers.merges import list_merges
from scheduling.selectors.customers.owners import list_former_assets
from scheduling.selectors.customers.records import get_customer
from scheduling.types import (
    BookingRow,
    CustomerProfile,
    RecordStep,
    RelatedCustomer,
    VisitCounts,
)

MOST_VISITS, MOST_ASSETS, MOST_RELATED, MOST_STEPS = 500, 100, 20, 50
KEPT = ("name", "kind", "tax_id", "locale", "booking_level", "level_reason", "notes", "tags")
"""Columns whose changes are told."""


def get_profile(*, customer_id: int, now: datetime) -> CustomerProfile:
    """Return a customer with visits, assets, consents and what was done to the record; thirteen queries.

    Raises:
        CustomerNotFound: There is none, or it was erased.
    """
    view = get_customer(customer_id=customer_id)
    theirs = Booking.objects.filter(customer_id=customer_id).exclude(status__in=HOLD_STATUSES)
    paid = Booking.objects.filter(payer_id=customer_id).exclude(customer_id=customer_id)
    payers = theirs.exclude(payer_id=customer_id).exclude(payer=None)
    # Those that are archived come last.
    assets = Asset.objects.filter(owner_id=customer_id).order_by(F("archived_at").desc(nulls_first=True), "-pk")
    return CustomerProfile(
        view=view,
        counts=count_visits(customer_id, now),
        booking_ids=tuple(theirs.order_by("-starts_at", "-pk").values_list("pk", flat=True)[:MOST_VISITS]),
        assets=tuple(view_asset(each) for each in assets[:MOST_ASSETS]),
        consents=list_consents(customer_id=customer_id, most=MOST_STEPS),
        shares=list_sharing(customer_id),
        pays_for=_list_related(paid.values("customer_id")),
        paid_by=_list_related(payers.values("payer_id")),
        steps=list_steps(customer_id),
        merges=list_merges(customer_id, now=now),
        former=list_former_assets(customer_id=customer_id),
    )


def find_last_visit(*, customer_id: int, now: datetime) -> BookingRow | None:
    """Return the visit that began last and was not called off, missed or only asked for; one query."""
    theirs = Booking.objects.filter(customer_id=customer_id, status__in=VISITED, starts_at__lt=now)
    return next(iter(list_rows(theirs.order_by("-starts_at", "-pk")[:1])), None)


def list_sharing(customer_id: int) -> tuple[RelatedCustomer, ...]:
    """Return who else has one of the contacts of a customer; two queries."""
    values = Contact.objects.filter(customer_id=customer_id).values("value")
    rows = Contact.objects.filter(value__in=values, customer__erased_at=None).exclude(customer_id=customer_id)
    found: dict[int, RelatedCustomer] = {}
    for contact in rows.select_related("customer").order_by("customer_id", "pk")[:MOST_RELATED]:
        known = found.get(contact.customer_id)
        shared = (*(known.contacts if known else ()), contact.value)
        found[contact.customer_id] = _relate(contact.customer, shared)
    return tuple(found.values())


def list_steps(customer_id: int) -> tuple[RecordStep, ...]:
    """Return what was done to a record, the newest first; one query."""
    rows = Customer.history.filter(id=customer_id).order_by("-history_date", "-history_id")
    kept = list(rows.values("history_date", "history_user_id", *KEPT)[: MOST_STEPS + 1])
    steps = [
        RecordStep(at=after["history_date"], user_id=after["history_user_id"], changes=_compare(before, after))
        for after, before in pairwise(kept)
    ]
    if 0 < len(kept) <= MOST_STEPS:
        steps.append(RecordStep(kept[-1]["history_date"], kept[-1]["history_user_id"], {}, is_first=True))
    return tuple(step for step in steps if step.changes or step.is_first)


def _compare(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[object, object]]:
    return {name: (before[name], after[name]) for name in KEPT if before[name] != after[name]}


def count_visits(customer_id: int, now: datetime) -> VisitCounts:
    """Count a customer's visits by how they went; one query."""
    came = Q(status__in=VISITED, starts_at__lt=now)
    found = Booking.objects.filter(customer_id=customer_id).aggregate(
        came=Count("pk", filter=came),
        missed=Count("pk", filter=Q(status=BookingStatus.NO_SHOW)),
        called_off=Count("pk", filter=Q(status__in=CALLED_OFF - {BookingStatus.EXPIRED})),
        coming=Count("pk", filter=Q(status__in=COMING, starts_at__gte=now)),
        since=Min("starts_at", filter=came),
    )
    return VisitCounts(**found)


def _list_related(ids: Any) -> tuple[RelatedCustomer, ...]:
    rows = Customer.objects.filter(pk__in=ids, erased_at=None).order_by("name_key", "pk")
    return tuple(_relate(row) for row in rows[:MOST_RELATED])


def _relate(row: Customer, contacts: tuple[str, ...] = ()) -> RelatedCustomer:
    return RelatedCustomer(row.pk, row.number, row.name, CustomerKind(row.kind), contacts)
