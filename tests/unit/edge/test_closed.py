from __future__ import annotations

import json
from dataclasses import replace

import pytest

from edge.closed import answer_not_ready, answer_unknown_host
from tenants.enums import TenantStatus


@pytest.fixture
def coming_tenant(english_tenant):
    return replace(english_tenant, status=TenantStatus.PROVISIONING)


def test_programs_get_a_problem_document(rf, coming_tenant):
    answer = answer_not_ready(rf.post("/api/v1/holds"), coming_tenant)

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("10", "no-store")
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "tenant provisioning",
        "status": 503,
        "code": "tenant_provisioning",
        "detail": "This page is being prepared. Please come back in a minute.",
    }


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "This page is being prepared. Please come back in a minute."),
        ("?lang=es", "Esta página está en preparación. Vuelve en un minuto."),
    ],
)
def test_people_get_a_page_in_their_language(rf, coming_tenant, query, text):
    answer = answer_not_ready(rf.get(f"/{query}"), coming_tenant)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert f'<p class="soft">{text}</p>' in answer.content.decode()


def test_unknown_host_repeats_nothing_of_the_request(rf):
    answer = answer_unknown_host(rf.get("/<b>", headers={"Accept-Language": "en"}))

    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<b>" not in page
    assert "No business answers at this address." in page


@pytest.mark.parametrize(("language", "title"), [("en", "There is no page here"), ("es", "Aquí no hay ninguna página")])
def test_unknown_host_is_a_page_with_title_language_and_viewport(rf, settings, language, title):
    answer = answer_unknown_host(rf.get("/", headers={"Accept-Language": language}))

    page = answer.content.decode()
    assert (f"<title>{title}</title>" in page, f'<html lang="{language}">' in page, "width=device-width" in page) == (
        True, True, True,
    )  # fmt: skip
    assert f'href="http://{settings.PLATFORM_HOST}/"' in page
    assert answer["Content-Language"] == language
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
