"""Failures as RFC 9457 problem details (``application/problem+json``)."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from django.http import Http404
from django.utils.translation import gettext
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from billing.errors import RefundTooLarge
from edge.problems import PROBLEM_TYPE, describe_problem
from edge.statuses import find_expected, find_retry_after, get_status
from kernel.errors import Conflict, DomainError, Invalid
from kernel.text import mark
from scheduling.errors import WRONG_CODE, HoldExpired, SeriesConflict, SlotTaken, SlotUnavailable, VerificationRequired
from scheduling.selectors.availability.explanations import tell_customers


class UnknownField(Invalid):
    """The body holds a field that this call does not know."""

    code = "unknown_field"
    text = mark("This field is not known here.")


class IdempotencyMismatch(Conflict):
    """The key was used before with another body."""

    code = "idempotency_mismatch"
    text = mark("This Idempotency-Key was already used with a different body.")


def handle_exception(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer expected failures; None lets Django report everything else as a defect.

    Always in JSON, whatever the call would have answered and whatever the caller would rather have.
    """
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    expected = find_expected(exc)
    if expected is not None:
        return _from_domain(expected)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    if isinstance(exc, exceptions.APIException):
        return _from_rest_framework(exc, context)
    return None


def make_problem(
    *, status_code: int, code: str, detail: str, errors: Mapping[str, Any] | None = None, **extra: object
) -> Response:
    """Build the answer around `edge.problems.describe_problem`."""
    body = describe_problem(status=status_code, code=code, detail=detail, errors=errors, **extra)
    return Response(body, status=status_code, content_type=PROBLEM_TYPE)


def _from_domain(error: DomainError) -> Response:
    text = gettext(error.text)
    extra: dict[str, object] = {}
    if isinstance(error, SlotTaken | SlotUnavailable | HoldExpired):
        extra["alternatives"] = [{"starts_at": slot.starts_at, "ends_at": slot.ends_at} for slot in error.alternatives]
    if isinstance(error, RefundTooLarge):
        extra["left_minor"] = error.left_minor
    errors = None
    if isinstance(error, VerificationRequired):
        said = {"channel": error.channel, "expires_at": error.expires_at, "again_at": error.again_at}
        extra |= {name: value for name, value in said.items() if value}  # nothing of a code that was not sent
        errors = {"verification.code": [gettext(WRONG_CODE)]} if error.is_wrong else None
    if isinstance(error, SeriesConflict):
        refused = (each for each in error.report if each["outcome"] == "conflict")
        extra["dates"] = [{"starts_at": each["asked_at"], "code": each["code"]} for each in refused]
    if isinstance(error, SlotUnavailable):
        extra["reasons"] = [{"code": code, "text": words} for code, words in tell_customers(error.reasons).items()]
    if isinstance(error, Invalid):
        errors = {field: [gettext(message) for message in messages] for field, messages in error.errors.items()}
    response = make_problem(
        status_code=get_status(error),
        code=error.code,
        detail=text % error.params if error.params else text,
        errors=errors,
        **extra,
    )
    wait = find_retry_after(error)
    if wait is not None:
        response["Retry-After"] = wait
    return response


def _from_rest_framework(error: exceptions.APIException, context: Mapping[str, Any]) -> Response:
    if isinstance(error, exceptions.ValidationError):
        return make_problem(
            status_code=status.HTTP_422_UNPROCESSABLE_ENTITY,
            code="invalid",
            detail=gettext(Invalid.text),
            errors=_flatten(error.detail),
        )
    code = str(getattr(error, "default_code", "error"))
    response = make_problem(status_code=error.status_code, code=code, detail=str(error.detail))
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(max(1, ceil(wait)))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        header = getattr(error, "auth_header", None) or "Session"
        response.status_code = response.data["status"] = status.HTTP_401_UNAUTHORIZED
        response["WWW-Authenticate"] = header
    if isinstance(error, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def _flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Name nested fields with dots: ``customer.phone``."""
    if isinstance(detail, Mapping):
        flat: dict[str, list[str]] = {}
        for name, value in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            flat.update(_flatten(value, ".".join(part for part in (prefix, own) if part)))
        return flat
    if isinstance(detail, list) and any(isinstance(item, Mapping) for item in detail):
        flat = {}
        for index, item in enumerate(detail):
            flat.update(_flatten(item, f"{prefix}.{index}"))
        return flat
    return {prefix: [str(item) for item in (detail if isinstance(detail, list) else [detail])]}
