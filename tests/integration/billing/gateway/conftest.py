"""The stand-in over a real socket, and our door to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import stripe

from billing.gateway.doors.stripe_connect.client import Client
from billing.gateway.doors.stripe_connect.door import StripeDoor
from billing.gateway.types import DoorAccount, PaymentKey, PaymentOrder, SavingOrder
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from kernel.money import Money


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 12, 1, 12, tzinfo=UTC)

    def __call__(self) -> float:
        return self.moment.timestamp()

    def pass_by(self, **span):
        self.moment += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def stand_in(clock, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    with StandIn(now=clock) as running:
        yield running
    assert running.counter.refused_fields == []
    assert running.counter.faulty_answers == []
    assert running.postman.faulty == []


@pytest.fixture
def door(stand_in):
    client = Client(
        api_key=API_KEY,
        base_url=stand_in.url,
        secrets=(SECRET, "whsec_of_before"),
        notice_secrets=(NOTICE_SECRET, "whsec_notices_of_before"),
    )
    return StripeDoor(client)


@pytest.fixture
def account(stand_in):
    return DoorAccount(country="MX", currency="MXN", provider_id=stand_in.open_account())


def make_key(purpose, row="7", attempt=1):
    return PaymentKey(tenant="taller", purpose=purpose, row=row, attempt=attempt)


@pytest.fixture
def make_order(account, clock):
    def make(**changes):
        given = {
            "key": make_key("deposit"),
            "account": account,
            "amount": Money(50_000, "MXN"),
            "reference": "XH5-29K",
            "description": "Afinación · anticipo",
            "language": "es",
            "return_url": "https://taller.example/b/t/?paid",
            "cancel_url": "https://taller.example/b/t/",
            "pay_until": clock.moment + timedelta(minutes=40),
            "email": "ana@example.com",
        }
        return PaymentOrder(**(given | changes))

    return make


@pytest.fixture
def saving_order(account, clock):
    return SavingOrder(
        key=make_key("keep"),
        account=account,
        currency="MXN",
        reference="XH5-29K",
        description="Tarjeta por si no llegas",
        language="es",
        return_url="https://taller.example/b/t/?kept",
        cancel_url="https://taller.example/b/t/",
        pay_until=clock.moment + timedelta(minutes=40),
    )


@pytest.fixture
def key():
    return make_key
