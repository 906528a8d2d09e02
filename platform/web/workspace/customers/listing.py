"""Finding customers by whatever they say: a name, a number, an address, a plate."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from scheduling.enums import BookingLevel, CustomerSort, VisitFilter
from scheduling.selectors.customers.listing import MOST_COUNTED, has_customers, list_for_desk, list_tags
from scheduling.types import CustomersAsked
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
    tags = list_tags()
    filters = (VISITS, LEVEL, _make_tag_filter(tags))
    query = read_query(request, filters=filters, sorts=SORTS)
    found = list_for_desk(
        CustomersAsked(
            search=query.search,
            tag=query.filters["tag"],
            level=query.filters["level"],
            visits=query.filters["visits"],
            sort=query.sort,
            cursor=query.cursor,
        ),
        now=utc_now(),
    )
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
        "more_url": query.make_url(cursor=found.next_cursor) if found.next_cursor else "",
    }
    return render(request, "workspace/customers/list.html", context)


def _is_narrowed(query: ListQuery) -> bool:
    return query.is_narrowed or query.is_too_long or query.sort == CustomerSort.VISIT


def _make_tag_filter(tags: Sequence[str]) -> Filter:
    return Filter(
        key="tag",
        label=gettext_lazy("Tag"),
        choices=(("", gettext_lazy("With any tag, or none")), *((tag, tag) for tag in tags)),
    )
