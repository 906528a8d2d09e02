"""What the OpenAPI document says of each call: every answer that can come, with its codes.

A call names the failures of its own; those that any call can have are added here, by what the call is:
open or for staff, reading or changing, with a body or without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils.http import http_date
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers

from api.errors import IdempotencyMismatch
from api.fields import InstantField
from api.parsers import BODY_TOO_LARGE, BodyTooLarge
from api.serializers import StrictSerializer
from database.errors import DatabaseAway, TooBusy
from edge.access import OPEN, find_permission
from edge.problems import BAD_REQUEST, PLAIN_PROBLEMS, PROBLEM_TYPE
from edge.statuses import get_status
from kernel.errors import DomainError, Invalid, LimitReached
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids, TenantUnknown
from tenants.policies import CUSTOMER_TEXTS, NOT_READY

Method = TypeVar("Method", bound=Callable[..., object])

WAITING = {"429", "503"}
"""Statuses of answers that say when to try again."""
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="The same key with the same body within 24 hours gets the same answer, and nothing happens twice.",
    type={"type": "string", "maxLength": 255},
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that is none of what was asked for."""

    status: int
    code: str
    text: str


def _find_status(kind: type[DomainError]) -> int:
    # Kinds carry data of their own; the status asks only what kind it is.
    return get_status(kind.__new__(kind))


OF_STATES = tuple(
    Failure(_find_status(StatusForbids), f"tenant_{state}", " ".join(dict.fromkeys(texts.values())))
    for state, texts in CUSTOMER_TEXTS.items()
)
EVERYWHERE = (
    *OF_STATES,
    Failure(400, *PLAIN_PROBLEMS[400]),
    Failure(404, *PLAIN_PROBLEMS[404]),
    Failure(404, TenantUnknown.code, TenantUnknown.text),
    Failure(406, "not_acceptable", "Nothing that the caller accepts can be answered."),
    Failure(500, *PLAIN_PROBLEMS[500]),
    *(Failure(503, kind.code, kind.text) for kind in (TooBusy, DatabaseAway)),
    Failure(503, f"tenant_{TenantStatus.PROVISIONING}", NOT_READY),
)
OF_ADDRESSES = (Failure(422, "invalid", Invalid.text),)
OF_CHANGES = (Failure(429, LimitReached.code, LimitReached.text),)
OF_BODIES = (
    Failure(400, "parse_error", BAD_REQUEST),
    Failure(413, BodyTooLarge.default_code, BODY_TOO_LARGE),
    Failure(415, exceptions.UnsupportedMediaType.default_code, "The body is of another kind than the call takes."),
    Failure(422, "invalid", Invalid.text),
)
OF_KEYS = (Failure(409, IdempotencyMismatch.code, IdempotencyMismatch.text),)
OF_STAFF = (
    Failure(401, exceptions.AuthenticationFailed.default_code, "The key is wrong, or was revoked."),
    Failure(401, exceptions.NotAuthenticated.default_code, "Nobody is signed in, and no key was sent."),
    Failure(403, exceptions.PermissionDenied.default_code, "The person's role, or the key, does not allow this."),
    Failure(
        429,
        exceptions.Throttled.default_code,
        "Too many calls with this key, the business's keys, or wrong ones.",
    ),
)


@dataclass(frozen=True, slots=True)
class Ending:
    """A call, or a way to make it, that ends: since when that is known, when, and the page that says what to do."""

    announced_at: datetime
    ends_at: datetime
    page: str

    @property
    def headers(self) -> dict[str, str]:
        """What its answers say until then (RFC 9745 and 8594)."""
        return {
            "Deprecation": f"@{int(self.announced_at.timestamp())}",
            "Sunset": http_date(self.ends_at.timestamp()),
            "Link": f'<{self.page}>; rel="deprecation"; type="text/html"',
        }


class AlternativeShape(serializers.Serializer[Any]):
    """A free time near the one that was asked for."""

    starts_at = InstantField()
    ends_at = InstantField()


class RefusedDateShape(serializers.Serializer[Any]):
    """A date of several that is not free, and why not."""

    starts_at = InstantField()
    code = serializers.CharField()


