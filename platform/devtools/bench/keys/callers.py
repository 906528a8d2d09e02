"""Who calls in the measurement: each in equal steps, over one connection that is kept alive."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle

from devtools.errors import DevtoolsError

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks a business of this machine for ``paths`` in turn.

    Attributes:
        every_seconds: From the beginning of one call to that of the next; one that is late begins at once.
    """

    host: str
    paths: Sequence[str]
    headers: Mapping[str, str]
    every_seconds: float


def call_for(caller: Caller, port: int, seconds: float) -> list[float]:
    """Call for so long, and return the milliseconds of each answer, waiting for a late call's turn included.

    Raises:
        DevtoolsError: An answer is not 200.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    times: list[float] = []
    try:
        for due, path in zip(list_turns(caller.every_seconds, seconds), cycle(caller.paths), strict=False):
            connection.request("GET", path, headers={"Host": caller.host, **caller.headers})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:  # noqa: PLR2004
                message = f"GET {path} of {caller.host}: {answer.status}"
                raise DevtoolsError(message)
            times.append((time.perf_counter() - due) * 1000)
    finally:
        connection.close()
    return times


def list_turns(
    every_seconds: float,
    seconds: float,
    *,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[float]:
    """Wait for each turn and yield when it was due: in equal steps from now on, however long one takes."""
    began = clock()
    number = 0
    while number * every_seconds < seconds:
        due = began + number * every_seconds
        sleep(max(0.0, due - clock()))
        yield due
        number += 1
