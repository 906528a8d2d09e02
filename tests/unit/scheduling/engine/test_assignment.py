from itertools import islice
from typing import Any

import pytest

from scheduling.engine import (
    Assignment,
    Candidate,
    LedgerEntry,
    Requirement,
    Session,
    Strategy,
    VisitLine,
    assign,
    compose_visit,
    fill_blindly,
    fill_in_order,
    list_candidates,
    visit_of,
)
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.ranking import make_weight
from tests.unit.scheduling.engine.builders import at, every_day, person, service, snapshot_of

THREE = Requirement((3, 1, 2))


def people(*resource_ids: int, **fields: Any):
    return [person(resource_id, **fields) for resource_id in resource_ids]


def names(candidate):
    return [item.resource_id for item in candidate.assignments] if candidate else None


def order(snapshot, visit, **fields: Any):
    return [names(candidate) for candidate in list_candidates(snapshot, visit, at(10), **fields)]


def test_assignment_has_the_period_with_buffers_and_the_units():
    visit = visit_of(service(buffer_before_minutes=5, buffer_after_minutes=10))

    found = assign(snapshot_of(person(1, capacity=4)), visit, at(10), 2)

    assert found == Candidate((Assignment(1, 0, at(9, 55), at(11, 10), 2, is_whole=False),))


def test_fixed_order_is_the_order_of_the_pool():
    assert order(snapshot_of(*people(1, 2, 3)), visit_of(service(THREE))) == [[3], [1], [2]]


def test_least_busy_looks_at_the_share_of_that_day():
    snapshot = snapshot_of(
        person(1), person(2, capacity=2), person(3),
        rows=[(1, at(12), at(13), 1), (2, at(12), at(13), 1), (3, at(12), at(12, 45), 1), (2, at(36), at(40), 2)],
    )  # fmt: skip

    assert order(snapshot, visit_of(service(THREE)), strategy=Strategy.LEAST_BUSY) == [[2], [3], [1]]


def test_round_robin_follows_weights_over_many_turns():
    snapshot = snapshot_of(*people(1, 2, 3))
    visit = visit_of(service(THREE))
    ledger = {1: LedgerEntry(weight=2), 2: LedgerEntry(weight=1), 3: LedgerEntry(weight=0)}
    given = []
    for _ in range(6):
        chosen = names(assign(snapshot, visit, at(10), strategy=Strategy.ROUND_ROBIN, ledger=ledger))[0]
        given.append(chosen)
        ledger[chosen] = LedgerEntry(ledger[chosen].weight, ledger[chosen].turns + 1)

    assert given == [1, 1, 2, 1, 1, 2]
    assert order(snapshot, visit, strategy=Strategy.ROUND_ROBIN, ledger=ledger)[-1] == [3]


def test_pack_tightly_leaves_usable_gaps_and_fills_the_smallest():
    """The second would be left with half an hour, in which nobody can be served."""
    snapshot = snapshot_of(*people(1, 2, 3), rows=[(1, at(11), at(12), 1), (2, at(11, 30), at(12), 1)])

    assert order(snapshot, visit_of(service(THREE)), strategy=Strategy.PACK_TIGHTLY) == [[1], [3], [2]]


def test_pack_tightly_measures_no_gap_where_a_resource_is_closed():
    snapshot = snapshot_of(*people(1, 2), person(3, 15, 17))
    visit = visit_of(service(THREE))
    inquiry = Inquiry(snapshot, visit, (at(10), at(10) + 1), 1)

    ranked = sorted([1, 2, 3], key=make_weight(inquiry, visit.parts[0], Strategy.PACK_TIGHTLY, {}))

    assert ranked == [3, 1, 2]


def test_overlapping_pools_are_matched_not_taken_greedily():
    visit = visit_of(service(Requirement((1, 2)), Requirement((1,))))

    assert order(snapshot_of(*people(1, 2)), visit) == [[2, 1]]


def test_several_of_one_pool_are_listed_once_for_each_set():
    visit = visit_of(service(Requirement((3, 1, 2), quantity=2)))

    assert order(snapshot_of(*people(1, 2, 3)), visit) == [[3, 1], [3, 2], [1, 2]]


