"""A small part of ``./dev drill copies``: a business of a few bookings comes back equal every way."""

from __future__ import annotations

import pytest

from devtools.drill.copies.rounds import run_in_scratch


@pytest.mark.usefixtures("scratch_tenant")  # opens the database for what is committed
def test_what_comes_back_is_equal():
    found = run_in_scratch(bookings=30, photos=2)

    assert found.is_equal
    assert [step.name for step in found.steps][:5] == ["backup, encrypted", "verify", "restore", "export", "import"]
    assert found.steps[2].about == "2 files"
