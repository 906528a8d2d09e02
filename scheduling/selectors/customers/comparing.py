"""Two records side by side, before they become one."""

from __future__ import annotations

from datetime import datetime

from scheduling.errors import CustomerNotFound
from scheduling.errors.customers import CustomersAlike
from scheduling.models import Asset, Booking, Customer
from scheduling.selectors.customers.assets import view_asset
from scheduling.selectors.customers.listing import COMING
from scheduling.selectors.customers.merges import make_likeness, mark_pair, suggest_taken
from scheduling.selectors.customers.profile import MOST_ASSETS, count_visits
from scheduling.selectors.customers.records import view_customer
from scheduling.types import MergePreview, MergeSide


def compare_customers(*, kept_id: int, gone_id: int, now: datetime) -> MergePreview:
    """Return two records and what they are together; nine queries.

    Raises:
        CustomersAlike: It is one record.
        CustomerNotFound: One is not there, was erased, or merged already.
    """
    if kept_id == gone_id:
        raise CustomersAlike
    found = Customer.objects.filter(pk__in=(kept_id, gone_id), erased_at=None).prefetch_related("contacts")
    rows = {row.pk: row for row in found}
    if kept_id not in rows or gone_id not in rows:
        raise CustomerNotFound
    kept, gone = rows[kept_id], rows[gone_id]
    assets = {
        row.pk: list(Asset.objects.filter(owner=row).order_by("-pk").prefetch_related("marks")[:MOST_ASSETS])
        for row in (kept, gone)
    }
    values, marks = (
        [{each.value for each in row.contacts.all()} for row in (kept, gone)],
        [{mark.mark for asset in assets[row.pk] for mark in asset.marks.all()} for row in (kept, gone)],
    )
    both = set.intersection(*marks)
    return MergePreview(
        kept=_view_side(kept, assets[kept_id], now=now),
        gone=_view_side(gone, assets[gone_id], now=now),
        likeness=make_likeness(kept, gone, contacts=set.intersection(*values), marks=both),
        suggested=suggest_taken(kept, gone),
        same_assets=frozenset(
            asset.pk for asset in assets[gone_id] if both.intersection(mark.mark for mark in asset.marks.all())
        ),
        mark=mark_pair(kept, gone),
    )


def _view_side(row: Customer, assets: list[Asset], *, now: datetime) -> MergeSide:
    coming = Booking.objects.filter(customer=row, status__in=COMING, starts_at__gte=now)
    return MergeSide(
        view=view_customer(row),
        counts=count_visits(row.pk, now),
        next_at=coming.order_by("starts_at").values_list("starts_at", flat=True).first(),
        assets=tuple(view_asset(each) for each in assets),
    )
