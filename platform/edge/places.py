"""Where a form is sent to, and where it stands: its address lies below that of its page."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, get_script_prefix, resolve


def lead_to_page(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Return ``answer``, or the way to the page of a form where somebody opens an address that only takes forms.

    A refused form leaves such an address in the browser: it is read again, read in another language, or kept.
    """
    takes_forms = answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and answer.headers["Allow"] == "POST"
    if request.method == "POST" or not takes_forms:
        return answer
    page = _find_page_above(request.path_info)
    if page is None:
        return answer
    page = get_script_prefix().removesuffix("/") + page
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{page}?{query}" if query else page)


def _find_page_above(path: str) -> str | None:
    """Return the nearest address above ``path`` that exists; the home page is not the page of a form."""
    while (path := path.rstrip("/").rpartition("/")[0] + "/") != "/":
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return None
