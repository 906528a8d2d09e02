"""Customers as the desk looks for them: by whatever is typed, narrowed and in order, with their visits.

Every order is one index from which only the shown rows are read; what is typed is found by keys
(docs/decisions/0015). Counts end at `MOST_COUNTED`, so that no list costs more the more customers there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from database.connection import connection, write_array
from kernel.errors import Invalid
from kernel.identity.customer_numbers import read_customer_number
from kernel.identity.search import AskedWord, read_query
from kernel.page import CURSOR_UNKNOWN, MAX_LIMIT, Value, cut_page, limit_rows, read_cursor
from scheduling.enums import BookingLevel, BookingStatus, ContactKind, CustomerKind, CustomerSort, VisitFilter
from scheduling.models import Asset, Booking, Contact, Customer, CustomerSearch
from scheduling.types import CustomerList, CustomerRow, CustomersAsked
from tenants.context import current_tenant

MOST_COUNTED = 1000
RECENT, AWAY = timedelta(days=30), timedelta(days=182)
TAGGED_READ = 500
"""So many of the tagged customers that are newest say which tags are offered."""
VISITED = (BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED)
"""A visit in one of these took place if it lies behind, and is to come if not."""
COMING = (*VISITED, BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_APPROVAL)
EXACT, SIMILAR = 0, 1
SIMILAR_SQL = "SELECT k.customer_id FROM scheduling_customersearch k WHERE {words} LIMIT 1000"
EVERYONE = 10_000_000
"""More customers than a business has."""

Place = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A customer of the page, and what names its place in the list."""

    customer_id: int
    place: Place


