"""Webhooks, for staff and programs: by the services of the workspace's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from accounts.types import KeyView
from api.document import describe_call
from api.pagination import PageQuery, cut_list, name_next, read_place
from api.v1.manage.serializers import EmptyFields
from api.v1.webhooks.shapes import (
    DeliveryList,
    DeliveryQuery,
    SecretShape,
    WebhookChanges,
    WebhookFields,
    WebhookList,
    WebhookShape,
    describe_delivery,
    describe_webhook,
)
from api.views import Result, StaffView, answer_once
from kernel.clock import utc_now
from kernel.errors import DomainError, Invalid
from kernel.ids import read_row_id
from notifications.errors import DeliveryWaits, ProofNeeded, TooManyWebhooks, WebhookIsOff, WebhookNotFound
from notifications.selectors.webhooks import get_endpoint, list_deliveries, list_endpoints
from notifications.services.webhooks import by_hand, endpoints
from notifications.types.webhooks import Author

NAME, LOG = "webhooks", "deliveries"
Act = Callable[[int, Author], object]


class WebhooksView(StaffView):
    """``GET`` and ``POST webhooks``."""

    key_area = KeyArea.WEBHOOKS
    declared_permission: ClassVar[Mapping[str, str]] = dict.fromkeys(("GET", "POST"), Permission.SETTINGS_MANAGE)

    @describe_call("list_webhooks", parameters=[PageQuery], responses=WebhookList)
    def get(self, request: Request) -> Response:
        """List where events go, the oldest first."""
        asked = PageQuery.read(request).validated_data
        page = cut_list(list_endpoints(), asked, NAME, key=lambda each: (each.id,))
        return Response({"results": [describe_webhook(each) for each in page.rows], "next": name_next(page, NAME)})

    @describe_call(
        "create_webhook",
        fails=(TooManyWebhooks, ProofNeeded, Invalid),
        request=WebhookFields,
        responses={201: WebhookShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Let events go to an address from now on; `POST webhooks/{id}/secret` answers what signs them.

        Only with a key, which somebody made with their password.
        """
        asked = WebhookFields.read(request).validated_data

        def run() -> Result:
            author, now = _name_author(request), utc_now()
            number = endpoints.add_endpoint(url=asked["url"], events=asked["events"], by=author, now=now)
            return Result(status=status.HTTP_201_CREATED, body=describe_webhook(get_endpoint(number)))

        return answer_once(request, run, is_personal=False)


