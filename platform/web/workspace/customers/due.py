"""Vehicles, pets and patients in one list, by what they come for next: to look at, to narrow and to take along."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.downloads import stream_csv, stream_xlsx
from kernel.clock import utc_now
from kernel.ids import read_row_id
from scheduling.selectors.customers.due import iterate_due, list_due
from scheduling.types import DueAsset, DueFilter
from tenants.context import current_tenant
from web.parts.assets import name_meter
from web.parts.filters import STATE, Filter
from web.parts.lists import ListQuery, make_filter_line, read_query
from web.workspace.customers.listing import write_time
from web.workspace.customers.words import name_assets

DUE = Filter(
    key="due",
    label=gettext_lazy("What is due"),
    choices=(
        ("", gettext_lazy("Whatever is due")),
        (DueFilter.OVER.value, gettext_lazy("Due now")),
        (DueFilter.MONTH.value, gettext_lazy("In 30 days")),
        (DueFilter.QUARTER.value, gettext_lazy("In 90 days")),
    ),
)


@requires(Permission.CUSTOMER_VIEW)
@require_safe
def list_assets(request: HttpRequest) -> HttpResponse:
    """List what visits are about, what is due soonest first."""
    word = name_assets()
    if not word:
        raise Http404  # the trade has nothing of the kind
    query = _read(request)
    place = read_row_id(query.cursor) or 0
    found = list_due(due=query.filters["due"], is_archived=bool(query.filters["state"]), place=place, now=utc_now())
    context = {
        "query": query,
        "found": found,
        "due": make_filter_line(DUE, query),
        "state": make_filter_line(STATE, query),
        "assets_word": word,
        "meter": name_meter(),
        "csv_url": reverse("workspace:customer_assets_csv") + query.make_url(),
        "xlsx_url": reverse("workspace:customer_assets_xlsx") + query.make_url(),
        "more_url": query.make_url(cursor=str(found.next_place)) if found.next_place else "",
    }
    return render(request, "workspace/customers/due.html", context)


@requires(Permission.DATA_TAKE)
@require_safe
def download_csv(request: HttpRequest) -> HttpResponseBase:
    """Answer the same as CSV, all of them."""
    timezone = current_tenant().timezone
    rows = ([write_time(each, timezone) for each in _write(row)] for row in _list_all(request))
    return stream_csv(name=name_assets() or gettext("customers"), header=_head(), rows=rows)


@requires(Permission.DATA_TAKE)
@require_safe
def download_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Answer the same as a workbook, all of them."""
    name, timezone = name_assets() or gettext("customers"), current_tenant().timezone
    return stream_xlsx(name=name, title=name, header=_head(), rows=map(_write, _list_all(request)), timezone=timezone)


def _read(request: HttpRequest) -> ListQuery:
    return read_query(request, filters=(DUE, STATE), sorts=())


def _list_all(request: HttpRequest) -> Iterator[DueAsset]:
    filters = _read(request).filters
    return iterate_due(due=filters["due"], is_archived=bool(filters["state"]), now=utc_now())


def _head() -> list[str]:
    meter, unit = name_meter()
    return [
        name_assets(), gettext("Identification"), gettext("Owner"), gettext("Number"), gettext("Phone"),
        gettext("E-mail"), *([f"{meter} ({unit})"] if meter else []), gettext("What is due"),
        *([gettext("At %(unit)s") % {"unit": unit}] if meter else []), gettext("On the day"), gettext("Expected"),
        gettext("Next visit"),
    ]  # fmt: skip


def _write(row: DueAsset) -> list[object]:
    has_meter, items = bool(name_meter()[0]), row.upkeep.items
    item = items[0] if items else None
    what = (item.what or gettext("Next service")) if item else ""
    return [
        row.asset.label, row.asset.identifier, row.owner_name, row.owner_number, row.phone, row.email,
        *([row.upkeep.last_value] if has_meter else []), what,
        *([item.at_meter if item else None] if has_meter else []), item.on if item else None,
        item.due_on if item else None, row.next_visit_at,
    ]  # fmt: skip
