"""What a visit is made of (add-ons, services) and what counts it, two at a time."""

from __future__ import annotations

import pytest

from scheduling.engine import Measure, RulePeriod, Strategy
from scheduling.enums import RuleScope
from scheduling.errors import ResourceNotFound, SlotTaken
from scheduling.models import Booking
from scheduling.types import RequirementSetup
from tests.factories.feature_pairs import (
    check_offer,
    limit,
    list_offered,
    list_taken,
    make_add_on,
    move,
    open_only,
    read_ledger,
)
from tests.factories.scheduling import (
    MONDAY,
    book,
    hours_later,
    make_place,
    make_resource,
    make_rule,
    make_service,
    make_shop,
)

ALL, REST = list(range(9, 17)), list(range(10, 17))


def make_workshop():
    """A repair: a mechanic for the first hour, a bay for two; returns service, mechanic, bay."""
    place = make_place()
    person, bay = make_resource(place, "Eva"), make_resource(place, "Bahía")
    parts = (
        RequirementSetup(resource_ids=(person,), duration_minutes=60),
        RequirementSetup(resource_ids=(bay,)),
    )
    return make_service(duration_minutes=120, requirements=parts), person, bay


def make_pair(**values):
    """Two services of one person each: cut (one hour) and color (half an hour)."""
    place = make_place()
    one, two = make_resource(place, "Eva"), make_resource(place, "Leo")
    return make_service((one,), **values), make_service((two,), duration_minutes=30, **values), one, two


def test_rule_with_add_ons(tenant):
    service_id, _ = make_shop()
    extra = make_add_on(service_id, minutes=30)
    limit(service_id, 120, Measure.MINUTES)

    book(service_id, add_on_ids=(extra,))

    assert check_offer(service_id) == []
    assert list_offered(service_id, day=hours_later(24).date()) == ALL


def test_rule_with_several_services(tenant):
    one, two, *_ = make_pair()
    limit(two, 1)

    book((one, two))

    assert check_offer(two) == []
    assert check_offer(one) == REST
    assert check_offer((one, two)) == []


def test_rule_with_party(tenant):
    service_id = make_service((make_resource(make_place(), capacity=9),), max_party_size=9)
    limit(service_id, 5, Measure.SEATS)

    book(service_id, party_size=3)

    assert check_offer(service_id, party_size=2) == ALL
    assert check_offer(service_id, party_size=3) == []


def test_rule_with_choice(tenant):
    service_id, (one, two) = make_shop(2)
    make_rule(RuleScope.RESOURCE, RulePeriod.DAY, 1, resource_id=one)

    book(service_id, resource_ids=(one,))

    assert check_offer(service_id, resource_ids=(one,)) == []
    assert check_offer(service_id, resource_ids=(two,)) == ALL
    assert check_offer(service_id) == ALL


def test_rule_with_reschedule(tenant):
    service_id, _ = make_shop()
    limit(service_id, 1)
    made, other = book(service_id), book(service_id, hours_later(24))

    # Its own use does not count on its own day; on the other day there is no room.
    move(made, hours_later(2))
    with pytest.raises(SlotTaken):
        move(other, MONDAY)
    move(other, hours_later(48))

    assert check_offer(service_id) == []
    assert list_offered(service_id, day=hours_later(24).date()) == ALL


def test_rule_with_buffers(tenant):
    service_id, _ = make_shop(buffer_after_minutes=30)
    limit(service_id, 120, Measure.MINUTES)

    book(service_id)

    # Minutes are those of visits: two of them are 120, with buffers or without.
    assert check_offer(service_id) == list(range(11, 17))
    book(service_id, hours_later(2))
    assert check_offer(service_id) == []


def test_rule_with_several_resources(tenant):
    service_id, _, bay = make_workshop()
    make_rule(RuleScope.RESOURCE, RulePeriod.DAY, 1, resource_id=bay)

    book(service_id)

    assert check_offer(service_id) == []


def test_rule_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)
    make_rule(RuleScope.RESOURCE, RulePeriod.DAY, 1, resource_id=one)

    taken = [list_taken(book(service_id, hours_later(hour)).booking_id)[0][0] for hour in range(3)]

    assert taken == [one, two, two]
    assert read_ledger(service_id) == {one: 1, two: 2}


def test_rule_with_closed_day(tenant):
    service_id = make_service((make_resource(make_place(), overrides=open_only(9, 12)),))
    make_rule(RuleScope.SERVICE, RulePeriod.HOUR, 0, service_id=service_id)
    assert check_offer(service_id) == []


def test_add_ons_with_several_services(tenant):
    one, two, eva, leo = make_pair(price_minor=1000)
    first, second = make_add_on(one, minutes=30, price_minor=1), make_add_on(two, minutes=15, price_minor=2)

    made = book((one, two), add_on_ids=(first, second))

    assert list_taken(made.booking_id) == [(eva, 9, 10.5), (leo, 10.5, 11.25)]
    assert Booking.objects.get(pk=made.booking_id).price_minor == 2003


def test_add_ons_with_party(tenant):
    service_id = make_service((make_resource(make_place(), capacity=2),), max_party_size=2)
    extra = make_add_on(service_id, minutes=30)

    book(service_id, add_on_ids=(extra,))

    assert check_offer(service_id, party_size=2) == list(range(11, 17))
    assert check_offer(service_id, party_size=1) == ALL


