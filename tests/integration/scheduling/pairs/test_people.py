"""Who serves whom (party, choice, moves, buffers, hours), two at a time."""

from __future__ import annotations

import pytest

from scheduling.engine import Strategy, WeeklyPeriod
from scheduling.errors import RequestInvalid, SlotTaken, SlotUnavailable
from scheduling.models import Booking
from scheduling.types import RequirementSetup
from tests.factories.feature_pairs import (
    check_offer,
    list_groups,
    list_offered,
    list_taken,
    move,
    open_only,
    read_ledger,
)
from tests.factories.scheduling import (
    MONDAY,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_service,
    make_shop,
)

ALL, REST = list(range(9, 17)), list(range(10, 17))


def test_party_with_choice(tenant):
    place = make_place()
    small, large = make_resource(place, "Mesa", capacity=2), make_resource(place, "Salón", capacity=6)
    service_id = make_service((small, large), max_party_size=6)

    assert check_offer(service_id, party_size=4, resource_ids=(small,)) == []
    assert check_offer(service_id, party_size=4, resource_ids=(large,)) == ALL
    assert list_taken(book(service_id, party_size=4).booking_id) == [(large, 9, 10)] * 4


def test_party_with_reschedule(tenant):
    service_id = make_service((make_resource(make_place(), capacity=3),), max_party_size=3, step_minutes=30)
    made = book(service_id, party_size=2)
    book(service_id, hours_later(2), party_size=2)

    # Half an hour later it overlaps itself alone.
    move(made, hours_later(0.5))
    with pytest.raises(SlotTaken):
        move(made, hours_later(1.5))

    assert list_taken(made.booking_id)[0][1:] == (9.5, 10.5)


def test_party_with_buffers(tenant):
    service_id = make_service((make_resource(make_place(), capacity=2),), max_party_size=2, buffer_after_minutes=30)

    book(service_id)

    assert check_offer(service_id, party_size=2) == list(range(11, 17))
    assert check_offer(service_id, party_size=1) == ALL


def test_party_with_several_resources(tenant):
    place = make_place()
    guide, boat = make_resource(place, "Guía", capacity=8), make_resource(place, "Bote", capacity=4)
    service_id = make_service((guide,), (boat,), max_party_size=8)

    book(service_id, party_size=3)

    assert check_offer(service_id, party_size=1) == ALL
    assert check_offer(service_id, party_size=2) == REST
    assert check_offer(service_id, party_size=5) == []


def test_party_with_closed_day(tenant):
    place = make_place()
    large = make_resource(place, "Salón", capacity=6, overrides=open_only(0, 0))
    small = make_resource(place, "Mesa", capacity=2)
    service_id = make_service((large, small), max_party_size=6)

    assert check_offer(service_id, party_size=2) == ALL
    assert check_offer(service_id, party_size=3) == []


def test_party_with_round_robin(tenant):
    place = make_place()
    small, large = make_resource(place, "Mesa", capacity=2), make_resource(place, "Salón", capacity=6)
    service_id = make_service((small, large), max_party_size=6, strategy=Strategy.ROUND_ROBIN)

    book(service_id, party_size=5)
    book(service_id, party_size=5, starts_at=hours_later(1))

    # A turn of the one that is too small cannot come.
    assert read_ledger(service_id) == {large: 2}


def test_choice_with_reschedule(tenant):
    service_id, (one, two) = make_shop(2)
    made = book(service_id, resource_ids=(two,))
    book(service_id, hours_later(1), resource_ids=(two,))

    # The customer's choice stays; staff may give it to somebody else.
    with pytest.raises(SlotTaken):
        move(made, hours_later(1))
    move(made, hours_later(1), by=STAFF, resource_ids=(one,))

    assert list_taken(made.booking_id) == [(one, 10, 11)]


def test_choice_with_buffers(tenant):
    service_id, (one, two) = make_shop(2, buffer_after_minutes=30)

    book(service_id, resource_ids=(one,))

    assert check_offer(service_id, resource_ids=(one,)) == list(range(11, 17))
    assert check_offer(service_id, resource_ids=(two,)) == ALL


def test_choice_with_several_resources(tenant):
    place = make_place()
    eva, leo = make_resource(place, "Eva"), make_resource(place, "Leo")
    bays = tuple(make_resource(place, f"Bahía {number}") for number in range(2))
    service_id = make_service((eva, leo), bays)
    book(service_id, resource_ids=(eva, bays[1]))

    assert check_offer(service_id, resource_ids=(eva,)) == REST
    assert check_offer(service_id, resource_ids=(leo, bays[1])) == REST
    assert check_offer(service_id, resource_ids=(leo, bays[0])) == ALL


def test_choice_with_closed_day(tenant):
    place = make_place()
    eva, leo = make_resource(place, "Eva", overrides=open_only(9, 11)), make_resource(place, "Leo")
    service_id = make_service((eva, leo))

    assert check_offer(service_id, resource_ids=(eva,)) == [9, 10]
    assert check_offer(service_id) == ALL


def test_choice_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)
    for hour in range(2):
        book(service_id, hours_later(hour), resource_ids=(two,))

    # Being chosen is a turn: the other one catches up.
    taken = [list_taken(book(service_id, hours_later(2 + hour)).booking_id)[0][0] for hour in range(3)]

    assert taken == [one, one, one]
    assert read_ledger(service_id) == {one: 3, two: 2}


