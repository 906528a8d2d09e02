from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.gateway.doors.stripe_connect.ranges import SLOW_METHODS
from billing.gateway.enums import Capture, DeclineReason, PaymentState, RefundState
from billing.gateway.errors import (
    AmountRefused,
    CallRefused,
    CurrencyRefused,
    KeyReused,
    PaymentDeclined,
    PaymentUnknown,
    RefundRefused,
    StateRefused,
)
from billing.gateway.types import (
    Capabilities,
    EvidenceLimits,
    PaymentFacts,
    ProviderIds,
    RefundFacts,
    RefundOrder,
    SavedCharge,
)
from kernel.money import Money

PRICE = Money(50_000, "MXN")


@pytest.fixture
def paid(stand_in, door, make_order):
    """A deposit that was paid, and its facts."""
    started = door.start(make_order())
    stand_in.pay(started.ids.started)
    return door.fetch(make_order().account, started.ids)


@pytest.fixture
def reserved(stand_in, door, make_order):
    """A deposit that is reserved on the card, and its facts."""
    started = door.start(make_order(capture=Capture.LATER))
    stand_in.pay(started.ids.started)
    return door.fetch(make_order().account, started.ids)


@pytest.fixture
def kept(stand_in, door, saving_order):
    """Facts of a card that pays while its owner looks on, and of one that does later what ``card`` says."""

    def keep(card="visa"):
        started = door.start_saving(replace(saving_order, key=replace(saving_order.key, row=card.lower())))
        stand_in.pay(started.ids.started, card)
        return door.fetch(saving_order.account, started.ids)

    return keep


def test_start_leads_to_the_providers_own_page(stand_in, door, make_order, clock):
    order = make_order()

    started = door.start(order)

    assert started.url == f"{stand_in.url}/c/pay/{started.ids.started}"
    assert started.expires_at == order.pay_until
    session = stand_in.world.things[started.ids.started]
    assert (session["amount_total"], session["currency"], session["locale"]) == (50_000, "mxn", "es")
    assert session["metadata"] == {"turnero_key": "taller:deposit:7:1", "reference": "XH5-29K"}
    assert session["customer_email"] == "ana@example.com"
    assert session["excluded_payment_method_types"] == list(SLOW_METHODS)


def test_slow_ways_to_pay_are_offered_when_there_is_time(stand_in, door, make_order):
    started = door.start(make_order(settles_soon=False))

    assert stand_in.world.things[started.ids.started]["excluded_payment_method_types"] is None


def test_payment_is_open_then_paid(stand_in, door, make_order):
    order = make_order()
    started = door.start(order)
    before = door.fetch(order.account, started.ids)

    stand_in.pay(started.ids.started)

    assert before == PaymentFacts(
        ids=started.ids, state=PaymentState.OPEN, amount=PRICE, key=str(order.key), expires_at=order.pay_until
    )
    after = door.fetch(order.account, started.ids)
    assert after == PaymentFacts(
        ids=ProviderIds(started=started.ids.started, payment=after.ids.payment),
        state=PaymentState.PAID,
        amount=PRICE,
        received_minor=50_000,
        key=str(order.key),
    )
    assert door.fetch(order.account, ProviderIds(payment=after.ids.payment)) == replace(
        after, ids=ProviderIds(payment=after.ids.payment)
    )


@pytest.mark.parametrize(
    ("card", "passes", "reason"),
    [
        ("chargeDeclined", True, DeclineReason.REFUSED),
        ("chargeDeclinedInsufficientFunds", True, DeclineReason.NO_FUNDS),
        ("chargeDeclinedExpiredCard", True, DeclineReason.EXPIRED),
        ("chargeDeclinedIncorrectCvc", True, DeclineReason.WRONG_DATA),
        ("chargeDeclinedProcessingError", True, DeclineReason.TRY_AGAIN),
        ("threeDSecureRequired", False, DeclineReason.NOT_CONFIRMED),
    ],
)
def test_declined_card_says_why_and_another_one_may_pay(stand_in, door, make_order, card, passes, reason):
    order = make_order()
    started = door.start(order)

    stand_in.pay(started.ids.started, card, passes=passes)

    declined = door.fetch(order.account, started.ids)
    assert (declined.state, declined.decline, declined.received_minor) == (PaymentState.OPEN, reason, 0)
    stand_in.pay(started.ids.started, "visa")
    paid = door.fetch(order.account, started.ids)
    assert (paid.state, paid.decline, paid.received_minor) == (PaymentState.PAID, None, 50_000)


