"""Stripe's SDK over our own way to the outside, with limits, retries and a guard against open transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import stripe
from django.db import connection

from billing.gateway.doors.stripe_connect.translating import translate
from billing.gateway.errors import TransactionOpen
from billing.gateway.types import DoorAccount, PaymentKey
from outgoing.client import send_request
from outgoing.errors import CallFailed
from outgoing.types import Limits

LIMITS = Limits(connect_seconds=3, read_seconds=10, total_seconds=10, longest_answer_bytes=4_194_304)
RETRIES = 2
API_VERSION = "2026-10-28.endive"
"""Of the SDK that is installed; a test compares. Stripe keeps answering in it when newer ones exist."""

stripe.enable_telemetry = False


class Carrier(stripe.HTTPClient):
    """Carries the SDK's calls through the one HTTP client to the outside."""

    name = "outgoing"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: object
    ) -> tuple[str, int, Mapping[str, str]]:
        """Make one try.

        Raises:
            stripe.APIConnectionError: There was no full answer within the limits; the SDK tries again.
        """
        content = post_data if isinstance(post_data, bytes) else (post_data or "").encode()
        try:
            answer = send_request(url, method=method.upper(), headers=headers, content=content, limits=LIMITS)
        except CallFailed as error:
            raise stripe.APIConnectionError(error.reason, should_retry=True) from error  # type: ignore[no-untyped-call]
        return answer.body.decode(), answer.status, answer.headers

    def close(self) -> None:
        """Close nothing: no connection outlives its call."""


class Client:
    """Stripe for the platform's account, in which the accounts of businesses are.

    Attributes:
        sdk: The SDK's client.
        secrets: Who signs events with any of them is Stripe: the present one, and the one of before.
        notice_secrets: The same for events without content.
    """

    def __init__(
        self, *, api_key: str, base_url: str, secrets: tuple[str, ...], notice_secrets: tuple[str, ...]
    ) -> None:
        self.sdk = stripe.StripeClient(
            api_key,
            base_addresses={"api": base_url, "files": base_url} if base_url else None,
            http_client=Carrier(),
            max_network_retries=RETRIES,
            stripe_version=API_VERSION,
        )
        self.secrets = secrets
        self.notice_secrets = notice_secrets

    @contextmanager
    def calling(self, *, refunding: bool = False) -> Iterator[stripe.StripeClient]:
        """Give the SDK for calls whose failures become ours.

        Raises:
            TransactionOpen: The database would wait for Stripe, and could forget what Stripe did.
        """
        if connection.in_atomic_block:
            message = "Stripe is called inside a database transaction: commit the intent first"
            raise TransactionOpen(message)
        try:
            yield self.sdk
        except stripe.StripeError as error:
            raise translate(error, refunding=refunding) from error


def within(account: DoorAccount, key: PaymentKey | None = None) -> stripe.RequestOptions:
    """Return the options of a call in a business's account; those that change something have a key."""
    options: stripe.RequestOptions = {"stripe_account": account.provider_id}
    if key is not None:
        options["idempotency_key"] = str(key)
    return options
