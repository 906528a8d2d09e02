from __future__ import annotations

from collections.abc import Callable

import pytest

from outgoing.transport import Route

PUBLIC = "127.0.0.2"
"""Stands for an address of the outside, where a test can have no server; every other one is forbidden."""


class Names:
    """A resolver that a test fills: name → addresses, one entry per look-up, the last one for ever."""

    def __init__(self) -> None:
        self.known: dict[str, list[tuple[str, ...]]] = {}
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int, _seconds: float) -> tuple[str, ...]:
        self.asked.append(host)
        answers = self.known.get(host)
        if answers is None:
            message = f"{host} is unknown"
            raise OSError(message)
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def route(names) -> Callable[..., Route]:
    """A route as that of user's URLs, but that `PUBLIC` counts as public."""

    def make(**changes: object) -> Route:
        return Route(**({"resolve": names, "may_reach": lambda address: address == PUBLIC} | changes))

    return make
