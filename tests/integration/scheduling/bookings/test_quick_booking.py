"""A booking is one statement that is a transaction of its own, when nothing stands in its way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from database import transactions
from scheduling.engine import RulePeriod, Strategy
from scheduling.enums import BookingStatus, RuleScope
from scheduling.errors import SlotTaken
from scheduling.models import (
    Allocation,
    Asset,
    Booking,
    BookingLine,
    Consent,
    Contact,
    Customer,
    ResourceLane,
    RoundRobinLedger,
    RuleUsage,
)
from scheduling.services.writing import takes
from tenants.context import tenant_scope
from tenants.models import DueWork
from tests.factories.feature_pairs import hold
from tests.factories.scheduling import MONDAY, NOW, book, hours_later, make_rule, make_shop


def statements_of(work):
    with CaptureQueriesContext(connection) as queries:
        work()
    return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]


def test_booking_is_read_read_find_write(tenant):
    service_id, _ = make_shop(2)
    book(service_id)

    statements = statements_of(lambda: book(service_id))

    assert len(statements) <= 4
    assert [sql for sql in statements if "INSERT" in sql] == statements[-1:]


def test_everything_of_a_new_customer_is_written(tenant):
    service_id, (person,) = make_shop(strategy=Strategy.ROUND_ROBIN)
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 5, service_id=service_id)

    booking_id = book(service_id).booking_id

    booking = Booking.objects.get(pk=booking_id)
    customer, asset = Customer.objects.get(), Asset.objects.get()
    assert (booking.customer_id, booking.asset_id, asset.owner_id) == (customer.pk, asset.pk, customer.pk)
    assert Customer.history.values_list("id", "name", "history_type", "history_change_reason").get() == (
        customer.pk,
        "Ana Pérez",
        "+",
        "",
    )
    assert set(Contact.objects.values_list("customer_id", "value")) == {
        (customer.pk, "+525512345678"),
        (customer.pk, "ana@example.com"),
    }
    assert Consent.objects.values_list("booking_id", "customer_id", "purpose").get() == (
        booking_id,
        customer.pk,
        "reminders",
    )
    assert BookingLine.objects.values_list("booking_id", "service_id").get() == (booking_id, service_id)
    assert Allocation.objects.values_list("booking_id", "resource_id", "lane__number", "starts_at").get() == (
        booking_id,
        person,
        1,
        MONDAY,
    )
    assert RoundRobinLedger.objects.values_list("resource_id", "turns").get() == (person, 1)
    assert RuleUsage.objects.values_list("used", "quota").get() == (1, 5)


def test_customer_and_asset_are_found_again(tenant):
    service_id, _ = make_shop()

    for hour in range(3):
        book(service_id, hours_later(hour))

    assert (Customer.objects.count(), Asset.objects.count(), Contact.objects.count()) == (1, 1, 2)
    assert Booking.objects.filter(customer=Customer.objects.get(), asset=Asset.objects.get()).count() == 3


@pytest.mark.parametrize("make", [book, hold])
def test_ended_hold_is_put_away_first(tenant, make):
    service_id, _ = make_shop()
    ended = hold(service_id)
    later = NOW + timedelta(hours=1)

    make(service_id, now=later)

    assert Booking.objects.get(pk=ended.id).status == BookingStatus.EXPIRED
    assert Booking.objects.filter(is_active=True).count() == 1
    assert not DueWork.objects.filter(kind="hold_expiry", schema_name=tenant.schema_name, row_id=ended.id).exists()


def test_guard_leaves_no_customer_behind(tenant):
    service_id, _ = make_shop(2)
    hold(service_id)

    book(service_id, hours_later(1), now=NOW + timedelta(hours=1))

    assert Customer.objects.count() == Customer.history.count() == 1


@pytest.fixture
def rival(monkeypatch):
    """Lets somebody book after the next hold has picked its place, and before it is written."""
    pick_place = takes.pick_place

    def pick_late(asked):
        place = pick_place(asked)
        monkeypatch.undo()
        book(asked.plan.services[0].id)
        return place

    monkeypatch.setattr(takes, "pick_place", pick_late)


def test_lost_race_leaves_nothing_behind_and_is_refused(scratch_tenant, rival):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop()

        with pytest.raises(SlotTaken):
            hold(service_id)

        assert Booking.objects.count() == Allocation.objects.count() == BookingLine.objects.count() == 1


def test_lost_race_takes_whoever_is_free(scratch_tenant, rival):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop(2, strategy=Strategy.FIXED_ORDER)

        hold(service_id)

        assert Allocation.objects.values("resource_id").distinct().count() == 2


def test_missing_lane_is_made(tenant):
    service_id, _ = make_shop()
    ResourceLane.objects.all().delete()

    book(service_id)

    assert Allocation.objects.values_list("lane__number").get() == (1,)


def test_expiring_hold_has_its_due_work(tenant):
    service_id, _ = make_shop()

    held = hold(service_id)

    due = DueWork.objects.get(kind="hold_expiry", schema_name=tenant.schema_name)
    assert (due.row_id, due.due_at) == (held.id, held.expires_at)


def test_quick_statement_needs_no_transaction(scratch_tenant):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop()
        new = statements_of(lambda: book(service_id))
        known = statements_of(lambda: book(service_id, hours_later(1)))

    # Who is new is looked up again behind a lock, which lasts as long as a transaction.
    assert [sql for sql in new if sql in {"BEGIN", "COMMIT"}] == ["BEGIN", "COMMIT"]
    assert [sql for sql in known if sql in {"BEGIN", "COMMIT"}] == []


def test_error_of_another_kind_is_not_retried(tenant, monkeypatch):
    service_id, _ = make_shop()
    monkeypatch.setattr(transactions, "RACE_STATES", frozenset())
    ResourceLane.objects.all().delete()

    with pytest.raises(Exception, match="scheduling_allocation_lane"):
        book(service_id)