def test_add_ons_with_choice(tenant):
    service_id, (one, two) = make_shop(2)
    extra = make_add_on(service_id, minutes=60)
    book(service_id, hours_later(1), resource_ids=(one,))

    assert check_offer(service_id, resource_ids=(one,), add_on_ids=(extra,)) == [11, 12, 13, 14, 15]
    assert check_offer(service_id, resource_ids=(two,), add_on_ids=(extra,)) == list(range(9, 16))


def test_add_ons_with_reschedule(tenant):
    service_id, _ = make_shop()
    extra = make_add_on(service_id, minutes=30)
    made = book(service_id, add_on_ids=(extra,))
    book(service_id, hours_later(4))

    with pytest.raises(SlotTaken):
        move(made, hours_later(3))
    move(made, hours_later(2))

    assert [(row[1], row[2]) for row in list_taken(made.booking_id)] == [(11, 12.5)]


def test_add_ons_with_buffers(tenant):
    service_id, _ = make_shop(buffer_after_minutes=30)
    extra = make_add_on(service_id, minutes=30)

    book(service_id, add_on_ids=(extra,))

    # 9:00 to 10:30, and half an hour to clean up.
    assert check_offer(service_id) == list(range(11, 17))


def test_add_ons_with_several_resources(tenant):
    service_id, person, bay = make_workshop()
    extra = make_add_on(service_id, minutes=30)

    made = book(service_id, add_on_ids=(extra,))

    # Only the part that lasts to the end grows.
    assert list_taken(made.booking_id) == [(person, 9, 10), (bay, 9, 11.5)]


def test_add_ons_with_closed_day(tenant):
    service_id = make_service((make_resource(make_place(), overrides=open_only(9, 12)),))
    extra = make_add_on(service_id, minutes=30)

    assert check_offer(service_id) == [9, 10, 11]
    assert check_offer(service_id, add_on_ids=(extra,)) == [9, 10]


def test_add_ons_with_round_robin(tenant):
    service_id, (one, two) = make_shop(2, strategy=Strategy.ROUND_ROBIN)
    extra = make_add_on(service_id, minutes=60)
    book(service_id, add_on_ids=(extra,))

    # It is the second one's turn; at 10:00 the first is busy anyway.
    assert list_taken(book(service_id, hours_later(1)).booking_id) == [(two, 10, 11)]
    assert read_ledger(service_id) == {one: 1, two: 1}


def test_several_services_with_party(tenant):
    place = make_place()
    one, two = make_resource(place, "Sala", capacity=4), make_resource(place, "Sauna", capacity=2)
    first, second = make_service((one,), max_party_size=4), make_service((two,), max_party_size=4)

    assert check_offer((first, second), party_size=3) == []
    assert check_offer((first, second), party_size=2) == list(range(9, 16))


def test_several_services_with_choice(tenant):
    place = make_place()
    eva, leo, ana = (make_resource(place, name) for name in ("Eva", "Leo", "Ana"))
    first, second = make_service((eva, leo)), make_service((leo, eva))

    made = book((first, second), resource_ids=(leo,))

    # One person stays for both where one is chosen.
    assert list_taken(made.booking_id) == [(leo, 9, 10), (leo, 10, 11)]
    with pytest.raises(ResourceNotFound):
        book((first, second), resource_ids=(ana,))


def test_several_services_with_reschedule(tenant):
    one, two, eva, leo = make_pair()
    made = book((one, two))
    book(two, hours_later(4))

    with pytest.raises(SlotTaken):
        move(made, hours_later(3))
    move(made, hours_later(1))

    assert list_taken(made.booking_id) == [(eva, 10, 11), (leo, 11, 11.5)]
    assert check_offer((one, two)) == [9, 11, 13, 14, 15]


def test_several_services_with_buffers(tenant):
    one, two, eva, leo = make_pair(buffer_before_minutes=15, buffer_after_minutes=15)

    made = book((one, two), hours_later(1))

    # The buffers stand around the visit, not between its services.
    assert list_taken(made.booking_id) == [(eva, 9.75, 11), (leo, 11, 11.75)]


def test_several_services_with_several_resources(tenant):
    place = make_place()
    eva, leo, bay = (make_resource(place, name) for name in ("Eva", "Leo", "Bahía"))
    repair, wash = make_service((eva, leo), (bay,)), make_service((bay,), (leo, eva))

    made = book((repair, wash))

    assert list_taken(made.booking_id) == [(eva, 9, 10), (bay, 9, 10), (leo, 10, 11), (bay, 10, 11)]
    assert check_offer(repair) == list(range(11, 17))


def test_several_services_with_closed_day(tenant):
    place = make_place()
    one = make_resource(place, "Eva", overrides=open_only(9, 12))
    two = make_resource(place, "Leo", overrides=open_only(11, 17))
    first, second = make_service((one,)), make_service((two,))

    assert check_offer((first, second)) == [10, 11]


def test_several_services_with_round_robin(tenant):
    place = make_place()
    eva, leo = make_resource(place, "Eva"), make_resource(place, "Leo")
    first = make_service((eva, leo), strategy=Strategy.ROUND_ROBIN)
    second = make_service((eva, leo), strategy=Strategy.ROUND_ROBIN)

    book((first, second))

    assert sum(read_ledger(first).values()) in {1, 2}
    assert check_offer(first) == ALL
