from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from billing.gateway.doors.stripe_connect.reading import read_dispute
from billing.gateway.enums import AccountState, DisputeReason, DisputeState, MovementKind, PayoutState
from billing.gateway.types import AccountFacts, DisputeFacts, DoorAccount, Movement, PayoutFacts, RefundOrder
from devtools.stripe_server import accounts, money
from kernel.money import Money


def test_new_account_is_incomplete_and_belongs_to_the_business(stand_in, door, key):
    opened = door.open_account(key=key("account"), country="ES", email="hola@taller.example", name="Taller Sol")

    assert opened == AccountFacts(
        provider_id=opened.provider_id,
        state=AccountState.INCOMPLETE,
        country="ES",
        missing=("identity.business_details.registered_name",),
        answer_by=datetime(2026, 12, 15, 12, tzinfo=UTC),
    )
    account = stand_in.world.things[opened.provider_id]
    assert (account["dashboard"], account["display_name"]) == ("full", "Taller Sol")
    assert door.open_account(key=key("account"), country="ES", email="hola@taller.example", name="Taller Sol") == opened


def test_business_tells_who_it_is_at_the_provider(stand_in, door, key, account):
    url = door.start_account_setup(
        account, key=key("setup"), return_url="https://t.example/", again_url="https://t.example/again"
    )

    assert url == f"{stand_in.url}/setup/{account.provider_id}"


@pytest.mark.parametrize(
    ("told", "state", "can_pay_out", "missing"),
    [
        ("pending", AccountState.IN_REVIEW, False, ()),
        ("active", AccountState.ACTIVE, True, ()),
        ("restricted", AccountState.RESTRICTED, False, ("identity.business_details.registered_name",)),
    ],
)
def test_account_is_read_afresh(stand_in, door, account, told, state, can_pay_out, missing):
    accounts.change_state(stand_in.world, account.provider_id, told)

    found = door.fetch_account(account)

    assert (found.state, found.can_pay_out, found.missing) == (state, can_pay_out, missing)


@pytest.mark.parametrize("how", ["disconnected", "unknown", "closed"])
def test_account_that_is_not_ours_to_ask_is_gone(stand_in, door, account, how):
    if how == "disconnected":
        accounts.disconnect(stand_in.world, account.provider_id)
    if how == "closed":
        stand_in.world.things[account.provider_id]["closed"] = True
    asked = replace(account, provider_id="acct_nobody") if how == "unknown" else account

    assert door.fetch_account(asked).state is AccountState.GONE


def test_parts_that_nobody_asked_for_are_no_fault(door, stand_in, monkeypatch):
    monkeypatch.setattr("billing.gateway.doors.stripe_connect.door.ACCOUNT_PARTS", ["defaults"])
    account = DoorAccount(country="MX", currency="MXN", provider_id=stand_in.open_account())

    found = door.fetch_account(account)

    assert found == AccountFacts(provider_id=account.provider_id, state=AccountState.INCOMPLETE)


def test_dispute_is_read_until_the_bank_decides(stand_in, door, make_order, account, clock):
    started = door.start(make_order())
    stand_in.pay(started.ids.started, "createDispute")
    dispute = next(stand_in.world.find_all("dispute", account.provider_id))

    opened = door.fetch_dispute(account, dispute["id"])
    money.close_dispute(stand_in.world, dispute, is_won=True)

    assert opened == DisputeFacts(
        dispute_id=dispute["id"],
        ids=replace(started.ids, started="", payment=dispute["payment_intent"]),
        state=DisputeState.NEEDS_ANSWER,
        amount=Money(50_000, "MXN"),
        reason=DisputeReason.FRAUD,
        opened_at=clock.moment,
        answer_by=clock.moment + timedelta(days=7),
        taken_minor=50_000,
    )
    won = door.fetch_dispute(account, dispute["id"])
    assert (won.state, won.taken_minor) == (DisputeState.WON, 0)
    dispute["evidence_details"]["due_by"] = None
    money.close_dispute(stand_in.world, dispute, is_won=False)
    lost = door.fetch_dispute(account, dispute["id"])
    assert (lost.state, lost.answer_by) == (DisputeState.LOST, None)


@pytest.mark.parametrize("rows", [None, []])
def test_dispute_that_moved_nothing_took_nothing(rows):
    dispute = SimpleNamespace(
        id="du_1", payment_intent="pi_1", status="warning_needs_response", amount=30_000, currency="mxn",
        reason="fraudulent", created=1, balance_transactions=rows,
        evidence_details=SimpleNamespace(due_by=None, submission_count=0),
    )  # fmt: skip

    facts = read_dispute(dispute)

    assert (facts.taken_minor, facts.state, facts.amount.amount_minor) == (0, DisputeState.NEEDS_ANSWER, 30_000)


@pytest.mark.parametrize(("came_back", "taken"), [(False, 50_000), (True, 0)])
def test_dispute_in_an_account_with_another_currency_is_read_in_the_one_that_was_paid(
    stand_in, door, make_order, account, came_back, taken
):
    started = door.start(make_order())
    stand_in.pay(started.ids.started, "createDispute")
    dispute = next(stand_in.world.find_all("dispute", account.provider_id))
    if came_back:
        money.close_dispute(stand_in.world, dispute, is_won=True)
    for row in dispute["balance_transactions"]:
        row.update(amount=row["amount"] // 20, currency="usd")
    dispute["reason"] = "bank_cannot_process"

    found = door.fetch_dispute(account, dispute["id"])

    assert (found.taken_minor, found.amount, found.reason) == (taken, Money(50_000, "MXN"), DisputeReason.OTHER)


def test_balance_tells_every_movement_with_its_fee(stand_in, door, make_order, account, key, clock):
    started = door.start(make_order())
    stand_in.pay(started.ids.started)
    facts = door.fetch(account, started.ids)
    refund = door.refund(RefundOrder(key=key("refund"), account=account, ids=facts.ids, amount=Money(20_000, "MXN")))
    money.fail_refund(stand_in.world, stand_in.world.things[refund.refund_id])
    payout = money.pay_out(stand_in.world, account.provider_id, 27_970, "mxn")
    yesterday, tomorrow = clock.moment - timedelta(days=1), clock.moment + timedelta(days=1)

    found = door.list_movements(account, since=yesterday, until=tomorrow)

    assert [(row.kind, row.gross.amount_minor, row.fee_minor) for row in found] == [
        (MovementKind.PAYOUT, -27_970, 0),
        (MovementKind.REFUND, 20_000, 0),
        (MovementKind.REFUND, -20_000, 0),
        (MovementKind.PAYMENT, 50_000, 2_030),
    ]
    assert found[0] == Movement(
        payout["balance_transaction"], MovementKind.PAYOUT, payout["id"], Money(-27_970, "MXN"), 0, clock.moment
    )
    assert door.list_movements(account, since=yesterday, until=clock.moment) == ()
    assert door.list_payouts(account, since=yesterday) == (
        PayoutFacts(
            payout["id"], PayoutState.ARRIVED, Money(27_970, "MXN"), clock.moment, clock.moment + timedelta(days=2)
        ),
    )
    assert door.fetch(account, started.ids).refunded_minor == 0


def test_long_lists_are_read_to_their_end(stand_in, door, account, clock, monkeypatch):
    monkeypatch.setattr("billing.gateway.doors.stripe_connect.door.PAGE_SIZE", 2)
    payouts = [money.pay_out(stand_in.world, account.provider_id, 1_000 + each, "mxn")["id"] for each in range(5)]

    found = door.list_payouts(account, since=clock.moment)

    assert [payout.payout_id for payout in found] == payouts[::-1]
