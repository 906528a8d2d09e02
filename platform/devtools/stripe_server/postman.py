"""Delivers events as Stripe may: late, twice, in another order, not at all; and forges some, as others may."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from devtools.stripe_server.specification import list_answer_problems, sign
from devtools.stripe_server.world import Thing
from outgoing.client import send_request
from outgoing.errors import CallFailed
from outgoing.types import Limits

LIMITS = Limits(connect_seconds=2, read_seconds=10, total_seconds=10)
TRIES, WAIT_SECONDS = 5, 1.0
THIN = "v2.core.event"


@dataclass(frozen=True, slots=True)
class Habits:
    """How events travel.

    Attributes:
        late_seconds: Each waits up to so long, so that their order changes, too.
        twice: The share that comes a second time.
        lost: The share that never comes.
        forged: The share before which somebody else sends the same, signed with another secret.
    """

    late_seconds: float = 0
    twice: float = 0
    lost: float = 0
    forged: float = 0


@dataclass
class Postman:
    """Delivers what happens.

    Attributes:
        url: Where events with content go; empty: nowhere, they are kept for `take_all`.
        notice_url: Where events without content go.
        delivered: Of each delivery: the event's id and the status that came back; 0: none did.
    """

    secret: str
    notice_secret: str
    url: str = ""
    notice_url: str = ""
    habits: Habits = Habits()
    now: Callable[[], float] = time.time
    chance: random.Random = field(default_factory=random.Random)
    waiting: list[Thing] = field(default_factory=list)
    delivered: list[tuple[str, int]] = field(default_factory=list)
    faulty: list[tuple[str, str]] = field(default_factory=list)

    def take(self, event: Thing) -> None:
        """Take an event and deliver it by these habits, without making anybody wait."""
        if event["object"] != THIN:
            self.faulty += list_answer_problems(event)
        if not self._find_url(event):
            self.waiting.append(event)
            return
        if self.chance.random() < self.habits.lost:
            return
        times = 2 if self.chance.random() < self.habits.twice else 1
        if self.chance.random() < self.habits.forged:
            self._send_later(event, "whsec_of_somebody_else")
        for _ in range(times):
            self._send_later(event, self._find_secret(event))

    def take_all(self) -> list[Thing]:
        """Return what has waited, and forget it."""
        waiting, self.waiting = self.waiting, []
        return waiting

    def write(
        self, event: Thing, *, secret: str | None = None, at: float | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """Return an event as it travels: body and headers."""
        raw = json.dumps(event).encode()
        stamp = int(self.now() if at is None else at)
        return raw, {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(raw, secret or self._find_secret(event), at=stamp),
        }

    def _find_secret(self, event: Thing) -> str:
        return self.notice_secret if event["object"] == THIN else self.secret

    def _find_url(self, event: Thing) -> str:
        return self.notice_url if event["object"] == THIN else self.url

    def _send_later(self, event: Thing, secret: str) -> None:
        wait = self.chance.random() * self.habits.late_seconds
        timer = threading.Timer(wait, self._send, (event, secret))
        timer.daemon = True
        timer.start()

    def _send(self, event: Thing, secret: str) -> None:
        for number in range(TRIES):
            raw, headers = self.write(event, secret=secret)
            try:
                answer = send_request(self._find_url(event), method="POST", headers=headers, content=raw, limits=LIMITS)
                status = answer.status
            except CallFailed:
                status = 0
            self.delivered.append((event["id"], status))
            if 200 <= status < 300 or secret != self._find_secret(event):  # noqa: PLR2004 - HTTP's own
                return
            time.sleep(WAIT_SECONDS * 2**number)
