from __future__ import annotations

import json
from dataclasses import replace

import pytest

from edge.closed import CLOSED_PAGES, answer_closed, answer_unknown_host
from tenants.enums import CLOSED_STATUSES, TenantStatus


def test_every_closed_status_says_why():
    assert set(CLOSED_PAGES) == CLOSED_STATUSES


def test_programs_get_a_problem_document(rf, english_tenant):
    answer = answer_closed(rf.post("/api/v1/holds"), replace(english_tenant, status=TenantStatus.SUSPENDED))

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("3600", "no-store")
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "tenant suspended",
        "status": 503,
        "code": "tenant_suspended",
        "detail": "This business is not taking bookings online at the moment. Existing appointments stay as they are.",
    }


@pytest.mark.parametrize(
    ("query", "text"),
    [("", "This business no longer takes bookings here."), ("?lang=es", "Este negocio ya no recibe citas aquí.")],
)
def test_people_get_a_page_in_their_language(rf, english_tenant, query, text):
    answer = answer_closed(rf.get(f"/{query}"), replace(english_tenant, status=TenantStatus.CLOSED))

    assert (answer.status_code, "Retry-After" in answer.headers) == (410, False)
    assert f'<p class="soft">{text}</p>' in answer.content.decode()


def test_unknown_host_repeats_nothing_of_the_request(rf):
    answer = answer_unknown_host(rf.get("/<b>", headers={"Accept-Language": "en"}))

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.content.decode() == "404: No business answers at this address.\n"
