"""Poster and QR code as files."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from files.errors import FileUnknown, StorageAway
from files.selectors.files import read_public
from scheduling.selectors.catalog.services import list_locations
from tenants.context import current_tenant
from web.workspace.start.poster.poster import PAPERS, Poster

LANGUAGES = ("es", "en")
KINDS = {"svg": "image/svg+xml", "png": "image/png"}


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show_poster(request: HttpRequest) -> HttpResponse:
    """Answer the poster as PDF; ``?paper=`` is a4 or letter, ``?language=`` es or en."""
    paper, language = request.GET.get("paper", "a4"), request.GET.get("language", current_tenant().locale)
    if paper not in PAPERS or language not in LANGUAGES:
        raise Http404
    return _answer(_make_poster().make_pdf(paper=paper, language=language), "application/pdf", f"poster-{paper}.pdf")


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show_code(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer the QR code, as ``svg`` or ``png``."""
    if kind not in KINDS:
        raise Http404
    is_download = "download" in request.GET
    return _answer(_make_poster().make_code(kind), KINDS[kind], f"qr.{kind}", is_download=is_download)


def _make_poster() -> Poster:
    return Poster(tenant=current_tenant(), place=next(iter(list_locations()), None), logo=_read_logo())


def _read_logo() -> bytes:
    """Return the logo as PNG; empty where there is none, or the store does not answer: the poster has initials then."""
    logo = current_tenant().logo
    if logo is None:
        return b""
    try:
        return read_public(UUID(logo.key), f"{logo.png_width}.png").content
    except (FileUnknown, StorageAway):
        return b""


def _answer(content: bytes, content_type: str, name: str, *, is_download: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    way = "attachment" if is_download else "inline"
    response.headers["Content-Disposition"] = f'{way}; filename="{current_tenant().slug}-{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
