"""Random walks through the payment machine; ``./dev drill payments`` does 2,000 of them."""

from __future__ import annotations

from collections import Counter

import pytest
import stripe

from billing.services.cards import disputing, settling
from devtools.drill.payments.walks import walk_once
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn

SEEDS = (1, 5, 9, 37, 74, 78, 132, 18, 20, 33, 35, 38, 42, 69, 165, 204)


@pytest.fixture
def stand_in(tenant, settings, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    with StandIn() as running:
        settings.STRIPE_KEY, settings.STRIPE_URL = API_KEY, running.url
        settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_NOTICE_SECRETS = (SECRET,), (NOTICE_SECRET,)
        yield running


def walk_all(stand_in) -> tuple[Counter[str], list[str]]:
    happened, findings = Counter[str](), list[str]()
    for seed in SEEDS:
        done, wrong = walk_once(seed, stand_in)
        happened += done
        findings += wrong
    return happened, findings


def test_money_adds_up_and_no_visit_is_without_its_deposit(stand_in):
    happened, findings = walk_all(stand_in)

    assert findings == []
    assert {
        "book done", "open done", "open died", "pay done", "arrive done", "come_back done", "cancel done",
        "approve done", "take_cash done", "be_kind done", "dispute done", "answer done",
    } <= set(happened)  # fmt: skip


def test_walks_find_money_that_is_kept_without_a_visit(stand_in, monkeypatch):
    monkeypatch.setattr(settling, "give_back", lambda *_, **__: None)

    _, findings = walk_all(stand_in)

    assert findings != []


def test_walks_find_what_a_bank_took_and_nobody_wrote_down(stand_in, monkeypatch):
    monkeypatch.setattr(disputing, "note_taken", lambda *_, **__: None)

    _, findings = walk_all(stand_in)

    assert findings != []
