"""Teams of a visit: shared parts, the same people, and whom the customer chose."""

from itertools import combinations, product
from random import Random

import pytest

from scheduling.engine import (
    EngineInputError,
    Requirement,
    Resource,
    Session,
    WeeklyPeriod,
    assign,
    choose_resources,
    explain,
    find_starts,
    list_candidates,
    list_servers,
    visit_of,
)
from scheduling.engine.enums import ReasonCode
from scheduling.engine.filling.lineup import can_fill, line_up, list_fillings
from tests.unit.scheduling.engine.builders import MADRID, at, person, service, snapshot_of

BEGIN = Requirement((1, 2), 1, 0, 20)
END = Requirement((1, 2), 1, 40)
SAME_END = Requirement((2, 1, 3), 1, 40, None, 0)
CHAIR = Requirement((9,))


def everybody(*resource_ids):
    return snapshot_of(*(person(each) for each in resource_ids))


def served(snapshot, visit):
    return [[item.resource_id for item in each.assignments] for each in list_candidates(snapshot, visit, at(10))]


def test_one_person_may_do_two_parts_or_two_people_one_each():
    visit = visit_of(service(BEGIN, END, CHAIR))

    assert served(everybody(1, 2, 9), visit) == [[1, 1, 9], [1, 2, 9], [2, 1, 9], [2, 2, 9]]


def test_the_same_person_does_both_parts():
    visit = visit_of(service(BEGIN, SAME_END, CHAIR))

    assert served(everybody(1, 2, 3, 9), visit) == [[1, 1, 9], [2, 2, 9]]


def test_the_same_pair_does_both_parts():
    lift, lower = Requirement((1, 2, 3), 2, 0, 20), Requirement((3, 2, 1), 2, 40, None, 0)

    assert served(everybody(1, 2, 3), visit_of(service(lift, lower))) == [[1, 2, 1, 2], [1, 3, 1, 3], [2, 3, 2, 3]]


def test_the_same_over_three_parts_also_through_one_named_later():
    parts = Requirement((1, 2), 1, 0, 10, 2), Requirement((2, 3), 1, 20, 10, 0), Requirement((3, 2, 1), 1, 40)

    assert served(everybody(1, 2, 3), visit_of(service(*parts))) == [[2, 2, 2]]


def test_the_same_person_in_parts_that_overlap_is_impossible():
    visit = visit_of(service(Requirement((1,), 1, 0, 30), Requirement((1,), 1, 29, None, 0)))

    assert find_starts(everybody(1), visit, at(0), at(24)) == []
    assert assign(everybody(1), visit, at(10)) is None
    assert [each.code for each in explain(everybody(1), visit, at(10)).reasons] == [ReasonCode.NO_COMBINATION]


def test_nobody_lies_in_both_pools():
    visit = visit_of(service(Requirement((1,), 1, 0, 20), Requirement((2,), 1, 40, None, 0)))

    assert find_starts(everybody(1, 2), visit, at(0), at(24)) == []


@pytest.mark.parametrize(
    ("requirements", "code"),
    [
        ((BEGIN, Requirement((1,), 1, 40, None, 1)), "unknown"),
        ((BEGIN, Requirement((1,), 1, 40, None, 7)), "unknown"),
        ((BEGIN, Requirement((1, 2), 2, 40, None, 0)), "other_quantity"),
    ],
)
def test_what_cannot_be_the_same_is_refused(requirements, code):
    with pytest.raises(EngineInputError) as caught:
        service(*requirements)

    assert (caught.value.field, caught.value.code) == ("same_as", code)


def test_whoever_was_chosen_serves_and_the_rest_is_open():
    visit = choose_resources(visit_of(service(Requirement((1, 2)), Requirement((1, 3)))), [1])

    assert served(everybody(1, 2, 3), visit) == [[1, 3], [2, 1]]


def test_whoever_was_chosen_does_what_they_can():
    visit = choose_resources(visit_of(service(BEGIN, END)), [2])

    assert served(everybody(1, 2), visit) == [[2, 2], [2, 1], [1, 2]]


def test_several_who_were_chosen_serve_all():
    pools = Requirement((1, 2, 3), quantity=2), Requirement((2, 3, 4))
    visit = choose_resources(visit_of(service(*pools)), [2, 3])

    assert served(everybody(1, 2, 3, 4), visit) == [[2, 3, 4], [2, 1, 3], [3, 1, 2]]


def test_a_place_for_one_takes_it_from_another_who_was_chosen():
    visit = choose_resources(visit_of(service(Requirement((2, 3)), Requirement((1, 2)))), [2, 3])

    assert served(everybody(1, 2, 3), visit) == [[3, 2]]


@pytest.mark.parametrize("chosen", [(1, 2), (1, 2, 3)])
def test_more_chosen_than_places_is_never_offered(chosen):
    visit = choose_resources(visit_of(service(Requirement((1, 2, 3)))), chosen)

    assert find_starts(everybody(1, 2, 3), visit, at(0), at(24)) == []
    assert served(everybody(1, 2, 3), visit) == []


def test_more_chosen_than_several_teams_have_places_is_never_offered():
    pools = Requirement((1, 2, 3)), Requirement((1, 2, 3))
    visit = choose_resources(visit_of(service(*pools)), [1, 2, 3])

    assert find_starts(everybody(1, 2, 3), visit, at(0), at(24)) == []


