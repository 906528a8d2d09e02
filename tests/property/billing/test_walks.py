"""Random walks through the payment machine; ``./dev drill payments`` does 2,000 of them."""

from __future__ import annotations

from collections import Counter

import pytest
import stripe

from billing.services import fees, following
from billing.services.cards import disputing, looking, settling
from billing.services.credits import spending
from devtools.drill.payments.seeds import walk_once
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn

SEEDS = (1, 5, 9, 37, 74, 78, 132, 18, 20, 33, 35, 38, 42, 69, 165, 204)


CARD_SEEDS = (14, 22, 33, 45, 72, 73)
CREDIT_SEEDS = (1, 2, 3, 7, 18, 20, 21, 22)
CHANGE_SEEDS = (14, 15, 55, 1, 2, 3, 4, 90)
MOVE_SEEDS = (1, 2, 3, 4, 5)


@pytest.fixture
def stand_in(tenant, settings, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    with StandIn() as running:
        settings.STRIPE_KEY, settings.STRIPE_URL = API_KEY, running.url
        settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_NOTICE_SECRETS = (SECRET,), (NOTICE_SECRET,)
        yield running


def walk_all(stand_in, seeds=SEEDS, **how) -> tuple[Counter[str], list[str]]:
    happened, findings = Counter[str](), list[str]()
    for seed in seeds:
        done, wrong = walk_once(seed, stand_in, **how)
        happened += done
        findings += wrong
    return happened, findings


def find_first(stand_in, seeds=SEEDS, **how) -> list[str]:
    """Return the findings of the first walk that has any; with a fault that was planted, one is enough."""
    return next((wrong for seed in seeds if (wrong := walk_once(seed, stand_in, **how)[1])), [])


def test_money_adds_up_and_no_visit_is_without_its_deposit(stand_in):
    happened, findings = walk_all(stand_in)

    assert findings == []
    assert {
        "book done", "open done", "open died", "pay done", "arrive done", "come_back done", "cancel done",
        "approve done", "take_cash done", "be_kind done", "dispute done", "answer done",
    } <= set(happened)  # fmt: skip


def test_walks_find_money_that_is_kept_without_a_visit(stand_in, monkeypatch):
    monkeypatch.setattr(settling, "give_back", lambda *_, **__: None)

    assert find_first(stand_in) != []


def test_walks_find_what_a_bank_took_and_nobody_wrote_down(stand_in, monkeypatch):
    monkeypatch.setattr(disputing, "note_taken", lambda *_, **__: None)

    assert find_first(stand_in) != []


def test_credit_that_is_given_used_and_paid_out_adds_up(stand_in):
    happened, findings = walk_all(stand_in, CREDIT_SEEDS, gives_credit=True)

    assert findings == []
    assert {"cancel_for_credit done", "spend_credit done", "pay_out done"} <= set(happened)


def test_walks_find_credit_that_was_used_and_is_still_left(stand_in, monkeypatch):
    monkeypatch.setattr(spending, "use_credits", lambda *_, **__: None)

    assert find_first(stand_in, CREDIT_SEEDS, gives_credit=True) != []


def test_cards_that_are_left_are_charged_once_by_the_word_of_staff_and_forgotten(stand_in):
    happened, findings = walk_all(stand_in, CARD_SEEDS, leaves_card=True)

    assert findings == []
    assert {"miss done", "charge_fee done", "waive_fee done", "come_after_all done"} <= set(happened)


def test_walks_find_a_fee_that_is_more_than_was_agreed(stand_in, monkeypatch):
    monkeypatch.setattr(fees, "compute_fee", lambda minor, _: minor * 2)

    _, findings = walk_all(stand_in, CARD_SEEDS, leaves_card=True)

    assert any("a fee of 60000 is kept" in each for each in findings)


def test_walks_find_cards_that_are_not_forgotten(stand_in, monkeypatch):
    monkeypatch.setattr(looking, "forget_cards", lambda *_: None)

    _, findings = walk_all(stand_in, (45, 73), leaves_card=True)

    assert any("is not forgotten" in each for each in findings)


def test_visits_that_change_are_paid_for_once_whatever_comes_between(stand_in):
    happened, findings = walk_all(stand_in, CHANGE_SEEDS, changes=True)

    assert findings == []
    assert {"change done", "change refused", "pay done", "cancel done", "fall_silent done", "speak_again done"} <= set(
        happened
    )


def test_walks_find_money_of_a_smaller_visit_that_is_not_shared(stand_in, monkeypatch):
    monkeypatch.setattr(following, "share_excess", lambda *_, **__: None)

    assert find_first(stand_in, CHANGE_SEEDS, changes=True) != []


def test_visits_that_staff_move_while_they_wait_are_paid_for_once(stand_in):
    happened, findings = walk_all(stand_in, MOVE_SEEDS, moves=True)

    assert findings == []
    assert {"move done", "move refused", "pay done", "approve done"} <= set(happened)
