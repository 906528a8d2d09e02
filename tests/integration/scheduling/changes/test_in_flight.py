"""Who is just booking, and a change of the catalog at the same moment: neither overlooks the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction

from scheduling.engine import Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import BookingsInTheWay, ServiceNotFound, SlotTaken, SlotUnavailable
from scheduling.models import Booking, RuleTake, RuleUsage
from scheduling.services.bookings import holds, moves, submissions
from scheduling.services.catalog import resources, rules, services
from scheduling.services.catalog.door import archive
from scheduling.services.catalog.rules import create_rule
from scheduling.services.catalog.special_days.time_off import create_time_off
from scheduling.types import RuleSetup, SlotRequest, TimeOffSetup
from tenants.context import tenant_scope
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, hours_later, make_shop, make_wish
from tests.integration.scheduling.changes.conftest import run_in

PERIODS = [RulePeriod.DAY, RulePeriod.MOMENT]


def limit_to(count: int, period: RulePeriod) -> Callable[[], object]:
    setup = RuleSetup(scope=RuleScope.TENANT, period=period, limit=count, measure=Measure.BOOKINGS)
    return lambda: create_rule(setup=setup, by=STAFF, now=NOW)


def count_used() -> int:
    return RuleTake.objects.count() + sum(RuleUsage.objects.values_list("used", flat=True))


def finish_after(tenant, job: Callable[[], object], other: Callable[[], object]) -> tuple[object, object]:
    """Run two jobs, the second from when the first has done everything but commit."""
    is_done, is_waited_for = Event(), Event()

    def first():
        with transaction.atomic():
            made = job()
            is_done.set()
            wait_for_lock(tenant, is_waited_for)
        return made

    def second():
        is_done.wait(30)
        try:
            return other()
        finally:
            is_waited_for.set()

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.submit(run_in, tenant, first), pool.submit(run_in, tenant, second)
        return one.result(), two.result()


def wait_for_lock(tenant, is_over: Event) -> None:
    """Wait until somebody waits for what this connection has locked, or did not have to."""
    with connection.cursor() as cursor:
        while not is_over.wait(0.02):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return


@contextmanager
def changing_between(monkeypatch, module, tenant, change: Callable[[], object]):
    """Let a change commit right after a booking was planned."""
    load, changes = module.load_plan_at, [change]

    def load_then_change(**values):
        plan = load(**values)
        if changes:
            with ThreadPoolExecutor(1) as pool:
                result = pool.submit(run_in, tenant, changes.pop()).result()
            assert not isinstance(result, Exception), result
        return plan

    with monkeypatch.context() as patch:
        patch.setattr(module, "load_plan_at", load_then_change)
        yield


@pytest.mark.parametrize("period", PERIODS)
def test_a_booking_that_is_not_committed_yet_is_counted_by_a_new_limit(scratch_tenant, period):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop(3)

    finish_after(scratch_tenant, partial(book, service_id), limit_to(1, period))

    with tenant_scope(scratch_tenant):
        assert (Booking.objects.count(), count_used()) == (1, 1)
        with pytest.raises(SlotTaken):
            book(service_id)


@pytest.mark.parametrize("period", PERIODS)
def test_a_limit_that_is_not_committed_yet_counts_whoever_books_meanwhile(scratch_tenant, period):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop(3)

    finish_after(scratch_tenant, limit_to(1, period), partial(book, service_id))

    with tenant_scope(scratch_tenant):
        assert (Booking.objects.count(), count_used()) == (1, 1)
        with pytest.raises(SlotTaken):
            book(service_id)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("has_ended_hold", [False, True])
def test_who_planned_before_a_limit_plans_anew(scratch_tenant, monkeypatch, period, has_ended_hold):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop(1 if has_ended_hold else 3)
        if has_ended_hold:
            holds.hold_slot(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW, source="page", hold_minutes=-1)
        with changing_between(monkeypatch, submissions, scratch_tenant, limit_to(1, period)):
            book(service_id)

        assert count_used() == 1


def test_who_moves_plans_anew(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop(3)
        made = book(service_id)
        with changing_between(monkeypatch, moves, scratch_tenant, limit_to(1, RulePeriod.HOUR)):
            moves.move_booking(booking_id=made.booking_id, starts_at=hours_later(2), by=STAFF, now=NOW)

        assert sorted(RuleUsage.objects.values_list("used", flat=True)) == [0, 1]


def test_a_service_that_was_archived_meanwhile_is_not_booked(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop()
        change = partial(archive, services.NOUN, service_id, version=None, by=STAFF, now=NOW)
        with changing_between(monkeypatch, submissions, scratch_tenant, change), pytest.raises(ServiceNotFound):
            book(service_id)

        assert not Booking.objects.exists()


def test_who_was_archived_meanwhile_is_not_booked(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        service_id, staff = make_shop(2)
        change = partial(archive, resources.NOUN, staff[0], version=None, by=STAFF, now=NOW)
        with changing_between(monkeypatch, holds, scratch_tenant, change):
            holds.hold_slot(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW, source="page")

        assert list(Booking.objects.values_list("allocations__resource_id", flat=True)) == [staff[1]]


def test_who_has_the_day_off_meanwhile_is_not_booked(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        service_id, (person,) = make_shop()
        setup = TimeOffSetup(resource_id=person, starts_at=MONDAY, ends_at=hours_later(1))
        change = partial(create_time_off, setup=setup, by=STAFF, now=NOW)
        with changing_between(monkeypatch, submissions, scratch_tenant, change), pytest.raises(SlotUnavailable):
            book(service_id)

        assert not Booking.objects.exists()


@pytest.mark.parametrize("noun", [services.NOUN, resources.NOUN])
def test_archiving_counts_a_booking_that_is_not_committed_yet(scratch_tenant, noun):
    with tenant_scope(scratch_tenant):
        service_id, (person,) = make_shop()
    row_id = service_id if noun is services.NOUN else person

    _, refused = finish_after(
        scratch_tenant,
        partial(book, service_id),
        partial(archive, noun, row_id, version=None, by=STAFF, now=NOW),
    )

    assert isinstance(refused, BookingsInTheWay)
    with tenant_scope(scratch_tenant):
        assert noun.model._default_manager.get(pk=row_id).is_active
        assert Booking.objects.count() == 1


@pytest.mark.parametrize("noun", [services.NOUN, resources.NOUN])
def test_a_booking_waits_for_archiving_and_is_refused(scratch_tenant, noun):
    with tenant_scope(scratch_tenant):
        service_id, (person,) = make_shop()
    row_id = service_id if noun is services.NOUN else person

    _, refused = finish_after(
        scratch_tenant,
        partial(archive, noun, row_id, version=None, by=STAFF, now=NOW),
        partial(book, service_id),
    )

    assert isinstance(refused, Exception)
    with tenant_scope(scratch_tenant):
        assert not Booking.objects.exists()


def test_switching_a_limit_on_and_off_keeps_up_with_who_books(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop(3)
        rule_id = limit_to(1, RulePeriod.DAY)()
        change = partial(archive, rules.NOUN, rule_id, version=None, by=STAFF, now=NOW)
        with changing_between(monkeypatch, submissions, scratch_tenant, change):
            book(service_id)
            book(service_id)

        assert (Booking.objects.count(), count_used()) == (2, 0)
