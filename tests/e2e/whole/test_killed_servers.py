"""``kill -9`` of the worker and of Redis while bookings come in: everybody is served and told."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from tests.e2e.whole.slots import get_service, list_starts, make_body
from tests.e2e.whole.stack import Message, Stack, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

BOOKINGS = 120
VISITORS = 6
WORKER_PROCESSES = 2
WORKER_KILLS = 2
TOLD_SECONDS = 300
"""Far more than it takes (see what is printed): the machine may be busy with other things."""


@pytest.fixture
def slug(stack: Stack) -> str:
    name = f"caos-{secrets.token_hex(3)}"
    stack.make_tenant(name, "salon")
    return name


def kill_worker(stack: Stack, slug: str) -> None:
    """Kill it and let the leases of what it had in hand end now rather than in two minutes."""
    stack.kill("worker")
    with stack.open_schema(slug) as database:
        database.execute("UPDATE notifications_message SET leased_until = now() WHERE leased_until > now()")
        database.execute("UPDATE public.tenants_duework SET leased_until = now() WHERE leased_until > now()")


def test_everybody_is_served_and_told_when_worker_and_redis_die(stack, slug):
    site = stack.visit(slug)
    service = get_service(site, "Corte de caballero")
    starts = list_starts(site, service["id"], days=56)[:BOOKINGS]
    assert len(starts) == BOOKINGS
    answers: list[int] = []
    waits: list[float] = []

    def book(number: int) -> None:
        body = make_body(service["id"], starts[number], f"persona-{number}@{slug}.example")
        asked_at = monotonic()
        answers.append(stack.visit(slug).call("bookings", body).status)
        waits.append(monotonic() - asked_at)

    began = monotonic()
    with ThreadPoolExecutor(VISITORS) as visitors:
        first = visitors.map(book, range(50))
        wait_until(lambda: len(answers) >= 25)
        kill_worker(stack, slug)
        list(first)
        with stack.without_redis():
            kill_worker(stack, slug)
            list(visitors.map(book, range(50, 90)))
        list(visitors.map(book, range(90, BOOKINGS)))
    booked_after = monotonic() - began

    assert Counter(answers) == {201: BOOKINGS}
    wait_until(lambda: len(set(list_confirmed(stack, slug))) == BOOKINGS, seconds=TOLD_SECONDS)
    told_after = monotonic() - began
    # The business is told as well, and by another message: when all customers were, its own may not be written yet.
    wait_until(lambda: is_all_sent(stack, slug, count=2 * BOOKINGS), seconds=TOLD_SECONDS)
    copies = Counter(find_message_id(message) for message in stack.list_messages(to=f"@{slug}.example"))
    doubled = sum(copies.values()) - len(copies)
    print(
        f"{BOOKINGS} bookings in {booked_after:.1f} s (slowest answer {max(waits):.2f} s), "
        f"all told after {told_after:.1f} s, {doubled} of {len(copies)} messages doubled"
    )
    assert set(list_confirmed(stack, slug)) == {f"persona-{number}@{slug}.example" for number in range(BOOKINGS)}
    assert len(copies) == 2 * BOOKINGS
    assert doubled <= WORKER_KILLS * WORKER_PROCESSES


def list_confirmed(stack: Stack, slug: str) -> list[str]:
    messages = stack.list_messages(to=f"@{slug}.example")
    return [message["to"][0] for message in messages if message["subject"].startswith("Cita confirmada")]


def is_all_sent(stack: Stack, slug: str, *, count: int) -> bool:
    with stack.open_schema(slug) as database:
        found = database.execute("SELECT count(*), bool_and(status = 'sent') FROM notifications_message").fetchone()
    return found == (count, True)


def find_message_id(message: Message) -> str:
    return dict(message["headers"])["Message-ID"]
