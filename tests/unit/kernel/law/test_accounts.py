"""Numbers of bank accounts that can be right."""

from __future__ import annotations

import pytest

from kernel.law.accounts import can_be_account


@pytest.mark.parametrize(
    ("number", "country", "can_be"),
    [
        ("032180000118359719", "MX", True),
        ("032 180 0001 1835 9719", "MX", True),
        ("032180000118359718", "MX", False),
        ("032180000118359917", "MX", False),
        ("032180000118359718", "US", True),
        ("0118359719", "MX", True),
        ("2850590940090418135201", "AR", True),
        ("28505909 40090418135202", "AR", False),
        ("2850590940090418135202", "UY", True),
        ("ES91 2100 0418 4502 0005 1332", "ES", True),
        ("es91 2100 0418 4502 0005 1332", "MX", True),
        ("ES91 2100 0418 4502 0005 1323", "ES", False),
        ("ca12.casa.perro.gato", "AR", True),  # an alias, which looks like an IBAN without its dots
        ("001-234-5", "CL", True),
        ("", "MX", True),
    ],
)
def test_typing_mistakes_are_seen_where_there_are_check_digits(number, country, can_be):
    assert can_be_account(number, country) is can_be
