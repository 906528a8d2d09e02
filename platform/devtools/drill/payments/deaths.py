"""Processes that are killed (``kill -9``) between a charge and its commit, at every point where that is possible.

Each payment is served by a process of its own, which kills itself at its point; then others go on as they would: the
lease of the due work ends, a worker does it again. At the end everybody was charged once, and everything is noted.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db import connections

from billing.services.cards import events, looking, opening, refunding, settling
from database.connection import connection
from devtools.drill.payments.checks import list_findings
from devtools.drill.payments.rows import end_leases, list_payments
from devtools.drill.payments.shops import book_one, open_business
from devtools.drill.payments.till import MOST_STEPS, OWNER, Till
from devtools.stripe_server.server import StandIn
from scheduling.enums import Approval
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.transitions import approve

DEAD = -signal.SIGKILL
SPAN = timedelta(minutes=20)
"""After that whoever was silent is asked for."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a process dies.

    Attributes:
        during: What it does: ``open``, ``settle``, ``capture`` or ``refund``.
        owner: The module or class whose ``name`` it does not live through.
        after: It dies when that is done, and not before.
    """

    during: str
    owner: Any
    name: str
    after: bool = False


POINTS: Mapping[str, Point] = {
    "row written, nothing asked": Point("open", opening, "_open"),
    "page opened, not noted": Point("open", opening, "_note_open"),
    "page noted, no answer": Point("open", opening, "_note_open", after=True),
    "event taken, no answer": Point("settle", events, "_keep", after=True),
    "charge found, nothing written": Point("settle", looking, "settle_payment"),
    "charge written, not committed": Point("settle", settling, "receive", after=True),
    "charge committed, work not ended": Point("settle", looking, "settle_payment", after=True),
    "captured, nothing written": Point("capture", looking, "settle_payment"),
    "refund sent, nothing written": Point("refund", refunding, "_settle"),
    "refund written, work not ended": Point("refund", refunding, "_settle", after=True),
}


def kill_everywhere(stand_in: StandIn, count: int) -> list[str]:
    """Let ``count`` payments be met by a kill at each point, heal, and return what is wrong."""
    findings: list[str] = []
    for name, point in POINTS.items():
        till = Till()
        till.stand_in = stand_in
        stand_in.world.now = stand_in.postman.now = till.now
        till.connect()
        approval = Approval.REQUEST if point.during == "capture" else Approval.INSTANT
        service_id = open_business(seats=count, approval=approval)
        before = len(list_payments())
        died = sum(_meet(till, service_id, number, point) for number in range(count))
        for _ in range(12):
            till.post_all()
            end_leases()
            till.work(MOST_STEPS * (count + 1))
            till.pass_by(SPAN)
        if died != count:
            findings.append(f"{name}: only {died} of {count} died")
        findings += [f"{name}: {each}" for each in list_findings(stand_in)]
        made = len(list_payments()) - before
        if made != count:
            findings.append(f"{name}: {made} payments for {count} visits")
    return findings


def _meet(till: Till, service_id: int, number: int, point: Point) -> bool:
    """Serve one payment up to its point, in a process that dies there; tell whether it did."""
    booking_id = book_one(service_id, number, till.moment)
    if point.during != "open":
        till.stand_in.pay(till.start(booking_id))
    if point.during in {"capture", "refund"}:
        till.post_all()
        till.work()
    if point.during == "capture":
        approve(booking_id=booking_id, now=till.moment, by=OWNER)
    if point.during == "refund":
        cancel_booking(booking_id=booking_id, now=till.moment, by=OWNER, reason="ill")
    work: Callable[[], object] = (lambda: till.start(booking_id)) if point.during == "open" else (lambda: _serve(till))
    has_died = _die_in(work, point)
    if point.during == "open":
        till.stand_in.pay(till.start(booking_id))  # the customer taps again
    return has_died


def _serve(till: Till) -> None:
    till.post_all()
    till.work()


def _die_in(work: Callable[[], object], point: Point) -> bool:
    connections.close_all()
    connection.close_pool()  # its threads and sockets are of this process
    child = os.fork()
    if child == 0:
        try:
            with ExitStack() as stack:
                stack.enter_context(patch.object(point.owner, point.name, _make_deadly(point)))
                work()
        finally:
            os._exit(0)  # it was to die before
    _, status = os.waitpid(child, 0)
    connection.ensure_connection()
    return os.waitstatus_to_exitcode(status) == DEAD


def _make_deadly(point: Point) -> Callable[..., Any]:
    real = getattr(point.owner, point.name)

    def die(*arguments: Any, **named: Any) -> None:
        if point.after:
            real(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return die
