"""Below ``/embed/`` the booking pages answer once more, for a frame on one of the business's own sites.

They are the same views: their addresses are the same behind a prefix, which says how the frame looks
(``/embed/~es.dark.popup/visit/``). A browser sends no cookie of ours to a frame on another site, and may keep
nothing there; so nothing here reads or sets one, staff is nobody there, and forms carry a signed token instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from csp.constants import HEADER as CONTENT_POLICY
from csp.constants import SELF
from csp.utils import build_policy
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix

from edge.language import LANGUAGE_COOKIE
from kernel.clock import utc_now
from tenants.types import TenantInfo
from web.errors import csrf_failure
from web.widget.sightings import note_sighting

ROOT = "/embed/"
URLCONF = "web.widget.frame_urls"
TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105 - a name
TOKEN_SALT = "web.widget.form"  # noqa: S105 - a name
TOKEN_SECONDS = 4 * 3600
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
THEMES = ("light", "dark")
MODES = ("inline", "popup")
_PATH = re.compile(rf"(?P<prefix>{ROOT}(?:~(?P<words>[a-z.]{{0,40}})/)?)(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Frame:
    """How the pages of one frame look.

    Attributes:
        prefix: What stands before the addresses of its pages.
        language: Empty: as the browser wishes.
        theme: ``light`` or ``dark``; empty: as the browser wishes.
        mode: ``inline``: as high as its content; ``popup``: as high as the window around it lets it.
    """

    prefix: str
    language: str
    theme: str
    mode: str


class FrameMiddleware:
    """Answers below ``/embed/`` with the booking pages, to the business's own sites and without cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on: of a frame, as if it were for the booking page and came from nobody we know."""
        tenant: TenantInfo | None = getattr(request, "tenant", None)
        found = _PATH.fullmatch(request.path_info) if tenant is not None else None
        if tenant is None or found is None:
            return self.get_response(request)
        frame = _read_frame(found["prefix"], found["words"] or "")
        request.frame = frame  # type: ignore[attr-defined]
        request.path_info = f"/{found['rest']}"
        request.urlconf = URLCONF
        # What a cookie of ours would say: the page around the frame chose the language, nobody else says anything.
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {LANGUAGE_COOKIE: frame.language} if frame.language else {}
        before = get_script_prefix()
        set_script_prefix(frame.prefix)
        try:
            response = self.get_response(request)
        finally:
            set_script_prefix(before)
        note_sighting(request, tenant, now=utc_now())
        return _open_to_sites(response, tenant.profile.widget_sites)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Ask a form in a frame for its token and its origin, where other pages ask for a cookie."""
        if not hasattr(request, "frame"):
            return None
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own switch
        if request.method in SAFE_METHODS or _is_own_form(request):
            return None
        return csrf_failure(request)


def describe_frame(request: HttpRequest) -> dict[str, object]:
    """Give templates the frame, if there is one, and what is different in it."""
    frame = getattr(request, "frame", None)
    if frame is None:
        return {}
    match = request.resolver_match
    return {
        "frame": frame,
        "frame_step": match.url_name if match else "",
        "csrf_token": make_form_token(request.tenant),  # type: ignore[attr-defined]
        # The page around it chose: another language would need a cookie.
        "other_languages": [],
    }


def make_form_token(tenant: TenantInfo) -> str:
    """Return what a form in a frame of the business carries; it is good for `TOKEN_SECONDS`."""
    return signing.TimestampSigner(salt=TOKEN_SALT).sign(tenant.schema_name)


def is_form_token(token: str, tenant: TenantInfo) -> bool:
    """Tell whether this is a token that `make_form_token` gave this business, not too long ago."""
    try:
        return signing.TimestampSigner(salt=TOKEN_SALT).unsign(token, max_age=TOKEN_SECONDS) == tenant.schema_name
    except signing.BadSignature:
        return False


def _read_frame(prefix: str, words: str) -> Frame:
    """Return what the words say; those that say nothing are left out, and whatever is missing is as usual."""
    said = words.split(".")
    return Frame(
        prefix=prefix,
        language=next((each for each in said if each in dict(settings.LANGUAGES)), ""),
        theme=next((each for each in said if each in THEMES), ""),
        mode=next((each for each in said if each in MODES), MODES[0]),
    )


def _is_own_form(request: HttpRequest) -> bool:
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    return is_ours and is_form_token(request.POST.get(TOKEN_FIELD, ""), request.tenant)  # type: ignore[attr-defined]


def _open_to_sites(response: HttpResponseBase, sites: tuple[str, ...]) -> HttpResponseBase:
    """Let the sites, and ourselves for the preview, show the page in a frame; nothing of it is kept."""
    response.headers[CONTENT_POLICY] = build_policy(replace={"frame-ancestors": [SELF, *sites]})
    response.headers.pop("X-Frame-Options", None)
    response.headers["X-Robots-Tag"] = "noindex"
    response.cookies.clear()
    return response
