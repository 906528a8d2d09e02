"""Failures leave as problem details, whoever answered them."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, StreamingHttpResponse

from edge.middleware import ProblemMiddleware
from edge.problems import PROBLEM_TYPE, is_for_programs


@pytest.mark.parametrize(
    ("path", "is_for_them"),
    [("/api/v1/holds", True), ("/api/", True), ("/api", True), ("/apis/v1", False), ("/", False), ("/b/api/", False)],
)
def test_programs_are_answered_under_one_path(path, is_for_them):
    assert is_for_programs(path) == is_for_them


def pass_through(rf, path: str, response: HttpResponse, language: str = "en") -> HttpResponse:
    return ProblemMiddleware(lambda _request: response)(rf.get(path, headers={"Accept-Language": language}))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad_request"),
        (403, "forbidden"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (413, "body_too_large"),
        (418, "bad_request"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "unavailable"),
    ],
)
def test_a_page_of_a_failure_becomes_a_problem(rf, status, code):
    answer = pass_through(rf, "/api/v1/x", HttpResponse("<h1>No</h1>", status=status))

    body = json.loads(answer.content)
    assert (answer.status_code, answer.headers["Content-Type"], body["status"], body["code"]) == (
        status,
        PROBLEM_TYPE,
        status,
        code,
    )
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "This is too large."), ("es", "Esto es demasiado grande."), ("fr", "Esto es demasiado grande.")],
)
def test_it_is_in_the_callers_language(rf, language, text):
    answer = pass_through(rf, "/api/v1/x", HttpResponse(status=413), language)

    assert json.loads(answer.content)["detail"] == text
    assert answer.headers["Content-Language"] == (language if language != "fr" else "es")


def test_it_keeps_what_else_the_answer_said(rf):
    refusal = HttpResponseNotAllowed(["GET"], content="<h1>No</h1>")
    refusal.headers["Content-Encoding"] = "gzip"
    refusal.set_cookie("lang", "es")

    answer = pass_through(rf, "/api/v1/x", refusal)

    assert (answer.headers["Allow"], "Content-Encoding" in answer.headers, answer.cookies["lang"].value) == (
        "GET",
        False,
        "es",
    )


@pytest.mark.parametrize(
    ("path", "response"),
    [
        ("/api/v1/x", HttpResponse("{}", content_type="application/json")),
        ("/api/v1/x", HttpResponse("{}", status=404, content_type=PROBLEM_TYPE)),
        ("/api/v1/x", HttpResponseRedirect("/")),
        ("/api/v1/x", StreamingHttpResponse([b"x"])),
        ("/x", HttpResponse("<h1>No</h1>", status=404)),
    ],
)
def test_everything_else_passes(rf, path, response):
    assert pass_through(rf, path, response) is response
