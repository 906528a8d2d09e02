"""The policy of content, written once; what lines of a request say of the caller."""

from __future__ import annotations

import pytest
import structlog
from csp.constants import NONCE
from csp.decorators import csp_exempt, csp_replace, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from edge.middleware import ContentPolicyMiddleware, RequestLogMiddleware
from telemetry.tracing import read_request_id

HEADER = "Content-Security-Policy"


def answer(request):
    return HttpResponse("page")


def answer_with_nonce(request):
    return HttpResponse(str(request.csp_nonce))


def answer_with_own_policy(request):
    return HttpResponse("page", headers={HEADER: "default-src 'self'"})


def mask_nonce(policy: str, response: HttpResponse) -> str:
    return policy.replace(response.content.decode(), "…")


@pytest.mark.parametrize(
    "view",
    [
        answer,
        answer_with_own_policy,
        csp_exempt()(answer),
        csp_update({"img-src": "example.org"})(answer),
        csp_replace({"img-src": "example.org"})(answer),
        csp_update({"script-src": NONCE})(answer_with_nonce),
    ],
)
def test_policy_is_what_django_csp_writes(rf, view):
    ours, theirs = ContentPolicyMiddleware(view), CSPMiddleware(view)

    responses = [middleware(rf.get("/")) for middleware in (ours, theirs, ours)]

    policies = [mask_nonce(each.headers.get(HEADER, "none"), each) for each in responses]
    assert policies[0] == policies[1] == policies[2]


def test_a_report_only_policy_is_not_forgotten(rf, settings):
    settings.CONTENT_SECURITY_POLICY_REPORT_ONLY = {"DIRECTIVES": {"img-src": ["example.org"]}}

    ours, theirs = (kind(answer)(rf.get("/")).headers for kind in (ContentPolicyMiddleware, CSPMiddleware))

    assert "img-src example.org" in ours["Content-Security-Policy-Report-Only"]
    assert dict(ours) == dict(theirs)


def test_a_nonce_asked_for_too_late_is_an_error(rf):
    request = rf.get("/")
    ContentPolicyMiddleware(answer)(request)

    with pytest.raises(Exception, match="not available"):
        str(request.csp_nonce)


@pytest.fixture
def seen():
    """What lines of a request say, and the view that looks at it."""
    said: dict[str, object] = {}
    structlog.contextvars.clear_contextvars()
    yield said
    structlog.contextvars.clear_contextvars()


def look(seen):
    def view(request):
        seen.update(structlog.contextvars.get_contextvars())
        return HttpResponse()

    return RequestLogMiddleware(view)


def test_log_lines_name_the_block_of_the_address_that_the_server_saw(rf, seen):
    request = rf.get("/", REMOTE_ADDR="198.51.100.1", headers={"x-forwarded-for": "203.0.113.7"})

    look(seen)(request)

    assert seen["network"] == "198.51.100.0/24"
    assert [name for name, value in seen.items() if "198.51.100.1" in str(value)] == []


@pytest.mark.parametrize(("port", "is_proxy"), [(0, True), (40000, False), ("0", False)])
def test_lines_and_answer_have_one_id_which_only_the_proxy_may_give(rf, seen, port, is_proxy):
    sent = "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"
    request = rf.get("/", REMOTE_PORT=port, headers={"x-request-id": sent, "x-correlation-id": "ana@correo.example"})

    response = look(seen)(request)

    assert read_request_id(str(seen["request_id"])) == seen["request_id"]
    assert (seen["request_id"] == sent, response.headers["X-Request-ID"]) == (is_proxy, seen["request_id"])
    assert "correlation_id" not in seen
    assert structlog.contextvars.get_contextvars() == {}


def test_ids_of_two_requests_differ(rf, seen):
    first, second = (look(seen)(rf.get("/")).headers["X-Request-ID"] for _ in range(2))

    assert first != second
