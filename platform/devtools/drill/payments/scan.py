"""Card data never touches us: customers pay with every card of the stand-in, and no card number is anywhere after it.

Looked through are all rows of the business and the platform, all keys of Redis, all that was logged meanwhile at the
finest level, and the pages and files that customers and staff saw. Who finds nothing may be blind: so a number is
planted in each place afterwards, and has to be found there.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model

from database.connection import connection
from devtools.drill.payments.numbers import find_card_numbers
from devtools.drill.payments.places import listen, read_database, read_redis
from devtools.drill.payments.rows import list_payments
from devtools.drill.payments.shops import book_one, open_business
from devtools.drill.payments.till import Till
from devtools.scratch.browser import HostClient
from devtools.stripe_server.cards import CARDS
from devtools.stripe_server.server import StandIn
from kernel.clock import utc_now
from keyvalue.client import connect
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.context import current_tenant

PLANTED = "4000-0566-5566-5556"
PLANT_SQL = "UPDATE scheduling_booking SET note = %s WHERE id = %s"
PLACES = ("database", "redis", "log", "pages")
LEAD = timedelta(days=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scan:
    """What was looked through, and what was found.

    Attributes:
        read: How many rows, keys, lines and pages there were.
        found: Where card numbers are, a line for each.
        blind: Where a number that was planted was not found.
    """

    read: Mapping[str, int]
    found: tuple[str, ...]
    blind: tuple[str, ...]

    @property
    def findings(self) -> list[str]:
        """Return what is wrong."""
        return [f"card number in {each}" for each in self.found] + [f"a scan of {each} is blind" for each in self.blind]


def scan_for_cards(stand_in: StandIn) -> Scan:
    """Let customers pay in the current business, and look for their cards."""
    till = Till(moment=utc_now())
    till.stand_in = stand_in
    stand_in.world.now = stand_in.postman.now = till.now
    with listen() as logged:
        till.connect()
        bookings = _pay_with_every_card(till)
        read, found = _look_through(logged.getvalue(), _read_pages(bookings))
        _plant(bookings[0])
        try:
            _, planted = _look_through(logged.getvalue(), _read_pages(bookings[:1]))
        finally:
            connect(settings.REDIS_URL).delete(PLANTED)
    seen = {line.partition(" ")[0] for line in planted}
    return Scan(read, tuple(found), tuple(each for each in PLACES if each not in seen))


def _pay_with_every_card(till: Till) -> list[int]:
    service_id = open_business(seats=len(CARDS))
    starts_at = (till.moment + LEAD).replace(hour=16, minute=0, second=0, microsecond=0)
    bookings = []
    for number, card in enumerate(CARDS):
        booking_id = book_one(service_id, number, till.moment, starts_at=starts_at)
        till.work()
        till.stand_in.pay(till.start(booking_id), card)
        till.post_all()
        till.work()
        bookings.append(booking_id)
    return bookings


def _read_pages(bookings: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Open the pages of the customers and of the owner as they do."""
    tenant = current_tenant()
    customer, owner = HostClient(tenant.primary_host), HostClient(tenant.primary_host)
    owner.force_login(get_user_model().objects.get(role="owner"))
    payments = {each.booking_id: each.id for each in list_payments()}
    paths = [
        (owner, f"/workspace/{path}") for path in ("", "payments/list/", "payments/list/payments.csv", "messages/")
    ]
    for booking_id in bookings:
        token = make_manage_token(get_booking(booking_id=booking_id))
        paths += [(customer, f"/b/{token}/"), (customer, f"/b/{token}/paid/")]
        paths += [(owner, f"/workspace/bookings/{booking_id}/")]
        paths += [(owner, f"/workspace/payments/{payments[booking_id]}/")]
    for client, path in paths:
        yield path, client.get(path, follow=True).getvalue().decode()


def _look_through(logged: str, pages: Iterable[tuple[str, str]]) -> tuple[Counter[str], list[str]]:
    read, found = Counter[str](), list[str]()
    lines = (("", line) for line in logged.splitlines())
    for place, texts in zip(PLACES, (read_database(), read_redis(), lines, pages), strict=True):
        for name, text in texts:
            read[place] += 1
            found += [f"{place} {name}" for _ in find_card_numbers(text)]
    return read, found


def _plant(booking_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLANT_SQL, [PLANTED, booking_id])
    connect(settings.REDIS_URL).set(PLANTED, PLANTED, ex=60)
    log.warning("planted", extra={"number": PLANTED})
