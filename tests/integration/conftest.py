"""Counting what a request asks of Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest import mock

import pytest
from redis.connection import AbstractConnection


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
