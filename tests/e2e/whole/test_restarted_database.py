"""PostgreSQL is started anew, fast and immediately, while bookings come in: no program reads HTML, nothing is lost."""

from __future__ import annotations

import json
import re
import secrets
import signal
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import monotonic, sleep

import pytest

from tests.e2e.whole.site import Answer
from tests.e2e.whole.slots import get_service, list_starts, make_body
from tests.e2e.whole.stack import Stack, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

BOOKINGS, VISITORS = 120, 8
RESTARTS = ((15, signal.SIGINT), (45, signal.SIGQUIT), (75, signal.SIGINT), (100, signal.SIGQUIT))
"""After how many bookings the database ends how: fast, or immediately (it has to recover)."""
PATIENCE_SECONDS = 180
TOLD_SECONDS = 300
ENDED = 60
END_ALL = """
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
JSON = {"application/json", "application/problem+json"}


@pytest.fixture
def slug(stack: Stack) -> str:
    name = f"vuelve-{secrets.token_hex(3)}"
    stack.make_tenant(name, "salon")
    return name


def is_right_for_programs(answer: Answer) -> bool:
    """Tell whether an answer is JSON that says the status, and a 503 when to come back."""
    kind = answer.headers.get("content-type", answer.headers.get("Content-Type", "")).split(";")[0]
    if kind not in JSON or (answer.status >= 400 and json.loads(answer.text)["status"] != answer.status):
        return False
    return answer.status != 503 or answer.headers.get("retry-after", answer.headers.get("Retry-After")) == "5"


def is_right_for_people(answer: Answer) -> bool:
    """Tell whether an answer is a page in our clothes."""
    return answer.status in {200, 503} and re.search(r'<link rel="stylesheet"[^>]+core', answer.text) is not None


@contextmanager
def looking_around(stack: Stack, slug: str, path: str) -> Iterator[list[Answer]]:
    """Look at the same address all the time, as another visitor, until the block ends."""
    answers: list[Answer] = []
    is_over = Event()

    def look() -> None:
        while not is_over.is_set():
            answers.append(stack.visit(slug).get(path))

    with ThreadPoolExecutor(1) as visitor:
        looking = visitor.submit(look)
        try:
            yield answers
        finally:
            is_over.set()
            looking.result()


def test_nothing_is_lost_and_programs_read_no_pages_while_the_database_restarts(stack, slug):
    site = stack.visit(slug)
    service = get_service(site, "Corte de caballero")
    starts = list_starts(site, service["id"], days=84)[:BOOKINGS]
    assert len(starts) == BOOKINGS
    answers: list[Answer] = []
    booked: dict[str, str] = {}

    def book(number: int) -> None:
        """Book, and ask again with the same key as long as the database is away."""
        email = f"persona-{number}@{slug}.example"
        body, ends_at = make_body(service["id"], starts[number], email), monotonic() + PATIENCE_SECONDS
        while monotonic() < ends_at:
            answer = stack.visit(slug).call("bookings", body, **{"Idempotency-Key": f"key-{number}"})
            answers.append(answer)
            if answer.status != 503:
                booked[email] = answer.json().get("reference", answer.text)
                return
            sleep(0.2)

    began_at = monotonic()
    window = f"from={starts[0][:10]}&to={starts[0][:10]}"
    with (
        looking_around(stack, slug, f"/api/v1/availability?service={service['id']}&{window}") as looks,
        looking_around(stack, slug, "/") as pages,
        ThreadPoolExecutor(VISITORS) as visitors,
    ):
        booking = visitors.map(book, range(BOOKINGS))
        for count, ending in RESTARTS:
            wait_until(lambda count=count: len(booked) >= count, seconds=PATIENCE_SECONDS)
            stack.end_postgres(ending)
        list(booking)
    seconds = monotonic() - began_at

    statuses = {name: Counter(each.status for each in seen) for name, seen in (
        ("bookings", answers), ("free times", looks), ("pages", pages)
    )}  # fmt: skip
    print(f"{len(booked)} booked in {seconds:.0f} s over {len(RESTARTS)} restarts; answers by status: {statuses}")
    assert [each for each in (*answers, *looks) if not is_right_for_programs(each)] == []
    assert [each for each in pages if not is_right_for_people(each)] == []
    assert set(statuses["bookings"]) <= {201, 503}
    assert set(statuses["free times"]) <= {200, 503}
    with stack.open_schema(slug) as database:
        rows = database.execute("SELECT customer_email, reference FROM scheduling_booking").fetchall()
    assert sorted(rows) == sorted(booked.items())
    assert len(booked) == BOOKINGS
    wait_until(lambda: list_told(stack, slug) == set(booked), seconds=TOLD_SECONDS)


def test_connections_that_are_ended_at_work_cost_a_second_try_at_most(stack, slug):
    """The server ends every connection of ours, idle and busy, again and again."""
    site = stack.visit(slug)
    service = get_service(site, "Corte de caballero")
    starts = list_starts(site, service["id"], days=28)[:ENDED]
    booked: set[str] = set()
    answers: list[Answer] = []

    def book(number: int) -> None:
        body = make_body(service["id"], starts[number], f"persona-{number}@{slug}.example")
        for _ in range(50):
            answer = stack.visit(slug).call("bookings", body, **{"Idempotency-Key": f"key-{number}"})
            answers.append(answer)
            if answer.status != 503:
                booked.add(answer.json().get("reference", answer.text))
                return
            sleep(0.1)

    with looking_around(stack, slug, "/") as pages, ThreadPoolExecutor(VISITORS) as visitors:
        booking = [visitors.submit(book, number) for number in range(ENDED)]
        with stack.open_schema(slug) as database:
            ended = 0
            while not all(each.done() for each in booking):
                (count,) = database.execute(END_ALL).fetchone() or (0,)
                ended += count
                _wait_for_more(
                    booked, min(len(booked) + VISITORS // 2, ENDED)
                )  # or nobody gets anything done in between
        for each in booking:
            each.result()

    statuses = Counter(each.status for each in answers)
    print(
        f"{ended} connections ended under {ENDED} bookings: {statuses}, pages {Counter(each.status for each in pages)}"
    )
    assert [each for each in answers if not is_right_for_programs(each)] == []
    assert [each for each in pages if not is_right_for_people(each)] == []
    with stack.open_schema(slug) as database:
        rows = database.execute("SELECT reference FROM scheduling_booking").fetchall()
    assert (sorted(booked), len(booked)) == (sorted(reference for (reference,) in rows), ENDED)


def _wait_for_more(booked: Collection[str], count: int) -> None:
    """Wait 0.4 s, and on until so many are booked, or until 5 s are over."""
    ends_at = monotonic() + 5
    sleep(0.4)
    while len(booked) < count and monotonic() < ends_at:
        sleep(0.05)


def list_told(stack: Stack, slug: str) -> set[str]:
    messages = stack.list_messages(to=f"@{slug}.example")
    return {message["to"][0] for message in messages if message["subject"].startswith("Cita confirmada")}
