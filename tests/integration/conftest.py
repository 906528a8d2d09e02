"""Counting what a request asks of Redis, and limits whose windows begin with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import time
from types import SimpleNamespace
from unittest import mock

import pytest
import time_machine
from redis.connection import AbstractConnection

from kernel.limits import DAY


@pytest.fixture(autouse=True)
def whole_windows(monkeypatch) -> None:
    """Let the windows of limits begin now: whoever tries thirty times never crosses the end of the minute.

    A test that travels says itself which minute it is.
    """
    late = time() % DAY

    def tell() -> float:
        return time() - (0 if time_machine.escape_hatch.is_travelling() else late)

    monkeypatch.setattr("keyvalue.throttle.time", SimpleNamespace(time=tell))


@pytest.fixture
def assert_redis_round_trips() -> Callable[[int], AbstractContextManager[None]]:
    """``with assert_redis_round_trips(2):`` whatever this process sends to Redis at once is one; opening counts too."""
    send = AbstractConnection.send_packed_command

    @contextmanager
    def check(expected: int) -> Iterator[None]:
        sent: list[object] = []

        def note(self: AbstractConnection, command: object, *args: object, **kwargs: object) -> object:
            sent.append(command)
            return send(self, command, *args, **kwargs)

        with mock.patch.object(AbstractConnection, "send_packed_command", note):
            yield
        assert len(sent) == expected, sent

    return check
