"""The same person twice at one time: asked first where they have shown who they are, and never by accident."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from unittest.mock import Mock

import pytest
from django.db import connection

from database import transactions
from database.errors import DEADLOCK
from kernel.ids import new_token
from scheduling.enums import BookingStatus
from scheduling.errors import AlreadyBooked, VerificationRequired
from scheduling.models import Booking, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.guards import Sending
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.messages.words import make_customer_words
from scheduling.services.repeating import Repeats, book_repeats
from scheduling.types import CustomerDetails, SlotRequest, VisitDetails
from tenants.context import tenant_scope
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, hours_later, make_shop, make_wish

SOLE = replace(DETAILS, is_sole=True)
PROVEN = replace(SOLE, proven_contact="email")


def book_as(details: VisitDetails, service_id: int, hours: float = 0, *, door="at once", by=CUSTOMER, resource_ids=()):
    request = SlotRequest(make_wish(service_id, resource_ids=resource_ids), hours_later(hours))
    if door == "at once":
        return book_slot(request=request, details=details, now=NOW, source="page", by=by)
    held = hold_slot(request=request, now=NOW, source="page")
    return submit_booking(hold_id=held.id, token=held.token, details=details, now=NOW)


def count() -> int:
    return Booking.objects.exclude(status="held").count()


@pytest.fixture
def shop(tenant) -> int:
    return make_shop(5)[0]


@pytest.mark.parametrize("door", ["at once", "from a hold"])
def test_who_has_shown_who_they_are_is_asked_and_may_mean_both(shop, door):
    book_as(SOLE, shop, door=door)

    with pytest.raises(AlreadyBooked) as asked:
        book_as(PROVEN, shop, door=door)
    assert count() == 1
    book_as(replace(PROVEN, is_sole=False), shop, door=door)

    assert [each[1] for each in asked.value.booked] == [MONDAY]
    made = Booking.objects.exclude(status="held").order_by("pk")
    assert list(made.values_list("is_sole", flat=True)) == [True, False]


@pytest.mark.parametrize("door", ["at once", "from a hold"])
def test_who_only_types_a_contact_is_asked_for_a_code(shop, door):
    book_as(SOLE, shop, door=door)

    with pytest.raises(VerificationRequired) as asked:
        book_as(SOLE, shop, door=door)

    assert (asked.value.to, count()) == ("ana@example.com", 1)


@pytest.mark.parametrize("door", ["at once", "from a hold"])
@pytest.mark.parametrize(("minutes", "hours"), [(60, 0), (120, 1)])
def test_a_stranger_who_types_name_and_contact_learns_nothing(tenant, door, minutes, hours):
    shop = make_shop(5, duration_minutes=minutes)[0]
    book_as(replace(SOLE, origin="hers"), shop, 2)

    book_as(replace(SOLE, origin="stranger's"), shop, 2 + hours, door=door)

    assert count() == 2


@pytest.mark.parametrize(("seen", "is_again"), [((True, True), False), ((False, True), True), ((False, False), False)])
def test_a_second_try_of_one_form_is_no_second_form(tenant, seen, is_again):
    sending, origin = Sending(), new_token()

    told = [
        sending.is_again(replace(SOLE, origin=origin), service_id=1, starts_at=MONDAY, has_twin=has_twin)
        for has_twin in seen
    ]

    assert told == [False, is_again]


def test_while_nothing_can_be_remembered_no_form_books_twice(shop, monkeypatch):
    book_as(SOLE, shop)
    monkeypatch.setattr("scheduling.services.bookings.guards.cache", cache := Mock())
    cache.add.return_value, cache.get.return_value = True, None

    with pytest.raises(VerificationRequired):
        book_as(SOLE, shop)

    assert count() == 1


def test_the_message_names_what_is_at_the_same_time(shop):
    first = book_as(replace(SOLE, origin="hers"), shop)
    second = book_as(replace(SOLE, origin="another"), shop)
    third = book_as(SOLE, shop, 1)

    words = [
        make_customer_words(get_booking(booking_id=each.booking_id), template=template, now=NOW)["es"]["meets"]
        for each, template in (
            (first, "booking_confirmed"),
            (second, "booking_confirmed"),
            (second, "booking_moved"),
            (third, "booking_confirmed"),
        )
    ]

    assert [bool(each) for each in words] == [True, True, False, False]


def test_a_stranger_with_a_contact_of_their_own_is_not_told(shop):
    book_as(SOLE, shop)
    stranger = replace(SOLE, customer=replace(DETAILS.customer, email="fremd@example.com"))

    book_as(replace(stranger, proven_contact="email"), shop)

    assert list(Booking.objects.order_by("pk").values_list("customer_id", "is_sole")) == [
        (Booking.objects.earliest("pk").customer_id, True),
        (Booking.objects.earliest("pk").customer_id, False),
    ]


@pytest.mark.parametrize(
    ("hours", "minutes", "is_asked"), [(0, 60, True), (1, 60, False), (-1, 60, False), (1, 120, True)]
)
def test_what_is_asked_about_is_any_time_that_meets(tenant, hours, minutes, is_asked):
    shop = make_shop(5, duration_minutes=minutes)[0]
    book_as(SOLE, shop, 2)

    try:
        book_as(PROVEN, shop, 2 + hours)
        was_asked = False
    except AlreadyBooked:
        was_asked = True

    assert was_asked is is_asked


def test_one_class_is_asked_about_too(tenant):
    shop = make_shop(1, seats=5)[0]
    book_as(SOLE, shop)

    with pytest.raises(AlreadyBooked):
        book_as(PROVEN, shop)

    assert count() == 1


def test_a_family_with_one_contact_is_not_asked(shop):
    book_as(SOLE, shop)
    book_as(replace(SOLE, customer=replace(DETAILS.customer, name="Luis Pérez")), shop)

    assert count() == 2


def test_staff_is_never_asked(shop):
    book_as(SOLE, shop)
    book_as(SOLE, shop, by=STAFF)

    assert list(Booking.objects.order_by("pk").values_list("is_sole", flat=True)) == [True, False]


def test_a_request_whose_time_is_over_keeps_nobody_from_booking(tenant):
    shop = make_shop(5, approval="request")[0]
    first = book_as(SOLE, shop)
    Booking.objects.filter(pk=first.booking_id).update(hold_expires_at=NOW - timedelta(minutes=1))

    again = book_as(SOLE, shop)

    assert Booking.objects.get(pk=again.booking_id).is_sole is False


def test_after_a_cancellation_the_time_is_booked_again_and_both_may_live(tenant):
    shop, (ana, luis) = make_shop(2)
    first = book_as(SOLE, shop, resource_ids=(ana,))
    cancel_booking(booking_id=first.booking_id, reason="Se enfermó", now=NOW, by=STAFF)
    second = book_as(SOLE, shop, resource_ids=(luis,))
    assert Booking.objects.get(pk=second.booking_id).is_sole is True

    undo_step(booking_id=first.booking_id, status=BookingStatus.CANCELLED, now=NOW, by=STAFF)

    standing = Booking.objects.filter(status="confirmed").order_by("pk").values_list("pk", "is_sole")
    assert list(standing) == [(first.booking_id, False), (second.booking_id, True)]


def test_a_moved_booking_meets_another_one_freely(shop):
    book_as(SOLE, shop)
    other = book_as(SOLE, shop, 3)

    move_booking(token=other.manage_token, starts_at=MONDAY, now=NOW, by=CUSTOMER)

    assert list(Booking.objects.filter(starts_at=MONDAY).order_by("pk").values_list("is_sole", flat=True)) == [
        True,
        False,
    ]


@pytest.mark.parametrize("is_known", [False, True])
def test_a_request_that_is_sent_many_times_at_once_makes_one_booking(scratch_tenant, is_known):
    with tenant_scope(scratch_tenant):
        shop = make_shop(12)[0]
        if is_known:
            book_as(DETAILS, shop, 24)
        before = count()

    def send(_: int) -> str:
        try:
            with tenant_scope(scratch_tenant):
                book_as(SOLE, shop)
        except VerificationRequired:
            return "asked"
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(send, range(8)))

    with tenant_scope(scratch_tenant):
        assert (outcomes, count() - before) == (Counter(booked=1, asked=7), 1)


def test_without_a_contact_nobody_is_known_and_nobody_is_asked(shop):
    nobody = VisitDetails(customer=CustomerDetails("Ana Pérez"), is_sole=True)

    for _ in range(2):
        book_as(nobody, shop, by=STAFF)

    assert count() == 2


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("door", ["at once", "from a hold"])
def test_of_visits_that_meet_and_are_sent_at_once_one_is_booked(scratch_tenant, is_known, door):
    with tenant_scope(scratch_tenant):
        shop = make_shop(12, duration_minutes=180)[0]
        if is_known:
            book_as(DETAILS, shop, 24)
        before = count()
    begin = Barrier(4)

    def send(hours: int) -> str:
        try:
            with tenant_scope(scratch_tenant):
                begin.wait(60)
                book_as(PROVEN, shop, hours, door=door)
        except AlreadyBooked:
            return "asked"
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(4) as pool:
        outcomes = Counter(pool.map(send, (0, 1, 2, 1)))

    with tenant_scope(scratch_tenant):
        assert (outcomes, count() - before) == (Counter(booked=1, asked=3), 1)


@pytest.mark.parametrize("round_", range(3))
def test_a_series_and_a_visit_of_one_customer_at_once_wait_in_no_circle(scratch_tenant, round_, monkeypatch):
    # PostgreSQL ends one of two that wait in a circle; here nobody tries again.
    monkeypatch.setattr(transactions, "RACE_STATES", transactions.RACE_STATES - {DEADLOCK})
    with tenant_scope(scratch_tenant):
        shop = make_shop(3)[0]
        Service.objects.filter(pk=shop).update(most_repeats=10)
        book_as(DETAILS, shop, 24)
    begin, week = Barrier(2), timedelta(weeks=1)

    def repeat() -> None:
        starts = tuple(MONDAY + number * week for number in range(1, 8))
        request = SlotRequest(make_wish(shop), MONDAY)
        book_repeats(
            request=request, repeats=Repeats(1, starts), details=PROVEN, hold_id=0, token="", now=NOW, source="page"
        )

    def visit() -> None:
        book_as(PROVEN, shop, 24 * 7 * round_)

    def run(job) -> str:
        with tenant_scope(scratch_tenant):
            connection.ensure_connection()
            begin.wait(60)
            try:
                job()
            except AlreadyBooked:
                return "asked"
            finally:
                connection.close()
        return "booked"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(run, (repeat, visit)))

    assert outcomes == ["asked", "booked"]
