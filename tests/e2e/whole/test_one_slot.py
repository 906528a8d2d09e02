"""A hundred people want the one chair of the one stylist at the same moment."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic

import pytest

from tests.e2e.whole.slots import get_service, list_starts, make_body

pytestmark = pytest.mark.e2e

PEOPLE = 100


def test_one_of_a_hundred_gets_the_slot_and_one_message(stack):
    slug = f"uno-{secrets.token_hex(3)}"
    stack.make_tenant(slug, "salon", is_minimal=True)
    site = stack.visit(slug)
    service = get_service(site, "Corte de caballero")
    starts_at = list_starts(site, service["id"])[5]
    together = Barrier(PEOPLE)

    def book(number: int) -> tuple[int, dict]:
        body = make_body(service["id"], starts_at, f"persona-{number}@{slug}.example", name=f"Persona {number}")
        together.wait(120)
        answer = stack.visit(slug).call("bookings", body)
        return answer.status, answer.json()

    started = monotonic()
    with ThreadPoolExecutor(PEOPLE) as crowd:
        answers = list(crowd.map(book, range(PEOPLE)))
    print(f"{PEOPLE} simultaneous bookings of one slot: {monotonic() - started:.1f} s")

    assert Counter(status for status, _ in answers) == {201: 1, 409: PEOPLE - 1}
    refused = [body for status, body in answers if status == 409]
    assert {body["code"] for body in refused} <= {"slot_taken", "slot_unavailable"}
    assert {len(body["alternatives"]) for body in refused} == {3}
    assert all(each["starts_at"] != starts_at for body in refused for each in body["alternatives"])
    with stack.open_schema(slug) as database:
        rows = database.execute("SELECT count(*) FROM scheduling_booking WHERE is_active").fetchone()
    assert rows == (1,)
    winner = next(number for number, (status, _) in enumerate(answers) if status == 201)
    told = [(each["to"], each["subject"].split(":")[0]) for each in stack.wait_for_messages(2, to=f"@{slug}.example")]
    assert sorted(told) == [
        ([f"owner@{slug}.example"], "Nueva cita"),
        ([f"persona-{winner}@{slug}.example"], "Cita confirmada"),
    ]
