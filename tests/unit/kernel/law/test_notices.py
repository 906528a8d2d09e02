"""What notices say by country: the table is read whole, and nothing wrong in it passes."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.law.notices import HEALTH, find_notice_law, list_notice_laws, read_notice_laws
from kernel.law.persons import list_privacy_laws

ROW = """reviewed_on = 2026-11-25
[[notices]]
places = [""]
separates = true
names_bases = true
names_retention = true
names_transfers = true
source = "Own choice"
confidence = "L"
doubts = ""
"""


def test_every_country_with_a_law_has_a_notice():
    assert set(list_privacy_laws()) == set(list_notice_laws())


def test_mexico_separates_what_needs_consent_and_asks_expressly_for_health():
    mexico = find_notice_law("MX")

    assert (mexico.separates, mexico.names_bases, HEALTH in mexico.express_for) == (True, False, True)
    assert mexico.reviewed_on == date(2026, 11, 25)


def test_spain_names_what_allows_each_purpose_and_the_age():
    spain = find_notice_law("ES")

    assert (spain.separates, spain.names_bases, spain.minors, spain.is_sure) == (True, True, True, True)


@pytest.mark.parametrize("country", ["ZZ", ""])
def test_unknown_country_has_our_own_choice_which_says_that_it_is_unsure(country):
    law = find_notice_law(country)

    assert (law.country, law.separates, law.names_bases, law.is_sure) == ("", True, True, False)
    assert law.doubts


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('places = [""]', 'places = ["MX"]'),
        ('places = [""]', 'places = ["", ""]'),
        ("separates = true\n", ""),
        ("separates = true", "separates = true\nelse = 1"),
        ('source = "Own choice"', 'source = ""'),
        ('confidence = "L"', 'confidence = "X"'),
        ('doubts = ""', 'doubts = ""\nexpress_for = ["shoes"]'),
        ("reviewed_on = 2026-11-25\n", ""),
    ],
)
def test_table_with_a_fault_is_refused(old, new):
    assert read_notice_laws(ROW)

    with pytest.raises(ValueError, match=r".+"):
        read_notice_laws(ROW.replace(old, new))
