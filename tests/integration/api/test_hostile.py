"""What only an attacker sends, or what only an attacker would find."""

from __future__ import annotations

import re

import pytest

from api.throttles import AddressThrottle


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (rb'{"customer": {"name": "Ana", "phone": "\ud800"}}', 400),
        (rb'{"\ud800": 1}', 400),
        (b'{"answers": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
        (b'{"note": "' + b"a" * 1_000_000 + b'"}', 413),
    ],
)
def test_hostile_bodies_are_refused_as_problems(customer_client, body, status):
    answer = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_answers_are_not_kept_by_caches(customer_client):
    answers = [customer_client.get(f"/api/v1/{path}") for path in ("services", "manage/unknown")]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store", "no-store"]


def test_throttle_does_not_believe_what_callers_say_of_themselves(rf):
    request = rf.post("/", headers={"X-Forwarded-For": "203.0.113.7"}, REMOTE_ADDR="198.51.100.1")

    assert AddressThrottle().get_key(request) == "198.51.100.1"


def test_docs_run_no_script_that_the_policy_forbids(customer_client):
    page = customer_client.get("/api/v1/docs/")

    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert re.findall(r"<script>|<script(?![^>]*\bsrc=)[^>]*>", page.content.decode()) == []
    script = customer_client.get("/api/v1/docs/?script=")
    assert (script.status_code, script.headers["Content-Type"]) == (200, "application/javascript")
