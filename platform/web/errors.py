"""Expected failures as pages: status → template."""

from __future__ import annotations

import sys
from typing import TypeVar

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from edge.problems import PLAIN_PROBLEMS, answer_problem, is_for_programs
from edge.statuses import find_expected, find_retry_after, get_status
from kernel.errors import DomainError, LimitReached
from kernel.text import mark

ALLAUTH_WINDOW_SECONDS = 60
Answer = TypeVar("Answer", bound=HttpResponse)

TOO_MANY_FILES = mark("These are too many files at once. Go back and choose fewer: whatever you typed is still there.")

STALE_FORM = mark("This page was open for too long. Go back, reload it and send it again.")


def translate_error(error: DomainError) -> str:
    """Return the failure's sentence in the active language."""
    text = gettext(error.text)
    return text % error.params if error.params else text


def render_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Render an expected failure as a page with its status; for programs as problem details."""
    return add_wait(_answer(request, get_status(error), error.code, translate_error(error)), error)


def add_wait(response: Answer, error: DomainError) -> Answer:
    """Say in a refusal's header when to try again, where the failure knows it."""
    wait = find_retry_after(error)
    if wait is not None:
        response.headers["Retry-After"] = wait
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say in the person's words that the form is stale."""
    return _answer(request, 403, "stale_form", gettext(STALE_FORM))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what nobody can understand: a host that is none, too many fields."""
    if isinstance(exception, TooManyFilesSent):
        return _answer(request, 400, "too_many_files", gettext(TOO_MANY_FILES))
    if isinstance(exception, RequestDataTooBig) and is_for_programs(request.path):
        return _answer_plain(request, 413)  # as the parser says of what is shorter, and a proxy of what is longer
    return _answer_plain(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer what Django or a library forbids."""
    return _answer_plain(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer an unknown address."""
    return _answer_plain(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer what allauth limits by itself; its longest window is a minute."""
    return render_domain_error(request, LimitReached(wait_seconds=ALLAUTH_WINDOW_SECONDS))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a defect of ours; no detail leaves. A database that went away while nobody looked is none."""
    expected = find_expected(sys.exc_info()[1])
    if expected is not None:
        return render_domain_error(request, expected)
    return _answer_plain(request, 500)


def _answer_plain(request: HttpRequest, status: int) -> HttpResponse:
    code, text = PLAIN_PROBLEMS[status]
    return _answer(request, status, code, gettext(text))


def _answer(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if is_for_programs(request.path):
        return answer_problem(status=status, code=code, detail=message)
    return render(request, f"errors/{status}.html", {"message": message, "status": status}, status=status)
