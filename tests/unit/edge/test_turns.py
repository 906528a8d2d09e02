from __future__ import annotations

import asyncio

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from edge.turns import Turns


def make_request(host: str = "taller.example", key: str | None = "tk_1") -> HttpRequest:
    return RequestFactory().get(
        "/", headers={"Host": host, **({} if key is None else {"Authorization": f"Bearer {key}"})}
    )


class Kitchen:
    """Answers after three turns of the loop, and knows how many it worked on at once."""

    def __init__(self) -> None:
        self.now = self.most = self.served = 0

    async def answer(self, request: HttpRequest) -> HttpResponse:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            for _ in range(3):
                await asyncio.sleep(0)
            if request.path == "/fails":
                raise LookupError
            self.served += 1
            return HttpResponse()
        finally:
            self.now -= 1


def serve(*requests: HttpRequest) -> Kitchen:
    kitchen = Kitchen()
    turns = Turns(kitchen.answer)

    async def serve_all() -> None:
        await asyncio.gather(*map(turns, requests))

    asyncio.run(serve_all())
    return kitchen


def test_calls_with_a_key_of_one_business_go_one_after_another():
    kitchen = serve(*(make_request(key=f"tk_{number % 2}") for number in range(5)))

    assert (kitchen.most, kitchen.served) == (1, 5)


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param([make_request(), make_request("salon.example")], id="another business"),
        pytest.param([make_request(), make_request(key=None)], id="people"),
        pytest.param([make_request(key=None), make_request(key=None)], id="people only"),
    ],
)
def test_nobody_else_waits(requests):
    kitchen = serve(*requests)

    assert (kitchen.most, kitchen.served) == (2, 2)


def test_who_waited_too_long_goes_on_beside_the_others():
    async def hang(_: HttpRequest) -> HttpResponse:
        await together.wait()
        return HttpResponse()

    async def serve_both() -> list[object]:
        turns = Turns(hang, patience_seconds=0.01)
        return await asyncio.wait_for(asyncio.gather(turns(make_request()), turns(make_request())), 10)

    together = asyncio.Barrier(2)
    assert len(asyncio.run(serve_both())) == 2


def test_a_call_that_fails_gives_its_turn_away():
    kitchen = Kitchen()
    turns = Turns(kitchen.answer)
    failing = make_request()
    failing.path = "/fails"

    async def serve_both() -> list[object]:
        both = asyncio.gather(turns(failing), turns(make_request()), return_exceptions=True)
        return await asyncio.wait_for(both, 1)

    failed, answered = asyncio.run(serve_both())

    assert (type(failed), type(answered), kitchen.most) == (LookupError, HttpResponse, 1)


def test_nothing_is_kept_of_a_business_that_calls_no_more():
    kitchen = Kitchen()
    turns = Turns(kitchen.answer)

    asyncio.run(turns(make_request()))

    assert len(turns._turns) == 0