@pytest.mark.parametrize(("succeeds", "state"), [(True, PaymentState.PAID), (False, PaymentState.FAILED)])
def test_slow_money_is_on_its_way_until_it_arrives_or_fails(stand_in, door, make_order, succeeds, state):
    order = make_order()
    started = door.start(order)
    stand_in.pay(started.ids.started, "slow")
    meanwhile = door.fetch(order.account, started.ids).state

    stand_in.settle(started.ids.started, succeeds=succeeds)

    assert (meanwhile, door.fetch(order.account, started.ids).state) == (PaymentState.PROCESSING, state)


def test_same_key_and_content_open_one_page(stand_in, door, make_order):
    first, again = door.start(make_order()), door.start(make_order())

    assert first == again
    assert len([thing for thing in stand_in.world.things.values() if thing["object"] == "checkout.session"]) == 1


def test_same_key_for_something_else_is_refused(stand_in, door, make_order):
    first = door.start(make_order())

    with pytest.raises(KeyReused):
        door.start(make_order(amount=Money(60_000, "MXN")))

    assert stand_in.world.things[first.ids.started]["amount_total"] == 50_000


@pytest.mark.parametrize("minor", [0, -1, 10, 10**12])
def test_amounts_outside_the_range_are_refused(stand_in, door, make_order, minor):
    with pytest.raises(AmountRefused):
        door.start(make_order(amount=Money(minor, "MXN")))

    assert [call for call in stand_in.counter.calls if minor in {0, -1, 10**12}] == []


@pytest.mark.parametrize("currency", ["XTS", "PESOS"])
def test_currency_that_the_account_cannot_take_is_refused(door, make_order, currency):
    with pytest.raises(CurrencyRefused):
        door.start(make_order(amount=Money(50_000, currency)))


def test_page_that_would_close_too_soon_is_refused(door, make_order, clock):
    with pytest.raises(CallRefused):
        door.start(make_order(pay_until=clock.moment + timedelta(minutes=5)))


@pytest.mark.parametrize(
    ("currency", "minor", "amount"), [("CLP", 15_000, 15_000), ("COP", 5_000_000, 5_000_000), ("ISK", 900, 90_000)]
)
def test_currencies_are_written_as_the_provider_counts(stand_in, door, make_order, currency, minor, amount):
    started = door.start(make_order(amount=Money(minor, currency)))

    stand_in.pay(started.ids.started)

    assert stand_in.world.things[started.ids.started]["amount_total"] == amount
    facts = door.fetch(make_order().account, started.ids)
    assert (facts.amount, facts.received_minor) == (Money(minor, currency), minor)


def test_closed_page_takes_no_money(stand_in, door, make_order, key):
    order = make_order()
    started = door.start(order)

    facts = door.close(order.account, started.ids, key=key("close"))

    assert (facts.state, facts.expires_at) == (PaymentState.CLOSED, None)
    assert stand_in.pay(started.ids.started) is not None
    assert door.fetch(order.account, started.ids).received_minor == 0
    with pytest.raises(PaymentUnknown):
        door.refund(RefundOrder(key=key("refund"), account=order.account, ids=started.ids, amount=PRICE))


def test_closing_too_late_tells_that_it_was_paid(stand_in, door, make_order, key):
    order = make_order()
    started = door.start(order)
    stand_in.pay(started.ids.started)

    facts = door.close(order.account, started.ids, key=key("close"))

    assert (facts.state, facts.received_minor) == (PaymentState.PAID, 50_000)


def test_page_expires_also_after_a_declined_card(stand_in, door, make_order, clock):
    order = make_order()
    started = door.start(order)
    stand_in.pay(started.ids.started, "chargeDeclined")

    clock.pass_by(minutes=41)

    assert door.fetch(order.account, started.ids).state is PaymentState.CLOSED


def test_page_that_closed_is_not_given_out_again(door, make_order, stand_in):
    started = door.start(make_order())
    answer = next(iter(stand_in.world.answers.values()))
    answer[2]["url"] = None

    with pytest.raises(StateRefused):
        door.start(make_order())

    assert started.url


def test_reserved_money_is_captured(door, reserved, make_order, key):
    account = make_order().account

    captured = door.capture(account, reserved.ids, key=key("capture"))

    assert (reserved.state, reserved.received_minor) == (PaymentState.AUTHORIZED, 0)
    assert captured == replace(reserved, state=PaymentState.PAID, received_minor=50_000)
    assert door.capture(account, reserved.ids, key=key("capture")) == captured
    with pytest.raises(StateRefused):
        door.capture(account, reserved.ids, key=key("capture", attempt=2))


