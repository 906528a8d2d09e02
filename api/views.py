"""What the calls that anyone may make have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpResponse
from django.utils.encoding import escape_uri_path
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.enums import KeyArea
from accounts.policies import Permission
from accounts.types import KeyView
from api.authentication import KeyAuthentication, MarkedSession
from api.services.idempotency import Answer, run_once
from api.throttles import KeyLimits, WriteLimits
from edge.access import OPEN, AsksRights, OpenToAnyone
from edge.requests import find_address
from kernel.clock import utc_now
from kernel.errors import Invalid
from kernel.text import mark

IDEMPOTENCY_KEY_LENGTH, ENDPOINT_LENGTH = 255, 120
KEY_TOO_LONG = mark("An Idempotency-Key has at most 255 characters.")


class AnsweringView(APIView):
    """What every call does: the methods that it has, and a problem for each other one, ``OPTIONS`` among them.

    Questions of browsers before a call from another site (CORS) are answered before they get here.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]


class FreshView(AnsweringView):
    """No answer is kept by a cache: it changes by the minute, or is a person's own."""

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        """Say so in every answer, and where a call ends, when."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        ending = getattr(getattr(self, str(request.method).lower(), None), "ending", None)
        for name, said in ({} if ending is None else ending.headers).items():
            answer.headers[name] = said
        return answer


@dataclass(frozen=True, slots=True)
class Result:
    """What a POST answers: an HTTP status, and a body that JSON can hold."""

    status: int
    body: Mapping[str, object]


class OpenView(FreshView):
    """Anyone may call; no cookie is read, so no other site can act in a person's name."""

    declared_permission = OPEN
    authentication_classes = ()
    permission_classes = (OpenToAnyone,)

    def get_throttles(self) -> list[BaseThrottle]:
        """Limit calls that change something; reading is cheap."""
        if self.request.method in {"POST", "PUT", "PATCH", "DELETE"}:
            return [WriteLimits()]
        return []


class StaffView(FreshView):
    """Staff by session, or a program with a key.

    Subclasses declare the permission, one or by method, and the area in which a key may call; without one
    the call is for people alone.
    """

    key_area: ClassVar[KeyArea | None] = None
    authentication_classes: Sequence[type[BaseAuthentication]] = (KeyAuthentication, SessionAuthentication)
    permission_classes = (AsksRights,)

    def get_throttles(self) -> list[BaseThrottle]:
        """Count programs by their keys, wherever they call from."""
        return [KeyLimits()] if isinstance(self.request.auth, KeyView) else []

    def check_permissions(self, request: Request) -> None:
        """Count the call, and ask whether it may be made: what a key may not do counts as well."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Do nothing: `check_permissions` has counted the call."""


class SharedView(StaffView):
    """Anyone may make some of the calls; of those, ``staff_permission`` says what staff is asked for.

    A session counts only where it is marked (`MarkedSession`).
    """

    authentication_classes = (KeyAuthentication, MarkedSession)
    staff_permission: ClassVar[Mapping[str, Permission]] = {}

    def get_throttles(self) -> list[BaseThrottle]:
        """Limit calls of anyone that change something, as `OpenView` does."""
        if self.request.user.is_authenticated or self.request.method in SAFE_METHODS:
            return super().get_throttles()
        return [self.open_limits()]

    open_limits: ClassVar[type[BaseThrottle]] = WriteLimits


def answer_once(request: Request, run: Callable[[], Result], *, is_personal: bool) -> HttpResponse:
    """Run a POST, once per ``Idempotency-Key`` when the caller sends one; again it answers the same bytes.

    ``is_personal`` says that path or body hold what only its sender knows: a token, a customer's details.

    Raises:
        Invalid: The key is longer than 255 characters.
        IdempotencyMismatch: The caller used the key with another body.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > IDEMPOTENCY_KEY_LENGTH:
        raise Invalid(errors={"Idempotency-Key": (KEY_TOO_LONG,)})

    def write() -> Answer:
        result = run()
        return Answer(status=result.status, body=JSONRenderer().render(result.body).decode())

    if not key:
        answer = write()
    else:
        answer = run_once(
            endpoint=escape_uri_path(request.path)[:ENDPOINT_LENGTH],
            key=key,
            caller=_name_caller(request),
            body=request.data,
            is_personal=is_personal,
            now=utc_now(),
            run=write,
        )
    return HttpResponse(answer.body, status=answer.status, content_type=JSONRenderer.media_type)


def _name_caller(request: Request) -> str:
    """Return to whom an ``Idempotency-Key`` belongs: the key of a program, or a network address."""
    return f"key {request.auth.id}" if isinstance(request.auth, KeyView) else find_address(request)


def make_money(amount_minor: int | None, currency: str) -> dict[str, object] | None:
    """Describe an amount in the smallest coin; None stays None: the price is not fixed."""
    return None if amount_minor is None else {"amount_minor": amount_minor, "currency": currency}
