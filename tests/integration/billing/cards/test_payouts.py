"""Payouts: kept as rows that events and nights refresh, whatever becomes of the provider."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from billing.errors import CardNotConnected
from billing.gateway.errors import AccountUnusable, CallRefused, EventRefused, OutcomeUnknown
from billing.models import PaymentAccount, Payout
from billing.public.models import PaymentAccountOwner, WebhookEvent
from billing.selectors.payouts import find_payouts_standing, list_payouts
from billing.services.cards import comparing, payouts
from billing.services.cards.payouts import ask_for_payouts, fetch_payouts, refresh_payouts
from billing.types import PayoutsStanding
from devtools.stripe_server import accounts, money
from devtools.stripe_server.server import Fault
from tenants.errors import RetryLater
from tests.factories.cards import book_with_deposit, outside
from tests.factories.scheduling import NOW


def pay_out(till, account_id, amount=1_000, **values):
    return money.pay_out(till.stand_in.world, account_id, amount, "mxn", **values)


def list_rows() -> list[tuple]:
    return list(Payout.objects.order_by("pk").values_list("amount_minor", "currency", "state"))


def hear(till) -> None:
    till.post_all()
    till.work()


def test_payout_is_kept_and_followed_until_it_is_there_or_comes_back(till, account_id):
    payout = pay_out(till, account_id, status="in_transit")
    hear(till)
    on_its_way = list_rows()
    till.pass_by(timedelta(days=2))
    refresh_payouts(now=till.moment)
    arrived = list_rows()
    money.fail_payout(till.stand_in.world, payout)
    hear(till)

    assert (on_its_way, arrived, list_rows()) == (
        [(1_000, "MXN", "on_its_way")], [(1_000, "MXN", "arrived")], [(1_000, "MXN", "failed")],
    )  # fmt: skip
    (found,) = list_payouts().rows
    assert (found.made_at, found.arrives_at) == (till.moment - timedelta(days=2), till.moment)
    assert (find_payouts_standing().checked_at, str(Payout.objects.get())) == (till.moment, payout["id"])


def test_stand_in_pays_out_what_customers_paid(till, account_id):
    till.stand_in.pay(till.start(book_with_deposit(till)))
    hear(till)
    till.pass_by(timedelta(days=2))

    for _ in range(2):
        refresh_payouts(now=till.moment)

    assert list_rows() == [(30_000 - 1_230, "MXN", "on_its_way")]


@pytest.mark.parametrize("seed", range(2))
def test_events_late_twice_and_shuffled_lead_to_the_same(till, account_id, seed):
    payout = pay_out(till, account_id)
    pay_out(till, account_id, 2_000)
    money.fail_payout(till.stand_in.world, payout)
    events = till.stand_in.postman.take_all() * 2
    Random(seed).shuffle(events)

    for event in events:
        till.post(event)
        till.work()

    assert sorted(list_rows()) == [(1_000, "MXN", "failed"), (2_000, "MXN", "arrived")]


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_of_somebody_else"}, {"at": -301}, {"at": 301}], ids=["forged", "replayed", "future"]
)
def test_event_that_is_not_of_the_provider_and_of_now_changes_nothing(till, account_id, how):
    how = {name: till.now() + value if name == "at" else value for name, value in how.items()}
    pay_out(till, account_id)

    for event in till.stand_in.postman.take_all():
        with pytest.raises(EventRefused):
            till.post(event, **how)
    till.work()

    assert (list_rows(), WebhookEvent.objects.count()) == ([], 0)


def test_event_that_names_another_account_tells_nothing_of_this_one(till, account_id, other_tenant):
    stranger = till.stand_in.open_account()
    PaymentAccountOwner.objects.create(
        provider_account_id=stranger, schema_name=other_tenant.schema_name, created_at=till.moment
    )
    pay_out(till, account_id)

    for event in till.stand_in.postman.take_all():
        till.post(event | {"account": stranger})
    till.work()

    assert (list_rows(), WebhookEvent.objects.filter(done_at=None).count()) == ([], 0)
    connection.set_tenant(other_tenant)
    assert list_rows() == []


def test_provider_that_does_not_answer_is_asked_again_and_what_is_known_stays(till, account_id):
    pay_out(till, account_id)
    hear(till)
    pay_out(till, account_id, 2_000)
    till.stand_in.faults += [Fault.ERROR] * 3
    hear(till)
    before = list_rows()

    till.pass_by(timedelta(minutes=2))
    till.work()

    assert (before, len(list_rows())) == ([(1_000, "MXN", "arrived")], 2)


def test_night_finds_what_nobody_told(till, account_id):
    pay_out(till, account_id)
    till.stand_in.postman.take_all()

    with outside():
        comparing.compare_account(PaymentAccountOwner.objects.get().pk, till.moment)

    assert list_rows() == [(1_000, "MXN", "arrived")]


def test_what_was_asked_earlier_does_not_overwrite_what_was_asked_later(till, account_id):
    payout = pay_out(till, account_id)
    refresh_payouts(now=till.moment)
    money.fail_payout(till.stand_in.world, payout)

    refresh_payouts(now=till.moment - timedelta(seconds=1))

    assert list_rows() == [(1_000, "MXN", "arrived")]


def test_account_that_is_closed_to_us_or_gone_leaves_what_is_known(till, account_id):
    pay_out(till, account_id)
    hear(till)
    pay_out(till, account_id, 2_000)
    accounts.disconnect(till.stand_in.world, account_id)

    hear(till)

    assert list_rows() == [(1_000, "MXN", "arrived")]
    with pytest.raises(AccountUnusable):
        refresh_payouts(now=till.moment)
    PaymentAccount.objects.update(provider_id="", is_on=False)
    with pytest.raises(CardNotConnected):
        refresh_payouts(now=till.moment)


def test_payouts_come_in_pages_the_newest_first(till, account_id):
    for amount in (1_000, 2_000, 3_000):
        pay_out(till, account_id, amount)
        till.pass_by(timedelta(minutes=1))
    refresh_payouts(now=till.moment)

    first = list_payouts(limit=2)
    second = list_payouts(limit=2, cursor=first.next_cursor or "")

    assert [each.amount_minor for each in (*first.rows, *second.rows)] == [3_000, 2_000, 1_000]
    assert second.next_cursor is None


def test_payout_that_was_canceled_is_not_one_that_came_back(till, account_id):
    payout = pay_out(till, account_id, status="in_transit")
    payout["status"] = "canceled"

    refresh_payouts(now=till.moment)

    assert list_rows() == [(1_000, "MXN", "canceled")]


def test_worker_asks_for_whoever_wants_to_see_them(till, account_id):
    pay_out(till, account_id)
    ask_for_payouts(now=till.moment)
    ask_for_payouts(now=till.moment + timedelta(seconds=9))
    waiting = find_payouts_standing()

    till.work()

    assert (waiting.waiting_since, waiting.checked_at, waiting.is_connected) == (till.moment, None, True)
    assert (find_payouts_standing().waiting_since, list_rows()) == (None, [(1_000, "MXN", "arrived")])


def test_worker_asks_again_for_an_hour(till, account_id, monkeypatch):
    def stay_silent(**_):
        raise OutcomeUnknown

    monkeypatch.setattr(payouts, "refresh_payouts", stay_silent)
    row = PaymentAccount.objects.get(door="stripe")
    fetch_payouts(row.pk, till.moment)  # nobody asked
    ask_for_payouts(now=till.moment)

    with pytest.raises(RetryLater) as later:
        fetch_payouts(row.pk, till.moment + timedelta(minutes=59))
    fetch_payouts(row.pk, till.moment + timedelta(hours=1))

    assert later.value.at == till.moment + timedelta(minutes=61)
    assert find_payouts_standing().waiting_since == till.moment


@pytest.mark.parametrize("error", [AccountUnusable, CallRefused, CardNotConnected])
def test_worker_gives_up_where_nobody_will_answer(till, account_id, monkeypatch, error):
    def refuse(**_):
        raise error

    monkeypatch.setattr(payouts, "refresh_payouts", refuse)
    ask_for_payouts(now=till.moment)

    till.work()

    assert find_payouts_standing() == PayoutsStanding(is_connected=True)


def test_account_that_lets_us_in_no_more_is_told_as_that(till, account_id):
    accounts.disconnect(till.stand_in.world, account_id)
    ask_for_payouts(now=till.moment)

    till.work()

    assert find_payouts_standing() == PayoutsStanding(is_connected=True, is_shut_out=True)


def test_nobody_asks_without_an_account(tenant):
    with pytest.raises(CardNotConnected):
        ask_for_payouts(now=NOW)

    assert find_payouts_standing() == PayoutsStanding()
