"""What is due, held and owed, and which tables there are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from billing.engine import (
    Balance,
    Ending,
    RefundTerms,
    Split,
    compute_balance,
    compute_over,
    find_surplus,
    split_received,
)
from billing.engine.errors import RefundTermsInvalid

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DAY_BEFORE = RefundTerms(free_until_minutes=24 * 60, kept_percent=50, no_show_percent=80)


@pytest.mark.parametrize(
    ("money", "balance"),
    [
        ({"price_minor": 1000, "deposit_minor": 300}, Balance(300, 0, 1000)),
        ({"price_minor": 1000, "deposit_minor": 300, "received_minor": 300}, Balance(0, 300, 700)),
        ({"price_minor": 1000, "deposit_minor": 300, "received_minor": 1200}, Balance(0, 1200, 0)),
        ({"price_minor": None, "deposit_minor": 300, "received_minor": 100}, Balance(200, 100, None)),
        (
            {"price_minor": 1000, "deposit_minor": 300, "received_minor": 300, "refunded_minor": 150,
             "is_called_off": True},
            Balance(0, 150, 0),
        ),
    ],
)  # fmt: skip
def test_balance_says_what_is_due_held_and_owed(money, balance):
    assert compute_balance(**{"received_minor": 0, "refunded_minor": 0} | money) == balance


@pytest.mark.parametrize(
    ("money", "left"),
    [
        ({"price_minor": 1000, "reserved_minor": 300}, 700),
        ({"price_minor": 1000, "received_minor": 100, "reserved_minor": 200}, 700),
        ({"price_minor": 200, "reserved_minor": 300}, 0),
        ({"price_minor": None, "reserved_minor": 300}, None),
        ({"price_minor": 1000, "reserved_minor": 300, "is_called_off": True}, 0),
    ],
)
def test_what_is_reserved_is_not_left_to_pay(money, left):
    balance = compute_balance(**{"deposit_minor": 300, "received_minor": 0, "refunded_minor": 0} | money)

    assert (balance.left_minor, balance.reserved_minor) == (left, money["reserved_minor"])


@pytest.mark.parametrize(
    ("money", "over"),
    [
        ({"price_minor": 800, "held_minor": 1000}, 200),
        ({"price_minor": 400, "held_minor": 1000, "stays_minor": 600}, 0),
        ({"price_minor": 300, "held_minor": 1000, "stays_minor": 600}, 100),
        ({"price_minor": 1000, "held_minor": 900}, 0),
        ({"price_minor": None, "held_minor": 900}, 0),
        ({"price_minor": 800, "held_minor": 1000, "is_lowest": True}, 0),
    ],
)
def test_more_than_the_price_is_too_much_unless_it_stays_as_agreed(money, over):
    assert compute_over(**money) == over


def test_balance_of_more_refunds_than_receipts_is_refused():
    with pytest.raises(ValueError, match="301 went back of 300"):
        compute_balance(price_minor=1000, deposit_minor=300, received_minor=300, refunded_minor=301)


@pytest.mark.parametrize(
    ("left", "again", "others", "due", "surplus"),
    [
        (300, 300, 300, 300, 300),
        (300, 250, 250, 300, 250),
        (200, 300, 300, 300, 200),
        (300, 0, 300, 300, 0),
        (300, 100, 600, 300, 100),
        (300, 300, 700, 1100, 0),
    ],
)
def test_surplus_is_what_is_more_than_due_and_never_more_than_came_again(left, again, others, due, surplus):
    assert find_surplus(left_minor=left, again_minor=again, others_minor=others, due_minor=due) == surplus


@pytest.mark.parametrize(
    ("ending", "minutes_ahead", "split"),
    [
        (Ending.CUSTOMER, 24 * 60, Split(301, 0)),
        (Ending.CUSTOMER, 24 * 60 - 1, Split(150, 151)),
        (Ending.NO_SHOW, -60, Split(60, 241)),
        (Ending.BUSINESS, 10, Split(301, 0)),
        (Ending.LATE, 10, Split(301, 0)),
    ],
)
def test_split_follows_the_table(ending, minutes_ahead, split):
    now = START - timedelta(minutes=minutes_ahead)

    assert split_received(301, DAY_BEFORE, ending=ending, starts_at=START, now=now) == split


def test_split_of_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="-1"):
        split_received(-1, DAY_BEFORE, ending=Ending.CUSTOMER, starts_at=START, now=START)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("free_until_minutes", -1),
        ("free_until_minutes", 366 * 24 * 60 + 1),
        ("kept_percent", 101),
        ("no_show_percent", -1),
    ],
)
def test_impossible_table_is_refused(field, value):
    with pytest.raises(RefundTermsInvalid) as refused:
        RefundTerms(**{field: value})

    assert (refused.value.value, list(refused.value.errors)) == (value, [field])
