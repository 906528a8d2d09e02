from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from web.workspace.board.stream_places import MAX_STREAMS, follow_until, take_place


def run(scenario) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 5))


class Source:
    """Two events, then silence; remembers that it was let go."""

    def __init__(self) -> None:
        self.is_closed = False

    async def events(self) -> AsyncGenerator[bytes]:
        try:
            yield b"one"
            yield b"two"
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            self.is_closed = True


async def collect(end: asyncio.Event, source: Source, seen: list[bytes]) -> None:
    async with aclosing(source.events()) as events:
        seen.extend([event async for event in follow_until(end, events)])


def test_one_place_more_takes_the_oldest_over():
    places = [take_place("ana") for _ in range(MAX_STREAMS + 1)]
    neighbor = take_place("luis")

    ends = [place.__enter__() for place in places] + [neighbor.__enter__()]

    assert [end.is_set() for end in ends] == [True, *[False] * MAX_STREAMS, False]
    for place in (*places, neighbor):
        place.__exit__(None, None, None)


def test_place_given_back_is_free():
    first = [take_place("ana") for _ in range(MAX_STREAMS)]
    ends = [place.__enter__() for place in first]
    first[2].__exit__(None, None, None)

    with take_place("ana"):
        assert [end.is_set() for end in ends] == [False] * MAX_STREAMS
    for place in (*first[:2], *first[3:]):
        place.__exit__(None, None, None)


def test_place_taken_over_gives_nothing_back_twice():
    gone = take_place("ana")
    gone.__enter__()
    for place in (others := [take_place("ana") for _ in range(MAX_STREAMS)]):
        place.__enter__()
    for place in others:
        place.__exit__(None, None, None)
    newer = [take_place("ana") for _ in range(MAX_STREAMS)]
    ends = [place.__enter__() for place in newer]

    gone.__exit__(None, None, None)
    with take_place("ana"):
        assert [end.is_set() for end in ends] == [True, *[False] * (MAX_STREAMS - 1)]
    for place in newer:
        place.__exit__(None, None, None)


def test_end_interrupts_the_wait_and_lets_the_source_go():
    async def scenario() -> None:
        end, source, seen = asyncio.Event(), Source(), []
        follower = asyncio.create_task(collect(end, source, seen))
        await asyncio.sleep(0.05)
        end.set()
        await follower
        assert (seen, source.is_closed) == ([b"one", b"two"], True)

    run(scenario)


def test_reader_that_leaves_lets_the_source_go():
    async def scenario() -> None:
        source = Source()
        follower = asyncio.create_task(collect(asyncio.Event(), source, []))
        await asyncio.sleep(0.05)
        follower.cancel()
        with pytest.raises(asyncio.CancelledError):
            await follower
        assert source.is_closed

    run(scenario)
