"""What vehicles, pets and patients come for next: what staff wrote, and what the trade does again and again.

Nothing of it is stored: the meter's readings, the visits and what was written say it whenever somebody asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, QuerySet

from kernel.page import limit_rows
from scheduling.enums import ContactKind
from scheduling.models import Asset, AssetDue, AssetReading, Booking, BookingLine, Contact, Service
from scheduling.selectors.customers.assets import REAL, find_meter, view_asset
from scheduling.selectors.customers.listing import COMING, VISITED
from scheduling.selectors.customers.reckoning import Growth, Reading, add_months, find_due_day, find_growth
from scheduling.types import AssetUpkeep, DueAsset, DueFilter, DueItem, DueList
from tenants.context import current_tenant
from verticals.contract import KitService
from verticals.registry import get_vertical

READ_BACK = timedelta(days=3 * 365)
SOON_DAYS = {DueFilter.OVER: 0, DueFilter.MONTH: 30, DueFilter.QUARTER: 90}
NEAR_SHARE = 20
"""Where nobody knows how fast a meter grows, a twentieth of what is to go counts as soon."""
AT_ONCE = 500
OVER, NEAR, LATER = range(3)


@dataclass(frozen=True, slots=True)
class _Again:
    """What the trade does again: after so much on the meter, after so many months; None: not by that."""

    name: str
    meter: int | None
    months: int | None


def get_upkeep(*, asset_id: int, now: datetime) -> AssetUpkeep:
    """Return what is due of one, the next first, and what its meter shows; four queries at most."""
    return _reckon([asset_id], now=now).get(asset_id, AssetUpkeep())


def list_next(asset_ids: Collection[int], *, now: datetime) -> dict[int, DueItem]:
    """Return what is due next of each of these, where anything is; four queries at most."""
    return {key: each.items[0] for key, each in _reckon(asset_ids, now=now).items() if each.items}


def list_due(*, due: str = "", is_archived: bool = False, place: int = 0, limit: int = 50, now: datetime) -> DueList:
    """List what visits are about: what is over, what is nearly there, then by day; from the row ``place`` on.

    ``due`` is a value of `DueFilter`, empty: whatever is due or not. Eight queries, however many there are.
    """
    rows = _find(due, is_archived=is_archived, now=now)
    size = limit_rows(limit)
    shown = rows[place : place + size]
    left = place + size if len(rows) > place + size else None
    return DueList(rows=tuple(_load(shown, now=now)), count=len(rows), next_place=left)


def iterate_due(*, due: str = "", is_archived: bool = False, now: datetime) -> Iterator[DueAsset]:
    """Yield all that `list_due` shows page by page; use them up in the business's own context."""
    rows = _find(due, is_archived=is_archived, now=now)
    for start in range(0, len(rows), AT_ONCE):
        yield from _load(rows[start : start + AT_ONCE], now=now)


def _find(due: str, *, is_archived: bool, now: datetime) -> list[tuple[int, AssetUpkeep]]:
    today = _today(now)
    found = _reckon(None, now=now)
    rows = Asset.objects.filter(**REAL, archived_at__isnull=not is_archived).order_by("label_key", "pk")
    kept = [(row_id, found.get(row_id, AssetUpkeep())) for row_id in rows.values_list("pk", flat=True)]
    if due:
        until = today + timedelta(days=SOON_DAYS[DueFilter(due)])
        kept = [
            (row_id, each)
            for row_id, each in kept
            if any(_is_within(item, until, DueFilter(due)) for item in each.items)
        ]
    return sorted(kept, key=lambda pair: _rank(pair[1]))


def _is_within(item: DueItem, until: date, due: DueFilter) -> bool:
    if item.is_near and not item.has_pace and due is not DueFilter.OVER:
        return True
    return item.due_on is not None and item.due_on <= until


def _rank(each: AssetUpkeep) -> tuple[int, date]:
    return min(map(_rank_item, each.items), default=(LATER, date.max))


def _rank_item(item: DueItem) -> tuple[int, date]:
    """Return where an item stands: first what is due by day, and what is nearly there however fast a meter grows."""
    if item.due_on is not None and item.is_over:
        return OVER, item.due_on
    if item.is_near and not item.has_pace:
        return NEAR, item.due_on or date.max
    return LATER, item.due_on or date.max


def _reckon(asset_ids: Collection[int] | None, *, now: datetime) -> dict[int, AssetUpkeep]:
    """Return what is due of these, or of all that anything is due of."""
    today = _today(now)
    growths = _read_growths(asset_ids, now=now)
    items: dict[int, list[DueItem]] = defaultdict(list)
    for row in _among(AssetDue.objects.filter(done_at=None), "asset_id", asset_ids).order_by("pk"):
        growth = growths.get(row.asset_id, (None, ()))[0]
        items[row.asset_id].append(_make_item(growth, today, row.what, row.at_meter, row.on, written=row))
    for asset_id, again, visited_on in _list_done(asset_ids, now=now):
        growth, readings = growths.get(asset_id, (None, ()))
        before = _read_at(readings, visited_on)
        meter = before + again.meter if again.meter is not None and before is not None else None
        on = add_months(visited_on, again.months) if again.months else None
        if meter is not None or on is not None:
            items[asset_id].append(_make_item(growth, today, again.name, meter, on))
    return {
        asset_id: AssetUpkeep(
            items=tuple(sorted(items[asset_id], key=_rank_item)),
            last_value=growths[asset_id][0].last.value if asset_id in growths else None,
            last_on=growths[asset_id][0].last.on if asset_id in growths else None,
            estimate=growths[asset_id][0].estimate(today) if asset_id in growths else None,
        )
        for asset_id in {*items, *growths}
    }


