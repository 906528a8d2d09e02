"""A booking from hold to completion, and everything that may not happen on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Event
from scheduling.errors import (
    CutoffPassed,
    HoldExpired,
    HoldUnknown,
    HoldUsed,
    SlotInPast,
    SlotTaken,
    SlotUnavailable,
    TokenUnknown,
    TransitionRefused,
)
from scheduling.models import Allocation, Booking, Customer
from scheduling.selectors.bookings.views import get_booking, get_by_token
from scheduling.services.bookings.attendance import confirm_attendance
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot, release_hold
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.bookings.transitions import (
    approve,
    complete_visit,
    decline,
    mark_arrived,
    mark_no_show,
    start_visit,
)
from scheduling.services.writing.expiry import expire_hold
from scheduling.types import OverrideReason, SlotRequest
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, book, hours_later, make_shop, make_wish


def hold(service_id, starts_at=MONDAY, now=NOW):
    return hold_slot(request=SlotRequest(make_wish(service_id), starts_at=starts_at), now=now, source="page")


def submit(held, now=NOW):
    return submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=now)


def kinds(booking_id):
    return list(Event.objects.filter(subject_id=booking_id).order_by("pk").values_list("kind", flat=True))


def test_hold_becomes_a_confirmed_booking(tenant):
    service_id, _ = make_shop()

    made = submit(hold(service_id))

    seen = get_by_token(token=made.manage_token, now=NOW)
    assert (seen.status, seen.reference, seen.customer_name, seen.asset_label, seen.starts_at) == (
        "confirmed",
        made.reference,
        "Ana Pérez",
        "Nissan Versa",
        MONDAY,
    )
    assert kinds(made.booking_id) == ["booking.held", "booking.confirmed"]
    assert Booking.history.filter(id=made.booking_id).count() == 2


def test_token_is_stored_hashed_only(tenant):
    service_id, _ = make_shop()

    made = book(service_id)

    stored = Booking.objects.get(pk=made.booking_id)
    assert made.manage_token not in {str(value) for value in vars(stored).values()}
    with pytest.raises(TokenUnknown):
        get_by_token(token=made.manage_token[:-1], now=NOW)


def test_hold_keeps_others_out_until_it_ends_and_not_longer(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)

    with pytest.raises(SlotTaken) as refusal:
        book(service_id, now=NOW + timedelta(minutes=9, seconds=59))
    assert [slot.starts_at for slot in refusal.value.alternatives] == [
        hours_later(1),
        hours_later(2),
        hours_later(3),
    ]

    # Nobody swept; the end alone frees the place.
    other = book(service_id, now=held.expires_at)
    assert get_booking(booking_id=other.booking_id).status == "confirmed"
    assert get_booking(booking_id=held.id).status == "expired"
    with pytest.raises(HoldExpired):
        submit(held, now=held.expires_at)


@pytest.mark.parametrize("is_swept", [False, True])
def test_late_confirmation_is_accepted_while_the_place_is_free(tenant, is_swept):
    service_id, _ = make_shop()
    held = hold(service_id)
    late = held.expires_at + timedelta(minutes=20)
    if is_swept:
        expire_hold(held.id, late)
        expire_hold(held.id, late)

    made = submit(held, now=late)

    assert made.status == "confirmed"
    assert Allocation.objects.filter(booking_id=made.booking_id, is_active=True).count() == 1
    with pytest.raises(SlotTaken):
        book(service_id, now=late)


def test_a_booking_that_is_over_tells_what_it_took_last_and_nothing_of_before(tenant):
    service_id, (ana, beto) = make_shop(people=2)
    made = book(service_id, resource_ids=(ana,))
    move_booking(booking_id=made.booking_id, starts_at=MONDAY, resource_ids=(beto,), now=NOW, by=STAFF)
    move_booking(booking_id=made.booking_id, starts_at=hours_later(0.25), now=NOW, by=STAFF)

    cancel_booking(booking_id=made.booking_id, reason="x", now=NOW, by=STAFF)

    (taken,) = get_booking(booking_id=made.booking_id).resources
    assert (taken.resource_id, taken.starts_at) == (beto, hours_later(0.25))


def test_a_late_hold_that_found_another_place_tells_only_that(tenant):
    service_id, (ana, _) = make_shop(people=2)
    held = hold(service_id)
    late = held.expires_at + timedelta(minutes=20)
    book(service_id, now=late, resource_ids=(ana,))

    made = submit(held, now=late)
    cancel_booking(booking_id=made.booking_id, reason="x", now=late, by=STAFF)

    assert len(get_booking(booking_id=made.booking_id).resources) == 1


def test_hold_is_used_once_and_only_by_its_token(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)
    with pytest.raises(HoldUnknown):
        submit_booking(hold_id=held.id, token="x", details=DETAILS, now=NOW)
    submit(held)

    with pytest.raises(HoldUsed):
        submit(held)
    with pytest.raises(HoldUsed):
        release_hold(hold_id=held.id, token=held.token, now=NOW)


def test_released_hold_frees_its_place(tenant):
    service_id, _ = make_shop()
    held = hold(service_id)

    release_hold(hold_id=held.id, token=held.token, now=NOW)
    release_hold(hold_id=held.id, token=held.token, now=NOW)

    assert book(service_id).status == "confirmed"


@pytest.mark.parametrize(
    ("starts_at", "error"),
    [
        (NOW - timedelta(days=1, hours=-1), SlotInPast),
        (MONDAY + timedelta(minutes=1), SlotUnavailable),
        (MONDAY + timedelta(hours=12), SlotUnavailable),
    ],
)
def test_time_that_is_not_offered_is_refused(tenant, starts_at, error):
    service_id, _ = make_shop()

    with pytest.raises(error):
        book(service_id, starts_at)

    assert Booking.objects.count() == 0


def test_move_keeps_reference_and_calendar_identity(tenant):
    service_id, _ = make_shop()
    made = book(service_id)
    before = get_booking(booking_id=made.booking_id)

    moved = move_booking(token=made.manage_token, starts_at=hours_later(1), now=NOW, by=CUSTOMER)

    after = get_booking(booking_id=made.booking_id)
    assert (after.reference, after.ics_uid, after.sequence) == (before.reference, before.ics_uid, before.sequence + 1)
    assert (after.starts_at, moved.manage_token) == (hours_later(1), made.manage_token)
    assert book(service_id).status == "confirmed"
    assert kinds(made.booking_id) == ["booking.confirmed", "booking.rescheduled"]


def test_move_may_overlap_its_own_old_time(tenant):
    service_id, _ = make_shop(step_minutes=15)
    made = book(service_id)

    move_booking(token=made.manage_token, starts_at=MONDAY + timedelta(minutes=15), now=NOW, by=CUSTOMER)

    assert get_booking(booking_id=made.booking_id).starts_at == MONDAY + timedelta(minutes=15)


def test_refused_move_leaves_everything_as_it_was(tenant):
    service_id, _ = make_shop()
    made, other = book(service_id), book(service_id, hours_later(1))

    with pytest.raises(SlotTaken):
        move_booking(token=made.manage_token, starts_at=hours_later(1), now=NOW, by=CUSTOMER)

    assert get_booking(booking_id=made.booking_id).starts_at == MONDAY
    with pytest.raises(SlotTaken):
        book(service_id)
    assert kinds(other.booking_id) == ["booking.confirmed"]


def test_cut_offs_bind_customers_as_agreed_and_not_staff(tenant):
    from scheduling.models import Service

    service_id, _ = make_shop(cancel_cutoff_minutes=240, move_cutoff_minutes=240)
    made = book(service_id)
    Service.objects.filter(pk=service_id).update(cancel_cutoff_minutes=0, move_cutoff_minutes=0)
    late = MONDAY - timedelta(hours=3)

    with pytest.raises(CutoffPassed):
        cancel_booking(token=made.manage_token, now=late, by=CUSTOMER)
    with pytest.raises(CutoffPassed):
        move_booking(token=made.manage_token, starts_at=hours_later(2), now=late, by=CUSTOMER)
    assert get_booking(booking_id=made.booking_id).status == "confirmed"
    cancel_booking(booking_id=made.booking_id, now=late, by=STAFF, reason="Sin luz")

    seen = get_booking(booking_id=made.booking_id)
    assert (seen.status, seen.cancelled_by, seen.cancelled_reason) == ("cancelled", "staff", "Sin luz")
    assert book(service_id, now=late).status == "confirmed"


def test_approval_mode_waits_for_staff(tenant):
    service_id, _ = make_shop(approval="request")
    first, second = book(service_id), book(service_id, hours_later(1))
    assert first.status == "pending_approval"

    approve(booking_id=first.booking_id, now=NOW, by=STAFF)
    approve(booking_id=first.booking_id, now=NOW, by=STAFF)
    decline(booking_id=second.booking_id, now=NOW, by=STAFF)

    assert kinds(first.booking_id) == ["booking.requested", "booking.confirmed"]
    assert kinds(second.booking_id) == ["booking.requested", "booking.declined"]
    assert book(service_id, hours_later(1)).status == "pending_approval"


def test_visit_runs_its_course_with_one_event_for_each_step(tenant):
    service_id, _ = make_shop()
    made = book(service_id)

    confirm_attendance(token=made.manage_token, now=NOW)
    for step in (mark_arrived, start_visit, complete_visit):
        step(booking_id=made.booking_id, now=MONDAY, by=STAFF)
        step(booking_id=made.booking_id, now=MONDAY, by=STAFF)

    assert kinds(made.booking_id) == [
        "booking.confirmed",
        "booking.attendance_confirmed",
        "booking.arrived",
        "booking.started",
        "booking.completed",
    ]
    with pytest.raises(TransitionRefused):
        cancel_booking(token=made.manage_token, now=NOW, by=CUSTOMER)


def test_no_show_is_refused_before_the_start(tenant):
    service_id, _ = make_shop()
    made = book(service_id)

    with pytest.raises(TransitionRefused):
        mark_no_show(booking_id=made.booking_id, now=MONDAY - timedelta(minutes=1), by=STAFF)
    mark_no_show(booking_id=made.booking_id, now=MONDAY + timedelta(minutes=15), by=STAFF)

    assert get_booking(booking_id=made.booking_id).status == "no_show"


def test_staff_overrides_what_is_taken_and_says_why(tenant):
    service_id, _ = make_shop()
    book(service_id)
    request = SlotRequest(make_wish(service_id), starts_at=MONDAY)

    made = book_slot(
        request=request,
        details=DETAILS,
        now=NOW,
        source="workspace",
        by=STAFF,
        override=OverrideReason(reason="Urgencia", user_id=7),
    )

    stored = Booking.objects.get(pk=made.booking_id)
    assert (stored.override_reason, stored.overridden_by_id) == ("Urgencia", 7)
    assert list(stored.allocations.values_list("is_override", "lane_id")) == [(True, None)]
    with pytest.raises(SlotTaken):
        book(service_id)


def test_stranger_with_a_known_email_changes_no_customer(tenant):
    service_id, _ = make_shop()
    first = book(service_id)
    stranger = make_stranger("Otra Persona")

    second = book_slot(
        request=SlotRequest(make_wish(service_id), starts_at=hours_later(1)),
        details=stranger,
        now=NOW,
        source="page",
        by=CUSTOMER,
    )

    owner, other = (get_booking(booking_id=each.booking_id) for each in (first, second))
    assert owner.customer_id != other.customer_id
    assert Customer.objects.get(pk=owner.customer_id).name == "Ana Pérez"


def make_stranger(name):
    from dataclasses import replace

    return replace(DETAILS, customer=replace(DETAILS.customer, name=name))


def test_a_hold_of_days_ago_is_no_way_around_the_notice(tenant):
    service_id, _ = make_shop(minimum_notice_minutes=120)
    held = hold(service_id)

    with pytest.raises(HoldExpired):
        submit(held, now=hours_later(-1))


def test_staff_book_any_minute_without_notice_and_customers_do_not(tenant):
    service_id, _ = make_shop(minimum_notice_minutes=120)
    request = SlotRequest(make_wish(service_id), MONDAY + timedelta(minutes=7))
    asked = {"request": request, "details": DETAILS, "now": MONDAY}

    with pytest.raises(SlotUnavailable):
        book_slot(**asked, source="page", by=CUSTOMER)
    made = book_slot(**asked, source="workspace", by=STAFF)

    assert get_booking(booking_id=made.booking_id).starts_at == request.starts_at


def test_what_is_taken_is_refused_to_staff_with_times_that_staff_may_have(tenant):
    service_id, _ = make_shop(minimum_notice_minutes=120)
    request = SlotRequest(make_wish(service_id), MONDAY)
    asked = {"request": request, "details": DETAILS, "now": NOW}
    book_slot(**asked, source="workspace", by=STAFF)

    with pytest.raises(SlotTaken) as refused:
        book_slot(**asked | {"now": MONDAY}, source="workspace", by=STAFF)

    assert refused.value.alternatives[0].starts_at == hours_later(1)
