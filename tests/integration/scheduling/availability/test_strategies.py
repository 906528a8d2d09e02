"""Who of those who are free gets a booking, as the service's strategy says; and the ledger that explains it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.engine import Strategy
from scheduling.errors import ServiceNotFound
from scheduling.models import RoundRobinLedger
from scheduling.selectors.availability.turns import list_turns
from tests.factories.feature_pairs import hold, list_taken, read_ledger, submit
from tests.factories.scheduling import NOW, book, hours_later, make_place, make_resource, make_service, make_shop

FIRST, IDLE, WAITING, SQUEEZED = range(4)


@pytest.mark.parametrize(
    ("strategy", "chosen"),
    [
        (Strategy.FIXED_ORDER, FIRST),
        (Strategy.LEAST_BUSY, IDLE),
        (Strategy.ROUND_ROBIN, WAITING),
        (Strategy.PACK_TIGHTLY, SQUEEZED),
    ],
)
def test_each_strategy_picks_somebody_else(tenant, strategy, chosen):
    """At 11:00 all four are free, and each strategy has its own favorite."""
    service_id, people = make_shop(4, strategy=strategy)
    other = make_service(tuple(people))
    busy = {FIRST: (5, 6), IDLE: (), WAITING: (4, 5), SQUEEZED: (0, 1, 3)}
    for person, hours in busy.items():
        for hour in hours:
            book(other, hours_later(hour), resource_ids=(people[person],))
    for person in (FIRST, IDLE, SQUEEZED):
        RoundRobinLedger.objects.create(service_id=service_id, resource_id=people[person], turns=3)

    made = book(service_id, hours_later(2))

    assert list_taken(made.booking_id) == [(people[chosen], 11, 12)]


def test_ledger_lists_who_is_next_and_why(tenant, django_assert_num_queries):
    place = make_place()
    people = [
        make_resource(place, name, weight=weight) for name, weight in (("Eva", 1), ("Leo", 2), ("Ana", 0), ("Sol", 1))
    ]
    service_id = make_service(tuple(people), strategy=Strategy.ROUND_ROBIN)
    other = make_service(tuple(people), strategy=Strategy.ROUND_ROBIN)
    book(other)
    given = [list_taken(book(service_id, hours_later(1 + hour)).booking_id)[0][0] for hour in range(5)]
    eva, leo, ana, sol = people
    assert given == [leo, eva, leo, sol, leo]

    with django_assert_num_queries(5):
        turns = list_turns(service_id=service_id)

    assert [(each.resource_id, each.resource_name, each.weight, each.turns) for each in turns] == [
        (eva, "Eva", 1, 1),
        (leo, "Leo", 2, 3),
        (sol, "Sol", 1, 1),
        (ana, "Ana", 0, 0),
    ]
    assert [each.last_turn_at for each in turns] == [NOW, NOW, NOW, None]
    assert list_taken(book(service_id, hours_later(6)).booking_id)[0][0] == turns[0].resource_id


def test_ledger_of_a_service_that_nobody_knows(tenant):
    with pytest.raises(ServiceNotFound):
        list_turns(service_id=999_999)


def test_tight_packing_leaves_no_gap_that_nobody_can_use(tenant):
    service_id, (short_gap, long_gap) = make_shop(2, strategy=Strategy.PACK_TIGHTLY)
    half = make_service((short_gap, long_gap), duration_minutes=30, step_minutes=30)
    book(half, hours_later(1.5), resource_ids=(short_gap,))
    book(half, hours_later(2), resource_ids=(long_gap,))

    made = book(service_id)

    assert list_taken(made.booking_id) == [(long_gap, 9, 10)]


def test_a_late_confirmation_keeps_its_person_and_turn(tenant):
    service_id, people = make_shop(2, strategy=Strategy.ROUND_ROBIN)
    held = hold(service_id)

    made = submit(held, now=NOW + timedelta(hours=2))

    assert list_taken(made.booking_id) == [(people[0], 9, 10)]
    assert read_ledger(service_id) == {people[0]: 1}
