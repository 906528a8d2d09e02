"""Whatever goes wrong under ``/api/``, by any method at any path, leaves as problem details, in words of the caller."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DataError, OperationalError
from django.http import HttpResponse
from psycopg import errors

from edge.problems import PROBLEM_TYPE
from scheduling.models import Booking
from tenants.enums import TenantStatus
from tests.conftest import HostClient
from tests.integration.api.conftest import make_booking_body

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FOO")
PATHS = (
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/",
    "/api/v2/services",
    "/api/v1/nothing",
    "/api/v1/services/",
    "/api/v1/bookings/",
    "/api/v1/availability/explain/",
    "/api/v1/manage/",
    "/api/v1/manage/x/",
    "/api/v1/manage/x/y/z",
    "/api/v1/manage/a%2Fb",
    "/api/v1/holds/%00",
    "/api/v1/%FF%FE",
    "/api/v1/../v1/x",
    "/api//v1/services",
    "/api/v1/schema/x",
    "/api/v1/docs/x",
)
ALL_PATHS = (
    *PATHS,
    *(f"/api/v1/{path}" for path in ("business", "services", "resources", "availability", "availability/explain")),
    *(f"/api/v1/{path}" for path in ("holds", "holds/1.x", "bookings", "manage/x", "manage/x/confirm")),
    *(f"/api/v1/{path}" for path in ("manage/x/reschedule", "manage/x/cancel", "manage/x/calendar.ics")),
    *(f"/api/v1/{path}" for path in ("schema", "schema/", "docs", "docs/")),
)


def check(answer: HttpResponse, method: str) -> str | None:
    """Return what is wrong with a failure; None when it is none, or as it should be."""
    if answer.status_code < 300:
        return None
    if answer.status_code < 400 or answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.headers["Content-Type"] != PROBLEM_TYPE:
        return answer.headers["Content-Type"]
    if method == "HEAD":
        return None
    body = answer.json()
    is_whole = {"type", "title", "status", "code", "detail"} <= set(body) and body["status"] == answer.status_code
    return None if is_whole and body["detail"] else str(body)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_at_every_path_answers_programs(customer_client, method):
    answers = {path: customer_client.generic(method, path) for path in ALL_PATHS}

    assert {path: wrong for path, answer in answers.items() if (wrong := check(answer, method))} == {}


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_path_is_not_found_and_nobody_is_sent_elsewhere(customer_client, path):
    answer = customer_client.get(path, headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.json()["code"]) in {(404, "not_found"), (404, "token_unknown")} or (
        path == "/api/v1/holds/%00" and answer.status_code == 405
    )


@pytest.mark.parametrize("path", ["/api/v1/services", "/api/v1/nothing", "/api", "/api/v1/docs/"])
def test_the_platforms_own_host_has_no_api(platform_client, path):
    answer = platform_client.get(path)

    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (
        404,
        PROBLEM_TYPE,
        "not_found",
    )


@pytest.mark.parametrize("path", ["services", "holds", "docs/", "schema/", "manage/x"])
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT"])
def test_a_method_that_a_call_does_not_have_names_those_that_it_has(customer_client, path, method):
    answer = customer_client.generic(
        method, f"/api/v1/{path}", headers={"Accept": "text/html" if path == "docs/" else "*/*"}
    )

    allowed = "POST" if path == "holds" else "GET, HEAD"
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "method_not_allowed", allowed)


def test_browsers_may_still_ask_before_they_call(customer_client):
    answer = customer_client.options(
        "/api/v1/bookings",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Method", "not satisfy", "Unsupported media type", "at most 64 KiB", "does not exist"]),
        ("es", ["el método", "que pide Accept", "No se acepta el formato", "como máximo 64 KiB", "no existe"]),
    ],
)
def test_failures_are_in_the_callers_language(customer_client, language, texts):
    headers = {"Accept-Language": language}
    post = customer_client.post
    answers = [
        customer_client.put("/api/v1/holds", headers=headers),
        customer_client.get("/api/v1/services", headers=headers | {"Accept": "application/xml"}),
        post("/api/v1/holds", "<a/>", content_type="application/xml", headers=headers),
        post("/api/v1/holds", b'"' + b"a" * 70_000 + b'"', content_type="application/json", headers=headers),
        customer_client.get("/api/v1/nothing", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [405, 406, 415, 413, 404]
    assert [text for answer, text in zip(answers, texts, strict=True) if text not in answer.json()["detail"]] == []
    assert {answer.headers["Content-Language"] for answer in answers} == {language}


@pytest.mark.parametrize("host", ["nobody.example", "x" * 70, "a_b..c", "[::1", "-"])
def test_an_unknown_host_is_told_so(tenants, db, host):
    answer = HostClient(host).get("/api/v1/services", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (
        404,
        PROBLEM_TYPE,
        "tenant_unknown",
    )


def test_a_business_that_is_being_prepared_says_so(customer_client, tenant, monkeypatch):
    coming = replace(tenant, status=TenantStatus.PROVISIONING)
    monkeypatch.setattr("tenants.middleware.resolve_host", lambda _host: coming)

    answer = customer_client.options("/api/v1/services")

    assert (answer.headers["Content-Type"], answer.json()["code"]) == (PROBLEM_TYPE, "tenant_provisioning")


@pytest.mark.parametrize("status", [TenantStatus.READ_ONLY, TenantStatus.SUSPENDED, TenantStatus.CLOSED])
@pytest.mark.parametrize("path", ["availability", "holds", "bookings", "business", "services"])
def test_a_business_that_takes_no_bookings_says_so_as_documented(customer_client, tenant, monkeypatch, status, path):
    body = make_booking_body(customer_client)
    monkeypatch.setattr("tenants.middleware.resolve_host", lambda _host: replace(tenant, status=status))

    if path in {"holds", "bookings"}:
        sent = body if path == "bookings" else {name: body[name] for name in ("service", "starts_at")}
        answer = customer_client.post(f"/api/v1/{path}", sent, content_type="application/json")
    else:
        day = body["starts_at"][:10]
        query = {"service": body["service"], "from": day, "to": day} if path == "availability" else {}
        answer = customer_client.get(f"/api/v1/{path}", query)

    reads = path in {"business", "services"}
    assert (answer.status_code, answer.json().get("code")) == ((200, None) if reads else (403, f"tenant_{status}"))
    assert not Booking.objects.exists()


def raise_from(kind: type[Exception], cause: Exception | None) -> None:
    raise kind("said") from cause


FAILURES = [
    (OperationalError, errors.LockNotAvailable(), 503, "too_busy"),
    (OperationalError, errors.QueryCanceled(), 503, "too_busy"),
    (OperationalError, errors.AdminShutdown(), 503, "database_away"),
    (OperationalError, errors.CannotConnectNow(), 503, "database_away"),
    (OperationalError, errors.TooManyConnections(), 503, "database_away"),
    (OperationalError, None, 503, "database_away"),
    (DataError, errors.NumericValueOutOfRange(), 500, "server_error"),
    (LookupError, None, 500, "server_error"),
]
PLACES = {
    "the host": "tenants.middleware.resolve_host",
    "the call": "scheduling.selectors.catalog.services.list_bookable_services",
    "a middleware": "web.middleware.find_asked_language",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("kind", "cause", "status", "code"), FAILURES)
def test_a_database_that_does_not_answer_is_told_to_programs(
    customer_client, monkeypatch, place, kind, cause, status, code
):
    monkeypatch.setattr(PLACES[place], lambda *_args, **_kwargs: raise_from(kind, cause))
    customer_client.raise_request_exception = False

    answer = customer_client.get("/api/v1/services", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (status, PROBLEM_TYPE, code)
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert "said" not in answer.content.decode()


@pytest.mark.parametrize("place", ["the host", "the call"])
@pytest.mark.parametrize(("kind", "cause", "status", "code"), FAILURES[:3])
def test_a_database_that_does_not_answer_is_told_to_people(
    customer_client, monkeypatch, place, kind, cause, status, code
):
    places = PLACES | {"the call": "web.booking.flow.load_offer"}
    monkeypatch.setattr(places[place], lambda *_args, **_kwargs: raise_from(kind, cause))

    answer = customer_client.get("/", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Not available right now" in answer.content.decode()


def test_a_form_that_a_program_sends_is_no_way_around(customer_client, tenant):
    answer = customer_client.post("/api/v1/bookings", {"service": "1"})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert not Booking.objects.exists()


@pytest.mark.parametrize("query", ["version=a%0D%0Ab", "lang=%00", "lang=../x", "format=json", "format=x", "script="])
@pytest.mark.parametrize("path", ["schema/", "docs/", "services", "business"])
def test_no_parameter_breaks_an_answer(customer_client, path, query):
    answer = customer_client.get(f"/api/v1/{path}?{query}")

    assert answer.status_code in {200, 404, 422}
    assert check(answer, "GET") is None