def test_the_grid_is_that_of_the_whole_first_pool():
    visit = choose_resources(visit_of(service(Requirement((1, 2)), step_minutes=60)), [2])
    early = Resource(1, MADRID, tuple(WeeklyPeriod(weekday, 570, 1020) for weekday in range(7)))

    assert find_starts(snapshot_of(early, person(2)), visit, at(9), at(11)) == [at(9), at(9, 30), at(10), at(10, 30)]


def test_who_can_serve_beside_those_who_were_chosen():
    visit = visit_of(service(Requirement((1, 2)), Requirement((2, 3, 4), quantity=2)))

    assert list_servers(visit) == {1, 2, 3, 4}
    assert list_servers(choose_resources(visit, [1])) == {1, 2, 3, 4}
    assert list_servers(choose_resources(visit, [1, 3, 4])) == {1, 3, 4}


def test_what_keeps_the_chosen_is_said():
    visit = choose_resources(visit_of(service(Requirement((1, 2)), Requirement((1, 3)))), [1])
    snapshot = snapshot_of(person(1), person(2), person(3), rows=[(1, at(10), at(11), 1)])

    found = explain(snapshot, visit, at(10)).reasons

    assert {(each.code, each.resource_id) for each in found} == {(ReasonCode.BUSY, 1)}


def test_a_group_that_one_person_leads_from_beginning_to_end_is_joined():
    spec = service(BEGIN, END, CHAIR, seats=3)
    held = ((2, at(10), at(10, 20)), (2, at(10, 40), at(11)), (9, at(10), at(11)))
    snapshot = snapshot_of(person(1), person(2), person(9), sessions=(Session(1, at(10), 1, held),))

    found = assign(snapshot, visit_of(spec), at(10))

    assert found is not None
    assert found.joins_session
    assert [(each.part_index, each.resource_id) for each in found.assignments] == [(0, 2), (1, 2), (2, 9)]


def test_only_a_group_of_whoever_was_chosen_is_joined():
    visit = choose_resources(visit_of(service(Requirement((1, 2)), seats=3)), [2])
    sessions = (Session(1, at(10), 1, ((1, at(10), at(11)),)),)

    found = assign(snapshot_of(person(1), person(2), sessions=sessions), visit, at(10))
    taken = snapshot_of(person(1), person(2), rows=[(2, at(10), at(11), 1)], sessions=sessions)

    assert found is not None
    assert (found.joins_session, found.assignments[0].resource_id) == (False, 2)
    assert at(10) not in find_starts(taken, visit, at(0), at(24))


def test_who_joins_a_group_keeps_who_does_what():
    spec = service(Requirement((1, 2), 1, 0, 20), Requirement((1, 2)), seats=3)
    held = ((2, at(10), at(10, 20)), (1, at(10), at(11)))
    snapshot = snapshot_of(person(1), person(2), sessions=(Session(1, at(10), 1, held),))

    found = assign(snapshot, visit_of(spec), at(10))

    assert found is not None
    assert [(each.part_index, each.resource_id) for each in found.assignments] == [(0, 2), (1, 1)]


def list_by_force(visit):
    """All fillings, by trying every combination."""
    spans = [set(range(*part.occupied_at(0))) for part in visit.parts]
    found = set()
    for at_parts in product(*(combinations(sorted(part.pool), part.quantity) for part in visit.parts)):
        pairs = combinations(range(len(spans)), 2)
        apart = all(not (spans[p] & spans[q] and set(at_parts[p]) & set(at_parts[q])) for p, q in pairs)
        twins = all(
            part.same_as is None or set(at_parts[index]) == set(at_parts[part.same_as])
            for index, part in enumerate(visit.parts)
        )
        if apart and twins and visit.chosen <= {each for at_part in at_parts for each in at_part}:
            found.add(frozenset((index, each) for index, at_part in enumerate(at_parts) for each in at_part))
    return found


def make_visit(random):
    requirements = []
    for _ in range(random.randint(1, 4)):
        pool = random.sample(range(1, 6), random.randint(1, 5))
        quantity = random.randint(1, min(2, len(pool)))
        begins = random.choice((0, 0, 15, 30, 45))
        lasts = random.choice((None, 15, 15, 30))
        twins = [index for index, each in enumerate(requirements) if each.quantity == quantity]
        same_as = random.choice(twins) if twins and random.random() < 0.3 else None
        requirements.append(
            Requirement(tuple(pool), quantity, begins, lasts if begins + (lasts or 0) <= 60 else None, same_as)
        )
    visit = visit_of(service(*requirements, buffer_after_minutes=random.choice((0, 0, 5))))
    pool = sorted(visit.pool)
    return choose_resources(visit, random.sample(pool, min(random.choice((0, 0, 1, 2, 3)), len(pool))))


@pytest.mark.parametrize("seed", range(400))
def test_fillings_are_all_that_there_are(seed):
    visit = make_visit(Random(seed))
    lineup = line_up(visit)
    ranked = [team.pool for team in lineup.teams]

    found = [frozenset(filling) for filling in list_fillings(lineup, ranked)]

    assert len(found) == len(set(found))
    assert set(found) == list_by_force(visit)
    options = {index: [team.pool] * team.quantity for index, team in enumerate(lineup.teams)}
    whole = range(len(lineup.teams))
    is_possible = lineup.is_possible and can_fill(lineup, whole, options, wanted=lineup.wanted)
    by_groups = lineup.is_possible and all(
        can_fill(lineup, group, options, is_alone=is_alone, wanted=list_wanted(lineup, group))
        for group, is_alone in zip(lineup.groups, lineup.are_alone, strict=True)
    )
    assert is_possible == by_groups == bool(found)


def list_wanted(lineup, group):
    return [each for each in lineup.wanted if any(each in lineup.teams[team].pool for team in group)]
