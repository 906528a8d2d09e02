"""A worker killed with ``kill -9`` and a Redis that forgets everything lose no message."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from django.conf import settings

from kernel.clock import utc_now
from notifications.models import Message
from scheduling.errors import SlotTaken
from scheduling.models import Service
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CustomerDetails, SlotRequest, VisitDetails
from tenants.context import tenant_scope
from tests.factories.scheduling import CUSTOMER, make_wish
from tests.fakes.mail_server import running_mail_server
from tests.fakes.worker import kill, running_worker
from tests.integration.scheduling.messages.conftest import list_slots

BOOKINGS = 26
CONCURRENCY = 2
KILL_AFTER = 8
WAIT_SECONDS = 120


def make_bookings(count: int) -> None:
    now = utc_now()
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    made = 0
    for slot in list_slots(service, days=28, now=now):
        if slot.starts_at < now + timedelta(days=1):
            continue
        try:
            book_slot(
                request=SlotRequest(make_wish(service.pk, arrival_mode="drop_off"), starts_at=slot.starts_at),
                details=VisitDetails(
                    customer=CustomerDetails(
                        name="Ana", phone="+525512345678", email=f"ana-{made}@example.com", locale="es"
                    ),
                    asset={"make": "Nissan", "model": "Versa", "year": "2019", "plate": "ABC123D"},
                    consents=("booking",),
                ),
                now=now,
                source="page",
                by=CUSTOMER,
            )
        except SlotTaken:
            continue
        made += 1
        if made == count:
            return
    pytest.fail(f"only {made} free times")


def wait_for(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.05)


@pytest.mark.slow
def test_no_message_is_lost_and_none_doubled_but_in_flight(scratch_tenant, tmp_path):
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    broker = redis.Redis.from_url(settings.REDIS_URL)
    with running_mail_server() as mail_server, tenant_scope(scratch_tenant):
        mail_server.pause_seconds = 0.05
        with running_worker(tmp_path, smtp_port=mail_server.port) as worker:
            make_bookings(BOOKINGS)
            wait_for(lambda: len(mail_server.taken) >= KILL_AFTER, seconds=WAIT_SECONDS)
            kill(worker)
        broker.flushdb()
        taken_before = len(mail_server.taken)
        with running_worker(tmp_path, smtp_port=mail_server.port):
            wait_for(lambda: Message.objects.filter(status="sent").count() == 2 * BOOKINGS, seconds=WAIT_SECONDS)

        told = {address for address, _ in mail_server.taken if address.startswith("ana-")}
        known = set(Message.objects.values_list("provider_id", flat=True))
        # Other tests' tenants may have had something due, too.
        copies = Counter(message_id for message_id in mail_server.message_ids if message_id in known)
        outcomes = Counter(Message.objects.values_list("template", "status"))

    assert taken_before < 2 * BOOKINGS
    assert outcomes == {("booking_confirmed", "sent"): BOOKINGS, ("business_new_booking", "sent"): BOOKINGS}
    assert told == {f"ana-{number}@example.com" for number in range(BOOKINGS)}
    assert set(copies) == known
    assert sum(copies.values()) - len(copies) <= CONCURRENCY