def test_excluded_resources_are_passed_over():
    visit = visit_of(service(THREE, Requirement((4, 5))))
    snapshot = snapshot_of(*people(1, 2, 3, 4, 5))

    assert names(assign(snapshot, visit, at(10), excluding={3, 4})) == [1, 5]
    assert assign(snapshot, visit, at(10), excluding={4, 5}) is None


def test_twenty_customers_find_twenty_mechanics():
    pool = tuple(range(1, 21))
    visit = visit_of(service(Requirement(pool), Requirement(tuple(range(101, 121)))))
    snapshot = snapshot_of(*people(*pool, *range(101, 121)))
    taken = set()
    for _ in range(20):
        taken |= set(names(assign(snapshot, visit, at(10), excluding=taken)))

    assert len(taken) == 40
    assert len(list(islice(list_candidates(snapshot, visit, at(10)), 50))) == 50


def test_an_open_session_is_joined_before_a_new_one_begins():
    spec = service(THREE, seats=4)
    sessions = (Session(1, at(10), 1, ((1, at(10), at(11)),)), Session(1, at(10), 2, ((2, at(10), at(11)),)))
    snapshot = snapshot_of(person(1, capacity=9), person(2), person(3, capacity=7), sessions=sessions)

    found = list(list_candidates(snapshot, visit_of(spec), at(10), 2))

    assert found == [
        Candidate((Assignment(2, 0, at(10), at(11), 1, is_whole=True),), joins_session=True),
        Candidate((Assignment(1, 0, at(10), at(11), 9, is_whole=True),), joins_session=True),
        Candidate((Assignment(3, 0, at(10), at(11), 7, is_whole=True),)),
    ]
    assert names(assign(snapshot, visit_of(spec), at(10), 2, excluding={2})) == [1]
    assert names(assign(snapshot, visit_of(spec), at(10), 4)) == [3]
    assert assign(snapshot, visit_of(spec), at(10), 5) is None


def test_two_lines_may_keep_the_same_person():
    visit = compose_visit([VisitLine(service(Requirement((1, 2)))), VisitLine(service(Requirement((1, 2)), id=2))])

    assert order(snapshot_of(*people(1, 2)), visit) == [[1, 1], [1, 2], [2, 1], [2, 2]]


@pytest.mark.parametrize("strategy", list(Strategy))
def test_nobody_free_is_none(strategy):
    snapshot = snapshot_of(person(1, breaks=every_day(10, 11)))

    assert assign(snapshot, visit_of(service()), at(10), strategy=strategy) is None


def test_places_are_filled_in_the_order_given_where_that_fits():
    visit = visit_of(service(Requirement((1, 2)), Requirement((2, 3))))

    assert fill_in_order(visit, (1, 2)) == [(0, 1), (1, 2)]
    assert fill_in_order(visit, (3, 2)) == [(0, 2), (1, 3)]
    assert fill_in_order(visit, (1,)) is None
    assert fill_in_order(visit, (1, 9)) is None
    assert fill_in_order(visit, (2, 2)) is None


def test_places_are_filled_by_fewer_where_one_can_do_several():
    parts = Requirement((1, 2), 1, 0, 20), Requirement((2, 1), 1, 40), Requirement((3,))
    visit = visit_of(service(*parts))

    assert fill_in_order(visit, (1, 3)) == [(0, 1), (1, 1), (2, 3)]
    assert fill_in_order(visit, (3, 1, 2)) == [(0, 1), (1, 2), (2, 3)]
    assert fill_in_order(visit, (1, 1, 3)) == [(0, 1), (1, 1), (2, 3)]
    assert fill_in_order(visit, (2, 1, 3)) == [(0, 2), (1, 1), (2, 3)]
    assert fill_in_order(visit, (1, 2)) is None


def test_places_are_filled_blindly_only_where_a_line_has_enough_resources():
    enough = visit_of(service(Requirement((1, 2)), Requirement((1,))))
    short = visit_of(service(Requirement((1,)), Requirement((1,))))

    assert fill_blindly(enough) == [(0, 2), (1, 1)]
    assert fill_blindly(short) is None
