"""Finding customers by whatever they say: a name, a number, an address, a plate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.downloads import stream_csv, stream_xlsx
from kernel.clock import utc_now
from scheduling.enums import BookingLevel, CustomerSort, VisitFilter
from scheduling.selectors.customers.listing import (
    MOST_COUNTED,
    has_customers,
    iterate_for_desk,
    list_for_desk,
    list_tags,
)
from scheduling.types import CustomerRow, CustomersAsked
from tenants.context import current_tenant
from web.formats import to_local
from web.parts.filters import Filter
from web.parts.lists import ListQuery, make_filter_line, read_query
from web.workspace.customers.words import name_assets

VISITS = Filter(
    key="visits",
    label=gettext_lazy("Visits"),
    choices=(("", gettext_lazy("All customers")), *VisitFilter.choices),
)
LEVEL = Filter(
    key="level",
    label=gettext_lazy("How they book"),
    choices=(
        ("", gettext_lazy("However they book")),
        *(choice for choice in BookingLevel.choices if choice[0] != BookingLevel.NORMAL),
    ),
)
SORTS = tuple(sort.value for sort in CustomerSort if sort.value)


@requires(Permission.CUSTOMER_VIEW)
@require_safe
def list_customers(request: HttpRequest) -> HttpResponse:
    """List customers: those that match what was typed and chosen, or all, a page at a time."""
    filters, query = read_asked(request)
    found = list_for_desk(_make_asked(query), now=utc_now())
    context = {
        "query": query,
        "found": found,
        "is_any": bool(found.rows) or _is_narrowed(query) or has_customers(),
        "is_narrowed": _is_narrowed(query),
        "is_more_than_counted": found.count > MOST_COUNTED,
        "most_counted": MOST_COUNTED,
        "visits": make_filter_line(VISITS, query),
        "menus": [(each, query.filters[each.key]) for each in filters[1:] if len(each.choices) > 1],
        "sorts": CustomerSort.choices,
        "assets_word": name_assets(),
        "csv_url": reverse("workspace:customers_csv") + query.make_url(),
        "xlsx_url": reverse("workspace:customers_xlsx") + query.make_url(),
        "more_url": query.make_url(cursor=found.next_cursor) if found.next_cursor else "",
    }
    return render(request, "workspace/customers/list.html", context)


@requires(Permission.DATA_TAKE)
@require_safe
def download_csv(request: HttpRequest) -> HttpResponseBase:
    """Answer the same customers as CSV, all of them."""
    timezone = current_tenant().timezone
    rows = ([write_time(each, timezone) for each in _write(row)] for row in _list_all(request))
    return stream_csv(name=gettext("customers"), header=_head(), rows=rows)


@requires(Permission.DATA_TAKE)
@require_safe
def download_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Answer the same customers as a workbook, all of them."""
    name, timezone = gettext("customers"), current_tenant().timezone
    return stream_xlsx(name=name, title=name, header=_head(), rows=map(_write, _list_all(request)), timezone=timezone)


def read_asked(request: HttpRequest) -> tuple[tuple[Filter, ...], ListQuery]:
    """Return the filters of the list, and what the address asks for."""
    filters = (VISITS, LEVEL, _make_tag_filter(list_tags()))
    return filters, read_query(request, filters=filters, sorts=SORTS)


def _make_asked(query: ListQuery) -> CustomersAsked:
    return CustomersAsked(
        search=query.search,
        tag=query.filters["tag"],
        level=query.filters["level"],
        visits=query.filters["visits"],
        sort=query.sort,
        cursor=query.cursor,
    )


def _list_all(request: HttpRequest) -> Iterator[CustomerRow]:
    return iterate_for_desk(_make_asked(read_asked(request)[1]), now=utc_now())


def _head() -> list[str]:
    return [
        gettext("Number"), gettext("Name"), gettext("Phone"), gettext("E-mail"), gettext("Tags"),
        gettext("How they book"), gettext("Visits"), gettext("Last visit"), gettext("Next visit"),
        *filter(None, [name_assets()]),
    ]  # fmt: skip


def _write(row: CustomerRow) -> list[object]:
    about = " ".join(filter(None, (row.asset_label, row.asset_identifier)))
    level = "" if row.level == BookingLevel.NORMAL else str(row.level.label)
    return [
        row.number, row.name, row.phone, row.email, ", ".join(row.tags), level, row.visit_count, row.last_visit_at,
        row.next_visit_at, *([about] if name_assets() else []),
    ]  # fmt: skip


def write_time(cell: object, timezone: str) -> object:
    """Return an instant on the clock of the business, as spreadsheets read it; anything else as it is."""
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell.isoformat()
    if not isinstance(cell, datetime):
        return "" if cell is None else cell
    return to_local(cell, timezone).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")


def _is_narrowed(query: ListQuery) -> bool:
    return query.is_narrowed or query.is_too_long or query.sort == CustomerSort.VISIT


def _make_tag_filter(tags: Sequence[str]) -> Filter:
    return Filter(
        key="tag",
        label=gettext_lazy("Tag"),
        choices=(("", gettext_lazy("With any tag, or none")), *((tag, tag) for tag in tags)),
    )
