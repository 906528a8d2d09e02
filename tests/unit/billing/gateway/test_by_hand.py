from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from billing.gateway.door import Door
from billing.gateway.enums import DoorName
from billing.gateway.errors import AccountUnusable, AmountRefused, DoorNotConfigured, NotAtThisDoor
from billing.gateway.registry import get_door
from billing.gateway.types import (
    BankDetails,
    Capabilities,
    DoorAccount,
    Instructions,
    NothingToStart,
    PaymentKey,
    PaymentOrder,
)
from kernel.money import Money

UNTIL = datetime(2026, 12, 1, 18, tzinfo=UTC)
BANK = BankDetails(holder="Taller Sol SpA", bank="Banco del Sur", number="001-234-5", tax_id="76.543.210-3")
ACCOUNT = DoorAccount(country="CL", currency="CLP", bank=BANK)
ORDER = PaymentOrder(
    key=PaymentKey(tenant="taller", purpose="deposit", row="7"),
    account=ACCOUNT,
    amount=Money(15_000, "CLP"),
    reference="XH5-29K",
    description="Afinación",
    language="es",
    return_url="https://taller.example/b/t/",
    cancel_url="https://taller.example/b/t/",
    pay_until=UNTIL,
)
BY_HAND = [DoorName.BANK_TRANSFER, DoorName.AT_BUSINESS]
OFFERED = {"name", "has_provider", "find_capabilities", "start"}


def test_transfer_says_where_to_how_much_with_which_reference_and_until_when():
    started = get_door(DoorName.BANK_TRANSFER).start(ORDER)

    assert started == Instructions(bank=BANK, amount=Money(15_000, "CLP"), reference="XH5-29K", pay_until=UNTIL)


def test_transfer_needs_an_account():
    order = replace(ORDER, account=replace(ACCOUNT, bank=None))

    with pytest.raises(AccountUnusable):
        get_door(DoorName.BANK_TRANSFER).start(order)


def test_counter_has_nothing_to_start():
    assert get_door(DoorName.AT_BUSINESS).start(ORDER) == NothingToStart()


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("minor", [0, -1, 10**12])
def test_amounts_that_nobody_pays_are_refused(name, minor):
    with pytest.raises(AmountRefused):
        get_door(name).start(replace(ORDER, amount=Money(minor, "CLP")))


@pytest.mark.parametrize(
    ("name", "bank", "can_take"),
    [
        (DoorName.BANK_TRANSFER, BANK, True),
        (DoorName.BANK_TRANSFER, None, False),
        (DoorName.AT_BUSINESS, None, True),
    ],
)
def test_ways_by_hand_take_any_amount_where_they_can(name, bank, can_take):
    account = replace(ACCOUNT, bank=bank)

    found = get_door(name).find_capabilities(account, currency="CLP", lead_time=timedelta(days=2))

    assert found == Capabilities(can_take=can_take, least=Money(1, "CLP"), most=Money(999_999_999_999, "CLP"))


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("call", sorted(name for name in vars(Door) if name[0] != "_" and name not in OFFERED))
def test_what_needs_a_provider_is_refused(name, call):
    method = getattr(get_door(name), call)

    with pytest.raises(NotAtThisDoor):
        method(ACCOUNT, key=ORDER.key)


@pytest.mark.parametrize("name", BY_HAND)
def test_doors_know_their_name_and_that_nobody_else_knows_what_was_paid(name):
    door = get_door(name)

    assert (door.name, door.has_provider) == (name, False)


def test_door_without_an_account_of_the_platform_is_missing():
    with pytest.raises(DoorNotConfigured):
        get_door(DoorName.STRIPE)
