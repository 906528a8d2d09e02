"""Failures as RFC 9457 problem details, for whoever answers programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext

from edge.language import current_language
from edge.statuses import RETRY_SECONDS, UNAVAILABLE
from kernel.errors import Forbidden, NotFound, Unavailable
from kernel.text import mark

PROBLEM_TYPE = "application/problem+json"
FOR_PROGRAMS = "/api/"
FIRST_OF_THEIRS, FIRST_OF_OURS = 400, 500
"""Statuses of failures: the caller's, and ours."""
BAD_REQUEST = mark("This request cannot be understood.")
METHOD_UNKNOWN = mark("This cannot be asked for in this way.")
TOO_LARGE = mark("This is too large.")
SERVER_ERROR = mark("Something went wrong. It is our fault, and we have been notified.")
PLAIN_PROBLEMS = {
    400: ("bad_request", BAD_REQUEST),
    403: ("forbidden", Forbidden.text),
    404: ("not_found", NotFound.text),
    405: ("method_not_allowed", METHOD_UNKNOWN),
    413: ("body_too_large", TOO_LARGE),
    500: ("server_error", SERVER_ERROR),
    503: ("unavailable", Unavailable.text),
}
"""Status → code and text, where nobody who knows more has answered."""


def is_for_programs(path: str) -> bool:
    """Tell whether programs are answered at this path, in problem details whatever goes wrong."""
    return f"{path}/".startswith(FOR_PROGRAMS)


def describe_problem(
    *, status: int, code: str, detail: str, errors: Mapping[str, Any] | None = None, **extra: object
) -> dict[str, object]:
    """Return the document: ``type``, ``title``, ``status``, ``code``, ``detail``, and ``errors`` by field."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    if errors:
        body["errors"] = errors
    return body


def answer_problem(*, status: int, code: str = "", detail: str = "") -> HttpResponse:
    """Answer a problem in the active language; without a code, the plain one of its status."""
    if not code:
        code, text = PLAIN_PROBLEMS.get(
            status, PLAIN_PROBLEMS[FIRST_OF_THEIRS if status < FIRST_OF_OURS else FIRST_OF_OURS]
        )
        detail = gettext(text)
    problem = describe_problem(status=status, code=code, detail=detail)
    headers = {"Cache-Control": "no-store", "Content-Language": current_language()}
    if status == UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return JsonResponse(problem, status=status, content_type=PROBLEM_TYPE, headers=headers)


def make_problem_of(response: HttpResponseBase) -> HttpResponse:
    """Return the problem that an answer in another form is, with what else its headers say."""
    problem = answer_problem(status=response.status_code)
    for name, value in response.headers.items():
        if name not in {"Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition", "ETag"}:
            problem.headers[name] = value
    problem.cookies = response.cookies
    return problem


def is_fit(path: str, response: HttpResponseBase) -> bool:
    """Tell whether an answer is no failure, or one in problem details; whatever people are answered is fit."""
    is_fine = response.status_code < FIRST_OF_THEIRS or response.headers.get("Content-Type", "").startswith(
        PROBLEM_TYPE
    )
    return is_fine or not is_for_programs(path)
