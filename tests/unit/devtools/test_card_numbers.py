from __future__ import annotations

import pytest

from devtools.drill.payments.numbers import find_card_numbers

CARDS = (
    "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "378282246310005",
    "6011111111111117", "3056930009020004", "36227206271667", "3566002020360505", "6200000000000005",
    "4222222222222", "6304000000000000", "5105105105105100", "6205500000000000004",
)  # fmt: skip
"""Numbers for tests, as Stripe, PayPal and Adyen publish them."""


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("around", ["{}", '{{"note":"{}"}}', "Pagué con {}, gracias", "({},30000)", "{}\n", "«{}»."])
def test_card_numbers_are_found_wherever_they_stand(number, around):
    assert list(find_card_numbers(around.format(number))) == [number]


@pytest.mark.parametrize(
    "written",
    ["4242 4242 4242 4242", "4242-4242-4242-4242", "3782 822463 10005", "3782-822463-10005", "3622-720627-1667"],
)
def test_card_numbers_are_found_in_the_groups_of_cards(written):
    assert list(find_card_numbers(f"Con {written} por favor")) == [written.replace(" ", "").replace("-", "")]


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424241",  # the check digit is another one
        "7242424242424242",  # of no network
        "42424242424242",  # too short for how it begins
        "42424242424242424242",
        "acct_4242424242424242",
        "4242424242424242f",
        "0.4242424242424242",
        "+4242424242424242",
        "4242424242424242.5",
        "4242 4242-4242 4242",
        "42 42 42 42 42 42 42 42",
        "2026-01-17T09:00:00.000000+00:00",
        "012180015123456789",  # a bank account in Mexico
        "4242",
        "",
    ],
)
def test_other_numbers_are_no_cards(text):
    assert list(find_card_numbers(text)) == []


def test_all_of_a_text_are_found():
    assert list(find_card_numbers("4242424242424242,5555555555554444 4242424242424242")) == [
        "4242424242424242", "5555555555554444", "4242424242424242",
    ]  # fmt: skip
