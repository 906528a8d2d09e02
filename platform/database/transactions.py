"""Running a write until it wins or loses for good."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol, TypeVar

from django.db import DatabaseError, transaction

from database.connection import connection
from database.errors import DEADLOCK, LOCK_TIMEOUT, SERIALIZATION_FAILURE, TooBusy, find_sqlstate

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

RACE_STATES = frozenset({"23P01", "23505", "23514", DEADLOCK, SERIALIZATION_FAILURE})
"""Exclusion, unique and check violations are how PostgreSQL says that someone was faster."""
MAX_ATTEMPTS, QUICK_ATTEMPTS = 40, 4
LONGEST_PAUSE_SECONDS = 0.05


_is_run: ContextVar[bool] = ContextVar("is_run", default=False)


class LostRace(Exception):
    """What was free a moment ago is taken; look again with all locks."""


class Work(Protocol[T_co]):
    """What is run in a transaction, perhaps more than once."""

    def __call__(self, *, is_pessimistic: bool) -> T_co:
        """Do it; pessimistic: lock whatever could be picked before looking."""


def run_write(work: Work[T], *, quickly: Callable[[], T | None] | None = None) -> T:
    """Run ``work`` in a transaction, and again after a lost race.

    The first run is optimistic: it locks only what it picked. Every further run is told to
    lock everything it could pick before it looks. A conflict undoes the run; inside an outer
    transaction only as far as a savepoint. A deadlock inside an outer run undoes that one: a savepoint
    would keep the locks for which the other side waits.

    ``quickly`` is tried first, `QUICK_ATTEMPTS` times. It writes with a single statement, which
    is a transaction of its own, or returns None and has written nothing: then it is not asked
    again. Its locks last for one statement, so nobody waits for somebody's Python.

    Raises:
        TooBusy: It lost again and again, or waited too long for a lock.
    """
    is_outermost = not connection.in_atomic_block
    is_inner = _is_run.get()
    last: Exception | None = None
    for attempt in range(MAX_ATTEMPTS):
        try:
            if quickly is not None and attempt < QUICK_ATTEMPTS:
                with nullcontext() if is_outermost else transaction.atomic():
                    done = quickly()
                if done is not None:
                    return done
                quickly = None
            with write_transaction(), _run():
                return work(is_pessimistic=attempt > 0)
        except LostRace as error:
            last = error
        except DatabaseError as error:
            last = error
            state = find_sqlstate(error)
            if state == LOCK_TIMEOUT:
                break
            is_of_all = (state == SERIALIZATION_FAILURE and not is_outermost) or (state == DEADLOCK and is_inner)
            if is_of_all or state not in RACE_STATES:
                raise
            if attempt > QUICK_ATTEMPTS:
                time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - spreads retries, guards nothing
    raise TooBusy from last


@contextmanager
def _run() -> Iterator[None]:
    before = _is_run.set(True)
    try:
        yield
    finally:
        _is_run.reset(before)


@contextmanager
def write_transaction() -> Iterator[None]:
    """Run a block or a service in a transaction whose statements see what was committed before them.

    Whatever the server's default isolation is: under REPEATABLE READ the snapshot is older than
    the lock, so whoever waited would see the tables as they were before, and fail. Inside an
    outer transaction it is a savepoint under that one's isolation.

    Raises:
        TooBusy: It waited too long for a lock.
    """
    is_outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            if is_outermost:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            yield
    except DatabaseError as error:
        if find_sqlstate(error) == LOCK_TIMEOUT:
            raise TooBusy from error
        raise
