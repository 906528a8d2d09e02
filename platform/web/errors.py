"""Expected failures as pages: status → template."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from edge.access import open_to_anyone
from edge.statuses import find_retry_after, get_status
from kernel.errors import DomainError, NotFound
from kernel.text import mark

Answer = TypeVar("Answer", bound=HttpResponse)

STALE_FORM = mark("This page was open for too long. Go back, reload it and send it again.")


def translate_error(error: DomainError) -> str:
    """Return the failure's sentence in the active language."""
    text = gettext(error.text)
    return text % error.params if error.params else text


def render_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Render an expected failure as a page with its status."""
    status = get_status(error)
    context = {"message": translate_error(error), "status": status}
    return add_wait(render(request, f"errors/{status}.html", context, status=status), error)


def add_wait(response: Answer, error: DomainError) -> Answer:
    """Say in a refusal's header when to try again, where the failure knows it."""
    wait = find_retry_after(error)
    if wait is not None:
        response.headers["Retry-After"] = wait
    return response


@open_to_anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say in the person's words that the form is stale."""
    return render(request, "errors/403.html", {"message": gettext(STALE_FORM), "status": 403}, status=403)


@open_to_anyone
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer an unknown address."""
    return render(request, "errors/404.html", {"message": gettext(NotFound.text), "status": 404}, status=404)


@open_to_anyone
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a defect of ours; no detail leaves."""
    return render(request, "errors/500.html", {"status": 500}, status=500)
