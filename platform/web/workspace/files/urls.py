"""The addresses of a file: its page, and the file itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from web.workspace.files.page import FilePage
from web.workspace.files.views import download, import_file


def make_file_urls(page: FilePage) -> list[URLPattern]:
    """Return the file's addresses; who may not set up gets neither."""
    allow = requires(Permission.CATALOG_MANAGE)

    def view_page(request: HttpRequest) -> HttpResponse:
        return import_file(request, page)

    def view_download(request: HttpRequest) -> HttpResponse:
        return download(request, page)

    return [
        path(f"{page.key}/file/", allow(view_page), name=f"{page.key}_file"),
        path(f"{page.key}/file/{page.key}.csv", allow(require_safe(view_download)), name=f"{page.key}_download"),
    ]
