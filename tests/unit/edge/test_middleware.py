"""The policy of content, written once; the address in the log, as the server saw it."""

from __future__ import annotations

import pytest
import structlog
from csp.constants import NONCE
from csp.decorators import csp_exempt, csp_replace, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from edge.middleware import ContentPolicyMiddleware, RequestLogMiddleware

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


def test_log_lines_name_the_address_that_the_server_saw(rf):
    seen = {}

    def view(request):
        seen.update(structlog.contextvars.get_contextvars())
        return HttpResponse()

    request = rf.get("/", REMOTE_ADDR="198.51.100.1", headers={"x-forwarded-for": "203.0.113.7"})
    RequestLogMiddleware(view)(request)

    assert seen["ip"] == "198.51.100.1"
