"""The same service twice in one visit."""

from __future__ import annotations

import pytest

from scheduling.engine import WeeklyPeriod
from scheduling.models import Booking, BookingLine
from tests.factories.feature_pairs import list_offered, make_add_on, move
from tests.factories.scheduling import book, hours_later, make_place, make_resource, make_service, make_shop


def test_service_twice_with_add_ons_is_priced_as_its_lines(tenant):
    service_id, _ = make_shop(price_minor=1000)
    extra = make_add_on(service_id, minutes=30, price_minor=500)

    booking = Booking.objects.get(pk=book((service_id, service_id), add_on_ids=(extra,)).booking_id)

    assert booking.price_minor == 3000
    assert booking.ends_at == hours_later(3)
    assert list(BookingLine.objects.values_list("duration_minutes", flat=True)) == [90, 90]


def test_service_twice_with_add_ons_moves_as_it_is(tenant):
    service_id, _ = make_shop()
    extra = make_add_on(service_id, minutes=30)
    made = book((service_id, service_id), add_on_ids=(extra,))

    move(made, hours_later(5))

    booking = Booking.objects.get()
    assert (booking.starts_at, booking.ends_at) == (hours_later(5), hours_later(8))


@pytest.mark.parametrize(("minutes", "extra_minutes"), [(960, 0), (60, 900)])
def test_service_twice_sees_what_is_taken_until_its_end(tenant, minutes, extra_minutes):
    always = tuple(WeeklyPeriod(weekday, 0, 1440) for weekday in range(7))
    person = make_resource(make_place(), hours=always)
    service_id = make_service((person,), duration_minutes=minutes)
    extras = (make_add_on(service_id, minutes=extra_minutes),) if extra_minutes else ()
    book(make_service((person,)), hours_later(45))

    offered = list_offered((service_id, service_id), add_on_ids=extras)

    assert offered == list(range(23))
