"""What stands around every answer: failures in the form that programs read, and two middlewares of libraries.

Those two are without what they do again for every request.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware

from edge.language import choose_language
from edge.problems import is_fit, make_problem_of
from edge.requests import find_block, find_sent_id
from telemetry.tracing import REQUEST_ID, find_request_id
from tenants.types import TenantInfo


class ProblemMiddleware:
    """The outermost: whoever answered a failure to a program, in whatever form, it leaves as problem details."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, and look at what comes back."""
        response = self.get_response(request)
        if is_fit(request.path, response):
            return response
        tenant: TenantInfo | None = getattr(request, "tenant", None)
        with translation.override(choose_language(request, tenant)):
            return make_problem_of(response)


ID_HEADER = "X-Request-ID"
REQUEST_FIELD = "_request"
"""Of a log line in the making; `config.logs` takes it out again."""


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's: an answer that changes nothing about the policy gets it as it was written once."""

    _usual: str | None = None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header, unless it is there."""
        if _changes_policy(request, response):
            return super().process_response(request, response)
        if self._usual is None:
            self._usual = build_policy()
        if HEADER not in response:
            response.headers[HEADER] = self._usual
        # Asking for a nonce now would be too late, as it is after django-csp's own.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's, with what our lines may say of a caller, and with the id in the answer.

    An address is a person's; its block says as much as a log needs. Theirs would believe
    ``X-Forwarded-For`` from anybody, and take longer than the rest of it.
    """

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Name the caller's address block in every line of this request, and the id that the proxy gave it.

        The request itself goes along: whoever writes the line knows from it what to leave out.
        """
        request_id = find_sent_id(request) or find_request_id()
        setattr(request, REQUEST_ID, request_id)
        structlog.contextvars.bind_contextvars(
            **{REQUEST_ID: request_id, "network": find_block(request), REQUEST_FIELD: request}
        )

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Tell the caller the id, by which its lines are found, and leave it."""
        response.headers[ID_HEADER] = getattr(request, REQUEST_ID, "")
        super().handle_response(request, response)


def _changes_policy(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Tell whether a decorator, a nonce or a setting asks for more than the usual policy."""
    return (
        settings.DEBUG
        or getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None) is not None
        or "EXCLUDE_URL_PREFIXES" in settings.CONTENT_SECURITY_POLICY
        or hasattr(request, "_csp_nonce")
        or any(name.startswith("_csp") for name in vars(response))
    )
