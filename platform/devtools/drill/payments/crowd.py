"""Two hundred customers, all at once, for a group of fifty that asks for a deposit; some leave without paying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TypeVar

from billing.enums import PaymentState
from database.connection import connection
from devtools.drill.payments.checks import list_findings
from devtools.drill.payments.rows import list_payments
from devtools.drill.payments.shops import book_one, open_business
from devtools.drill.payments.till import Till
from devtools.stripe_server.server import StandIn
from kernel.errors import DomainError
from scheduling.enums import BookingStatus
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.selectors.bookings.views import get_booking
from tenants.context import current_tenant
from tenants.jobs import call_in_tenant

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
CUSTOMERS, PLACES, LEAVERS, THREADS = 200, 50, 20, 20


@dataclass(frozen=True, slots=True)
class Crowd:
    """What came of it."""

    visits: int
    captured: int
    free: int
    refused_falsely: int
    findings: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Tell whether every place was paid for once, and nobody else was charged or turned away."""
        return (self.visits, self.captured, self.free, self.refused_falsely) == (
            PLACES, PLACES, CUSTOMERS - PLACES, 0,
        ) and not self.findings  # fmt: skip


def serve_crowd(stand_in: StandIn) -> Crowd:
    """Let all book at once; let some leave, their places end, and the others try again at once."""
    till = Till()
    till.stand_in = stand_in
    stand_in.world.now = stand_in.postman.now = till.now
    till.connect()
    service_id = open_business(seats=PLACES)
    booked: dict[int, int] = {}
    noting, refusals = Lock(), Counter[str]()

    def try_booking(number: int) -> None:
        try:
            booking_id = book_one(service_id, number, till.moment)
        except (SlotTaken, SlotUnavailable):
            refusals["full"] += 1
        except DomainError as error:
            refusals[type(error).__name__] += 1
        else:
            with noting:
                booked[number] = booking_id

    everybody = range(CUSTOMERS)
    _at_once(try_booking, everybody)
    first = dict(booked)
    leavers = sorted(first)[:LEAVERS]
    pages = dict(zip(first, _at_once(lambda number: till.start(first[number]), list(first)), strict=True))
    _at_once(lambda number: stand_in.pay(pages[number]), [each for each in first if each not in leavers])
    _serve(till)
    till.pass_by(timedelta(hours=2))
    _serve(till)
    _at_once(try_booking, [each for each in everybody if each not in first])
    second = {number: booking_id for number, booking_id in booked.items() if number not in first}
    late = [pages[number] for number in leavers]
    _at_once(stand_in.pay, late)  # whoever left pays now, on a page that is closed
    again = dict(zip(second, _at_once(lambda number: till.start(second[number]), list(second)), strict=True))
    _at_once(lambda number: stand_in.pay(again[number]), list(second))
    _serve(till)
    return _count(stand_in, booked, false=sum(refusals.values()) - refusals["full"] + PLACES - _count_paid())


def _at_once(work: Callable[[Asked], Answer], asked: Sequence[Asked]) -> list[Answer]:
    """Do it for all of them in threads with connections of their own."""
    schema_name = current_tenant().schema_name

    def do(each: Asked) -> Answer:
        try:
            return call_in_tenant(schema_name, work, each)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(do, asked))


def _serve(till: Till) -> None:
    till.post_all()
    till.work(most=10 * CUSTOMERS)


def _count_paid() -> int:
    return sum(each.state == PaymentState.RECEIVED and not each.refunded_minor for each in list_payments())


def _count(stand_in: StandIn, booked: dict[int, int], *, false: int) -> Crowd:
    charges = [each for each in stand_in.world.things.values() if each["object"] == "charge"]
    visits = sum(get_booking(booking_id=each).status == BookingStatus.CONFIRMED for each in booked.values())
    captured = sum(each["captured"] and not each["amount_refunded"] for each in charges)
    return Crowd(visits, captured, CUSTOMERS - captured, false, tuple(list_findings(stand_in)))
