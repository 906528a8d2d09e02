"""Waiting for what comes by itself: what is read once, right after an action, may be read too early."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

Read = TypeVar("Read")

PATIENCE_SECONDS = 60.0
"""Far more than anything takes: the machine may be busy with other things."""


def assert_soon(read: Callable[[], Read], expected: Read) -> None:
    """Read until it is what is expected; in the end, assert it."""
    until = monotonic() + PATIENCE_SECONDS
    while (found := read()) != expected and monotonic() < until:
        sleep(0.05)
    assert found == expected
