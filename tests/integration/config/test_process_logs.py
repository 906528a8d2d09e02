"""Logs of the servers themselves, as the guide starts them: no token, whatever the answer was; for whom, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from scheduling.services.messages.manage_tokens import derive_token
from telemetry.tracing import traced
from tenants.context import tenant_scope
from tests.fakes.failing.processes import fail_in_the_background, running_site, running_worker

KEY = "tk_live_5eCrEt5eCrEt5eCrEt"
SESSION = "k3v9qzlw2xb7rtmnpyc5sdf8gjq1ute4"
CSRF = "hK3v9QzLw2Xb7RtmNpYc5sDf8gJq1uTe"
RESET = "3-cx1abc-0123456789abcdef0123456789abcdef"
SEALED = "gAAAAABm3v9QzLw2-Xb7Rt_mNpYc5sDf8gJq1uTe4oAiVx0Zk"
ONCE = "my own words for it"
ID = "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"
CALLER = "203.0.113.77"
PERSON = ("ana.sofia@correo.example", "+52 55 1234 5678", "5512345678")
HEADERS = {
    "Authorization": f"Bearer {KEY}",
    "Cookie": f"sessionid={SESSION}; csrftoken={CSRF}",
    "X-CSRFToken": CSRF,
    "Idempotency-Key": ONCE,
    "Content-Type": "application/json",
}


@pytest.fixture(scope="module")
def token(tenants, django_db_setup, django_db_blocker) -> str:
    with django_db_blocker.unblock(), tenant_scope(tenants["taller"]):
        return derive_token("nobody@turnero.example", 1)


def list_calls(token: str) -> Mapping[str, tuple[str, str, str, int]]:
    """Name → method, path, body, status."""
    return {
        "unknown link": ("GET", f"/api/v1/manage/{token}", "", 404),
        "other method": ("POST", f"/api/v1/manage/{token}", "{}", 405),
        "invalid body": ("POST", f"/api/v1/manage/{token}/reschedule", "{}", 422),
        "defect": ("POST", f"/api/v1/manage/{token}/fail/fail_with_words", "{}", 500),
        "no such call": ("POST", f"/api/v1/manage/{token}/nothing", "{}", 404),
        "hold": ("DELETE", f"/api/v1/holds/12.{token}", "", 404),
        "page": ("GET", f"/b/{token}/", "", 404),
        "defect of a page": ("GET", f"/b/{token}/fail/fail_with_words/", "", 500),
        "page in capitals": ("GET", f"/B/{token}/", "", 404),
        "reset": ("GET", f"/accounts/password/reset/key/{RESET}/nothing", "", 301),
        "draft": ("GET", f"/nothing/?d={SEALED}&token={token}&code=482913", "", 404),
        "person": ("GET", "/nothing/?email=ana@correo.example&phone=%2B525512345678", "", 404),
    }


@pytest.mark.parametrize("look", ["json", "plain"])
def test_web_process_writes_no_secret(tenants, django_db_blocker, token, tmp_path, look):
    log = tmp_path / "log"
    calls = list_calls(token)

    with (
        django_db_blocker.unblock(),
        running_site(tenants["taller"], log, "--access-log", FAILING_LOOK=look) as site,
    ):
        statuses = {
            name: site.call(method, path, body=body, headers=HEADERS) for name, (method, path, body, _) in calls.items()
        }
        passed_on = {"X-Forwarded-For": CALLER, "X-Forwarded-Proto": "https", "X-Request-ID": ID}
        site.call("GET", f"/b/{token}/fail/fail_with_words/", headers={**HEADERS, **passed_on})

    text = log.read_text()
    assert statuses == {name: status for name, (*_, status) in calls.items()}
    assert text.count("/manage/***") >= 5  # the lines are there: the server's own, and Django's
    assert '"GET /b/***' in text or "GET /b/***" in text
    secrets = (token, RESET, SEALED, KEY, SESSION, CSRF, ONCE, "482913", "ana@correo.example", "5512345678")
    assert [each for each in secrets if each in text] == []
    assert "Traceback" in text
    if look == "json":
        started = [line for line in text.splitlines() if line.startswith("{")]
        lines = [json.loads(line) for line in started]
        assert {"django.request", "uvicorn.access"} <= {line["logger"] for line in lines}
        # Whoever speaks for nobody else gives no id; the proxy does, and it reaches Django's last line about a request.
        about = [line for line in lines if line["logger"].startswith(("django.request", "django_structlog"))]
        assert {line["tenant"] for line in about} == {tenants["taller"].schema_name}
        assert {line["logger"] for line in about if line["request_id"] == ID} >= {"django.request"}
        # Each has its own: one call more than those, and of the redirect there is no line.
        assert len({line["request_id"] for line in about}) == len(calls)
        ours = [line for line in lines if line["logger"] != "uvicorn.access"]
        assert [line for line in ours if CALLER in json.dumps(line)] == []
        assert {line["network"] for line in ours if "network" in line} >= {"203.0.113.0/24"}


def test_worker_writes_no_secret_and_nothing_of_a_person(tenants, django_db_blocker, token, tmp_path):
    log = tmp_path / "log"

    with django_db_blocker.unblock(), running_worker(log), traced(ID):
        note = f"{token} of {', '.join(PERSON)}"
        fail_in_the_background(tenants["taller"], log, note=note)

    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert {"celery.app.trace", "celery.worker.consumer.consumer", "tenants.services.due_work"} <= {
        line["logger"] for line in lines
    }
    (failed,) = {
        (line["tenant"], line["request_id"], line["kind"]) for line in lines if line["event"] == "due_work_failed"
    }
    assert failed == (tenants["taller"].schema_name, ID, "failing")
    (task,) = [line for line in lines if line.get("task") == "failing.fail" and line["logger"] == "celery.app.trace"]
    assert (task["request_id"], "tenant" in task) == (task["task_id"], False)
    assert "RuntimeError: *** of ***@***, ***, ***" in text
    assert [each for each in (token, *PERSON) if each in text] == []
