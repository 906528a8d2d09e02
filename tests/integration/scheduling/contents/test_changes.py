"""A booking becomes another visit: placed anew, and agreed anew as far as it is new."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from notifications.models import Event
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import Approval, BookingLevel, BookingStatus, RuleScope
from scheduling.errors import (
    BookingChanged,
    CutoffPassed,
    RequestInvalid,
    ResourceNotFound,
    ServiceNotFound,
    SlotTaken,
    SlotUnavailable,
    TransitionRefused,
)
from scheduling.models import Booking, BookingLine, Customer, RuleUsage, Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.corrections import mark_visit
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.contents.changes import ASK_FOR_ANSWERS, change_visit, preview_change
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.undoing_moves import undo_move
from scheduling.types import AvailabilityQuery, OverrideReason, VisitChange
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids
from tests.factories.feature_pairs import list_taken, make_add_on
from tests.factories.scheduling import (
    CUSTOMER,
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_rule,
    make_service,
    make_wish,
)


@pytest.fixture
def place(tenant) -> int:
    return make_place()


@pytest.fixture
def eva(place) -> int:
    return make_resource(place, "Eva", position=0)


@pytest.fixture
def leo(place) -> int:
    return make_resource(place, "Leo", position=1)


@pytest.fixture
def cut(eva, leo) -> int:
    """60 minutes and 1000."""
    return make_service((eva, leo), price_minor=1000, max_party_size=1)


@pytest.fixture
def color(eva, leo) -> int:
    """60 minutes and 700."""
    return make_service((eva, leo), name="Color", price_minor=700)


def change(made, *, by=STAFF, now=NOW, override=None, **values):
    return change_visit(booking_id=made.booking_id, change=VisitChange(**values), by=by, now=now, override=override)


def look(made, *, by=STAFF, now=NOW, **values):
    return preview_change(booking_id=made.booking_id, change=VisitChange(**values), by=by, now=now)


def read(made) -> Booking:
    return Booking.objects.get(pk=made.booking_id)


def list_lines(made) -> list[tuple[str, int, int | None, list[str]]]:
    lines = BookingLine.objects.filter(booking_id=made.booking_id)
    return [
        (each.service_name, each.duration_minutes, each.price_minor, [x["name"] for x in each.add_ons])
        for each in lines
    ]


def set_service(service_id: int, **values) -> None:
    Service.objects.filter(pk=service_id).update(**values)


def list_events() -> list[tuple[str, int]]:
    return list(Event.objects.filter(kind__startswith="booking.").order_by("pk").values_list("kind", "subject_id"))


def test_service_comes_at_the_same_start_with_the_same_person(cut, color, eva):
    made = book(cut)

    change(made, service_ids=(cut, color))

    after = read(made)
    assert (after.starts_at, after.ends_at, after.price_minor) == (MONDAY, hours_later(2), 1700)
    assert (after.reference, after.sequence, after.status) == (made.reference, 1, BookingStatus.CONFIRMED)
    assert list_lines(made) == [("Corte", 60, 1000, []), ("Color", 60, 700, [])]
    assert list_taken(made.booking_id) == [(eva, 9.0, 10.0), (eva, 10.0, 11.0)]
    assert list_events()[-1] == ("booking.changed", made.booking_id)


def test_who_serves_it_stays_though_somebody_else_would_come_first(cut, color, eva, leo):
    first = book(cut)
    made = book(cut)
    assert list_taken(made.booking_id) == [(leo, 9.0, 10.0)]
    cancel_booking(booking_id=first.booking_id, now=NOW, by=STAFF, reason="Enferma")

    change(made, service_ids=(cut, color))

    assert {each[0] for each in list_taken(made.booking_id)} == {leo}


def test_somebody_else_takes_over_where_the_same_person_cannot(cut, color, eva, leo):
    made = book(cut)
    book(cut, hours_later(1), resource_ids=(eva,))

    change(made, service_ids=(cut, color))

    assert {each[0] for each in list_taken(made.booking_id)} == {leo}


def test_person_who_was_chosen_stays_or_the_time_is_taken(cut, color, eva, leo):
    made = book(cut, resource_ids=(eva,))
    book(cut, hours_later(1), resource_ids=(eva,))
    book(cut, hours_later(1), resource_ids=(leo,))

    with pytest.raises(SlotTaken) as refused:
        change(made, service_ids=(cut, color))

    assert (read(made).sequence, list_lines(made), read(made).ends_at) == (0, [("Corte", 60, 1000, [])], hours_later(1))
    starts = [each.starts_at for each in refused.value.alternatives]
    assert hours_later(2) in starts
    change(made, service_ids=(cut, color), starts_at=starts[0])
    assert (read(made).starts_at, read(made).chosen_resource_id) == (starts[0], eva)


def test_chosen_person_who_does_not_do_it_makes_way(cut, eva, leo):
    wash = make_service((leo,), name="Lavado")
    made = book(cut, resource_ids=(eva,))

    change(made, service_ids=(wash,))

    assert (read(made).chosen_resource_id, read(made).service_id) == (None, wash)
    assert list_taken(made.booking_id) == [(leo, 9.0, 10.0)]


def test_times_that_are_shown_for_the_new_visit_are_those_that_it_gets(cut, color, eva, leo):
    made = book(cut, resource_ids=(eva,))
    book(cut, hours_later(1), resource_ids=(eva,))
    wish = make_wish((cut, color), resource_ids=(eva,))
    query = AvailabilityQuery(wish, MONDAY.date(), MONDAY.date(), moving_booking_id=made.booking_id)
    shown = {each.starts_at for each in get_availability(query=query, now=NOW).days[0].slots}

    for hour in range(8):
        start = hours_later(hour)
        try:
            look(made, by=CUSTOMER, service_ids=(cut, color), starts_at=start)
        except (SlotTaken, SlotUnavailable):
            assert start not in shown
        else:
            assert start in shown
    assert shown


def test_kept_line_keeps_its_price_and_new_one_has_todays(cut, color):
    extra = make_add_on(cut, minutes=0, price_minor=100)
    made = book(cut, add_on_ids=(extra,))
    set_service(cut, price_minor=9000, name="Corte nuevo")
    set_service(color, price_minor=750)

    change(made, service_ids=(cut, color), add_on_ids=(extra,))

    assert list_lines(made) == [("Corte", 60, 1000, ["Extra 0"]), ("Color", 60, 750, [])]
    assert read(made).price_minor == 1850


def test_price_that_staff_corrected_changes_by_what_comes_and_goes(cut, color):
    made = book((cut, color))
    Booking.objects.filter(pk=made.booking_id).update(price_minor=1500)

    change(made, service_ids=(cut,))

    assert read(made).price_minor == 800


def test_price_on_request_stays_open_and_a_known_one_follows(cut, eva):
    quote = make_service((eva,), name="Presupuesto")
    made = book(cut)

    change(made, service_ids=(cut, quote))
    assert read(made).price_minor is None
    change(made, service_ids=(cut,))
    assert read(made).price_minor == 1000


def test_price_that_staff_gave_to_a_visit_on_request_grows_by_what_comes(cut, eva):
    quote = make_service((eva,), name="Presupuesto")
    made = book(quote)
    Booking.objects.filter(pk=made.booking_id).update(price_minor=400)

    change(made, service_ids=(quote, cut))

    assert read(made).price_minor == 1400


def test_extras_of_services_that_stay_stay_when_nobody_names_them(cut, color):
    mine, other = make_add_on(cut, minutes=30), make_add_on(color, minutes=0)
    made = book((cut, color), add_on_ids=(mine, other))

    change(made, service_ids=(cut,))

    assert list_lines(made) == [("Corte", 90, 1000, ["Extra 30"])]


def test_party_of_customers_is_bound_and_that_of_staff_is_not(eva):
    group = make_service((eva,), name="Yoga", price_minor=300, seats=6, max_party_size=2)
    made = book(group)

    with pytest.raises(RequestInvalid) as refused:
        change(made, by=CUSTOMER, party_size=3)
    assert set(refused.value.errors) == {"party_size"}
    change(made, by=CUSTOMER, party_size=2)
    assert read(made).party_size == 2
    change(made, party_size=5)
    assert (read(made).party_size, read(made).session.seats_taken) == (5, 5)
    with pytest.raises(SlotTaken):
        change(made, party_size=7)


def test_rules_count_the_new_visit_and_not_the_old_one(cut, color):
    made = book(cut)
    make_rule(RuleScope.TENANT, RulePeriod.DAY, 120, Measure.MINUTES)

    change(made, service_ids=(cut, color))

    assert list(RuleUsage.objects.values_list("used", flat=True)) == [120]
    with pytest.raises(SlotTaken):
        change(made, service_ids=(cut, color, cut))


def test_policy_is_the_stricter_one_once_a_service_comes(cut, eva):
    strict = make_service((eva,), name="Boda", price_minor=1, cancel_cutoff_minutes=600, move_cutoff_minutes=300)
    made = book(cut)
    set_service(cut, cancel_cutoff_minutes=9000)

    change(made, add_on_ids=(), party_size=1, service_ids=(cut, strict))

    policy = read(made).policy
    assert (policy["cancel_cutoff_minutes"], policy["move_cutoff_minutes"]) == (600, 300)


def test_nothing_new_changes_nothing(cut):
    made = book(cut)
    before = list_events()

    change(made, service_ids=(cut,), add_on_ids=(), party_size=1)

    assert (read(made).sequence, list_events()) == (0, before)


def test_preview_says_all_and_changes_nothing(cut, color):
    made = book(cut)
    before = list_events()

    view = look(made, service_ids=(cut, color))

    assert (view.price_minor, view.ends_at, [each.name for each in view.lines]) == (
        1700,
        hours_later(2),
        ["Corte", "Color"],
    )
    assert (read(made).sequence, read(made).price_minor, list_events()) == (0, 1000, before)
    assert len(list_taken(made.booking_id)) == 1


def test_mark_of_what_was_seen_tells_whoever_comes_second(cut, color):
    made = book(cut)
    seen = mark_visit(read(made))
    change(made, service_ids=(cut, color), seen=seen)

    with pytest.raises(BookingChanged):
        change(made, service_ids=(color,), seen=seen)

    assert [line[0] for line in list_lines(made)] == ["Corte", "Color"]


def test_confirmed_attendance_stays_at_the_same_time_alone(cut, color):
    made = book(cut)
    Booking.objects.update(attendance_confirmed_at=NOW)

    change(made, service_ids=(cut, color))
    assert read(made).attendance_confirmed_at == NOW
    change(made, service_ids=(cut,), starts_at=hours_later(3))
    assert (read(made).attendance_confirmed_at, read(made).starts_at) == (None, hours_later(3))


def test_cutoff_of_moves_binds_customers(cut, color):
    set_service(cut, move_cutoff_minutes=120)
    made = book(cut)
    late = MONDAY - timedelta(minutes=119)

    with pytest.raises(CutoffPassed):
        change(made, by=CUSTOMER, now=late, service_ids=(cut, color))
    assert read(made).sequence == 0
    change(made, now=late, service_ids=(cut, color))
    assert read(made).sequence == 1


def test_notice_binds_who_adds_a_service_and_not_who_leaves_one_out(cut, color):
    made = book((cut, color))
    set_service(cut, minimum_notice_minutes=600)
    late = MONDAY - timedelta(minutes=30)

    change(made, by=CUSTOMER, now=late, service_ids=(cut,))
    assert [line[0] for line in list_lines(made)] == ["Corte"]
    with pytest.raises(SlotUnavailable):
        change(made, by=CUSTOMER, now=late, service_ids=(cut, color))


def test_what_is_not_online_is_for_staff(cut, eva):
    hidden = make_service((eva,), name="Interno", price_minor=1, is_online=False)
    made = book(cut)

    with pytest.raises(ServiceNotFound):
        change(made, by=CUSTOMER, service_ids=(cut, hidden))
    assert read(made).sequence == 0
    change(made, service_ids=(cut, hidden))
    change(made, by=CUSTOMER, service_ids=(hidden,))
    assert [line[0] for line in list_lines(made)] == ["Interno"]


@pytest.mark.parametrize("reason", ["new service", "own approval", "level", "kept service"])
def test_confirmed_visit_is_no_way_around_approval(cut, color, reason):
    made = book(cut)
    if reason == "new service":
        set_service(color, approval=Approval.REQUEST)
    elif reason == "kept service":  # it was confirmed when its deposit was paid, and says so
        set_service(cut, approval=Approval.REQUEST)
    elif reason == "own approval":
        Booking.objects.update(policy=read(made).policy | {"approval": "request"})
    else:
        Customer.objects.update(booking_level=BookingLevel.BY_APPROVAL, level_reason="x")

    with pytest.raises(RequestInvalid) as refused:
        change(made, by=CUSTOMER, service_ids=(cut, color))

    assert (set(refused.value.errors), read(made).sequence) == ({"services"}, 0)


def test_service_that_has_to_know_something_is_added_by_staff(cut, color):
    made = book(cut)
    question = {"key": "q1", "label": "¿Alergias?", "kind": "text", "is_required": True, "choices": [], "texts": []}
    set_service(color, questions=[question])

    with pytest.raises(RequestInvalid) as refused:
        change(made, by=CUSTOMER, service_ids=(cut, color))
    change(made, service_ids=(cut, color))

    assert refused.value.errors == {"services": (ASK_FOR_ANSWERS,)}


def test_less_needs_nobodys_word(cut, color):
    made = book((cut, color))
    Booking.objects.update(policy=read(made).policy | {"approval": "request"})

    change(made, by=CUSTOMER, service_ids=(cut,))

    assert read(made).price_minor == 1000


def test_request_that_changes_is_a_request_with_a_new_deadline(cut, color):
    set_service(cut, approval=Approval.REQUEST)
    made = book(cut)
    before = read(made).hold_expires_at

    change(made, by=CUSTOMER, now=NOW + timedelta(hours=2), service_ids=(cut, color))

    after = read(made)
    assert (after.status, after.hold_expires_at > before) == (BookingStatus.PENDING_APPROVAL, True)


@pytest.mark.parametrize(
    "status", [each for each in BookingStatus if each not in {BookingStatus.CONFIRMED, BookingStatus.PENDING_APPROVAL}]
)
@pytest.mark.parametrize("by", [STAFF, CUSTOMER])
def test_other_states_are_refused(cut, color, status, by):
    made = book(cut)
    booking = read(made)
    booking.status = status
    booking.is_active = status not in {"cancelled", "declined", "expired"}
    booking.hold_expires_at = MONDAY if status == "held" else None
    booking.save()

    with pytest.raises(TransitionRefused):
        change(made, by=by, service_ids=(cut, color))

    assert len(list_lines(made)) == 1


def test_business_that_stands_still_changes_nothing(tenant, cut, color):
    made = book(cut)

    with tenant_scope(replace(tenant, status=TenantStatus.SUSPENDED)), pytest.raises(StatusForbids):
        change(made, service_ids=(cut, color))

    assert len(list_lines(made)) == 1


def test_no_service_is_no_visit(cut):
    made = book(cut)

    with pytest.raises(RequestInvalid) as refused:
        change(made, service_ids=())

    assert set(refused.value.errors) == {"services"}


def test_over_what_is_taken_with_a_reason(cut, color, eva):
    made = book(cut, resource_ids=(eva,))
    book(cut, hours_later(1), resource_ids=(eva,))

    change(made, service_ids=(cut, color), override=OverrideReason("La clienta insiste", None))

    assert (read(made).override_kind, read(made).override_reason) == ("staff", "La clienta insiste")
    assert read(made).ends_at == hours_later(2)


def test_move_that_came_before_cannot_be_undone_any_more(cut, color):
    made = book(cut)
    move_booking(booking_id=made.booking_id, starts_at=hours_later(2), now=NOW, by=STAFF)
    change(made, service_ids=(cut, color))

    with pytest.raises(TransitionRefused):
        undo_move(booking_id=made.booking_id, sequence=1, now=NOW, by=STAFF)

    assert read(made).starts_at == hours_later(2)


def test_one_booking_of_a_series_changes_alone(cut, color):
    made, other = book(cut), book(cut, hours_later(24))

    change(made, service_ids=(cut, color))

    assert (len(list_lines(made)), len(list_lines(other))) == (2, 1)


def test_event_says_what_it_was_and_is(cut, color):
    made = book(cut)

    change(made, service_ids=(color,))

    said = Event.objects.get(kind="booking.changed").payload
    assert (said["before"]["services"], said["after"]["services"]) == ([["Corte"]], [["Color"]])
    assert (said["before"]["price_minor"], said["after"]["price_minor"], said["by"]) == (1000, 700, "staff")
    assert get_booking(booking_id=made.booking_id).service_name == "Color"


def test_of_two_at_once_one_wins_and_the_other_is_told(scratch_tenant):
    with tenant_scope(scratch_tenant):
        place = make_place()
        eva = make_resource(place, "Eva")
        cut, color, wash = (make_service((eva,), price_minor=each) for each in (100, 20, 3))
        made = book(cut)
        seen = mark_visit(read(made))
    barrier = Barrier(2)

    def work(service_id: int) -> str:
        with tenant_scope(scratch_tenant):
            connection.ensure_connection()
            barrier.wait(60)
            try:
                change(made, service_ids=(cut, service_id), seen=seen)
            except BookingChanged:
                outcome = "told"
            else:
                outcome = "won"
        connection.close()
        return outcome

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(work, (color, wash)))

    assert outcomes == ["told", "won"]
    with tenant_scope(scratch_tenant):
        assert (len(list_lines(made)), read(made).sequence) == (2, 1)
        assert read(made).price_minor == sum(line[2] for line in list_lines(made))


def test_person_who_is_asked_for_and_cannot_do_it_is_refused(cut, eva, leo):
    wash = make_service((leo,), name="Lavado")
    made = book(cut)

    with pytest.raises(ResourceNotFound):
        change(made, service_ids=(wash,), resource_ids=(eva,))

    assert list_lines(made) == [("Corte", 60, 1000, [])]
