"""What is alive when a web process has started is never walked again by the collector."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator

import pytest

from edge import handlers
from edge.handlers import OneThreadHandler
from edge.memory import THRESHOLDS, TURN_SECONDS, settle


@pytest.fixture(autouse=True)
def kept_collector() -> Iterator[None]:
    thresholds, turn = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(turn)


def test_settle_takes_what_is_alive_out_of_collections():
    gc.unfreeze()
    alive = [[number] for number in range(1000)]

    settle()

    assert gc.get_freeze_count() > len(alive)
    assert gc.get_threshold() == THRESHOLDS
    assert sys.getswitchinterval() == pytest.approx(TURN_SECONDS)


def test_handler_settles_again_after_its_first_requests(monkeypatch):
    settled: list[int] = []
    handler = OneThreadHandler()
    monkeypatch.setattr(handlers, "SETTLED_AFTER", {2})
    monkeypatch.setattr(handlers, "settle", lambda: settled.append(1))

    async def answer() -> None:
        async def receive():
            return {"type": "http.disconnect"}

        async def send(_message):
            return

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": [],
            "query_string": b"",
            "http_version": "1.1",
        }
        await handler(scope, receive, send)

    seen = []
    for _ in range(3):
        asyncio.run(answer())
        seen.append(len(settled))

    assert seen == [0, 1, 1]
