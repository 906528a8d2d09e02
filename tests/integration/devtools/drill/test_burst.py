"""A small fixed part of ``./dev drill burst``: every confirmation leaves, in order, and nothing that was undone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from devtools.drill.burst.rounds import Booked, Delivery, Report, run_burst
from devtools.drill.burst.worker import running_worker
from kernel.clock import utc_now
from tenants.services.life_cycle import drop_tenant
from tenants.types import TenantInfo
from tests.conftest import make_tenant
from tests.fakes.worker import make_database_url

WAIT_SECONDS = 120
BOOKINGS = 9
SLOWEST = 10_000.0
"""The machine may be busy with other things: the drill measures, a test does not."""


@pytest.fixture
def salon(tenants, django_db_blocker) -> Iterator[TenantInfo]:
    """A committed business, for processes of their own."""
    with django_db_blocker.unblock():
        info = make_tenant(f"burst-{secrets.token_hex(4)}", "salon")
        try:
            yield info
        finally:
            connection.set_schema_to_public()
            drop_tenant(schema_name=info.schema_name)


@pytest.mark.slow
def test_a_burst_is_told_in_order_and_without_what_was_undone(salon, tmp_path):
    variables = {
        "DATABASE_URL": make_database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "TURNERO_SPARE_SCHEMAS": "0",
    }
    with running_worker(tmp_path, **variables):
        report = run_burst([salon], bookings=BOOKINGS, wait_seconds=WAIT_SECONDS)

    assert report.list_faults(most_p95_seconds=SLOWEST) == []
    assert len(report.list_waits(is_customer=True)) >= BOOKINGS - 1
    assert len(report.list_waits(is_customer=False)) >= 2 * (BOOKINGS - 1)
    assert [each.is_undone for each in report.booked].count(True) == 1


def test_report_finds_what_is_not_as_it_must_be():
    at = utc_now()
    booked = Booked("t1", 7, at, is_undone=True, is_cancelled=False)
    rows = [
        Delivery(7, "customer", "booking_confirmed", "ana@example.com", "", at, at.replace(year=2099)),
        Delivery(7, "customer", "booking_moved", "ana@example.com", "", at, at),
        Delivery(7, "worker", "worker_booked", "eva@example.com", "too_many", at, None),
    ]
    other = Booked("t1", 8, at, is_undone=False, is_cancelled=False)
    report = Report(booked=[booked, other], deliveries={("t1", 7): rows}, still_waiting=3)

    faults = report.list_faults(most_p95_seconds=30)

    assert [fault.partition(" is ")[0] for fault in faults] == [
        "3 messages have not left",
        "1 of at least 2 confirmations left; not sent: {'too_many': 1}",
        "p95 of confirmations",
        "messages of 1 bookings overtook each other",
        "1 undone moves were told",
    ]
    assert report.describe()[-1] == "order broken: 1; undone moves: 1, of them told: 1"
