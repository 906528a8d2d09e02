"""Customers as staff and programs read them; those that were erased are not there."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kernel.emails import clean_email
from kernel.identity.customer_numbers import read_customer_number
from kernel.identity.keys import make_key
from kernel.identity.phones import clean_phone
from kernel.page import Page, cut_page, limit_rows, read_cursor
from scheduling.enums import BookingLevel, ContactKind, CustomerKind
from scheduling.errors import CustomerNotFound
from scheduling.models import Customer
from scheduling.types import ContactSetup, CustomerFilters, CustomerSetup, CustomerView
from tenants.context import current_tenant


def get_customer(*, customer_id: int) -> CustomerView:
    """Return a customer; two queries.

    Raises:
        CustomerNotFound: There is none, or it was erased.
    """
    customer = _list_rows().filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    return view_customer(customer)


def list_customers(filters: CustomerFilters) -> Page[CustomerView]:
    """List customers in the order in which they were made; two queries.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    limit = limit_rows(filters.limit)
    rows = _list_rows().filter(_make_condition(filters))
    if filters.cursor:
        (last_id,) = read_cursor(filters.cursor, int)
        rows = rows.filter(pk__gt=last_id)
    return cut_page(list(rows.order_by("pk")[: limit + 1]), limit=limit, view=view_customer, key=lambda row: (row.pk,))


def view_customer(customer: Customer) -> CustomerView:
    """Freeze a customer; one that was not loaded here costs two queries."""
    contacts = sorted(customer.contacts.all(), key=lambda each: each.pk)
    setup = CustomerSetup(
        name=customer.name,
        kind=CustomerKind(customer.kind),
        tax_id=customer.tax_id,
        contacts=tuple(ContactSetup(ContactKind(each.kind), each.value) for each in contacts),
        locale=customer.locale,
        booking_level=BookingLevel(customer.booking_level),
        level_reason=customer.level_reason,
        notes=customer.notes,
        tags=tuple(customer.tags),
    )
    verified = {ContactSetup(ContactKind(each.kind), each.value): each.verified_at for each in contacts}
    return CustomerView(
        id=customer.pk,
        number=customer.number,
        setup=setup,
        verified={contact: at for contact, at in verified.items() if at is not None},
        is_sample=customer.is_sample,
        created_at=customer.created_at,
        updated_at=getattr(customer, "updated_at", customer.created_at),
        mark=mark_customer(setup),
    )


def mark_customer(setup: CustomerSetup) -> str:
    """Return a mark of what a customer's record says: another one as soon as somebody has changed it."""
    values = [[str(each.kind), each.value] for each in setup.contacts]
    said = [setup.name, setup.kind, setup.tax_id, values, setup.locale, setup.booking_level, setup.level_reason]
    return sha256(json.dumps([*said, setup.notes, list(setup.tags)]).encode()).hexdigest()[:16]


def _list_rows() -> QuerySet[Customer]:
    changed = Customer.history.filter(id=OuterRef("pk")).order_by("-history_date").values("history_date")[:1]
    last = Coalesce(Subquery(changed), "created_at", output_field=DateTimeField())
    return Customer.objects.filter(erased_at=None).annotate(updated_at=last).prefetch_related("contacts")


def _make_condition(filters: CustomerFilters) -> Q:
    asked = Q()
    if filters.text:
        number = read_customer_number(filters.text)
        asked &= Q(number=number) if number is not None else Q(name_key__contains=make_key(filters.text))
    if filters.phone:
        phone = clean_phone(filters.phone, country=current_tenant().country) or ""
        asked &= Q(contacts__kind=ContactKind.PHONE, contacts__value=phone)
    if filters.email:
        # One contact after the other: somebody has both.
        email = Customer.objects.filter(
            contacts__kind=ContactKind.EMAIL, contacts__value=clean_email(filters.email) or ""
        )
        asked &= Q(pk__in=email.values("pk"))
    if filters.level:
        asked &= Q(booking_level=filters.level)
    return asked & _make_times(filters.created_since, filters.updated_since)


def _make_times(created_since: datetime | None, updated_since: datetime | None) -> Q:
    asked = Q()
    if created_since is not None:
        asked &= Q(created_at__gte=created_since)
    if updated_since is not None:
        # Not by the last change of each: of all customers that takes half a second, and programs ask every minute.
        changed = Customer.history.filter(history_date__gte=updated_since).values("id")
        asked &= Q(created_at__gte=updated_since) | Q(pk__in=changed)
    return asked