def test_part_of_what_was_reserved_is_captured_and_the_rest_was_never_received(door, reserved, make_order, key):
    account = make_order().account

    with pytest.raises(AmountRefused):
        door.capture(account, reserved.ids, key=key("capture"), amount=Money(50_001, "MXN"))
    captured = door.capture(account, reserved.ids, key=key("capture", attempt=2), amount=Money(30_000, "MXN"))
    door.refund(RefundOrder(key=key("refund"), account=account, ids=reserved.ids, amount=Money(10_000, "MXN")))

    assert (captured.received_minor, captured.refunded_minor) == (30_000, 0)
    facts = door.fetch(account, reserved.ids)
    assert (facts.received_minor, facts.refunded_minor) == (30_000, 10_000)


def test_reserved_money_is_let_go_once(door, reserved, make_order, key):
    account = make_order().account

    released = door.release(account, reserved.ids, key=key("release"))

    assert released == replace(reserved, state=PaymentState.CLOSED)
    assert door.release(account, reserved.ids, key=key("release", attempt=2)) == released
    with pytest.raises(StateRefused):
        door.capture(account, reserved.ids, key=key("capture"))


def test_taken_money_is_not_let_go(door, paid, make_order, key):
    with pytest.raises(StateRefused):
        door.release(make_order().account, paid.ids, key=key("release"))

    assert door.fetch(make_order().account, paid.ids) == paid


def test_payment_without_a_page_is_closed_by_letting_it_go(door, reserved, make_order, key):
    ids = ProviderIds(payment=reserved.ids.payment)

    facts = door.close(make_order().account, ids, key=key("close"))

    assert facts.state is PaymentState.CLOSED


def test_refunds_add_up_to_what_was_received_and_no_further(door, paid, make_order, key):
    account = make_order().account

    def refund(minor, attempt):
        order = RefundOrder(
            key=key("refund", attempt=attempt), account=account, ids=paid.ids, amount=Money(minor, "MXN")
        )
        return door.refund(order)

    first = refund(20_000, 1)
    assert first == RefundFacts(first.refund_id, RefundState.DONE, Money(20_000, "MXN"), "taller:refund:7:1")
    assert refund(20_000, 1) == first
    with pytest.raises(RefundRefused):
        refund(30_001, 2)
    second = refund(30_000, 3)
    for minor in (1, 0, -5):
        with pytest.raises(RefundRefused):
            refund(minor, 4)
    assert door.list_refunds(account, paid.ids) == (second, first)
    assert door.fetch_refund(account, first.refund_id) == first
    assert door.fetch(account, paid.ids) == replace(paid, refunded_minor=50_000)


def test_what_nobody_paid_is_not_refunded(door, reserved, make_order, key):
    order = RefundOrder(key=key("refund"), account=make_order().account, ids=reserved.ids, amount=PRICE)

    with pytest.raises(RefundRefused):
        door.refund(order)


def test_disputed_payment_says_so_and_is_not_refunded(stand_in, door, make_order, key):
    order = make_order()
    started = door.start(order)
    stand_in.pay(started.ids.started, "createDispute")

    facts = door.fetch(order.account, started.ids)

    assert (facts.state, facts.is_disputed) == (PaymentState.PAID, True)
    with pytest.raises(RefundRefused):
        door.refund(RefundOrder(key=key("refund"), account=order.account, ids=facts.ids, amount=PRICE))


def test_card_is_kept_without_paying(stand_in, door, saving_order):
    started = door.start_saving(saving_order)
    before = door.fetch(saving_order.account, started.ids)
    stand_in.pay(started.ids.started, "chargeDeclined")
    declined = door.fetch(saving_order.account, started.ids)

    stand_in.pay(started.ids.started, "mastercard")

    after = door.fetch(saving_order.account, started.ids)
    nothing = Money(0, "MXN")
    assert (before.state, before.amount, before.saved) == (PaymentState.OPEN, nothing, None)
    assert (declined.state, declined.decline) == (PaymentState.OPEN, DeclineReason.REFUSED)
    assert (after.state, after.amount, after.received_minor) == (PaymentState.SAVED, nothing, 0)
    assert (after.saved.brand, after.saved.last_four, after.saved.expires_on) == ("mastercard", "4444", "2030-08")


