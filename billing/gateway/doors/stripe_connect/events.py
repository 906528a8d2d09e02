"""What Stripe posts to us: verified, then read for what to fetch.

The SDK refuses what is older than five minutes; what is stamped ahead of us as far is refused here
(docs.stripe.com/webhooks, "Preventing replay attacks").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import stripe

from billing.gateway.doors.stripe_connect.reading import read_instant
from billing.gateway.enums import DoorName, EventKind
from billing.gateway.errors import EventRefused
from billing.gateway.types import Event, ProviderIds
from kernel.iso import parse_instant

TOLERANCE = timedelta(minutes=5)
SIGNATURE = "stripe-signature"
ACCOUNT_NOTICES = "v2.core.account"
KINDS = (
    ("checkout.session.", EventKind.PAYMENT),
    ("payment_intent.", EventKind.PAYMENT),
    ("charge.dispute.", EventKind.DISPUTE),
    ("charge.", EventKind.PAYMENT),
    ("refund.", EventKind.PAYMENT),
    ("payout.", EventKind.PAYOUT),
    ("account.application.deauthorized", EventKind.ACCOUNT_GONE),
    ("account.", EventKind.ACCOUNT),
)
"""How the names of events begin, the longer ones first."""


def read_event(raw: bytes, headers: Mapping[str, str], *, secrets: tuple[str, ...], now: datetime) -> tuple[Event, ...]:
    """Verify and read an event with content.

    Raises:
        EventRefused: It is not from Stripe, not of now, or no event.
    """
    data = _verify(raw, headers, secrets, now)
    try:
        if data["object"] != "event":
            raise EventRefused
        thing = data["data"]["object"]
        kind, ids, subject = _classify(data["type"], thing)
        event = Event(
            door=DoorName.STRIPE,
            event_id=_text(data["id"]),
            account_id=_text(data.get("account") or ""),
            kind=kind,
            ids=ids,
            subject_id=subject,
            happened_at=read_instant(data["created"]),
            is_live=data["livemode"] is True,
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise EventRefused from error
    return (event,)


def read_notice(
    raw: bytes, headers: Mapping[str, str], *, secrets: tuple[str, ...], now: datetime
) -> tuple[Event, ...]:
    """Verify and read an event without content (a "thin" one, of API v2).

    Raises:
        EventRefused: As `read_event`.
    """
    data = _verify(raw, headers, secrets, now)
    try:
        if data["object"] != "v2.core.event":
            raise EventRefused
        subject = _text((data.get("related_object") or {}).get("id", ""))
        is_account = data["type"].startswith(ACCOUNT_NOTICES) and subject.startswith("acct_")
        event = Event(
            door=DoorName.STRIPE,
            event_id=_text(data["id"]),
            account_id=subject if is_account else "",
            kind=EventKind.ACCOUNT if is_account else EventKind.OTHER,
            ids=ProviderIds(),
            subject_id=subject,
            happened_at=parse_instant(data["created"]),
            is_live=data["livemode"] is True,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise EventRefused from error
    return (event,)


def _verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], now: datetime) -> Any:
    header = next((value for name, value in headers.items() if name.lower() == SIGNATURE), "")
    # Outside of ASCII the SDK compares nothing and raises TypeError.
    if not header.isascii() or not any(_is_signed(raw, header, secret) for secret in secrets):
        raise EventRefused
    stamps = [part[2:] for part in header.split(",") if part.startswith("t=")]
    # Of "t=1=2" the SDK reads the 1.
    is_one = len(stamps) == 1 and stamps[0].isdecimal()
    if not is_one or abs(int(stamps[0]) - now.timestamp()) > TOLERANCE.total_seconds():
        raise EventRefused
    try:
        return json.loads(raw)
    except ValueError as error:
        raise EventRefused from error


def _is_signed(raw: bytes, header: str, secret: str) -> bool:
    try:
        # Age is looked at by our clock, which tests can set, and in both directions.
        stripe.WebhookSignature.verify_header(raw, header, secret, tolerance=None)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    return True


def _classify(name: str, thing: Mapping[str, Any]) -> tuple[EventKind, ProviderIds, str]:
    subject, payment = _text(thing["id"]), _text(thing.get("payment_intent") or "")
    kind = next((kind for start, kind in KINDS if name.startswith(start)), EventKind.OTHER)
    if kind is not EventKind.PAYMENT:
        return kind, ProviderIds(payment=payment if kind is EventKind.DISPUTE else ""), subject
    if name.startswith("checkout.session."):
        return kind, ProviderIds(started=subject, payment=payment), ""
    if name.startswith("payment_intent."):
        return kind, ProviderIds(payment=subject), ""
    return (kind, ProviderIds(payment=payment), "") if payment else (EventKind.OTHER, ProviderIds(), subject)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
