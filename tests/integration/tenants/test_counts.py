"""Counts in PostgreSQL: exact, for whoever asks at once, and of nobody by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from kernel.limits import Ask, Keeper, Limit, index_limits
from tenants.models import LimitCount
from tenants.services.counts import Counted, count_up, forget_counts, read_counts, take_back
from tenants.tasks import forget_counts as forget_task

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANA, EVA, OWN = Ask("mails", "ana@example.com"), Ask("mails", "eva@example.com"), Ask("own", "ana@example.com")


def read(asks: list[Ask], now: datetime) -> dict[Ask, int]:
    return {asked: counted.count for asked, counted in read_counts(asks, now=now).items()}


@pytest.fixture(autouse=True)
def two_limits(settings):
    settings.LIMITS = index_limits(
        Limit("mails", "mails", "recipient", 2, 3600, keeper=Keeper.POSTGRESQL, is_shared=True),
        Limit("own", "bookings", "recipient", 1, 7200, keeper=Keeper.POSTGRESQL),
    )


def test_a_window_begins_with_the_first_count(tenant):
    answers = [count_up([ANA], now=NOW + timedelta(minutes=minutes)) for minutes in (0, 30, 59, 60, 61, 62)]

    minute = timedelta(minutes=1)
    assert answers == [{}, {}, {ANA: minute}, {}, {}, {ANA: 58 * minute}]


def test_each_limit_counts_by_itself(tenant):
    answers = [count_up([ANA, OWN], now=NOW), count_up([OWN, EVA], now=NOW), count_up([ANA, EVA], now=NOW)]

    assert answers == [{}, {OWN: 2 * HOUR}, {}]
    assert read([ANA, EVA, OWN], now=NOW) == {ANA: 2, EVA: 2, OWN: 2}
    assert read_counts([ANA, OWN], now=NOW + HOUR) == {ANA: Counted(0, timedelta(0)), OWN: Counted(2, HOUR)}


def test_what_did_not_happen_is_taken_back(tenant):
    count_up([ANA, OWN], now=NOW)

    for _ in range(3):
        take_back([ANA, OWN, EVA])

    assert read([ANA, EVA, OWN], now=NOW) == {ANA: 0, EVA: 0, OWN: 0}
    assert (count_up([], now=NOW), take_back([])) == ({}, None)


def test_only_shared_limits_count_all_businesses_together(tenant, other_tenant):
    count_up([ANA, OWN], now=NOW)

    connection.set_tenant(other_tenant)
    next_door = read([ANA, OWN], now=NOW)
    connection.set_tenant(tenant)

    assert next_door == {ANA: 1, OWN: 0}


def test_rows_name_nobody(tenant):
    count_up([ANA, OWN], now=NOW)

    rows = LimitCount.objects.filter(limit__in=("mails", "own"))
    hashes = list(rows.values_list("subject_hash", flat=True))
    assert [len(each) for each in hashes] == [64, 64]
    assert len(set(hashes)) == 2
    assert [str(row) for row in rows.order_by("limit")] == ["mails 1", "own 1"]


def test_ended_windows_are_removed(tenant):
    count_up([ANA, OWN], now=NOW)

    assert forget_counts(now=NOW + HOUR) >= 1
    assert not LimitCount.objects.filter(ends_at__lte=NOW + HOUR).exists()
    assert read([OWN], now=NOW + HOUR) == {OWN: 1}
    with time_machine.travel(NOW + 2 * HOUR):
        forget_task()
    assert not LimitCount.objects.filter(limit__in=("mails", "own")).exists()


def test_of_sixteen_at_once_as_many_pass_as_the_limit_says(scratch_tenant, django_db_blocker):
    def ask_once(asks: list[Ask]) -> int:
        connection.set_tenant(scratch_tenant)
        try:
            return len(count_up(asks, now=NOW))
        finally:
            connection.close()

    with django_db_blocker.unblock():
        try:
            with ThreadPoolExecutor(16) as pool:
                refused = sorted(pool.map(ask_once, [[ANA, EVA], [EVA, ANA]] * 8))
        finally:
            LimitCount.objects.filter(limit__in=("mails", "own")).delete()

    assert refused == [0, 0, *[2] * 14]