def _make_item(
    growth: Growth | None,
    today: date,
    what: str,
    at_meter: int | None,
    on: date | None,
    written: AssetDue | None = None,
) -> DueItem:
    due_on = find_due_day(growth, at_meter=at_meter, on=on)
    left = at_meter - growth.estimate(today) if growth is not None and at_meter is not None else None
    return DueItem(
        id=written.pk if written else None,
        what=what,
        at_meter=at_meter,
        on=on,
        due_on=due_on,
        left=left,
        is_over=(due_on is not None and due_on <= today) or (left is not None and left <= 0),
        is_near=left is not None and at_meter is not None and left * NEAR_SHARE <= at_meter,
        has_pace=growth is not None and growth.per_day is not None,
    )


def _read_growths(asset_ids: Collection[int] | None, *, now: datetime) -> dict[int, tuple[Growth, tuple[Reading, ...]]]:
    meter = find_meter()
    if meter is None:
        return {}
    zone = ZoneInfo(current_tenant().timezone)
    rows = _among(AssetReading.objects.filter(read_at__gte=now - READ_BACK, unit=meter.unit), "asset_id", asset_ids)
    found: dict[int, list[Reading]] = defaultdict(list)
    for asset_id, read_at, value in rows.order_by("asset_id", "read_at", "pk").values_list(
        "asset_id", "read_at", "value"
    ):
        found[asset_id].append(Reading(read_at.astimezone(zone).date(), value))
    growths = {asset_id: find_growth(readings) for asset_id, readings in found.items()}
    return {asset_id: (growth, tuple(found[asset_id])) for asset_id, growth in growths.items() if growth is not None}


def _read_at(readings: Sequence[Reading], on: date) -> int | None:
    """Return what the meter showed at a visit: the last reading up to it, else the first one after it."""
    before = [each.value for each in readings if each.on <= on]
    return before[-1] if before else next((each.value for each in readings), None)


def _list_done(asset_ids: Collection[int] | None, *, now: datetime) -> Iterator[tuple[int, _Again, date]]:
    """Yield what was done last of each thing that is done again, and on which day."""
    services = _list_again()
    if not services:
        return
    zone = ZoneInfo(current_tenant().timezone)
    rows = BookingLine.objects.filter(
        service_id__in=services,
        booking__is_test=False,
        booking__asset__isnull=False,
        booking__status__in=VISITED,
        booking__starts_at__lt=now,
    )
    done = _among(rows, "booking__asset_id", asset_ids).values_list("booking__asset_id", "service_id")
    for asset_id, service_id, last_at in done.annotate(at=Max("booking__starts_at")).order_by():
        yield asset_id, services[service_id], last_at.astimezone(zone).date()


def _list_again() -> Mapping[int, _Again]:
    """Return the business's services that its trade does again, as the starter kit named them."""
    meter, vertical = find_meter(), get_vertical(current_tenant().vertical)
    wanted: dict[str, KitService] = {}
    for each in vertical.starter_kit.services:
        if each.every or each.every_months:
            wanted |= dict.fromkeys((name.casefold() for name in each.name.values()), each)
    if not wanted:
        return {}
    found = {}
    for service_id, name in Service.objects.values_list("pk", "name"):
        kit = wanted.get(name.casefold())
        if kit is not None:
            found[service_id] = _Again(name, kit.every.get(meter.unit) if meter else None, kit.every_months)
    return found


def _load(rows: Sequence[tuple[int, AssetUpkeep]], *, now: datetime) -> Iterator[DueAsset]:
    ids = [row_id for row_id, _ in rows]
    assets = {row.pk: row for row in Asset.objects.filter(pk__in=ids).select_related("owner")}
    owners = {row.owner_id for row in assets.values()}
    contacts: dict[tuple[int, str], str] = {}
    for customer_id, kind, value in (
        Contact.objects.filter(customer_id__in=owners).order_by("-pk").values_list("customer_id", "kind", "value")
    ):
        contacts[customer_id, kind] = value
    coming = Booking.objects.filter(asset_id__in=ids, status__in=COMING, starts_at__gte=now).values_list("asset_id")
    visits = dict(coming.annotate(at=Min("starts_at")).order_by())
    for row_id, upkeep in rows:
        if row_id in assets:
            row = assets[row_id]
            yield DueAsset(
                asset=view_asset(row),
                owner_number=row.owner.number,
                owner_name=row.owner.name,
                phone=contacts.get((row.owner_id, ContactKind.PHONE), ""),
                email=contacts.get((row.owner_id, ContactKind.EMAIL), ""),
                upkeep=upkeep,
                next_visit_at=visits.get(row_id),
            )


def _among(rows: QuerySet, column: str, ids: Collection[int] | None) -> QuerySet:  # type: ignore[type-arg]
    return rows if ids is None else rows.filter(**{f"{column}__in": ids})


def _today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(current_tenant().timezone)).date()
