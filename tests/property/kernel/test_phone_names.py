"""A number has one name: what is stored of it, what the carrier says it answered from, and what is counted."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from kernel.identity.phones import clean_phone
from kernel.identity.recipients import name_recipient

KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
EXAMPLES = sorted(
    {
        (country, phonenumbers.format_number(example, PhoneNumberFormat.E164))
        for country in phonenumbers.SUPPORTED_REGIONS
        for kind in KINDS
        if (example := phonenumbers.example_number_for_type(country, kind)) is not None
    }
)
FORMER = {
    "AR": lambda number: re.sub(r"^\+549", "+54", number),
    "MX": lambda number: re.sub(r"^\+52", "+521", number),
}
"""How carriers and address books spell a number that is stored otherwise."""

countries = st.sampled_from(EXAMPLES)
digits = st.lists(st.integers(0, 9), min_size=0, max_size=3)


@given(countries, digits, st.sampled_from(["", " ", "-", ".", " ("]))
def test_stored_number_is_its_own_name_however_it_is_spelled(example, last, separator):
    country, number = example
    number = number[: len(number) - len(last)] + "".join(map(str, last))
    stored = clean_phone(number, country=country)
    if stored is None:
        return
    parsed = phonenumbers.parse(number)
    spellings = {
        number,
        stored,
        phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL),
        separator.join([number[:4], number[4:]]),
        FORMER.get(country, str)(stored),
    }

    assert {name_recipient(spelling) for spelling in spellings} == {stored}


@pytest.mark.parametrize(("country", "number"), EXAMPLES)
def test_example_of_each_country_is_its_own_name(country, number):
    stored = clean_phone(number, country=country)

    assert stored is not None
    assert name_recipient(number) == name_recipient(stored) == stored
