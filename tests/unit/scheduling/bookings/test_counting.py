"""How it ended is counted, and told on unchanged."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from database.errors import TooBusy
from scheduling.errors import HoldExpired, SlotTaken
from scheduling.services.bookings.counting import counted
from telemetry.meters import OWN

TAKEN = SlotTaken(starts_at=datetime(2026, 11, 26, 9, tzinfo=UTC), alternatives=())


def read(outcome: str) -> float:
    return OWN.get_sample_value("turnero_bookings_total", {"step": "hold", "outcome": outcome}) or 0.0


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TAKEN, "taken"),
        (HoldExpired.__new__(HoldExpired), "refused"),
        (TooBusy.__new__(TooBusy), "failed"),
        (RuntimeError("a defect"), "failed"),
        (KeyboardInterrupt(), "failed"),
    ],
    ids=["taken", "refused", "busy", "defect", "interrupted"],
)
def test_failure_is_counted_and_goes_on(error, outcome):
    @counted("hold")
    def fail() -> None:
        raise error

    before = read(outcome)

    with pytest.raises(type(error)) as raised:
        fail()

    assert raised.value is error
    assert read(outcome) - before == 1


def test_what_was_done_is_counted_and_comes_back():
    before = read("done")

    assert counted("hold")(lambda number, *, twice: number * twice)(3, twice=2) == 6
    assert read("done") - before == 1
