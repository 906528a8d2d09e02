"""SMS through an HTTP API that speaks Twilio's 2010-04-01 Messages protocol."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from django.conf import settings

from notifications.errors import CarrierMissing, DeliveryFailed, DeliveryRefused
from notifications.types import OutgoingMessage

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
LONGEST_BODY = 1600
LONGEST_ANSWER_BYTES = 65_536


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
    credentials = base64.b64encode(f"{settings.SMS_ACCOUNT}:{settings.SMS_SECRET}".encode()).decode()
    form = {"To": message.to, "From": settings.SMS_FROM, "Body": message.body_text[:LONGEST_BODY]}
    request = Request(  # noqa: S310 - the operator's own setting, never a user's text
        f"{settings.SMS_URL.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json",
        data=urlencode(form).encode(),
        headers={"Authorization": f"Basic {credentials}", "Accept": "application/json"},
    )
    try:
        with urlopen(request, timeout=settings.SMS_TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
            return _read_id(answer.read(LONGEST_ANSWER_BYTES))
    except HTTPError as error:
        reason = f"{error.code} {_read_reason(error)}"
        is_permanent = error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in OUR_FAULTS
        raise (DeliveryRefused if is_permanent else DeliveryFailed)(reason=reason) from error
    except (URLError, OSError, HTTPException) as error:
        raise DeliveryFailed(reason=f"{type(error).__name__}: {error}") from error


def _read_id(body: bytes) -> str:
    # The carrier has taken it: an answer that cannot be read must not make us send it again.
    try:
        return str(json.loads(body)["sid"])
    except (ValueError, KeyError, TypeError):
        return ""


def _read_reason(error: HTTPError) -> str:
    try:
        answer = json.loads(error.read(LONGEST_ANSWER_BYTES))
        return f"{answer.get('code', '')} {answer.get('message', '')}".strip()
    except (ValueError, AttributeError, OSError, HTTPException):
        return str(error.reason)
