"""Whatever staff and customers do to a booking, and whenever a worker looks: what was told last is how it stands."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from kernel.errors import DomainError
from notifications.models import Event, Message
from notifications.services.delivery import send_message
from notifications.services.outbox import process_event, process_event_later
from scheduling.enums import BookingStatus
from scheduling.models import Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve, decline
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.bookings.undoing_moves import undo_move
from scheduling.services.messages.standing import CHANGES, MERGED_WITHIN, STANDING, describe_state, is_same
from scheduling.types import Actor, Correction
from tenants.errors import RetryLater
from tests.fakes.mail_server import running_mail_server
from tests.integration.scheduling.messages.conftest import NOW, list_slots

CUSTOMER, STAFF = Actor(kind="customer"), Actor(kind="staff", user_id=1)
PAUSES = [0, 0, 1, 3, 8, 9, 10, 40, 130, 600]
"""Seconds between two things that happen: around the time to undo, and around that in which changes are merged."""
DEEDS = [
    *("move", "move", "move_by_customer", "cancel", "cancel_by_customer", "take_back", "take_back", "correct"),
    *("approve", "decline", "fail"),
]
LOOKS = ["look", "look", "hear"]
"""What workers do: in transactions of their own."""
ADDRESSES = ["ana@example.com", "ana.ruiz@example.com"]


class Walk:
    """One booking, what happens to it by chance, and what its customer gets to read."""

    def __init__(self, booking_id, starts, mail_server, dice) -> None:
        self.booking_id, self.starts, self.mail_server, self.dice = booking_id, starts, mail_server, dice
        self.now: datetime = NOW
        self.undo: dict[str, object] = {}
        self.read: list[tuple[str, dict]] = []
        self.changes: list[tuple[str, datetime]] = []
        self.story: list[str] = []

    def step(self):
        self.now += timedelta(seconds=self.dice.choice(PAUSES))
        name = self.dice.choice((*DEEDS, *LOOKS))
        self.story.append(f"{self.now - NOW} {name}")
        if name in LOOKS:
            getattr(self, name)()
            return
        with suppress(DomainError), transaction.atomic():
            getattr(self, name)()

    def move(self, by=STAFF):
        move_booking(booking_id=self.booking_id, starts_at=self.dice.choice(self.starts), now=self.now, by=by)
        self.undo = {"sequence": self.booking.sequence}

    def move_by_customer(self):
        self.move(by=CUSTOMER)

    def cancel(self):
        cancel_booking(booking_id=self.booking_id, now=self.now, by=STAFF, reason="Sin luz")
        self.undo = {"status": BookingStatus.CANCELLED}

    def cancel_by_customer(self):
        cancel_booking(booking_id=self.booking_id, now=self.now, by=CUSTOMER)

    def approve(self):
        approve(booking_id=self.booking_id, now=self.now, by=STAFF)

    def decline(self):
        decline(booking_id=self.booking_id, now=self.now, by=STAFF, reason="Sin lugar")
        self.undo = {"status": BookingStatus.DECLINED}

    def take_back(self):
        """Press undo, sometimes twice."""
        for _ in range(self.dice.choice([1, 1, 2])):
            if "sequence" in self.undo:
                undo_move(booking_id=self.booking_id, **self.undo, now=self.now, by=STAFF)
            elif self.undo:
                undo_step(booking_id=self.booking_id, **self.undo, now=self.now, by=STAFF)

    def correct(self):
        seen = self.booking
        correction = Correction(
            name=seen.customer_name,
            phone=seen.customer_phone,
            email=self.dice.choice(ADDRESSES),
            asset=dict(seen.asset_data),
            note=seen.note,
            price_minor=seen.price_minor,
        )
        correct_booking(booking_id=self.booking_id, correction=correction, now=self.now, by=STAFF)

    def fail(self):
        self.mail_server.answers["DATA"] = ["451 later"]

    def hear(self, chance=0.5):
        """Handle some of the events."""
        for event_id in Event.objects.filter(processed_at=None).order_by("pk").values_list("pk", flat=True):
            if self.dice.random() < chance:
                process_event(event_id, self.now)
                process_event_later(event_id, self.now)

    def look(self):
        """Let a worker try all messages, in any order, and note what arrived."""
        self.hear(chance=1)
        waiting = Message.objects.filter(status__in=("queued", "sending"), role="customer")
        before = set(Message.objects.filter(status="sent").values_list("pk", flat=True))
        message_ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        if self.dice.random() < 1 / 3:
            self.dice.shuffle(message_ids)
        for message_id in message_ids:
            with suppress(RetryLater):
                send_message(message_id, self.now)
        for sent in Message.objects.filter(status="sent", role="customer").exclude(pk__in=before).order_by("sent_at"):
            self.story.append(f"{self.now - NOW} sent {sent.template} to {sent.to}: {sent.state}")
            self.read.append((sent.to, sent.state))
            if sent.template in CHANGES:
                self.changes.append((sent.to, self.now))

    @property
    def booking(self):
        return get_booking(booking_id=self.booking_id)


@pytest.fixture
def walk(book, service, settings):
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port

        def _walk(seed: int) -> Walk:
            dice = random.Random(seed)
            if seed % 4 == 0:
                Service.objects.filter(pk=service.pk).update(approval="request")
            starts = [slot.starts_at for slot in list_slots(service) if slot.starts_at > NOW + timedelta(days=2)]
            made = book(by=dice.choice([CUSTOMER, STAFF]))
            return Walk(made.id, starts[::4], server, dice)

        yield _walk


@pytest.mark.parametrize("seed", range(10))
def test_last_message_says_how_the_booking_stands_and_no_two_follow_closely(walk, seed):
    walked = walk(seed)

    for _ in range(10):
        walked.step()
    for _ in range(20):  # it is quiet now, and the worker catches up
        walked.now += timedelta(seconds=40)
        walked.look()

    story, present = "\n".join(walked.story), describe_state(walked.booking)
    read = [state for to, state in walked.read if to == walked.booking.customer_email]
    assert read or present["status"] not in STANDING, story
    assert not read or is_same(read[-1], present), story
    assert [
        (before, after) for before, after in pairwise(read)
        if is_same(before, after) and before["link"] == after["link"]
    ] == [], story  # fmt: skip
    for address in ADDRESSES:
        times = [at for to, at in walked.changes if to == address]
        assert [earlier for earlier, later in pairwise(times) if later - earlier < MERGED_WITHIN] == [], story
