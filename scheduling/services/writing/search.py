"""Keeping the search in step with bookings and customers, in the statement or the transaction that writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from database.connection import write_array
from database.statements import Statement
from kernel.identity.search import Findable, list_keys
from scheduling.enums import ContactKind
from scheduling.models import Booking, Customer, CustomerSearch
from tenants.context import current_tenant
from verticals.registry import get_vertical

KEEP_SQL = """
INSERT INTO scheduling_bookingsearch AS known (booking_id, starts_at, keys)
SELECT booking.id, booking.starts_at, %(search_keys)s::int4[] FROM booking
ON CONFLICT (booking_id) DO UPDATE SET starts_at = EXCLUDED.starts_at, keys = EXCLUDED.keys
WHERE (known.starts_at, known.keys) IS DISTINCT FROM (EXCLUDED.starts_at, EXCLUDED.keys)
"""

JOIN_SQL = """
INSERT INTO scheduling_customersearch AS known (customer_id, keys)
SELECT {customer_id}, %(customer_search_keys)s::int4[] FROM {source}
ON CONFLICT (customer_id) DO UPDATE SET keys = ARRAY(SELECT DISTINCT unnest(known.keys || EXCLUDED.keys) ORDER BY 1)
"""


def add_search_part(statement: Statement, booking: Booking) -> None:
    """Let a statement with a part ``booking`` write what the booking is found by from now on.

    A hold has no words yet: nobody looks for it.
    """
    findable = describe_booking(booking)
    if findable.texts or findable.email or findable.phone:
        statement.add("search", KEEP_SQL, {"keys": write_array(list_keys(findable))})


def describe_booking(booking: Booking) -> Findable:
    """Return what a booking is found by."""
    return Findable(
        texts=tuple(filter(None, (booking.customer_name, booking.asset_label))),
        marks=_list_marks(booking.asset_data),
        email=booking.customer_email,
        phone=booking.customer_phone,
        reference=booking.reference,
    )


def add_customer_search_part(
    statement: Statement, *, name: str, phone: str, email: str, label: str, fields: Mapping[str, str], is_new: bool
) -> None:
    """Let a statement that makes a customer, or an ``asset`` of one, add that to what the customer is found by."""
    texts = tuple(filter(None, (name, label)))
    found = Findable(texts=texts, marks=_list_marks(fields), email=email, phone=phone)
    customer_id, source = ("customer.id", "customer") if is_new else ("asset.owner_id", "asset")
    sql = JOIN_SQL.format(customer_id=customer_id, source=source)
    statement.add("customer_search", sql, {"keys": write_array(list_keys(found))})


def keep_customer_search(customer_ids: Collection[int]) -> None:
    """Write what these customers are found by from now on, in the caller's transaction; who was erased: by nothing."""
    rows = Customer.objects.filter(pk__in=customer_ids, erased_at=None).prefetch_related("contacts", "assets")
    CustomerSearch.objects.bulk_create(
        [CustomerSearch(customer=each, keys=list_customer_keys(each)) for each in rows],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["keys"],
    )


def list_customer_keys(customer: Customer) -> list[int]:
    """Return what a customer is found by: all contacts, and whatever the visits are about."""
    assets = list(customer.assets.all())
    contacts = [(each.kind, each.value) for each in customer.contacts.all()]
    keys = set(
        list_keys(
            Findable(
                texts=tuple(filter(None, (customer.name, *(each.label for each in assets)))),
                marks=tuple(mark for each in assets for mark in _list_marks(each.data)),
            )
        )
    )
    for kind, value in contacts:
        is_phone = kind == ContactKind.PHONE
        keys.update(list_keys(Findable(phone=value) if is_phone else Findable(email=value)))
    return sorted(keys)


def _list_marks(fields: Mapping[str, object]) -> tuple[str, ...]:
    asset = get_vertical(current_tenant().vertical).asset
    asked = asset.fields if asset else ()
    return tuple(filter(None, (str(fields.get(each.key, "")) for each in asked if each.is_identifier)))
