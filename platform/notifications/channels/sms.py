"""SMS through an HTTP API that speaks Twilio's 2010-04-01 Messages protocol."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from urllib.parse import quote

from django.conf import settings

from notifications.channels.numbers import gets_sms
from notifications.channels.registry import Carrier, register_carrier
from notifications.engine.segments import pick_text
from notifications.enums import Channel
from notifications.errors import CarrierMissing, DeliveryFailed, DeliveryRefused
from notifications.types.messages import OutgoingMessage
from outgoing.client import send_request
from outgoing.errors import CallFailed
from outgoing.types import Answer, Limits

# Our own account is wrong or we are too fast: not the message's fault.
OUR_FAULTS = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)

_PHONE = re.compile(r"\+[1-9]\d{6,14}")


def send_sms(message: OutgoingMessage) -> str:
    """Hand one message to the carrier and return the carrier's id of it.

    Raises:
        CarrierMissing: No carrier is set up.
        DeliveryRefused: The carrier refuses number or text for good.
        DeliveryFailed: The carrier is away, slow or busy, or does not know us.
    """
    if not settings.SMS_URL:
        raise CarrierMissing
    account = quote(settings.SMS_ACCOUNT, safe="")
    try:
        answer = send_request(
            f"{settings.SMS_URL.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json",
            method="POST",
            headers={"Accept": "application/json"},
            form={"To": message.to, "From": settings.SMS_FROM, "Body": message.body_text},
            credentials=(settings.SMS_ACCOUNT, settings.SMS_SECRET),
            limits=Limits(read_seconds=settings.SMS_TIMEOUT_SECONDS, total_seconds=2 * settings.SMS_TIMEOUT_SECONDS),
        )
    except CallFailed as error:
        if error.status is not None and _is_success(error.status):
            return ""
        raise DeliveryFailed(reason=error.reason) from error
    if _is_success(answer.status):
        return _read_id(answer)
    reason = f"{answer.status} {_read_reason(answer)}".strip()
    is_permanent = (
        HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in OUR_FAULTS
    )
    raise (DeliveryRefused if is_permanent else DeliveryFailed)(reason=reason)


def is_phone(address: str) -> bool:
    """Tell whether ``address`` is a number as the ITU's E.164 writes it: a plus sign and 7 to 15 digits."""
    return _PHONE.fullmatch(address) is not None


def register() -> None:
    """Reach people by SMS."""
    register_carrier(
        Carrier(
            channel=Channel.SMS,
            send=send_sms,
            find_address=lambda recipient: recipient.phone,
            is_address=is_phone,
            folder="sms",
            pick_text=pick_text,
            is_set_up=lambda: bool(settings.SMS_URL),
            is_wanted=gets_sms,
        )
    )


def _is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _read_id(answer: Answer) -> str:
    # The carrier has taken it: an answer that cannot be read must not make us send it again.
    try:
        return str(json.loads(answer.body)["sid"])
    except (ValueError, KeyError, TypeError):
        return ""


def _read_reason(answer: Answer) -> str:
    try:
        said = json.loads(answer.body)
        return f"{said.get('code', '')} {said.get('message', '')}".strip()
    except (ValueError, AttributeError):
        return ""