def list_for_desk(asked: CustomersAsked, *, now: datetime) -> CustomerList:
    """Return a page of customers with their visits; three queries, or four when nothing is spelled as it was typed.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    limit = limit_rows(asked.limit)
    mode, place = _read_place(asked)
    rows = _narrow(asked, is_similar=mode == SIMILAR, now=now)
    hits = _find(rows, asked, place, now=now)
    if not hits and asked.search and not asked.cursor:
        mode, rows = SIMILAR, _narrow(asked, is_similar=True, now=now)
        hits = _find(rows, asked, (), now=now)
    page = cut_page(hits, limit=limit, view=lambda hit: hit.customer_id, key=lambda hit: (mode, *hit.place))
    found = _load_rows(page.rows, now=now, is_similar=mode == SIMILAR)
    if asked.sort == CustomerSort.VISIT:
        rows = rows.filter(Exists(_list_visited(now)))
    return CustomerList(
        rows=tuple(found[row_id] for row_id in page.rows if row_id in found),
        next_cursor=page.next_cursor,
        count=rows[: MOST_COUNTED + 1].count(),
    )


def iterate_for_desk(asked: CustomersAsked, *, now: datetime) -> Iterator[CustomerRow]:
    """Yield all customers that `list_for_desk` shows page by page; use them up in the business's own context.

    Two queries for each `MAX_LIMIT` of them.
    """
    whole = replace(asked, limit=MAX_LIMIT, cursor="")
    is_similar, rows = False, _narrow(whole, is_similar=False, now=now)
    hits = _find(rows, whole, (), now=now)
    if not hits and asked.search:
        is_similar, rows = True, _narrow(whole, is_similar=True, now=now)
        hits = _find(rows, whole, (), now=now)
    while hits:
        part = hits[:MAX_LIMIT]
        found = _load_rows([hit.customer_id for hit in part], now=now, is_similar=is_similar)
        yield from (found[hit.customer_id] for hit in part if hit.customer_id in found)
        hits = _find(rows, whole, part[-1].place, now=now) if len(hits) > MAX_LIMIT else []


def has_customers() -> bool:
    """Tell whether the business has any; one query."""
    return Customer.objects.filter(erased_at=None).exists()


def list_tags() -> tuple[str, ...]:
    """Return the tags that customers have, as far as the newest tagged ones say; one query."""
    tagged = Customer.objects.filter(erased_at=None).exclude(tags=[]).order_by("-pk")
    found = tagged.values_list("tags", flat=True)[:TAGGED_READ]
    return tuple(sorted({str(tag) for tags in found for tag in tags}, key=str.casefold))


def _read_place(asked: CustomersAsked) -> tuple[int, Place]:
    if not asked.cursor:
        return EXACT, ()
    kinds: tuple[type[Value], ...] = (str, int)
    if asked.sort == CustomerSort.NEWEST:
        kinds = (int,)
    elif asked.sort == CustomerSort.VISIT:
        kinds = (datetime, int)
    mode, *place = read_cursor(asked.cursor, int, *kinds)
    if mode not in {EXACT, SIMILAR}:
        raise Invalid(errors={"cursor": (CURSOR_UNKNOWN,)})
    return int(str(mode)), tuple(place)


def _narrow(asked: CustomersAsked, *, is_similar: bool, now: datetime) -> QuerySet[Customer]:
    rows = Customer.objects.filter(erased_at=None)
    if asked.search:
        number = read_customer_number(asked.search)
        words = () if number is not None else read_query(asked.search, country=current_tenant().country)
        if number is not None:
            rows = rows.filter(number=number)
        elif not words:
            rows = rows.none()
        elif is_similar:
            rows = rows.filter(pk__in=_match_similar(words))
        else:
            rows = rows.filter(pk__in=_match(words))
    if asked.level:
        rows = rows.filter(booking_level=asked.level).exclude(booking_level=BookingLevel.NORMAL)
    if asked.tag:
        rows = rows.filter(tags__contains=[asked.tag]).exclude(tags=[])
    return rows.filter(_make_visit_condition(asked.visits, now))


def _match(words: Sequence[AskedWord]) -> QuerySet[CustomerSearch, int]:
    """Return who has every word; the limit lets PostgreSQL ask the keys first, and not go through all names."""
    rows = CustomerSearch.objects.all()
    for word in words:
        rows = rows.filter(keys__overlap=list(word.exact))
    return rows.order_by().values_list("pk", flat=True)[:EVERYONE]


def _match_similar(words: Sequence[AskedWord]) -> list[int]:
    """Return who has every word with a letter wrong; by the plan of any such search, as the keys of one are too many.

    PostgreSQL takes the hundred keys of a word for a large part of the table, and would read all of it.
    """
    keys = {f"word{number}": write_array(word.similar) for number, word in enumerate(words)}
    found = connection.fetch_planned(
        SIMILAR_SQL.format(words=" AND ".join(f"k.keys && %({name})s::int4[]" for name in keys)), keys
    )
    return [row_id for (row_id,) in found]


def _make_visit_condition(asked: str, now: datetime) -> Q:
    came, comes = Exists(_list_visited(now)), Exists(_list_coming(now))
    missed = Booking.objects.filter(customer=OuterRef("pk"), status=BookingStatus.NO_SHOW)
    conditions = {
        VisitFilter.COMING: Q(comes),
        VisitFilter.RECENT: Q(Exists(_list_visited(now).filter(starts_at__gte=now - RECENT))),
        VisitFilter.AWAY: Q(came) & ~Q(Exists(_list_visited(now).filter(starts_at__gte=now - AWAY))) & ~Q(comes),
        VisitFilter.NEVER: ~Q(came),
        VisitFilter.MISSED: Q(Exists(missed)),
    }
    return conditions[VisitFilter(asked)] if asked else Q()


def _list_visited(now: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(customer=OuterRef("pk"), status__in=VISITED, starts_at__lt=now)


def _list_coming(now: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(customer=OuterRef("pk"), status__in=COMING, starts_at__gte=now)


def _find(rows: QuerySet[Customer], asked: CustomersAsked, place: Place, *, now: datetime) -> list[_Hit]:
    """Return one more than the page has, in the order that was asked for."""
    limit = limit_rows(asked.limit) + 1
    if asked.sort == CustomerSort.VISIT:
        return _find_by_visit(rows, place, limit=limit, now=now)
    if asked.sort == CustomerSort.NEWEST:
        if place:
            rows = rows.filter(number__lt=place[0])
        numbers = rows.order_by("-number").values_list("pk", "number")[:limit]
        return [_Hit(row_id, (number,)) for row_id, number in numbers]
    if place:
        name, last_id = place
        rows = rows.filter(name_key__gte=name).filter(Q(name_key__gt=name) | Q(pk__gt=last_id))
    names = rows.order_by("name_key", "pk").values_list("pk", "name_key")[:limit]
    return [_Hit(row_id, (name, row_id)) for row_id, name in names]


def _find_by_visit(rows: QuerySet[Customer], place: Place, *, limit: int, now: datetime) -> list[_Hit]:
    """Go back through the visits, each customer at the last one: no visit of all customers is sorted."""
    visits = Booking.objects.filter(status__in=VISITED, starts_at__lt=now, customer__in=rows)
    same = Booking.objects.filter(customer=OuterRef("customer"), status__in=VISITED, starts_at__lt=now)
    at = OuterRef("starts_at")
    visits = visits.exclude(Exists(same.filter(Q(starts_at__gt=at) | Q(starts_at=at, pk__gt=OuterRef("pk")))))
    if place:
        last_at, last_id = place
        visits = visits.filter(starts_at__lte=last_at).filter(Q(starts_at__lt=last_at) | Q(pk__lt=last_id))
    found = visits.order_by("-starts_at", "-pk").values_list("customer_id", "starts_at", "pk")[:limit]
    return [_Hit(customer_id, (starts_at, row_id)) for customer_id, starts_at, row_id in found if customer_id]


def _load_rows(ids: Sequence[int], *, now: datetime, is_similar: bool) -> dict[int, CustomerRow]:
    contacts = Contact.objects.filter(customer=OuterRef("pk")).order_by("pk").values("value")
    assets = Asset.objects.filter(owner=OuterRef("pk"), archived_at=None).order_by("-pk")
    visits = _list_visited(now).order_by()
    rows = Customer.objects.filter(pk__in=ids).annotate(
        phone=Subquery(contacts.filter(kind=ContactKind.PHONE)[:1]),
        email=Subquery(contacts.filter(kind=ContactKind.EMAIL)[:1]),
        asset_label=Subquery(assets.values("label")[:1]),
        asset_identifier=Subquery(assets.values("identifier")[:1]),
        asset_count=Subquery(assets.order_by().values("owner").annotate(many=Count("pk")).values("many")),
        visit_count=Subquery(visits.values("customer").annotate(many=Count("pk")).values("many")),
        last_visit_at=Subquery(_list_visited(now).order_by("-starts_at").values("starts_at")[:1]),
        next_visit_at=Subquery(_list_coming(now).order_by("starts_at").values("starts_at")[:1]),
    )
    return {row.pk: _view(row, is_similar=is_similar) for row in rows}


def _view(row: Any, *, is_similar: bool) -> CustomerRow:
    return CustomerRow(
        id=row.pk,
        number=row.number,
        name=row.name,
        kind=CustomerKind(row.kind),
        level=BookingLevel(row.booking_level),
        tags=tuple(row.tags),
        phone=row.phone or "",
        email=row.email or "",
        asset_label=row.asset_label or "",
        asset_identifier=row.asset_identifier or "",
        asset_count=row.asset_count or 0,
        visit_count=row.visit_count or 0,
        last_visit_at=row.last_visit_at,
        next_visit_at=row.next_visit_at,
        is_sample=row.is_sample,
        is_similar=is_similar,
    )
