"""A fixed part of ``./dev drill holds``: few holds, over real connections."""

from __future__ import annotations

import pytest

from devtools.drill.holds.rounds import SEATS, run_in_scratch


@pytest.mark.usefixtures("scratch_tenant")  # opens the database for what is committed
def test_every_seat_of_ended_holds_is_given_once():
    crowd, pace = run_in_scratch(late=16, holds=40)

    assert (crowd.accepted, crowd.refused, crowd.failed, crowd.is_right) == (SEATS, 16 - SEATS, 0, True)
    assert 0 < crowd.p50_ms <= crowd.p99_ms
    assert min(pace.usual_ms, pace.beside, pace.onto) > 0
