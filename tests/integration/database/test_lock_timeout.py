"""A stuck holder of a lock makes others wait for a while, not for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest
from django.db import OperationalError, connection, transaction

from database.errors import TooBusy, explain_failure
from database.locks import KeySpace, Stretch, lock_platform, lock_resources, lock_stretches
from database.transactions import run_write, write_transaction
from kernel.instants import to_minutes
from scheduling.models import Booking, Service
from tenants.context import tenant_scope
from tests.factories.scheduling import MONDAY, book, hours_later, make_shop

PATIENCE_SECONDS = 30


@contextmanager
def another(enter: Callable[[], object]) -> Iterator[threading.Event]:
    """Let another connection do ``enter`` in a transaction, which ends when the event is set, or with the block."""
    ready, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                enter()
                ready.set()
                let_go.wait(PATIENCE_SECONDS)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert ready.wait(PATIENCE_SECONDS)
        yield let_go
    finally:
        let_go.set()
        holder.join()


@pytest.fixture
def impatient(scratch_tenant) -> Iterator[None]:
    """This connection waits for a tenth of a second; others as usual."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = DEFAULT")


def show_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return cursor.fetchone()[0]


def lock_in(tenant, resource_ids) -> Callable[[], None]:
    def enter() -> None:
        with tenant_scope(tenant):
            lock_resources(resource_ids)

    return enter


def test_every_connection_waits_for_five_seconds(db):
    assert show_timeout() == "5s"


def test_booking_is_refused_while_its_resource_is_stuck_and_made_after(scratch_tenant, impatient):
    with tenant_scope(scratch_tenant):
        service_id, resource_ids = make_shop()
        with another(lock_in(scratch_tenant, resource_ids)):
            with pytest.raises(TooBusy):
                book(service_id)
            assert Booking.objects.count() == 0

        book(service_id)

        assert Booking.objects.count() == 1


def lock_hour(tenant, resource_id, starts_at) -> Callable[[], None]:
    def enter() -> None:
        with tenant_scope(tenant):
            lock_stretches([Stretch(resource_id, to_minutes(starts_at), to_minutes(starts_at) + 60)])

    return enter


def test_booking_waits_for_its_own_hours_alone(scratch_tenant, impatient):
    with tenant_scope(scratch_tenant):
        service_id, (person,) = make_shop()
        with another(lock_hour(scratch_tenant, person, MONDAY)):
            with pytest.raises(TooBusy):
                book(service_id, MONDAY)

            book(service_id, hours_later(3))

        assert list(Booking.objects.values_list("starts_at", flat=True)) == [hours_later(3)]


@pytest.mark.parametrize(("resource_id", "is_free"), [(1, False), (2, True)])
def test_whole_resource_and_one_of_its_hours_exclude_each_other(scratch_tenant, impatient, resource_id, is_free):
    whole, hour = lock_in(scratch_tenant, [1]), lock_hour(scratch_tenant, resource_id, MONDAY)

    for first, second in ((whole, hour), (hour, whole)):
        with another(first), nullcontext() if is_free else pytest.raises(OperationalError), transaction.atomic():
            second()


def test_whoever_waited_in_vain_does_not_wait_again(scratch_tenant, impatient):
    tries = []

    def work(is_pessimistic: bool) -> None:
        tries.append(is_pessimistic)
        lock_resources([1])

    with (
        tenant_scope(scratch_tenant),
        another(lock_in(scratch_tenant, [1])),
        pytest.raises(TooBusy),
    ):
        run_write(work)

    assert tries == [False]


def test_quick_write_that_waited_in_vain_is_not_tried_again(scratch_tenant, impatient):
    tries = []

    def quickly() -> bool:
        tries.append("quickly")
        lock_resources([1])
        return True

    def work(is_pessimistic: bool) -> bool:
        tries.append("work")
        return is_pessimistic

    with (
        tenant_scope(scratch_tenant),
        another(lock_in(scratch_tenant, [1])),
        pytest.raises(TooBusy),
    ):
        run_write(work, quickly=quickly)

    assert tries == ["quickly"]


def test_transaction_that_waited_in_vain_is_undone_as_too_busy(scratch_tenant, impatient):
    def write() -> None:
        with write_transaction():
            lock_resources([1])

    with tenant_scope(scratch_tenant), another(lock_in(scratch_tenant, [1])):
        with pytest.raises(TooBusy):
            write()

        assert not connection.in_atomic_block


def test_lock_that_no_service_waits_for_is_too_busy_as_well(scratch_tenant, impatient):
    def lock_row() -> None:
        with tenant_scope(scratch_tenant):
            Service.objects.select_for_update().first()

    with another(lock_row), tenant_scope(scratch_tenant), pytest.raises(OperationalError) as failure:
        Service.objects.update(name="Other")

    assert isinstance(explain_failure(failure.value), TooBusy)


def test_migrations_wait_for_each_other_without_limit(scratch_tenant, impatient):
    entered = []
    ready, let_go = threading.Event(), threading.Event()

    def migrate() -> None:
        try:
            with lock_platform(KeySpace.MIGRATIONS):
                ready.set()
                let_go.wait(0.5)
        finally:
            connection.close()

    first = threading.Thread(target=migrate)
    first.start()
    assert ready.wait(PATIENCE_SECONDS)
    with lock_platform(KeySpace.MIGRATIONS):
        entered.append(show_timeout())
    first.join()

    assert entered == ["5s"]


def test_a_deadlock_within_a_run_undoes_all_of_it(scratch_tenant):
    began, runs, outcome = threading.Event(), [], []

    def lock_backwards() -> None:
        try:
            with tenant_scope(scratch_tenant), write_transaction():
                lock_resources([2])
                began.set()
                assert waits.wait(PATIENCE_SECONDS)
                time.sleep(0.3)  # whoever waits longer is told of the circle
                lock_resources([1])
                outcome.append("done")
        finally:
            connection.close()

    def inner(*, is_pessimistic: bool) -> None:
        waits.set()
        lock_resources([2])

    def outer(*, is_pessimistic: bool) -> None:
        runs.append(is_pessimistic)
        lock_resources([1])
        run_write(inner)

    waits = threading.Event()
    other = threading.Thread(target=lock_backwards)
    other.start()
    assert began.wait(PATIENCE_SECONDS)
    with tenant_scope(scratch_tenant):
        run_write(outer)
    other.join()

    assert (outcome, runs) == (["done"], [False, True])
