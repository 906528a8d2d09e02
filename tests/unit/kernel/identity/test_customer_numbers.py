from __future__ import annotations

import pytest

from kernel.identity.customer_numbers import read_customer_number, write_customer_number


@pytest.mark.parametrize("typed", ["C-1042", "c1042", " c - 1042 ", "C\N{EN DASH}1042", "C 1042"])
def test_a_number_is_read_however_it_was_typed(typed):
    assert read_customer_number(typed) == 1042


@pytest.mark.parametrize(
    "typed", ["", "1042", "C-", "CC-1042", "C-1042a", "C-" + "9" * 13, "C-\N{ARABIC-INDIC DIGIT ONE}"]
)
def test_what_is_no_number_is_none(typed):
    assert read_customer_number(typed) is None


def test_what_is_written_is_read_again():
    assert (write_customer_number(7), read_customer_number(write_customer_number(7))) == ("C-7", 7)
