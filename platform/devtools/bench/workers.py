"""Many connections at once, in a few processes.

Threads of one process would measure its lock on the interpreter: 32 of them wait for each
other longer than for PostgreSQL.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

from django.db import connection

from devtools.bench.settings import call_in_child
from tenants.jobs import call_in_tenant

R = TypeVar("R")
Work = Callable[[int, Callable[[], object]], R]
"""Gets its connection's number, and a function that waits until all connections call it."""

START_SECONDS = 180.0
SERVERS_OWN = ""


class _Barrier(Protocol):
    def wait(self, timeout: float | None = None) -> int: ...

    def abort(self) -> None: ...


def run_at_once(work: Work[R], *, connections: int, processes: int) -> list[R]:
    """Do ``work`` once for each connection, all at once, and return what they return.

    ``work`` must be a function of a module, or a `partial` of one: it goes to other
    processes, unless there is one only. The first error ends all of it.
    """
    shares = [range(first, connections, processes) for first in range(processes)]
    if processes == 1:
        return _run_share(work, shares[0], threading.Barrier(connections))
    context = get_context("spawn")
    barrier = context.Barrier(connections)
    packed = pickle.dumps(work)
    pipes = [context.Pipe(duplex=False) for _ in shares]
    children = [
        context.Process(target=call_in_child, args=(__name__, run_child.__name__, packed, share, barrier, there))
        for share, (_, there) in zip(shares, pipes, strict=True)
    ]
    for child in children:
        child.start()
    for _, there in pipes:
        there.close()
    answers = [_receive(here) for here, _ in pipes]
    for child in children:
        child.join()
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    for error in errors:
        raise error
    return [each for answer in answers for each in answer]


def run_in_tenant(
    work: Work[R], *, schema_name: str, connections: int, processes: int, isolation: str = SERVERS_OWN
) -> list[R]:
    """Do the same inside a tenant, each on Django's connection with this default isolation level."""
    entered = partial(_enter, work, schema_name, isolation)
    return run_at_once(entered, connections=connections, processes=processes)


def _enter(work: Work[R], schema_name: str, isolation: str, number: int, wait: Callable[[], object]) -> R:
    try:
        return call_in_tenant(schema_name, _work_in_tenant, work, isolation, number, wait)
    finally:
        connection.close()


def _work_in_tenant(work: Work[R], isolation: str, number: int, wait: Callable[[], object]) -> R:
    with connection.cursor() as cursor:
        if isolation:
            cursor.execute("SELECT set_config('default_transaction_isolation', %s, false)", [isolation])
    try:
        return work(number, wait)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET default_transaction_isolation")


def _run_share(work: Work[R], numbers: Sequence[int], barrier: _Barrier) -> list[R]:
    def run(number: int) -> R:
        try:
            return work(number, lambda: barrier.wait(START_SECONDS))
        except BaseException:
            barrier.abort()
            raise

    with ThreadPoolExecutor(len(numbers)) as pool:
        waiting = [pool.submit(run, number) for number in numbers]
        errors = [error for each in waiting if (error := each.exception()) is not None]
        for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
            raise error
        return [each.result() for each in waiting]


def run_child(packed: bytes, numbers: Sequence[int], barrier: _Barrier, answer: Connection) -> None:
    """Do a share of the work in this process and send what it returns, or why it could not."""
    try:
        answer.send(_run_share(pickle.loads(packed), numbers, barrier))  # noqa: S301 - our own parent made it
    except Exception as error:  # noqa: BLE001 - the parent raises it
        answer.send(RuntimeError(f"{type(error).__name__}: {error}"))


def _receive(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return RuntimeError("a process of the benchmark ended before its answer")


def find_percentile(seconds: Iterable[float], share: float) -> float:
    """Return the value that ``share`` of all are below; 0 of none."""
    ordered = sorted(seconds)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
