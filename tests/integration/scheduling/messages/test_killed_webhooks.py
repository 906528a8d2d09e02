"""A worker killed with ``kill -9`` while a receiver has a webhook in hand: nothing is lost, and nothing overtakes."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections import defaultdict

import pytest
import redis
from django.conf import settings

from kernel.clock import utc_now
from notifications.models import WebhookDelivery
from scheduling.enums import BookingStatus
from scheduling.models import Booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.undoing import undo_step
from scheduling.types import Actor
from tenants.context import tenant_scope
from tests.factories.webhooks import make_webhook
from tests.fakes.mail_server import running_mail_server
from tests.fakes.web_server import OK, running_web_server
from tests.fakes.worker import OUTSIDE, kill, running_worker
from tests.integration.scheduling.messages.test_killed_worker import WAIT_SECONDS, make_bookings, wait_for

BOOKINGS = 4
CONCURRENCY = 2
STAFF = Actor(kind="staff", user_id=None)
TOLD = ["booking.confirmed", "booking.cancelled", "booking.confirmed"]


class Receiver:
    """Reads each call and says nothing, until it is let; then it takes everything."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()

    def answer(self, _head: str, connection: socket.socket) -> None:
        if self.may_answer.is_set():
            connection.sendall(OK)
        else:
            connection.recv(1)  # returns when the other side is gone


def find_header(head: str, name: str) -> str:
    lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    return {key.lower(): value for key, value in lines.items()}[name]


@pytest.mark.slow
def test_no_webhook_is_lost_and_none_overtakes_another(scratch_tenant, tmp_path):
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    broker, receiver = redis.Redis.from_url(settings.REDIS_URL), Receiver()
    with (
        running_mail_server() as mail_server,
        running_web_server(receiver.answer, address=OUTSIDE) as server,
        tenant_scope(scratch_tenant),
    ):
        make_webhook(url=f"http://hooks.example:{server.port}/", events=sorted(set(TOLD)), now=utc_now())
        with running_worker(tmp_path, smtp_port=mail_server.port) as worker:
            make_bookings(BOOKINGS)
            for booking_id in Booking.objects.values_list("pk", flat=True):
                cancel_booking(booking_id=booking_id, now=utc_now(), by=STAFF, reason="ill")
                undo_step(booking_id=booking_id, status=BookingStatus.CANCELLED, now=utc_now(), by=STAFF)
            wait_for(lambda: len(server.bodies) > 0, seconds=WAIT_SECONDS)
            kill(worker)
        in_hand = [find_header(head, "webhook-id") for head in server.heads]
        ended_before = WebhookDelivery.objects.exclude(ended_at=None).count()
        broker.flushdb()
        receiver.may_answer.set()
        with running_worker(tmp_path, smtp_port=mail_server.port):
            wait_for(
                lambda: WebhookDelivery.objects.filter(end="delivered").count() == BOOKINGS * len(TOLD),
                seconds=WAIT_SECONDS,
            )

    came = [find_header(head, "webhook-id") for head in server.heads]
    bodies = dict(zip(came, server.bodies, strict=True))
    by_booking: dict[str, list[str]] = defaultdict(list)
    for message_id in dict.fromkeys(came[len(in_hand) :]):
        told = json.loads(bodies[message_id])
        by_booking[told["data"]["booking"]["id"]].append(told["type"])
    assert (ended_before, 0 < len(in_hand) <= CONCURRENCY) == (0, True)
    assert list(by_booking.values()) == [TOLD] * BOOKINGS
    assert {message_id: came.count(message_id) for message_id in bodies} == {
        message_id: 2 if message_id in in_hand else 1 for message_id in bodies
    }
