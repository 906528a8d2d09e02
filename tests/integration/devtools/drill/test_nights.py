"""A small part of ``./dev drill nights``: what goes wrong in a night is told once and loses nothing."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from devtools.drill.nights.places import Shelf
from devtools.drill.nights.rounds import run_nights


@pytest.mark.usefixtures("scratch_tenant")  # opens the database for what is committed
def test_bad_nights_lose_nothing_and_a_good_one_is_no_bad_one(tmp_path, monkeypatch):
    monkeypatch.setattr(Shelf, "full", lambda _: nullcontext())  # nothing goes wrong in the third night

    nights = list(run_nights(tmp_path, businesses=2, bookings=9))

    assert [(night.name, night.is_well) for night in nights] == [
        ("a night of 2", True),
        ("one is damaged, then the store goes away", True),
        ("the disk is full", False),
    ]
    assert [night.lines[:2] for night in nights[1:]] == [
        (
            "0 have their archive, 2 do not; 2 are red in the console",
            "2 of 2 earlier archives are as they were; operators got 1 mail",
        ),
        (
            "2 have their archive, 0 do not; 0 are red in the console",
            "4 of 4 earlier archives are as they were; operators got 0 mail",
        ),
    ]
