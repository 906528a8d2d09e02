"""All streams of a process are looked after together, and none goes on unwatched."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from accounts.types import Presence
from web.workspace.board import stream_access
from web.workspace.board.stream_access import find_lost, watch


def make_listener(user_id: int) -> Presence:
    return Presence(
        schema_name="t1", tenant_status="active", home_host="t1.example", user_id=user_id, role="owner",
        session_key=f"s{user_id}", password_mark="m",
    )  # fmt: skip


def run(scenario) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 5))


@pytest.fixture
def rounds(monkeypatch) -> SimpleNamespace:
    """What each round was asked about, and whom it finds lost."""
    seen = SimpleNamespace(asked=[], lost=set(), failure=None)

    def find(listeners):
        seen.asked.append(set(listeners))
        if seen.failure:
            raise seen.failure
        return seen.lost & set(listeners)

    monkeypatch.setattr(stream_access, "find_lost", find)
    return seen


def test_one_round_asks_about_all_and_ends_the_lost(rounds):
    async def scenario() -> None:
        ana, luis = make_listener(1), make_listener(2)
        ends = [asyncio.Event() for _ in range(3)]
        with (
            watch(ana, ends[0], seconds=0.01) as first,
            watch(ana, ends[1], seconds=0.01) as second,
            watch(luis, ends[2], seconds=0.01) as third,
        ):
            rounds.lost.add(ana)
            await ends[0].wait()

            assert rounds.asked[-1] == {ana, luis}
            assert [each.is_lost for each in (first, second, third)] == [True, True, False]
            assert [each.is_set() for each in ends] == [True, True, False]

    run(scenario)


def test_last_stream_ends_the_rounds_and_the_next_begins_them(rounds):
    async def scenario() -> None:
        for _ in range(2):
            with watch(make_listener(1), asyncio.Event(), seconds=0.001):
                task = stream_access._rounds[asyncio.get_running_loop()].task
                rounds.asked.clear()
                while not rounds.asked:  # noqa: ASYNC110 - told from another thread
                    await asyncio.sleep(0.001)
            await asyncio.wait({task})
            assert (task.cancelled(), stream_access._rounds) == (True, {})

    run(scenario)


def test_rounds_that_break_end_all_streams(rounds):
    async def scenario() -> None:
        first, second = asyncio.Event(), asyncio.Event()
        rounds.failure = RuntimeError("broken")
        with watch(make_listener(1), first, seconds=0.001) as mine:
            await first.wait()
            assert mine.is_lost is True
            with pytest.raises(RuntimeError):
                await stream_access._rounds[asyncio.get_running_loop()].task

            rounds.failure = None
            rounds.lost.add(make_listener(2))
            with watch(make_listener(2), second, seconds=0.001):
                await second.wait()

    run(scenario)


@pytest.mark.parametrize("failure", [None, RuntimeError("broken")])
def test_looking_gives_the_connection_back(monkeypatch, failure):
    released = []
    monkeypatch.setattr(stream_access, "release_connections", lambda: released.append(True))

    def find(presences, *, now):
        if failure:
            raise failure
        return frozenset(presences)

    monkeypatch.setattr(stream_access, "find_absent", find)

    with pytest.raises(RuntimeError) if failure else nullcontext():
        assert find_lost({make_listener(1)}) == {make_listener(1)}
    assert released == [True]
