"""The list of a page, and the same list as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.policies import has_permission
from edge.downloads import answer_csv
from kernel.clock import utc_now
from tenants.enums import Ability
from tenants.policies import may_business
from web.parts.filters import ACTIVE, ARCHIVED, STATE
from web.parts.lists import make_filter_line, make_list_page, read_query, sort_and_cut
from web.workspace.crud.page import CrudPage


def show_list(request: HttpRequest, page: CrudPage[Any, Any]) -> HttpResponse:
    """Answer with what was asked for of the list."""
    now = utc_now()
    rows = page.list_rows(now, "")
    filters = (*(() if page.is_switched else (STATE,)), *page.filters(rows))
    query = read_query(request, filters=filters, sorts=tuple(key for key in page.sorts if key))
    found = page.list_rows(now, query.search) if query.search else rows
    fitting = [row for row in found if page.narrows(row, query.filters)]
    by_state = {
        state: [row for row in fitting if row.entry.is_active is is_active]
        for state, is_active in ((ACTIVE, True), (ARCHIVED, False))
    }
    state = query.filters.get(STATE.key, ACTIVE)
    shown = fitting if page.is_switched else by_state[state]
    if "export" in request.GET and page.export:
        header = [str(label) for label, _ in page.export]
        return answer_csv(name=page.key, header=header, rows=[[read(row) for _, read in page.export] for row in shown])
    counts = {state: len(some) for state, some in by_state.items()}
    context = {
        "page": page,
        "is_any": bool(rows),
        "has_samples": any(row.entry.is_sample for row in shown),
        "list": make_list_page(
            sort_and_cut(shown, query=query, sorts=page.sorts),
            query=query,
            columns=page.columns,
            sorts={key: True for key in page.sorts if key},
            filters=[
                make_filter_line(each, query, counts if each is STATE else None)
                for each in filters
                if len(each.choices) > 1
            ],
            name_group=page.name_group,
            count=len(shown),
        ),
        "asks_archived": state == ARCHIVED,
        "may_edit": has_permission(request.user, page.may_edit),
        "may_write": has_permission(request.user, page.may_edit) and may_business(Ability.WRITE),
    }
    return render(request, "workspace/crud/list.html", context)
