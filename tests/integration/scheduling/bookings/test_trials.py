"""Test bookings: the customer's whole way for staff, and nothing of it among what counts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import PersonUnknown
from accounts.models import User
from notifications.models import Event, Message
from scheduling.engine import RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import BookingNotFound, SlotTaken, TransitionRefused
from scheduling.models import (
    Allocation,
    Asset,
    Booking,
    BookingLine,
    BookingSearch,
    Consent,
    Contact,
    Customer,
    RefusedDemand,
    Reminder,
    RoundRobinLedger,
    RuleTake,
    RuleUsage,
    Session,
)
from scheduling.selectors.bookings.views import get_booking, get_by_token, list_bookings
from scheduling.selectors.catalog.usage import was_service_booked
from scheduling.selectors.first_run.trials import list_tests
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.transitions import approve, complete_visit, mark_arrived, start_visit
from scheduling.services.bookings.undoing import undo_step
from scheduling.services.first_run.trials import book_test, delete_test
from scheduling.services.messages.calendar_files import make_calendar
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import BookingFilters, Correction, SlotRequest, SubmittedBooking
from tenants.models import DueWork, Tenant
from tests.factories.scheduling import (
    CUSTOMER,
    DETAILS,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_rule,
    make_shop,
    make_wish,
)
from tests.integration.scheduling.messages.conftest import handle_events

OWNER = "owner@taller.example"
COUNTED = (
    Allocation, Asset, BookingSearch, Consent, Contact, Customer, RefusedDemand, Reminder, RoundRobinLedger, RuleTake,
    RuleUsage, Session,
)  # fmt: skip


def try_out(service: int, starts_at=MONDAY, **wish: object) -> SubmittedBooking:
    return book_test(
        request=SlotRequest(make_wish(service, **wish), starts_at),
        details=DETAILS,
        tester_id=User.objects.get(role="owner").pk,
        now=NOW,
    )


def count_all() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


@pytest.mark.parametrize(
    "terms",
    [{}, {"strategy": "round_robin"}, {"seats": 4, "max_party_size": 4}, {"approval": "request"}],
    ids=["plain", "turns", "group", "request"],
)
def test_trial_takes_nothing_and_makes_nobody(tenant, terms):
    service, _ = make_shop(1, **terms)
    make_rule(RuleScope.TENANT, RulePeriod.DAY, 1)
    make_rule(RuleScope.TENANT, RulePeriod.MOMENT, 1)
    before = count_all()

    tried = try_out(service)

    assert count_all() == before
    trial = Booking.with_tests.get(pk=tried.booking_id)
    assert (trial.rule_usage, trial.group_share, trial.session_id, trial.customer_id, trial.asset_id) == (
        [], [], None, None, None,
    )  # fmt: skip
    # The same start is still everybody's, also where a rule allows one visit a day.
    assert book(service).booking_id != tried.booking_id


def test_trial_has_the_states_of_its_service(tenant):
    plain, _ = make_shop(1)
    asking, _ = make_shop(1, approval="request")

    assert (try_out(plain).status, try_out(asking).status) == ("confirmed", "pending_approval")


def test_trial_finds_what_is_free_only(tenant):
    service, _ = make_shop(1)
    book(service)

    with pytest.raises(SlotTaken):
        try_out(service)

    assert not Booking.with_tests.filter(is_test=True).exists()


def test_trial_is_of_somebody_who_works_here(tenant):
    service, _ = make_shop(1)
    User.objects.create(email="gone@taller.example", name="Rita", role="manager", is_active=False)

    for tester_id in (0, User.objects.get(email="gone@taller.example").pk):
        with pytest.raises(PersonUnknown):
            book_test(request=SlotRequest(make_wish(service), MONDAY), details=DETAILS, tester_id=tester_id, now=NOW)

    assert not Booking.with_tests.exists()


def test_trial_is_in_no_list_no_search_and_no_count(tenant):
    service, _ = make_shop(1)
    tried = try_out(service)

    assert list_bookings(BookingFilters()).rows == ()
    assert list_bookings(BookingFilters(search="Ana")).rows == ()
    assert list_bookings(BookingFilters(search=tried.reference)).rows == ()
    assert not Booking.objects.exists()
    assert [each.id for each in list_tests()] == [tried.booking_id]
    assert was_service_booked(service)  # nobody deletes it under the test's feet


def test_trial_writes_to_its_author_alone(tenant):
    service, _ = make_shop(1)
    User.objects.create(email="second@taller.example", name="Rita", role="manager")

    tried = try_out(service)
    handle_events(NOW)
    move_booking(token=tried.manage_token, starts_at=hours_later(2), now=NOW, by=CUSTOMER)
    handle_events(NOW)
    cancel_booking(token=tried.manage_token, now=NOW, by=CUSTOMER)
    handle_events(NOW)

    told = list(Message.objects.order_by("pk").values_list("template", "channel", "to"))
    assert {to for _, _, to in told} == {OWNER}
    assert "booking_confirmed" in {template for template, _, _ in told}
    trial = Booking.with_tests.get()
    assert (trial.customer_name, trial.customer_email, trial.customer_phone) == ("Ana Pérez", OWNER, "")
    assert DETAILS.customer.email not in str(list(Event.objects.values())) + str(list(Message.objects.values()))
    assert not Reminder.objects.exists()
    assert not DueWork.objects.filter(kind="reminder").exists()


def test_trial_moves_and_still_takes_nothing(tenant):
    service, _ = make_shop(1)
    tried = try_out(service)
    before = count_all()

    move_booking(token=tried.manage_token, starts_at=hours_later(3), now=NOW, by=CUSTOMER)

    assert (count_all(), get_booking(booking_id=tried.booking_id).starts_at) == (before, hours_later(3))
    assert get_by_token(token=tried.manage_token, now=NOW).is_test


def test_trial_goes_through_every_step(tenant):
    service, _ = make_shop(1, approval="request")
    before = count_all()
    trial = try_out(service).booking_id

    seen = []
    for step in (approve, mark_arrived, start_visit, complete_visit):
        step(booking_id=trial, now=NOW, by=STAFF)
        seen.append(Booking.with_tests.get(pk=trial).status)
    undo_step(booking_id=trial, status="completed", now=NOW, by=STAFF)
    seen.append(Booking.with_tests.get(pk=trial).status)

    assert seen == ["confirmed", "arrived", "in_progress", "completed", "in_progress"]
    assert count_all() == before


def test_trial_confirms_attendance_and_cancels_by_its_link(tenant):
    service, _ = make_shop(1)
    tried = try_out(service)

    confirm_attendance(token=tried.manage_token, now=NOW)
    cancel_booking(token=tried.manage_token, now=NOW, by=CUSTOMER)

    trial = Booking.with_tests.get()
    assert (trial.status, trial.attendance_confirmed_at) == ("cancelled", NOW)


def test_canceled_trial_that_is_taken_back_takes_nothing(tenant):
    service, _ = make_shop(1)
    trial = try_out(service).booking_id
    before = count_all()
    cancel_booking(booking_id=trial, now=NOW, by=STAFF, reason="prueba")

    with suppress(SlotTaken, TransitionRefused):
        undo_step(booking_id=trial, status="cancelled", now=NOW, by=STAFF)

    assert count_all() == before


def test_request_that_nobody_answers_ends(tenant):
    service, _ = make_shop(1, approval="request")
    trial = try_out(service).booking_id
    ends_at = Booking.with_tests.get().hold_expires_at

    expire_hold(trial, ends_at + timedelta(seconds=1))

    assert Booking.with_tests.get().status == "expired"


def test_trial_is_not_corrected_its_messages_stay_with_its_author(tenant):
    service, _ = make_shop(1)
    trial = try_out(service).booking_id

    with pytest.raises(TransitionRefused):
        correct_booking(
            booking_id=trial, correction=Correction("Ana", "", "x@example.com", {}, "", None), now=NOW, by=STAFF
        )

    assert Booking.with_tests.get().customer_email == OWNER


def test_deleted_trial_leaves_no_trace(tenant):
    service, _ = make_shop(1, approval="request")
    book(service, hours_later(5))
    handle_events(NOW)
    history, events, messages = Booking.history.count(), Event.objects.count(), Message.objects.count()
    due = DueWork.objects.filter(schema_name=tenant.schema_name).count()
    trial = try_out(service).booking_id
    approve(booking_id=trial, now=NOW, by=STAFF)
    handle_events(NOW)
    move_booking(booking_id=trial, starts_at=hours_later(1), now=NOW, by=STAFF)

    delete_test(booking_id=trial, now=NOW)

    assert not Booking.with_tests.filter(pk=trial).exists()
    assert not BookingLine.objects.filter(booking_id=trial).exists()
    assert (Booking.history.count(), Event.objects.count(), Message.objects.count()) == (history, events, messages)
    assert DueWork.objects.filter(schema_name=tenant.schema_name).count() == due
    assert Tenant.objects.get(pk=tenant.id).tested_at == NOW  # that somebody tried stays known


def test_real_booking_is_never_deleted_as_a_trial(tenant):
    service, _ = make_shop(1)
    booked = book(service).booking_id

    for booking_id in (booked, 0, 999_999):
        with pytest.raises(BookingNotFound):
            delete_test(booking_id=booking_id, now=NOW)

    assert Booking.objects.get().pk == booked


def test_database_refuses_a_trial_that_takes_something(tenant):
    service, _ = make_shop(1)
    trial = try_out(service).booking_id
    customer = Customer.objects.create(name="Ana", created_at=NOW)

    for changes in ({"customer": customer}, {"rule_usage": [[1, 2, 1]]}, {"group_share": [[1, 0, 0, 60]]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Booking.with_tests.filter(pk=trial).update(**changes)


def test_calendar_file_of_a_trial_says_what_it_is(tenant):
    service, _ = make_shop(1)
    trial = get_booking(booking_id=try_out(service).booking_id)
    real = replace(trial, is_test=False)

    marked, plain = (
        make_calendar(each, tenant_name="Taller", description="", now=NOW).decode() for each in (trial, real)
    )

    assert ("SUMMARY:Cita de prueba: Corte" in marked, "SUMMARY:Corte" in plain) == (
        True,
        True,
    )
