"""Who begins a visit says how long it lasts and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.money import PriceKind
from scheduling.engine import BookablePeriod, Measure, RulePeriod
from scheduling.enums import RuleScope
from scheduling.errors import SlotTaken, SlotUnavailable
from scheduling.models import Allocation, Booking, BookingLine, RuleUsage, Service
from scheduling.selectors.availability.free_times import find_next_available, get_availability
from scheduling.selectors.catalog.offer import load_offer
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.types import (
    AvailabilityQuery,
    OverrideReason,
    RequirementSetup,
    ServiceResourceSetup,
    SlotRequest,
)
from tests.factories.feature_pairs import make_add_on
from tests.factories.scheduling import (
    DETAILS,
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
    """60 minutes and 1000; with Leo 90 and 700."""
    own = (ServiceResourceSetup(resource_id=leo, duration_minutes=90, price_minor=700),)
    return make_service((eva, leo), price_minor=1000, per_resource=own, strategy="fixed_order")


def read(made) -> tuple[int, int | None]:
    booking = Booking.objects.get(pk=made.booking_id)
    return (booking.ends_at - booking.starts_at) // timedelta(minutes=1), booking.price_minor


def list_slots(service_id, **values):
    query = AvailabilityQuery(make_wish(service_id, **values), from_on=MONDAY.date(), to_on=MONDAY.date())
    return get_availability(query=query, now=NOW).days[0].slots


def test_whoever_is_assigned_decides(cut, eva, leo):
    first, second = book(cut), book(cut)

    assert (read(first), read(second)) == ((60, 1000), (90, 700))
    assert list(BookingLine.objects.order_by("pk").values_list("duration_minutes", "price_minor")) == [
        (60, 1000),
        (90, 700),
    ]
    ends = dict(Allocation.objects.values_list("resource_id", "ends_at"))
    assert ends == {eva: hours_later(1), leo: hours_later(1.5)}


def test_the_hold_names_the_price_of_who_was_assigned(cut, leo):
    extra = make_add_on(cut, minutes=30, price_minor=50)

    held = hold_slot(
        request=SlotRequest(make_wish(cut, resource_ids=(leo,), add_on_ids=(extra,)), MONDAY), now=NOW, source="page"
    )

    assert (held.price_minor, held.price.kind, held.ends_at) == (750, PriceKind.FIXED, hours_later(2))


def test_customers_read_the_lowest_price(cut, eva, leo):
    fixed = make_service((eva, leo), price_minor=500)
    both = (RequirementSetup(resource_ids=(eva, leo), quantity=2),)
    own = (ServiceResourceSetup(resource_id=leo, price_minor=700),)
    pair = make_service(requirements=both, price_minor=500, per_resource=own)
    request = make_service((eva, leo))
    prices = {each.id: each.price for each in load_offer().services}

    assert [(prices[each].amount_minor, prices[each].kind) for each in (cut, fixed, pair, request)] == [
        (700, PriceKind.FROM),
        (500, PriceKind.FIXED),
        (700, PriceKind.FIXED),
        (None, PriceKind.ON_REQUEST),
    ]
    assert read(book(pair)) == (60, 700)


def test_slots_say_how_long_they_last_at_most(cut, eva):
    import_booking(service_id=cut, starts_at=MONDAY, resource_ids=(eva,), now=NOW)

    slots = {slot.starts_at: slot.ends_at for slot in list_slots(cut)}

    assert slots[MONDAY] == hours_later(1.5)
    assert slots[hours_later(7)] == hours_later(8)
    assert hours_later(7) not in {
        slot.starts_at for slot in list_slots(cut, resource_ids=(Allocation.objects.get().resource_id + 1,))
    }
    query = AvailabilityQuery(make_wish(cut), from_on=MONDAY.date(), to_on=MONDAY.date())
    assert find_next_available(query=query, now=NOW).ends_at == hours_later(1.5)


def test_imported_booking_lasts_as_its_people_need(cut, leo):
    own = import_booking(service_id=cut, starts_at=MONDAY, resource_ids=(leo,), now=NOW)
    agreed = import_booking(
        service_id=cut, starts_at=hours_later(3), ends_at=hours_later(5), resource_ids=(leo,), now=NOW
    )

    ends = dict(Booking.objects.values_list("pk", "ends_at"))
    assert ends == {own: hours_later(1.5), agreed: hours_later(5)}


def test_minutes_of_a_rule_are_what_is_taken(cut, leo):
    make_rule(RuleScope.TENANT, RulePeriod.DAY, 200, Measure.MINUTES)

    book(cut, resource_ids=(leo,))
    import_booking(service_id=cut, starts_at=hours_later(3), ends_at=hours_later(4.5), resource_ids=(leo,), now=NOW)

    assert RuleUsage.objects.get().used == 180
    with pytest.raises(SlotTaken):
        book(cut, hours_later(6))


def test_what_is_agreed_is_kept_when_the_service_changes_and_when_it_moves(cut, leo):
    made = book(cut, resource_ids=(leo,))
    Service.objects.filter(pk=cut).update(price_minor=9999)

    move_booking(booking_id=made.booking_id, starts_at=hours_later(4), now=NOW, by=STAFF)

    assert read(made) == (90, 700)
    assert list(Allocation.objects.filter(is_active=True).values_list("resource_id", "ends_at")) == [
        (leo, hours_later(5.5))
    ]


def test_late_confirmation_with_somebody_else_lasts_as_they_need(cut, eva, leo):
    held = hold_slot(request=SlotRequest(make_wish(cut), MONDAY), now=NOW, source="page", hold_minutes=1)
    later = NOW + timedelta(minutes=5)
    book(cut, now=later, resource_ids=(eva,))

    made = submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=later)

    assert read(made) == (90, 1000)


def test_forced_booking_has_the_length_of_whom_it_takes(cut, leo):
    book(cut, resource_ids=(leo,))

    made = book_slot(
        request=SlotRequest(make_wish(cut, resource_ids=(leo,)), MONDAY), details=DETAILS, now=NOW, source="workspace",
        by=STAFF, override=OverrideReason(reason="Urgente"),
    )  # fmt: skip

    assert read(made) == (90, 700)


def test_bookable_hours_and_latest_start_bind_customers_alone(eva):
    mornings = (BookablePeriod(0, 540, 660),)
    service_id = make_service((eva,), bookable_hours=mornings, latest_start_minute=600)

    assert [slot.starts_at for slot in list_slots(service_id)] == [MONDAY, hours_later(1)]
    for late, code in ((hours_later(3), {"not_bookable", "too_late"}), (hours_later(24), {"not_bookable"})):
        with pytest.raises(SlotUnavailable) as refusal:
            book(service_id, late)
        assert {reason.code for reason in refusal.value.reasons} == code
    request = SlotRequest(make_wish(service_id), hours_later(3))
    assert book_slot(request=request, details=DETAILS, now=NOW, source="workspace", by=STAFF).status == "confirmed"


@pytest.mark.parametrize("period", [RulePeriod.DAY, RulePeriod.MOMENT])
def test_what_a_general_rule_leaves_is_booked_with_whoever_is_quick_enough(cut, eva, leo, place, period):
    slow_first = make_service(
        (leo, eva), per_resource=(ServiceResourceSetup(resource_id=leo, duration_minutes=90),), strategy="fixed_order"
    )
    if period is RulePeriod.DAY:
        make_rule(RuleScope.TENANT, period, 80, Measure.MINUTES)
    else:
        make_rule(RuleScope.TENANT, period, 1)
        book(make_service((make_resource(place, "Mia"),)), hours_later(1))

    assert MONDAY in [slot.starts_at for slot in list_slots(slow_first)]
    made = book(slow_first)

    assert (read(made)[0], Allocation.objects.get(booking_id=made.booking_id).resource_id) == (60, eva)
    assert MONDAY not in [slot.starts_at for slot in list_slots(slow_first)]
