"""Pages for failures: under ASGI Django renders them in a thread outside of the tenant."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from web.errors import bad_request, csrf_failure, forbidden, not_found, server_error


def refuse_to_look() -> None:
    message = "who is signed in stands in the tenant's schema, which this thread is not in"
    raise AssertionError(message)


@pytest.mark.parametrize(
    ("view", "status"), [(bad_request, 400), (forbidden, 403), (not_found, 404), (server_error, 500)]
)
def test_pages_for_failures_do_not_ask_who_is_signed_in(view, status):
    request = RequestFactory().get("/favicon.ico")
    request.user = SimpleLazyObject(refuse_to_look)

    response = view(request)

    assert response.status_code == status
    assert "<h1" in response.content.decode()


def answer_while(error: Exception | None) -> HttpResponse:
    """Answer as Django does: while the failure is handled."""
    request = RequestFactory().post("/api/v1/holds")
    if error is None:
        return server_error(request)
    try:
        raise error
    except type(error):
        return server_error(request)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (None, 500, "server_error"),
        (LookupError("a defect"), 500, "server_error"),
        (OperationalError("the connection is lost"), 503, "database_away"),
    ],
)
def test_a_failure_that_nobody_caught_tells_programs_what_it_is(error, status, code):
    response = answer_while(error)

    body = json.loads(response.content)
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    assert (body["status"], body["code"], response.headers.get("Retry-After")) == (
        status,
        code,
        "5" if status == 503 else None,
    )


@pytest.mark.parametrize(
    ("view", "status", "code"),
    [
        (bad_request, 400, "bad_request"),
        (csrf_failure, 403, "stale_form"),
        (forbidden, 403, "forbidden"),
        (not_found, 404, "not_found"),
    ],
)
def test_programs_get_problem_details(view, status, code):
    response = view(RequestFactory().get("/api"))

    assert (response.status_code, json.loads(response.content)["code"]) == (status, code)
