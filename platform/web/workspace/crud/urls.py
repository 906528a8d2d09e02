"""The addresses of a page, each with the permission that it asks for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from edge.access import requires
from web.workspace.crud.archiving import delete, set_active
from web.workspace.crud.editing import edit
from web.workspace.crud.history import show_history
from web.workspace.crud.listing import show_list
from web.workspace.crud.page import CrudPage


def make_urls(page: CrudPage[Any, Any]) -> list[URLPattern]:
    """Return the page's addresses."""
    see, change = requires(page.may_see), requires(page.may_edit)
    row = f"{page.key}/<int:row_id>/"

    def view_list(request: HttpRequest) -> HttpResponse:
        return show_list(request, page)

    def view_new(request: HttpRequest) -> HttpResponse:
        return edit(request, page, None)

    def view_row(request: HttpRequest, row_id: int) -> HttpResponse:
        return edit(request, page, row_id)

    def view_archive(request: HttpRequest, row_id: int) -> HttpResponse:
        return set_active(request, page, row_id, is_active=False)

    def view_restore(request: HttpRequest, row_id: int) -> HttpResponse:
        return set_active(request, page, row_id, is_active=True)

    def view_delete(request: HttpRequest, row_id: int) -> HttpResponse:
        return delete(request, page, row_id)

    def view_history(request: HttpRequest, row_id: int) -> HttpResponse:
        return show_history(request, page, row_id)

    addresses = [
        path(f"{page.key}/", see(require_safe(view_list)), name=page.key),
        path(f"{page.key}/new/", change(view_new), name=f"{page.key}_new"),
        path(row, change(view_row), name=f"{page.key}_change"),
        path(f"{row}archive/", change(require_POST(view_archive)), name=f"{page.key}_archive"),
        path(f"{row}restore/", change(require_POST(view_restore)), name=f"{page.key}_restore"),
        path(f"{row}history/", change(require_safe(view_history)), name=f"{page.key}_history"),
    ]
    if page.delete is not None:
        addresses.append(path(f"{row}delete/", change(require_POST(view_delete)), name=f"{page.key}_delete"))
    return addresses
