"""A fixed part of ``./dev drill offers``: the same few random bookings on every run."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine

from devtools.drill.offers.rounds import run_rounds

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOORS = {
    "customer's booking page",
    "customer's move page",
    "workspace's move page",
    "workspace's new booking",
    "API",
    "API with booking=",
}


def test_every_door_takes_what_it_offers_and_nothing_else(tenant):
    with time_machine.travel(SUNDAY, tick=True):
        report = run_rounds(tenant, count=20, seed=3, now=SUNDAY, tries=1)

    assert report.findings == []
    assert report.bookings == 20
    assert min(report.features[name] for name in ("extras", "party", "several services", "chosen person")) > 3
    assert {name for name, offered in report.offered.items() if offered > 40} == DOORS
