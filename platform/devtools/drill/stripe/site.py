"""Where scenarios are played: the stand-in, or Stripe in test mode; and what both need beside our door."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self

from billing.gateway.doors.stripe_connect.client import API_VERSION, Client
from billing.gateway.doors.stripe_connect.door import StripeDoor
from billing.gateway.types import DoorAccount, PaymentKey, PaymentOrder, ProviderIds, SavedMethod
from devtools.errors import DevtoolsError
from devtools.stripe_server.server import NOTICE_SECRET, SECRET, StandIn
from kernel.clock import utc_now
from kernel.money import Money
from outgoing.client import send_request
from outgoing.types import Limits

LIMITS = Limits(connect_seconds=5, read_seconds=20, total_seconds=20, longest_answer_bytes=1_000_000)


@dataclass(frozen=True, slots=True)
class Site:
    """One place to play at.

    Attributes:
        stand_in: None: Stripe itself.
    """

    url: str
    key: str
    door: StripeDoor
    account: DoorAccount
    stand_in: StandIn | None

    @classmethod
    def make(cls, *, url: str, key: str, account: str, stand_in: StandIn | None) -> Self:
        """Open our door to a place."""
        client = Client(api_key=key, base_url=url, secrets=(SECRET,), notice_secrets=(NOTICE_SECRET,))
        there = DoorAccount(country="MX", currency="MXN", provider_id=account)
        return cls(url=url, key=key, door=StripeDoor(client), account=there, stand_in=stand_in)

    def make_key(self, purpose: str) -> PaymentKey:
        """Return a key that nobody used yet."""
        return PaymentKey(tenant="drill", purpose=purpose, row=secrets.token_hex(8))

    def make_order(self, minor: int = 50_000, currency: str = "MXN") -> PaymentOrder:
        """Return an order that nobody placed yet."""
        return PaymentOrder(
            key=self.make_key("deposit"),
            account=self.account,
            amount=Money(minor, currency),
            reference="XH5-29K",
            description="Drill",
            language="es",
            return_url="https://turnero.example/back",
            cancel_url="https://turnero.example/cancelled",
            pay_until=utc_now().replace(microsecond=0) + timedelta(minutes=40),
        )

    def keep_card(self, card: str) -> SavedMethod:
        """Return a card that a customer left, as Stripe's own cards for tests behave."""
        customer = self._post("/v1/customers", {"email": "drill@turnero.example"})["id"]
        method = self._post(f"/v1/payment_methods/pm_card_{card}/attach", {"customer": customer})["id"]
        return SavedMethod(customer_id=customer, method_id=method)

    def reserve(self, minor: int) -> ProviderIds:
        """Reserve an amount on a card, without the page."""
        saved = self.keep_card("visa")
        form = {
            "amount": str(minor),
            "currency": "mxn",
            "customer": saved.customer_id,
            "payment_method": saved.method_id,
            "capture_method": "manual",
            "confirm": "true",
            "off_session": "true",
            "automatic_payment_methods[enabled]": "true",
            "automatic_payment_methods[allow_redirects]": "never",
        }
        return ProviderIds(payment=self._post("/v1/payment_intents", form)["id"])

    def get_stand_in(self) -> StandIn:
        """Return the stand-in.

        Raises:
            DevtoolsError: Here is Stripe itself.
        """
        if self.stand_in is None:
            raise DevtoolsError("this is played at the stand-in only")
        return self.stand_in

    def elsewhere(self) -> DoorAccount:
        """Return an account that is not the platform's."""
        return replace(self.account, provider_id="acct_1NobodysAccount00")

    def _post(self, path: str, form: dict[str, str]) -> Any:
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Stripe-Version": API_VERSION,
            "Stripe-Account": self.account.provider_id,
            "Idempotency-Key": f"drill:{secrets.token_hex(12)}",
        }
        answer = send_request(self.url + path, method="POST", headers=headers, form=form, limits=LIMITS)
        body = json.loads(answer.body)
        if "error" in body:
            message = f"{path}: {body['error']['message']}"
            raise DevtoolsError(message)
        return body
