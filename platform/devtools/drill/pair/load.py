"""People who book through the proxy, and others who only look, while something happens behind it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event

from devtools.drill.pair.asking import Visitor
from devtools.drill.pair.site import Pair

VISITORS = 8
PATIENCE_SECONDS = 60.0
AGAIN_SECONDS = 0.5
CREATED, SEEN = 201, (200, 302)


@dataclass(slots=True)
class Load:
    """What visitors saw.

    Attributes:
        firsts: The first answer to each booking.
        booked: E-mail → reference, whichever answer it was.
        looks: Address → answers of those who only looked.
        slowest_seconds: The longest wait for an answer to a booking.
    """

    firsts: list[int] = field(default_factory=list)
    booked: dict[str, str] = field(default_factory=dict)
    looks: dict[str, list[int]] = field(default_factory=dict)
    slowest_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def failed(self) -> int:
        """Count first answers, and looks, that are not as they must be."""
        looks = [each for answers in self.looks.values() for each in answers]
        return sum(each != CREATED for each in self.firsts) + sum(each not in SEEN for each in looks)

    def describe(self) -> str:
        """Return the figures in a line."""
        looks = Counter(each for answers in self.looks.values() for each in answers)
        return (
            f"{len(self.booked)} booked in {self.seconds:.0f} s, first answers {_show(Counter(self.firsts))}, slowest "
            f"{self.slowest_seconds:.2f} s; looks {_show(looks)}"
        )


@dataclass(frozen=True, slots=True)
class Shop:
    """A business whose free times were read."""

    slug: str
    service: str
    starts: Sequence[str]


def read_shop(pair: Pair, slug: str, *, count: int) -> Shop:
    """Return a business with so many free starts, each of which one person takes.

    Raises:
        LookupError: It has not enough.
    """
    visitor = make_visitor(pair, slug)
    _, services = visitor.ask("GET", "/api/v1/services")
    service = str(services["results"][0]["id"])
    starts: list[str] = []
    day = datetime.now(tz=UTC).date() + timedelta(days=1)
    for _ in range(12):
        days = f"from={day}&to={day + timedelta(days=27)}"
        _, offered = visitor.ask("GET", f"/api/v1/availability?service={service}&{days}")
        starts += [slot["starts_at"] for each in offered["days"] for slot in each["slots"]]
        if len(starts) >= count:
            return Shop(slug, service, starts)
        day += timedelta(days=28)
    message = f"{slug} has {len(starts)} free starts, not {count}"
    raise LookupError(message)


def make_visitor(pair: Pair, slug: str) -> Visitor:
    """Return somebody whom nobody has seen before."""
    address = f"127.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(1, 255)}"  # noqa: S311
    return Visitor(f"{slug}.localhost:{pair.port}", pair.port, address)


@contextmanager
def booking(
    pair: Pair, shop: Shop, *, count: int, first: int = 0, pause_seconds: float = 0.0
) -> Iterator[tuple[Load, Callable[[int], None]]]:
    """Book so many times, and look around all the time, while the block runs; ends when everybody is served.

    Gives what was seen so far, and a function that waits until so many are booked. Each of `VISITORS` pauses after
    a booking, so that bookings come in as long as what is tried takes.
    """
    load, is_over, began_at = Load(), Event(), time.monotonic()
    page = f"/api/v1/availability?service={shop.service}&from={shop.starts[0][:10]}&to={shop.starts[0][:10]}"
    with ThreadPoolExecutor(VISITORS + 2) as people:
        lookers = [people.submit(_look, pair, shop, path, load, is_over) for path in ("/", page)]
        bookers = [
            people.submit(_book, pair, shop, number, load, pause_seconds) for number in range(first, first + count)
        ]
        try:
            yield load, lambda least: _wait_for(load, least, bookers)
            for each in bookers:
                each.result()
        finally:
            load.seconds = time.monotonic() - began_at
            is_over.set()
            for each in lookers:
                each.result()


def _book(pair: Pair, shop: Shop, number: int, load: Load, pause_seconds: float) -> None:
    """Book as a program does: with a key, and again with the same one when the answer was no answer."""
    email = f"persona-{number}@{shop.slug}.example"
    customer = {"name": "Ana Ruiz", "email": email, "locale": "es"}
    body = {"service": shop.service, "starts_at": shop.starts[number], "customer": customer, "consents": ["booking"]}
    ends_at, tries = time.monotonic() + PATIENCE_SECONDS, 0
    visitor = make_visitor(pair, shop.slug)
    while time.monotonic() < ends_at:
        asked_at = time.monotonic()
        status, said = visitor.ask("POST", "/api/v1/bookings", body, **{"Idempotency-Key": f"{shop.slug}-{number}"})
        load.slowest_seconds = max(load.slowest_seconds, time.monotonic() - asked_at)
        if tries == 0:
            load.firsts.append(status)
        tries += 1
        if status == CREATED:
            load.booked[email] = said["reference"]
            time.sleep(pause_seconds)
            return
        time.sleep(AGAIN_SECONDS)


def _look(pair: Pair, shop: Shop, path: str, load: Load, is_over: Event) -> None:
    answers = load.looks.setdefault(path, [])
    while not is_over.is_set():
        answers.append(make_visitor(pair, shop.slug).ask("GET", path)[0])
        time.sleep(0.05)


def _wait_for(load: Load, least: int, bookers: Sequence[Future[None]]) -> None:
    while len(load.booked) < least and not all(each.done() for each in bookers):
        time.sleep(0.02)


def _show(counts: Mapping[int, int]) -> str:
    return ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(counts.items()))