class WhyShape(serializers.Serializer[Any]):
    """One reason why a time is not offered, in words and as data."""

    code = serializers.CharField()
    text = serializers.CharField()


class ProblemShape(serializers.Serializer[Any]):
    """A failure (RFC 9457); ``code`` is for programs and stays, ``detail`` is for people, in their language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # the library has something else of this name
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="What is wrong, by field: `customer.phone`; an empty name stands for the whole.",
    )
    alternatives = AlternativeShape(many=True, required=False)
    reasons = WhyShape(many=True, required=False)
    dates = RefusedDateShape(many=True, required=False)
    left_minor = serializers.IntegerField(required=False, help_text="How much of a payment can still go back.")
    channel = serializers.CharField(required=False, help_text="How a code was sent: `email` or `sms`.")
    expires_at = InstantField(required=False, help_text="Until when the code works.")
    again_at = InstantField(required=False, help_text="From when on another code can be asked for.")


def describe_call(
    operation_id: str, *, fails: Iterable[type[DomainError]] = (), ending: Ending | None = None, **how: Any
) -> Callable[[Method], Method]:
    """Describe a call in the document; ``fails`` are the failures of its own, ``how`` is `extend_schema`'s.

    With an ``ending`` the document and every answer say that the call ends.
    """

    def decorate(method: Method) -> Method:
        described: Method = extend_schema(operation_id=operation_id, deprecated=ending is not None, **how)(method)
        described.ending = ending  # type: ignore[attr-defined]
        described.own_failures = tuple(fails)  # type: ignore[attr-defined]
        return described

    return decorate


class CallSchema(AutoSchema):
    """drf-spectacular's, with the failures of each call."""

    def get_override_parameters(self) -> list[Any]:
        """Add the header that keeps a POST from happening twice."""
        given = list(super().get_override_parameters())
        return [*given, IDEMPOTENCY_KEY] if self.method == "POST" else given

    def list_failures(self) -> list[Failure]:
        """List every failure that the call can answer, by status and code."""
        own: tuple[type[DomainError], ...] = getattr(self.view, self.method.lower()).own_failures
        found = {*EVERYWHERE, *(Failure(_find_status(kind), kind.code, kind.text) for kind in own)}
        if self.method != "GET":
            found |= {*OF_CHANGES}
        if self.method == "POST":
            found |= {*OF_KEYS}
        if self.method in {"POST", "PUT", "PATCH"}:
            found |= {*OF_BODIES}
        elif any(_is_read(each) for each in self.get_override_parameters()):
            found |= {*OF_ADDRESSES}
        if self.view.authentication_classes:
            found |= {*OF_STAFF}
        return sorted(found, key=lambda each: (each.status, each.code))

    def get_auth(self) -> list[dict[str, Any]]:
        """Say that a call may be made without any, where anyone may make it."""
        auth: list[dict[str, Any]] = super().get_auth()
        declared = find_permission(getattr(self.view, "declared_permission", None), self.method)
        return [*auth, {}] if auth and declared == OPEN else auth

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        reference = self.resolve_serializer(ProblemShape, direction).ref
        by_status: dict[str, list[Failure]] = {}
        for failure in self.list_failures():
            by_status.setdefault(str(failure.status), []).append(failure)
        return bodies | {status: _describe(status, failures, reference) for status, failures in by_status.items()}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema


def _is_read(parameters: object) -> bool:
    """Tell whether parameters are checked by a serializer of ours."""
    return isinstance(parameters, type) and issubclass(parameters, StrictSerializer)


def _describe(status: str, failures: Iterable[Failure], reference: Mapping[str, str]) -> dict[str, Any]:
    texts = {failure.code: failure.text for failure in failures}
    schema = {"allOf": [reference, {"properties": {"code": {"enum": list(texts)}, "status": {"const": int(status)}}}]}
    body: dict[str, Any] = {
        "description": "\n".join(f"- `{code}`: {text}" for code, text in texts.items()),
        "content": {PROBLEM_TYPE: {"schema": schema}},
    }
    if status in WAITING:
        body["headers"] = RETRY_AFTER
    return body
