"""For how many people one booking can be."""

from __future__ import annotations

import pytest

from scheduling.types import ServiceTerms


@pytest.mark.parametrize(
    ("seats", "most", "largest"),
    [(None, None, 1), (None, 1, 1), (None, 4, 4), (8, None, 8), (8, 1, 1), (8, 3, 3), (8, 20, 8), (1, None, 1)],
)
def test_the_largest_party_fits_the_group_and_what_was_set(seats, most, largest):
    terms = ServiceTerms(name="Clase", duration_minutes=60, seats=seats, max_party_size=most)

    assert terms.largest_party == largest
