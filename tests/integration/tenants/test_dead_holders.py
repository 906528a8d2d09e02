"""A worker that is killed leaves its place in a lane at once, not when its lease has run out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection

from config.environment import ROOT, child_environment
from kernel.clock import utc_now
from tenants.context import tenant_scope
from tenants.models import DueWork
from tenants.services import due_work
from tests.fakes.worker import make_database_url

CLAIM = """
import time, django
django.setup()
from kernel.clock import utc_now
from tenants.services.due_work import _claim
print(_claim(utc_now()).row_id, flush=True)
time.sleep(600)
"""
WAIT_SECONDS = 60


@pytest.fixture
def lane(scratch_tenant, django_db_blocker, settings) -> Iterator[str]:
    """Two rows of a lane with one place, committed."""
    settings.LANE_PLACES = 1
    with django_db_blocker.unblock(), tenant_scope(scratch_tenant):
        DueWork.objects.all().delete()
        for row_id in (1, 2):
            due_work.add_due_work(
                kind="test",
                row_id=row_id,
                due_at=utc_now() - timedelta(minutes=3 - row_id),
                now=utc_now(),
                lane="email",
            )
        try:
            yield scratch_tenant.schema_name
        finally:
            DueWork.objects.all().delete()


@pytest.fixture
def holder(lane, tmp_path) -> Iterator[subprocess.Popen[str]]:
    """A process that has claimed the first row and is talking to a slow mail server."""
    environment = child_environment(
        DJANGO_SETTINGS_MODULE="config.settings.development",
        DATABASE_URL=make_database_url(),
        REDIS_URL=django_settings.REDIS_URL,
        TURNERO_STATE_DIR=str(tmp_path),
        TURNERO_SPARE_SCHEMAS="0",
        PYTHONPATH=os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
    )
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIM], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "1"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def claim() -> int | None:
    row = due_work._claim(utc_now())
    return None if row is None else row.row_id


def test_place_of_a_killed_holder_is_free_before_its_lease_ends(holder):
    assert claim() is None

    holder.kill()
    holder.wait()

    deadline = time.monotonic() + WAIT_SECONDS
    while (found := claim()) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    first = DueWork.objects.get(row_id=1)
    assert found == 2
    # Its own row may be on its way: that one waits for the lease.
    assert first.leased_until is not None
    assert first.leased_until > utc_now()


def test_place_of_a_holder_that_does_not_say_who_it_is_is_kept_for_its_lease(lane):
    DueWork.objects.filter(row_id=1).update(leased_until=utc_now() + due_work.LEASE, leased_pid=None)

    assert claim() is None


def test_holder_is_the_session_that_claimed(lane):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((own,),) = cursor.fetchall()

    assert claim() == 1
    assert DueWork.objects.get(row_id=1).leased_pid == own
    assert claim() is None
