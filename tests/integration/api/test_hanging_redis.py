"""A Redis that accepts and never answers, as one that was stopped: a booking must not wait for it."""

from __future__ import annotations

import copy
import itertools
import socket

import pytest

from keyvalue.client import TIMEOUT_SECONDS
from keyvalue.outages import forget_outages
from keyvalue.tasks import push_task
from notifications.services import live
from scheduling.models import Booking
from tests.integration.api.conftest import make_booking_body


@pytest.fixture
def hanging_redis(settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(100)
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        caches = copy.deepcopy(settings.CACHES)
        caches["default"]["LOCATION"] = url
        settings.REDIS_URL, settings.CACHES = url, caches
        yield silent


def count_waits(silent: socket.socket) -> int:
    """Count who connected since the last time: whoever waited in vain hangs up, and connects again to wait again."""
    silent.setblocking(False)
    for count in itertools.count():
        try:
            silent.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError


def test_booking_waits_for_one_timeout_only(customer_client, hanging_redis, django_capture_on_commit_callbacks):
    body = make_booking_body(customer_client)
    forget_outages()
    count_waits(hanging_redis)

    with django_capture_on_commit_callbacks(execute=True) as after:
        booked = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    assert (booked.status_code, Booking.objects.count(), len(after)) == (201, 1, 1)
    assert count_waits(hanging_redis) == 1


@pytest.mark.parametrize("ask", ["publish", "push"])
def test_each_that_asks_redis_waits_less_than_a_second(tenant, hanging_redis, ask):
    if ask == "publish":
        assert push_task("tenants.sweep_due_work", {}) is False
    else:
        live.push_live_event(schema_name=tenant.schema_name, event_id=1, kind="booking.confirmed", subject_id=7)

    assert (count_waits(hanging_redis), TIMEOUT_SECONDS < 1) == (1, True)