class OneWebhookView(StaffView):
    """``GET``, ``PATCH`` and ``DELETE webhooks/{id}``."""

    key_area = KeyArea.WEBHOOKS
    declared_permission: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("GET", "PATCH", "DELETE"), Permission.SETTINGS_MANAGE
    )

    @describe_call("get_webhook", fails=(WebhookNotFound,), responses=WebhookShape)
    def get(self, _request: Request, webhook_id: str) -> Response:
        """Return where events go, and how it stands."""
        return Response(describe_webhook(get_endpoint(_read_id(webhook_id))))

    @describe_call(
        "change_webhook",
        fails=(WebhookNotFound, ProofNeeded, Invalid),
        request=WebhookChanges,
        responses=WebhookShape,
    )
    def patch(self, request: Request, webhook_id: str) -> Response:
        """Change where events go, or which; what waits goes to the new address. Only with a key.

        At another host or port only a new secret signs: ask for it.
        """
        asked, number = WebhookChanges.read(request).validated_data, _read_id(webhook_id)
        before = get_endpoint(number)
        endpoints.change_endpoint(
            endpoint_id=number,
            url=asked.get("url", before.url),
            events=asked.get("events", before.events),
            by=_name_author(request),
            now=utc_now(),
        )
        return Response(describe_webhook(get_endpoint(number)))

    @describe_call("delete_webhook", fails=(WebhookNotFound,), responses={204: None})
    def delete(self, request: Request, webhook_id: str) -> Response:
        """Forget an address with its secret and its log."""
        endpoints.remove_endpoint(endpoint_id=_read_id(webhook_id), by_id=request.user.pk, now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class SecretView(StaffView):
    """``POST webhooks/{id}/secret``: no GET, so that a key that only reads does not sign in our name."""

    key_area = KeyArea.WEBHOOKS
    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.SETTINGS_MANAGE}

    @describe_call(
        "show_webhook_secret", fails=(WebhookNotFound, ProofNeeded), request=EmptyFields, responses=SecretShape
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        """Return the secret that signs, to a key; it changes nothing, and no answer of it is kept."""
        EmptyFields.read(request)
        secret = endpoints.show_secret(endpoint_id=_read_id(webhook_id), by=_name_author(request))
        return Response({"secret": secret})


class DeliveriesView(StaffView):
    """``GET webhooks/{id}/deliveries``."""

    key_area = KeyArea.WEBHOOKS
    declared_permission: ClassVar[Mapping[str, str]] = {"GET": Permission.SETTINGS_MANAGE}

    @describe_call(
        "list_webhook_deliveries", fails=(WebhookNotFound,), parameters=[DeliveryQuery], responses=DeliveryList
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        """List what was sent in the last 30 days, or waits, the newest first."""
        asked, endpoint = DeliveryQuery.read(request).validated_data, get_endpoint(_read_id(webhook_id))
        page = list_deliveries(endpoint.id, state=asked["state"], cursor=read_place(asked, LOG), limit=asked["limit"])
        return Response({"results": [describe_delivery(each) for each in page.rows], "next": name_next(page, LOG)})


class SendAgainView(StaffView):
    """``POST webhooks/{id}/deliveries/{delivery}/again``."""

    key_area = KeyArea.WEBHOOKS
    declared_permission: ClassVar[Mapping[str, str]] = {"POST": Permission.SETTINGS_MANAGE}

    @describe_call(
        "send_webhook_again",
        fails=(WebhookNotFound, WebhookIsOff, DeliveryWaits),
        request=EmptyFields,
        responses=WebhookShape,
    )
    def post(self, request: Request, webhook_id: str, delivery_id: str) -> HttpResponse:
        """Send what has arrived or was given up once more, with the same `webhook-id`; nothing waits for it."""
        number = _read_id(delivery_id)
        return _act(
            request,
            webhook_id,
            lambda pk, _: by_hand.send_again(endpoint_id=pk, delivery_id=number, now=utc_now()),
        )


def _make_act(name: str, text: str, act: Act, *, fails: tuple[type[DomainError], ...] = ()) -> type[StaffView]:
    @describe_call(
        f"{name}_webhook",
        fails=(WebhookNotFound, *fails),
        description=text,
        request=EmptyFields,
        responses=WebhookShape,
    )
    def post(_self: StaffView, request: Request, webhook_id: str) -> HttpResponse:
        return _act(request, webhook_id, act)

    declared = {"declared_permission": {"POST": Permission.SETTINGS_MANAGE}, "key_area": KeyArea.WEBHOOKS}
    said = {"__doc__": text, **declared, "post": post}
    return type(f"{name.title().replace('_', '')}WebhookView", (StaffView,), said)


def _act(request: Request, webhook_id: str, act: Act) -> HttpResponse:
    EmptyFields.read(request)
    number = _read_id(webhook_id)

    def run() -> Result:
        act(number, _name_author(request))
        return Result(status=status.HTTP_200_OK, body=describe_webhook(get_endpoint(number)))

    return answer_once(request, run, is_personal=False)


def _name_author(request: Request) -> Author:
    """Return who calls. A key was made with a password; a session alone does not show who sits there."""
    user: Any = request.user

    def prove() -> None:
        if not isinstance(request.auth, KeyView):
            raise ProofNeeded

    return Author(user.pk, prove)


def _read_id(text: str) -> int:
    number = read_row_id(text)
    if number is None:
        raise WebhookNotFound
    return number


OnView = _make_act(
    "switch_on",
    "Send events there again; what waited before is sent only when somebody says so.",
    lambda pk, by: endpoints.switch_endpoint(endpoint_id=pk, is_on=True, by_id=by.user_id, now=utc_now()),
)
OffView = _make_act(
    "switch_off",
    "Send nothing there any more; again changes nothing.",
    lambda pk, by: endpoints.switch_endpoint(endpoint_id=pk, is_on=False, by_id=by.user_id, now=utc_now()),
)
RotateView = _make_act(
    "rotate",
    "Sign with a new secret; for 24 hours the one before signs as well. Only with a key.",
    lambda pk, by: endpoints.rotate_secret(endpoint_id=pk, by=by, now=utc_now()),
    fails=(ProofNeeded,),
)
TestView = _make_act(
    "test",
    "Send `webhook.test`, which tells of nothing.",
    lambda pk, _: by_hand.send_test(endpoint_id=pk, now=utc_now()),
    fails=(WebhookIsOff,),
)
