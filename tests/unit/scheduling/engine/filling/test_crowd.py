"""Whether people can take all places: against trying everything, and for as many as a large shop has."""

from collections import Counter
from random import Random

import pytest

from scheduling.engine import Requirement, choose_resources, find_starts, visit_of
from scheduling.engine.filling.crowd import Places, _Crowd, can_take_all
from tests.unit.scheduling.engine.builders import at, person, service, snapshot_of


def can_by_force(places, wanted):
    """Fill one place after the other with everybody who could."""
    each_place = [index for index, kind in enumerate(places) for _ in range(kind.number)]

    def fill(taken):
        if len(taken) == len(each_place):
            return set(wanted) <= {who for _, who in taken}
        index = each_place[len(taken)]
        busy = {who for other, who in taken if other in places[index].rivals}
        return any(fill([*taken, (index, who)]) for who in sorted(set(places[index].people) - busy))

    return fill([])


def make_places(random):
    count = random.randint(1, 4)
    people = range(random.randint(1, 5))
    pairs = {(one, other) for one in range(count) for other in range(one) if random.random() < 0.5}
    return [
        Places(
            random.randint(1, 2),
            frozenset(random.sample(people, random.randint(0, len(people)))),
            [other for other in range(count) if other == one or (one, other) in pairs or (other, one) in pairs],
        )
        for one in range(count)
    ], random.sample(people, random.randint(0, min(3, len(people))))


@pytest.mark.parametrize("seed", range(300))
def test_answer_is_that_of_trying_everything(seed):
    places, wanted = make_places(Random(seed))

    assert can_take_all(places, wanted) == can_by_force(places, wanted)


def test_nothing_to_take_is_taken_unless_somebody_wants_a_place():
    assert can_take_all([], [])
    assert not can_take_all([], [1])


@pytest.fixture
def steps(monkeypatch):
    """Count how often somebody is tried."""
    counted = Counter()
    search = _Crowd._search

    def count(self, position, needs):
        counted["steps"] += 1
        return search(self, position, needs)

    monkeypatch.setattr(_Crowd, "_search", count)
    return counted


def everybody(people):
    return snapshot_of(*(person(each) for each in range(1, people + 1)))


def parts_of(people, quantities):
    """Return parts of 20 minutes that begin 15 minutes apart: neighbors are rivals, others are not."""
    pool = tuple(range(1, people + 1))
    return [Requirement(pool, quantity, index * 15, 20) for index, quantity in enumerate(quantities)]


@pytest.mark.parametrize("people", [6, 14, 30])
def test_one_too_few_is_refused_by_counting(steps, people):
    visit = visit_of(service(*parts_of(people, (people // 2, people // 2 + 1, people // 2)), duration_minutes=120))

    assert find_starts(everybody(people), visit, at(0), at(24)) == []
    assert steps == Counter()


def test_thirty_people_in_eight_parts_are_placed(steps):
    visit = visit_of(service(*parts_of(30, (15,) * 8), duration_minutes=125))

    assert at(10) in find_starts(everybody(30), visit, at(0), at(24))
    assert steps == Counter()


def test_many_who_were_chosen_are_placed_or_refused(steps):
    spec = service(*parts_of(30, (3,) * 8), duration_minutes=125)

    all_served = choose_resources(visit_of(spec), list(range(1, 25)))
    too_many = choose_resources(visit_of(spec), list(range(1, 26)))

    assert at(10) in find_starts(everybody(30), all_served, at(0), at(24))
    assert find_starts(everybody(30), too_many, at(0), at(24)) == []
    assert steps["steps"] < 1000


@pytest.mark.parametrize("seed", range(30))
def test_who_can_do_what_by_chance_costs_little(steps, seed):
    random = Random(seed)
    places = [
        Places(
            random.randint(2, 6),
            frozenset(random.sample(range(30), random.randint(10, 30))),
            [other for other in range(8) if abs(other - one) <= 1],
        )
        for one in range(8)
    ]

    can_take_all(places, random.sample(range(30), 4))

    assert steps["steps"] < 1000