def test_reschedule_with_buffers(tenant):
    service_id, _ = make_shop(buffer_after_minutes=30, step_minutes=30)
    made, _other = book(service_id), book(service_id, hours_later(3))

    # 11:00 would end inside the other's time; 10:30 leaves just its own buffer.
    with pytest.raises(SlotTaken):
        move(made, hours_later(2))
    move(made, hours_later(1.5))

    assert list_taken(made.booking_id)[0][1:] == (10.5, 12)


def test_reschedule_with_several_resources(tenant):
    place = make_place()
    people, bays = ([make_resource(place, f"{kind} {n}") for n in range(2)] for kind in "PB")
    service_id = make_service(tuple(people), tuple(bays))
    made = book(service_id)
    book(service_id, hours_later(1))

    move(made, hours_later(1))

    # The others are busy at ten: it keeps its own.
    assert list_taken(made.booking_id) == [(people[0], 10, 11), (bays[0], 10, 11)]
    assert check_offer(service_id) == [9, *range(11, 17)]


def test_reschedule_with_closed_day(tenant):
    tuesday = hours_later(24)
    service_id = make_service((make_resource(make_place(), overrides=open_only(9, 11, tuesday.date())),))
    made = book(service_id)

    with pytest.raises(SlotUnavailable):
        move(made, hours_later(26))
    move(made, hours_later(25))

    assert Booking.objects.get(pk=made.booking_id).starts_at == hours_later(25)


def test_reschedule_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)
    made = book(service_id)

    move(made, hours_later(1))

    assert list_taken(made.booking_id)[0][1:] == (10, 11)
    assert sum(read_ledger(service_id).values()) == 2
    assert set(read_ledger(service_id)) <= {one, two}


def test_buffers_with_several_resources(tenant):
    place = make_place()
    person, bay = make_resource(place, "Eva"), make_resource(place, "Bahía")
    parts = (
        RequirementSetup(resource_ids=(person,), duration_minutes=60),
        RequirementSetup(resource_ids=(bay,)),
    )
    service_id = make_service(duration_minutes=120, requirements=parts, buffer_after_minutes=30)

    made = book(service_id)

    # Each part has its buffer: also the mechanic, who leaves earlier.
    assert list_taken(made.booking_id) == [(person, 9, 10.5), (bay, 9, 11.5)]
    assert check_offer(service_id) == [12, 13, 14, 15]


@pytest.mark.parametrize(("inside", "offered"), [(False, [9, 10, 11]), (True, [9, 10])])
def test_buffers_with_closed_day(tenant, inside, offered):
    person = make_resource(make_place(), overrides=open_only(9, 12))
    service_id = make_service((person,), buffer_after_minutes=30, buffers_inside_hours=inside)

    assert check_offer(service_id) == offered


def test_buffers_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN, buffer_after_minutes=30)

    taken = [list_taken(book(service_id, hours_later(hour)).booking_id)[0][0] for hour in range(3)]

    # At 11:00 the first one's buffer is over, the second's not.
    assert taken == [one, two, one]


def test_several_resources_with_closed_day(tenant):
    place = make_place()
    person = make_resource(place, "Eva", overrides=open_only(9, 13))
    bay = make_resource(place, "Bahía", time_off=((hours_later(2), hours_later(3)),))
    service_id = make_service((person,), (bay,))

    assert check_offer(service_id) == [9, 10, 12]


def test_several_resources_with_round_robin(tenant):
    place = make_place()
    people, bays = ([make_resource(place, f"{kind} {n}") for n in range(2)] for kind in "PB")
    service_id = make_service(tuple(people), tuple(bays), strategy=Strategy.ROUND_ROBIN)

    taken = [[row[0] for row in list_taken(book(service_id, hours_later(n)).booking_id)] for n in range(2)]

    assert taken == [[people[0], bays[0]], [people[1], bays[1]]]
    assert read_ledger(service_id) == dict.fromkeys([*people, *bays], 1)


def test_closed_day_with_round_robin(tenant):
    place = make_place()
    eva, leo = make_resource(place, "Eva", overrides=open_only(0, 0)), make_resource(place, "Leo")
    service_id = make_service((eva, leo), strategy=Strategy.ROUND_ROBIN)

    taken = [list_taken(book(service_id, hours_later(n)).booking_id)[0][0] for n in (0, 1, 24, 25)]

    # Who was away on Monday catches up on Tuesday.
    assert taken == [leo, leo, eva, eva]


def test_closed_day_with_choice_when_it_is_a_holiday(tenant):
    place = make_place(closed_on=[MONDAY.date()])
    night = (WeeklyPeriod(6, 20 * 60, 11 * 60),)
    day_shift, night_shift = make_resource(place, "Eva"), make_resource(place, "Leo", hours=night)
    service_id = make_service((day_shift, night_shift))

    # Sunday's shift goes on into the holiday; Monday's own hours are closed.
    assert list_offered(service_id, resource_ids=(day_shift,)) == []
    assert list_offered(service_id, resource_ids=(night_shift,)) == list(range(11))


def test_in_a_group_of_one_place_each_nobody_books_for_two(tenant):
    service_id, _ = make_shop(seats=3, max_party_size=1)

    with pytest.raises(RequestInvalid) as refused:
        book(service_id, party_size=2)
    assert list(refused.value.errors) == ["party_size"]
    for _ in range(3):
        book(service_id)

    assert list_groups() == [(9, 3)]
    assert list_offered(service_id) == REST