def test_page_for_a_card_is_closed(door, saving_order, key):
    started = door.start_saving(saving_order)

    assert door.close(saving_order.account, started.ids, key=key("close")).state is PaymentState.CLOSED


def test_paying_customer_may_leave_the_card_and_is_known_next_time(stand_in, door, make_order):
    started = door.start(make_order(saves_method=True))
    stand_in.pay(started.ids.started)
    saved = door.fetch(make_order().account, started.ids).saved

    again = door.start(make_order(key=replace(make_order().key, row="8"), customer_id=saved.customer_id))

    assert saved.customer_id.startswith("cus_")
    assert stand_in.world.things[again.ids.started]["customer"] == saved.customer_id


def test_known_customer_leaves_another_card(stand_in, door, saving_order, kept):
    saved = kept().saved

    started = door.start_saving(replace(saving_order, customer_id=saved.customer_id))
    stand_in.pay(started.ids.started, "mastercard")

    assert door.fetch(saving_order.account, started.ids).saved.customer_id == saved.customer_id


def make_charge(order, saved, key, minor=30_000):
    return SavedCharge(
        key=key("no_show"),
        account=order.account,
        saved=saved,
        amount=Money(minor, "MXN"),
        reference="XH5-29K",
        description="No llegaste",
    )


def test_kept_card_is_charged_once(door, kept, saving_order, key):
    charge = make_charge(saving_order, kept().saved, key)

    first, again = door.charge_saved(charge), door.charge_saved(charge)

    assert first == again
    assert first == PaymentFacts(
        ids=ProviderIds(payment=first.ids.payment),
        state=PaymentState.PAID,
        amount=Money(30_000, "MXN"),
        received_minor=30_000,
        key="taller:no_show:7:1",
    )


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("chargeCustomerFail", DeclineReason.REFUSED),
        ("authenticationRequired", DeclineReason.NEEDS_CUSTOMER),
    ],
)
def test_kept_card_may_be_declined(stand_in, door, kept, saving_order, key, card, reason):
    saved = kept(card).saved

    with pytest.raises(PaymentDeclined) as caught:
        door.charge_saved(make_charge(saving_order, saved, key))

    assert caught.value.reason is reason
    intent = next(stand_in.world.find_all("payment_intent", saving_order.account.provider_id))
    facts = door.fetch(saving_order.account, ProviderIds(payment=intent["id"]))
    assert (facts.state, facts.received_minor, facts.decline) == (PaymentState.FAILED, 0, reason)


def test_forgotten_card_pays_nothing(door, kept, saving_order, key):
    saved = kept().saved

    door.forget_saved(saving_order.account, saved.method_id, key=key("forget"))
    door.forget_saved(saving_order.account, saved.method_id, key=key("forget", attempt=2))

    with pytest.raises(CallRefused):
        door.charge_saved(make_charge(saving_order, saved, key))


@pytest.mark.parametrize("ids", [ProviderIds(), ProviderIds(started="cs_test_none"), ProviderIds(payment="pi_none")])
def test_unknown_payment_is_unknown(door, account, ids):
    with pytest.raises(PaymentUnknown):
        door.fetch(account, ids)


def test_payment_of_another_business_is_unknown(stand_in, door, paid, account):
    other = replace(account, provider_id=stand_in.open_account(country="ES"))

    with pytest.raises(PaymentUnknown):
        door.fetch(other, paid.ids)


@pytest.mark.parametrize(
    ("country", "currency", "can_take", "least"),
    [
        ("MX", "MXN", True, Money(1_000, "MXN")),
        ("ES", "EUR", True, Money(50, "EUR")),
        ("CL", "CLP", False, Money(1, "CLP")),
        ("BR", "BRL", True, Money(50, "BRL")),
    ],
)
def test_capabilities_follow_country_and_currency(door, account, country, currency, can_take, least):
    there = replace(account, country=country, currency=currency)

    found = door.find_capabilities(there, currency=currency, lead_time=timedelta(days=2))

    assert found == Capabilities(
        can_take=can_take,
        least=least,
        most=Money(99_999_999, currency),
        can_authorize=True,
        authorization_lasts=timedelta(days=6),
        can_save=True,
        refunds_itself=True,
        shortest_start=timedelta(minutes=31),
        longest_start=timedelta(hours=24),
        evidence=EvidenceLimits(most_bytes=4_500_000, most_pages=16, most_letters=5_000),
    )
