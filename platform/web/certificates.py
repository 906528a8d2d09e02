"""What the proxy asks before it fetches a certificate for a name that somebody asked it for (Caddy: ``on_demand_tls``).

Without an answer anybody could have it fetch certificates for any name that leads here, until the authority gives us
none. It asks from this machine, by address and over plain HTTP, so it is answered before anything looks at the
request. Nobody else is answered: which domains are about to answer concerns nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from edge.requests import is_from_here
from tenants.selectors.resolution import find_moved, resolve_host

PATH = "/certificate"
NAME, LONGEST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+"), 253


class CertificateMiddleware:
    """Answers `PATH` to this machine, at every host; stands before all that knows tenants."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or pass the request on."""
        if request.path_info != PATH or not is_from_here(request):
            return self.get_response(request)
        response = HttpResponse(status=_judge(request), content_type="text/plain")
        response.headers["Cache-Control"] = "no-store"
        return response


def _judge(request: HttpRequest) -> HTTPStatus:
    """Return 200 for a name at which a business answers, now or until some weeks ago; else 404."""
    name = request.GET.get("domain", "").lower().removesuffix(".")
    if request.method != "GET" or len(name) > LONGEST_NAME or NAME.fullmatch(name) is None:
        return HTTPStatus.NOT_FOUND
    try:
        is_ours = resolve_host(name) is not None or find_moved(name) is not None
    except Error:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK if is_ours else HTTPStatus.NOT_FOUND
