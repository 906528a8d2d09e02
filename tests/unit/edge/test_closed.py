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

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.content.decode() == "404: No business answers at this address.\n"
