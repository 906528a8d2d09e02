"""The script that other sites load: it puts our frame into their page."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from edge.access import open_to_anyone

FILE = "js/embed.js"
HOUR = "public, max-age=3600"
"""Sites name the script without a version: within an hour they have a new one."""


@cache
def read_script() -> tuple[bytes, str]:
    """Return the script and its mark, by which browsers ask whether there is a new one."""
    text = Path(str(finders.find(FILE))).read_bytes()
    return text, f'"{sha256(text).hexdigest()[:20]}"'


@open_to_anyone
@require_safe
@condition(etag_func=lambda _request: read_script()[1])
def serve_script(_request: HttpRequest) -> HttpResponse:
    """Answer the script, the same for all businesses and to every site."""
    response = HttpResponse(read_script()[0], content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = HOUR
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
