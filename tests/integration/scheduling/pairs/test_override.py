"""What staff forces, with what else a booking can be."""

from __future__ import annotations

from scheduling.engine import Strategy
from scheduling.models import Booking
from scheduling.selectors.bookings.history import list_history
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.types import OverrideReason
from tests.factories.feature_pairs import (
    check_offer,
    limit,
    list_taken,
    make_add_on,
    move,
    open_only,
    override,
    read_ledger,
)
from tests.factories.scheduling import (
    CUSTOMER,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_shop,
)

ALL, REST = list(range(9, 17)), list(range(10, 17))


def test_override_with_rule(tenant):
    service_id, _ = make_shop(2)
    limit(service_id, 1)
    made = book(service_id)

    forced = override(service_id, hours_later(2))
    assert check_offer(service_id) == []
    cancel_booking(token=made.manage_token, now=NOW, by=CUSTOMER)

    # What staff forced still counts: one of one.
    assert check_offer(service_id) == []
    cancel_booking(booking_id=forced.booking_id, reason="Ya no", now=NOW, by=STAFF)
    assert check_offer(service_id) == ALL


def test_override_with_add_ons(tenant):
    service_id, _ = make_shop()
    extra = make_add_on(service_id, minutes=60)
    book(service_id)

    override(service_id, add_on_ids=(extra,))

    assert check_offer(service_id) == list(range(11, 17))


def test_override_with_several_services(tenant):
    place = make_place()
    one, two = make_resource(place, "Eva"), make_resource(place, "Leo")
    first, second = make_service((one,)), make_service((two,))
    book(second, hours_later(1))

    made = override((first, second))

    assert list_taken(made.booking_id) == [(one, 9, 10), (two, 10, 11)]
    assert check_offer(second) == [9, *range(11, 17)]


def test_override_with_party(tenant):
    service_id = make_service((make_resource(make_place(), capacity=2),), max_party_size=2)

    override(service_id, party_size=5)

    assert check_offer(service_id) == REST


def test_override_with_choice(tenant):
    service_id, (_, two) = make_shop(2)
    book(service_id, resource_ids=(two,))

    made = override(service_id, resource_ids=(two,))

    assert list_taken(made.booking_id) == [(two, 9, 10)]
    assert check_offer(service_id) == ALL


def test_override_with_reschedule(tenant):
    service_id, _ = make_shop()
    book(service_id)
    forced = override(service_id)

    move(forced, hours_later(3), by=STAFF)

    seen = Booking.objects.get(pk=forced.booking_id)
    assert list(seen.allocations.filter(is_active=True).values_list("is_override")) == [(False,)]
    # The new place is regular: the reason was one for the old place, where history has it.
    assert (seen.override_reason, seen.overridden_by_id) == ("", None)
    assert [step.reason for step in list_history(booking_id=seen.pk)] == ["Urgencia", ""]
    assert check_offer(service_id) == [10, 11, 13, 14, 15, 16]


def test_override_with_reschedule_when_staff_forces_the_new_time_too(tenant):
    service_id, _ = make_shop()
    for hour in range(2):
        book(service_id, hours_later(hour))
    forced = override(service_id)

    move(forced, hours_later(1), by=STAFF, override=OverrideReason(reason="Se alargó", user_id=8))

    seen = Booking.objects.get(pk=forced.booking_id)
    assert (seen.override_reason, seen.overridden_by_id) == ("Se alargó", 8)
    assert list(seen.allocations.filter(is_active=True).values_list("is_override")) == [(True,)]
    assert check_offer(service_id) == list(range(11, 17))


def test_override_with_buffers(tenant):
    service_id, _ = make_shop(buffer_after_minutes=30)
    book(service_id)

    made = override(service_id, hours_later(1))

    assert [(row[1], row[2]) for row in list_taken(made.booking_id)] == [(10, 11.5)]
    assert check_offer(service_id) == list(range(12, 17))


def test_override_with_several_resources(tenant):
    place = make_place()
    person, bay = make_resource(place), make_resource(place, "Bahía")
    both, only_bay = make_service((person,), (bay,)), make_service((bay,))
    book(only_bay)

    made = override(both)

    assert list_taken(made.booking_id) == [(person, 9, 10), (bay, 9, 10)]
    assert check_offer(both) == REST


def test_override_with_closed_day(tenant):
    service_id = make_service((make_resource(make_place(), overrides=open_only(9, 12)),))

    override(service_id, hours_later(5))

    assert check_offer(service_id) == [9, 10, 11]


def test_override_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)

    for _ in range(2):
        override(service_id)

    assert read_ledger(service_id) == {one: 1, two: 1}
    assert check_offer(service_id) == REST
