"""The settings wait for an owner who has not accepted what holds already; nothing else does (decision 71)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.enums import Role
from kernel.clock import utc_now
from web.workspace.nav import SETTINGS, list_entries
from web.workspace.terms.asking import find_ask

NEVER_WAIT = frozenset({"terms", "data", "closing", "privacy"})
"""Keys of entries: accepting, taking the data along and leaving; what people ask has days that the law counts."""


class TermsMiddleware:
    """Lead the owner from a page of the settings to what is to be accepted first, and back afterwards.

    Only pages are led away from, never a form that was sent: what was typed is taken.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Ask first where something is due."""
        if request.method != "GET" or not _is_setting(request):
            return None
        ask = find_ask(request.tenant, now=utc_now())  # type: ignore[attr-defined]  # by TenantMiddleware
        if ask is None or not ask.is_due or getattr(request.user, "role", "") != Role.OWNER:
            return None
        return redirect(f"{reverse('workspace:terms')}?{urlencode({'next': request.get_full_path()})}")


def _is_setting(request: HttpRequest) -> bool:
    """Tell whether a page of the settings is asked for, and not a part of one."""
    match = request.resolver_match
    if match is None or match.app_names[:1] != ["workspace"] or request.htmx:  # type: ignore[attr-defined]
        return False
    name = match.url_name or ""
    entries = [each for each in list_entries() if each.leads_to(name)]
    entry = next((each for each in entries if each.parent), next(iter(entries), None))
    return entry is not None and SETTINGS in {entry.key, entry.parent} and entry.key not in NEVER_WAIT
