"""A date of a series and those after it: canceled together, told in one message, and brought back together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError, local

import pytest
from django.db import connection

from accounts.models import User
from database import transactions
from database.errors import DEADLOCK
from notifications.models import Event, Message
from notifications.services.delivery import send_message
from scheduling.engine import RulePeriod
from scheduling.enums import BookingStatus, RuleScope
from scheduling.errors import (
    BookingNotFound,
    CutoffPassed,
    RequestInvalid,
    SlotTaken,
    TokenUnknown,
    TransitionRefused,
)
from scheduling.models import Allocation, Booking, RuleUsage, Session
from scheduling.selectors.bookings.series import find_series
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.series.following import cancel_following, restore_following
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.services.writing import allocations
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tests.factories.feature_pairs import repeat
from tests.factories.scheduling import (
    CUSTOMER,
    MONDAY,
    NOW,
    STAFF,
    book,
    make_place,
    make_resource,
    make_rule,
    make_service,
    make_shop,
)
from tests.integration.scheduling.messages.conftest import handle_events
from tests.property.scheduling.recounts import list_drift

WEEKLY = "FREQ=WEEKLY;INTERVAL=2;COUNT=4"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def service_id(tenant) -> int:
    return make_shop()[0]


def make_series(service_id: int, *, by=CUSTOMER) -> list[int]:
    """Book four dates, every other week; return their ids."""
    return [each.booking_id for each in repeat(service_id, rule=WEEKLY, by=by).dates]


def list_standing() -> list[int]:
    """List which of the four dates take place."""
    rows = Booking.objects.order_by("starts_at").values_list("status", flat=True)
    return [number for number, status in enumerate(rows) if status == "confirmed"]


def token_of(booking_id: int) -> str:
    return make_manage_token(Booking.objects.get(pk=booking_id))


def end(booking_id: int, *, by=STAFF, now: datetime = LATER):
    cause = {"cause": "told"} if by is STAFF else {}
    return cancel_following(booking_id=booking_id, now=now, by=by, **cause)


def test_a_date_and_those_after_it_are_canceled_and_free(service_id):
    ids = make_series(service_id)

    ended = cancel_following(booking_id=ids[1], now=LATER, by=STAFF, reason="Cierra", cause="told")

    assert (ended, list_standing()) == (tuple(ids[1:]), [0])
    assert set(
        Booking.objects.filter(pk__in=ended).values_list(
            "cancelled_reason", "cancelled_cause", "cancelled_by", "cancelled_at", "sequence", "is_active"
        )
    ) == {("Cierra", "told", "staff", LATER, 1, False)}
    assert Allocation.objects.filter(is_active=True).count() == 1


def test_again_it_changes_nothing(service_id):
    ids = make_series(service_id)
    end(ids[2])
    events = Event.objects.count()

    assert end(ids[2], now=LATER + timedelta(minutes=1)) == ()
    assert (list_standing(), Event.objects.count()) == ([0, 1], events)


def test_what_is_over_or_canceled_already_stays_as_it_is(service_id):
    ids = make_series(service_id)
    cancel_booking(booking_id=ids[3], now=NOW, by=STAFF, reason="Antes")
    Booking.objects.filter(pk=ids[2]).update(status="completed")

    assert end(ids[1]) == (ids[1],)
    assert Booking.objects.get(pk=ids[3]).cancelled_reason == "Antes"
    assert Booking.objects.get(pk=ids[2]).status == "completed"


def test_the_order_is_that_of_the_starts_now(service_id):
    ids = make_series(service_id)
    move_booking(booking_id=ids[0], starts_at=MONDAY + timedelta(weeks=3), now=NOW, by=STAFF)

    assert end(ids[0]) == (ids[0], ids[2], ids[3])


def test_a_booking_of_no_series_is_canceled_alone(service_id):
    made, other = book(service_id), book(service_id, MONDAY + timedelta(weeks=1))

    assert end(made.booking_id) == (made.booking_id,)
    assert Booking.objects.get(pk=other.booking_id).status == "confirmed"


def test_a_customer_ends_with_the_link_what_is_theirs_alone(service_id):
    ids = make_series(service_id)
    Booking.objects.filter(pk=ids[2]).update(customer_email="otra@example.com")

    ended = cancel_following(token=token_of(ids[1]), now=LATER, by=CUSTOMER)

    assert (ended, list_standing()) == ((ids[1], ids[3]), [0, 2])


def test_staff_ends_also_what_somebody_else_was_given(service_id):
    ids = make_series(service_id)
    Booking.objects.filter(pk=ids[2]).update(customer_email="otra@example.com")

    assert end(ids[1]) == tuple(ids[1:])
    kinds = Event.objects.filter(kind="booking.cancelled").order_by("subject_id")
    bundles = [each.payload.get("bundle", "") for each in kinds]
    assert (bundles[0] == bundles[2] != "", bundles[1]) == (True, "")


def test_a_customer_keeps_what_can_no_longer_be_canceled(service_id):
    ids = make_series(service_id)
    row = Booking.objects.get(pk=ids[2])
    Booking.objects.filter(pk=ids[2]).update(policy={**row.policy, "cancel_cutoff_minutes": 60 * 24 * 365})

    assert cancel_following(token=token_of(ids[1]), now=LATER, by=CUSTOMER) == (ids[1], ids[3])
    with pytest.raises(CutoffPassed):
        cancel_following(token=token_of(ids[2]), now=LATER, by=CUSTOMER)
    assert list_standing() == [0, 2]


def test_what_cannot_be_canceled_itself_cancels_nothing(service_id):
    ids = make_series(service_id)
    Booking.objects.filter(pk=ids[0]).update(status="completed")

    with pytest.raises(TransitionRefused):
        end(ids[0])
    with pytest.raises(RequestInvalid):
        cancel_following(booking_id=ids[1], now=LATER, by=STAFF)
    with pytest.raises(BookingNotFound):
        cancel_following(booking_id=0, now=LATER, by=STAFF, cause="told")
    with pytest.raises(TokenUnknown):
        cancel_following(token="nobody-s", now=LATER, by=CUSTOMER)
    assert list_standing() == [1, 2, 3]


def test_groups_and_counters_are_given_back(tenant):
    place = make_place()
    service_id = make_service((make_resource(place),), seats=3)
    make_rule(RuleScope.LOCATION, RulePeriod.DAY, 5, location_id=place)
    ids, others = make_series(service_id), make_series(service_id)

    end(ids[1])
    end(others[3])

    assert list(RuleUsage.objects.order_by("bucket").values_list("used", flat=True)) == [2, 1, 1, 0]
    groups = Session.objects.order_by("starts_at").values_list("seats_taken", "is_active")
    assert list(groups) == [(2, True), (1, True), (1, True), (0, False)]
    assert list_drift([]) == []


def list_sent(now: datetime) -> list[Message]:
    """Let every message leave that is there, and return those that left by themselves."""
    for message_id in Message.objects.filter(status="queued").order_by("-pk").values_list("pk", flat=True):
        with suppress(RetryLater):
            send_message(message_id, now)
    for message_id in Message.objects.filter(status="queued").order_by("pk").values_list("pk", flat=True):
        send_message(message_id, now)
    return list(Message.objects.filter(status="sent").exclude(provider_id__startswith="with ").order_by("pk"))


def test_one_message_to_each_tells_of_all_that_a_customer_cancels(service_id):
    User.objects.create(email="olga@example.com", name="Olga", role="owner")
    ids = make_series(service_id)
    handle_events(NOW)
    before = {each.pk for each in list_sent(NOW + timedelta(minutes=5))}

    cancel_following(token=token_of(ids[1]), now=NOW + timedelta(hours=1), by=CUSTOMER)
    handle_events(NOW + timedelta(hours=1))
    told = [each for each in list_sent(NOW + timedelta(hours=2)) if each.pk not in before]

    assert sorted((each.to, each.template) for each in told) == [
        ("ana@example.com", "booking_cancelled"),
        ("olga@example.com", "business_booking_cancelled"),
        ("owner@taller.example", "business_booking_cancelled"),
    ]
    for each in told:
        assert [f"{(MONDAY + weeks * timedelta(weeks=1)):%-d} de" in each.body_text for weeks in (0, 2, 4, 6)] == [
            False,
            True,
            True,
            True,
        ], each.body_text


def test_what_was_canceled_together_stands_again_together(service_id):
    ids = make_series(service_id)
    end(ids[3], now=NOW)
    end(ids[1])

    restore_following(booking_id=ids[2], now=LATER, by=STAFF)

    assert list_standing() == [0, 1, 2]
    restored = Event.objects.filter(kind="booking.restored")
    assert {each.payload["bundle_size"] for each in restored} == {2}
    assert len({each.payload["bundle"] for each in restored}) == 1
    assert list_drift([]) == []


def test_back_again_it_changes_nothing(service_id):
    ids = make_series(service_id)
    end(ids[1])
    restore_following(booking_id=ids[1], now=LATER, by=STAFF)
    events = Event.objects.count()

    restore_following(booking_id=ids[1], now=LATER, by=STAFF)

    assert (list_standing(), Event.objects.count()) == ([0, 1, 2, 3], events)


def test_where_one_place_is_taken_none_stands_again(service_id):
    ids = make_series(service_id)
    end(ids[1])
    book(service_id, MONDAY + timedelta(weeks=4), now=LATER)

    with pytest.raises(SlotTaken) as refused:
        restore_following(booking_id=ids[1], now=LATER, by=STAFF)

    assert refused.value.starts_at == MONDAY + timedelta(weeks=4)
    assert Booking.objects.filter(pk__in=ids, status="cancelled").count() == 3


def test_one_that_was_brought_back_alone_is_left_aside(service_id):
    ids = make_series(service_id)
    end(ids[1])
    undo_step(booking_id=ids[2], status=BookingStatus.CANCELLED, now=LATER, by=STAFF)

    restore_following(booking_id=ids[1], now=LATER, by=STAFF)

    assert list_standing() == [0, 1, 2, 3]


def test_what_never_was_canceled_is_refused(service_id):
    ids = make_series(service_id)

    with pytest.raises(TransitionRefused):
        restore_following(booking_id=ids[1], now=LATER, by=STAFF)


def test_a_series_is_seen_from_each_of_its_dates(service_id):
    ids = make_series(service_id)
    end(ids[2])

    seen = find_series(get_booking(booking_id=ids[2]), is_customers=False)

    assert (seen.frequency, seen.interval, seen.position) == ("WEEKLY", 2, 3)
    assert [each.id for each in seen.bookings] == ids
    assert [each.id for each in seen.others] == [ids[0], ids[1], ids[3]]
    assert [each.id for each in seen.after] == [ids[3]]
    assert [each.id for each in seen.ended_with] == [ids[3]]
    assert seen.until == MONDAY + timedelta(weeks=6)
    assert find_series(get_booking(booking_id=ids[0]), is_customers=False).ended_with == ()


def test_a_series_is_read_in_four_queries(service_id, django_assert_num_queries):
    booking = get_booking(booking_id=make_series(service_id)[0])

    with django_assert_num_queries(4):
        find_series(booking, is_customers=True)


def test_what_was_given_to_somebody_else_is_not_theirs_to_see(service_id):
    ids = make_series(service_id)
    Booking.objects.filter(pk__in=ids[2:]).update(customer_phone="+525500000000")

    seen = find_series(get_booking(booking_id=ids[0]), is_customers=True)
    assert [each.id for each in seen.bookings] == ids[:2]
    Booking.objects.filter(pk=ids[1]).update(customer_email="")
    assert find_series(get_booking(booking_id=ids[0]), is_customers=True) is None
    assert (
        find_series(get_booking(booking_id=book(service_id, MONDAY + timedelta(days=1)).booking_id), is_customers=True)
        is None
    )


@pytest.mark.parametrize("round_", range(3))
def test_canceling_and_moving_at_once_end_without_a_deadlock(scratch_tenant, round_):
    with tenant_scope(scratch_tenant):
        ids = make_series(make_shop()[0])

    def move_on(booking_id):
        starts_at = get_booking(booking_id=booking_id).starts_at + timedelta(hours=2)
        move_booking(booking_id=booking_id, starts_at=starts_at, now=LATER, by=STAFF)

    def run(job):
        with tenant_scope(scratch_tenant):
            try:
                job()
            except (TransitionRefused, SlotTaken) as error:
                return error.code
            else:
                return "done"
            finally:
                connection.close()

    jobs = [
        lambda: end(ids[0]),
        lambda: end(ids[1]),
        lambda: move_on(ids[3]),
        lambda: move_on(ids[2]),
    ]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run, jobs))

    with tenant_scope(scratch_tenant):
        assert Booking.objects.filter(pk__in=ids, is_active=True).count() == 0
        assert list_drift([]) == []
    assert outcomes[:2] == ["done", "done"]


def meet_once(monkeypatch):
    """Let two that settle groups meet after the first group of each, unless one waits for the other."""
    together, done, settle = Barrier(2), local(), allocations.settle_session

    def settle_and_meet(*args, **kwargs):
        settle(*args, **kwargs)
        if not getattr(done, "met", False):
            done.met = True
            with suppress(BrokenBarrierError):
                together.wait(1)

    monkeypatch.setattr(allocations, "settle_session", settle_and_meet)


def test_two_series_in_the_same_groups_wait_in_no_circle(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        service_id = make_service((make_resource(make_place()),), seats=3)
        ids, others = make_series(service_id), make_series(service_id)
        starts = [get_booking(booking_id=each).starts_at for each in others]
        # The dates of the second now run against the ids: its first booking is in the last group.
        for booking_id, starts_at in zip(others, reversed(starts), strict=True):
            move_booking(booking_id=booking_id, starts_at=starts_at, now=NOW, by=STAFF)
        end(others[-1])
    # PostgreSQL ends one of two that wait in a circle; here nobody tries again.
    monkeypatch.setattr(transactions, "RACE_STATES", transactions.RACE_STATES - {DEADLOCK})
    meet_once(monkeypatch)

    def run(job):
        with tenant_scope(scratch_tenant):
            try:
                return job()
            finally:
                connection.close()

    jobs = [
        lambda: end(ids[0]),
        lambda: restore_following(booking_id=others[0], now=LATER, by=STAFF),
    ]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, jobs))

    assert outcomes == [tuple(ids), None]
    with tenant_scope(scratch_tenant):
        assert set(Booking.objects.filter(is_active=True).values_list("pk", flat=True)) == set(others)
        assert list_drift([]) == []
