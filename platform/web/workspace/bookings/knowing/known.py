"""A customer whom a new booking is for, and what of it the record knows already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from kernel.identity.phones import format_phone
from kernel.ids import read_row_id
from scheduling.enums import BookingLevel
from scheduling.errors import CustomerNotFound
from scheduling.selectors.customers.assets import find_last_asset, list_assets
from scheduling.selectors.customers.due import list_next
from scheduling.selectors.customers.profile import find_last_visit
from scheduling.selectors.customers.records import get_customer
from scheduling.types import AssetView, BookingRow, DueItem
from tenants.context import current_tenant
from web.parts.assets import PREFIX, name_meter

MOST_ASSETS = 6
"""More vehicles than this are found by their plate."""
PHONE_DIGITS = 5
"""So many digits make a phone number of what was typed, and no name."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who it is.

    Attributes:
        last: Their last visit.
        assets: What they have; ``asset_id`` is what they come with this time.
        due: What is due of that next, its meter in ``unit``.
        mark: Which customer and which asset the fields were filled from.
    """

    id: int
    number: int
    name: str
    phone: str
    notes: str
    level: BookingLevel
    last: BookingRow | None
    assets: tuple[AssetView, ...]
    asset_id: int | None
    due: DueItem | None = None
    unit: str = ""

    @property
    def mark(self) -> str:
        """Return what says whether the form shows them already."""
        return f"{self.id}/{self.asset_id or ''}"


def fill_in(values: QueryDict, now: datetime) -> tuple[QueryDict, Known | None]:
    """Return the values with those of the customer whom they name, and of what they had last.

    Another customer, or another of their things, replaces what the record filled in before; what an address says
    beside the customer stays.
    """
    customer_id = read_row_id(values.get("customer"))
    if customer_id is None:
        return _take_over(values), None
    try:
        customer = get_customer(customer_id=customer_id)
    except CustomerNotFound:
        return values, None
    setup = customer.setup
    asset = find_last_asset(customer_id=customer_id, asset_id=read_row_id(values.get("asset")))
    if asset is None:
        asset = find_last_asset(customer_id=customer_id)
    contacts = {each.kind.value: each.value for each in reversed(setup.contacts)}
    known = Known(
        id=customer_id,
        number=customer.number,
        name=setup.name,
        phone=contacts.get("phone", ""),
        notes=setup.notes,
        level=setup.booking_level,
        last=find_last_visit(customer_id=customer_id, now=now),
        assets=list_assets(customer_id=customer_id, is_archived=False, limit=MOST_ASSETS).rows,
        asset_id=asset.id if asset else None,
        due=list_next([asset.id], now=now).get(asset.id) if asset else None,
        unit=name_meter()[1],
    )
    given = {"name": setup.name, "locale": setup.locale, "phone": "", "email": "", **contacts}
    given["phone"] = format_phone(given["phone"], current_tenant().country)
    given |= {f"{PREFIX}{key}": text for key, text in (asset.fields if asset else {}).items()}
    if known.last is not None:
        given["service"] = str(known.last.service_id)
    return _put(values, given, known), known


def _put(values: QueryDict, given: dict[str, str], known: Known) -> QueryDict:
    filled = values.copy()
    is_form = "known" in values or "who" in values
    is_other = is_form and values.get("known", "") != known.mark
    for key, text in given.items():
        if key == "service":
            if not filled.get(key):
                filled[key] = text
        elif is_other:
            filled[key] = text
        else:
            filled.setdefault(key, text)
    return filled


def _take_over(values: QueryDict) -> QueryDict:
    """Return the values of somebody new: without those of who was shown, with the phone or name that was looked for."""
    if values.get("known"):
        values = values.copy()
        for key in [each for each in values if each in {"name", "phone", "email"} or each.startswith(PREFIX)]:
            del values[key]
    said = values.get("who", "").strip()
    if values.get("do") != "stranger" or not said:
        return values
    key = "phone" if sum(each.isdigit() for each in said) >= PHONE_DIGITS else "name"
    filled = values.copy()
    if not filled.get(key):
        filled[key] = said
    return filled
