"""A workshop whose card door is open at the stand-in, over a real socket."""

from __future__ import annotations

import pytest
import stripe

from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from tests.factories.cards import Till, make_guard


@pytest.fixture
def till(tenant, settings, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    make_guard(monkeypatch)
    made = Till()
    with StandIn(now=made.now) as stand_in:
        made.stand_in = stand_in
        settings.STRIPE_KEY, settings.STRIPE_URL = API_KEY, stand_in.url
        settings.STRIPE_WEBHOOK_SECRETS = (SECRET, "whsec_of_before")
        settings.STRIPE_NOTICE_SECRETS = (NOTICE_SECRET, "whsec_notices_of_before")
        yield made
    assert stand_in.counter.refused_fields == []
    assert stand_in.counter.faulty_answers == []
    assert stand_in.postman.faulty == []


@pytest.fixture
def account_id(till):
    return till.connect()
