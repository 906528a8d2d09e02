"""A visit lasts as long as whoever begins it needs."""

import pytest

from scheduling.engine import (
    Align,
    CapacityRule,
    EngineInputError,
    LedgerEntry,
    Measure,
    Offered,
    Reason,
    ReasonCode,
    Requirement,
    RulePeriod,
    Session,
    Strategy,
    VisitLine,
    bucket_key,
    choose_resources,
    compose_visit,
    explain,
    fill_in_order,
    find_next_free,
    find_offered,
    find_slots,
    keep_filling,
    keep_resources,
    list_candidates,
    list_lengths,
    needed_range,
    settle_length,
    unite_offered,
    visit_of,
)
from tests.unit.scheduling.engine.builders import MADRID, at, person, service, snapshot_of

ANA, BEN, CAT, CHAIR = 1, 2, 3, 9
PAIR = Requirement((ANA, BEN))
UNEVEN = service(PAIR, durations=((BEN, 30),))


def lengths(visit):
    return [(each.duration_minutes, [part.pool for part in each.parts]) for each in list_lengths(visit)]


def test_each_length_has_those_who_need_it():
    visit = visit_of(service(PAIR, Requirement((CHAIR,)), durations=((BEN, 30),)))

    assert lengths(visit) == [(30, [(BEN,), (CHAIR,)]), (60, [(ANA,), (CHAIR,)])]
    assert (visit.duration_minutes, visit.longest_minutes, visit.parts[0].pool) == (60, 60, (ANA, BEN))
    assert lengths(visit_of(service(PAIR))) == [(60, [(ANA, BEN)])]


def test_the_only_length_is_that_of_the_visit():
    visit = visit_of(service(PAIR, durations=((ANA, 45), (BEN, 45))))

    assert (visit.duration_minutes, visit.line_minutes, visit.lengths) == (45, (45,), ())


def test_of_several_the_slowest_counts():
    both = Requirement((ANA, BEN, CAT), quantity=2)
    visit = visit_of(service(both, durations=((BEN, 30), (CAT, 30))))

    assert lengths(visit) == [(30, [(BEN, CAT)]), (60, [(ANA, BEN, CAT)])]
    assert lengths(visit_of(service(both, durations=((BEN, 30),)))) == [(60, [(ANA, BEN, CAT)])]
    found = list(list_candidates(snapshot_of(person(ANA), person(BEN), person(CAT)), visit, at(10)))
    assert [([each.resource_id for each in one.assignments], one.visit.duration_minutes) for one in found] == [
        ([ANA, BEN], 60),
        ([ANA, CAT], 60),
        ([BEN, CAT], 30),
    ]


def test_parts_to_the_end_and_the_next_service_follow():
    first = service(
        PAIR, Requirement((CHAIR,), starts_after_minutes=20), Requirement((CHAIR,), 1, 0, 20), durations=((BEN, 80),)
    )
    visit = compose_visit([VisitLine(first, extra_minutes=5), VisitLine(service(Requirement((CAT,)), id=2))])

    slow = settle_length(visit, [(0, BEN)])
    assert (visit.first_parts, slow.line_minutes, slow.duration_minutes) == ((0, 3), (85, 60), 145)
    assert [(part.starts_after_minutes, part.duration_minutes) for part in slow.parts] == [
        (0, 85),
        (20, 65),
        (0, 20),
        (85, 60),
    ]


def test_own_length_holds_every_part():
    with pytest.raises(EngineInputError) as refusal:
        service(PAIR, Requirement((CHAIR,), starts_after_minutes=40), durations=((BEN, 40),))

    assert (refusal.value.field, refusal.value.code) == ("durations", "outside_visit")


def test_the_quick_one_is_offered_later_and_the_slot_says_how_long():
    snapshot = snapshot_of(person(ANA, 9, 11), person(BEN, 9, 11))
    visit = visit_of(service(PAIR, step_minutes=30, durations=((BEN, 30),)))

    slots = find_slots(snapshot, visit, at(9), at(12))

    assert [(slot.start_minute, slot.end_minute) for slot in slots] == [
        (at(9), at(10)),
        (at(9, 30), at(10, 30)),
        (at(10), at(11)),
        (at(10, 30), at(11)),
    ]
    assert find_next_free(snapshot, visit, at(10, 15), at(24)).end_minute == at(11)
    assert find_offered(snapshot, choose_resources(visit, [ANA]), at(10), at(12)).starts == [at(10)]


def test_the_grid_is_that_of_the_whole_pool():
    snapshot = snapshot_of(person(ANA, 9, 12), person(BEN, 10, 12), rows=[(ANA, at(9), at(9, 50), 1)])
    visit = visit_of(service(PAIR, step_minutes=40, align=Align.GAP, durations=((BEN, 30),)))

    assert find_offered(snapshot, visit, at(9), at(12)).starts == [
        at(9, 50),
        at(10),
        at(10, 30),
        at(10, 40),
        at(11, 10),
        at(11, 20),
    ]


@pytest.mark.parametrize(
    ("strategy", "first"),
    [
        (Strategy.FIXED_ORDER, ANA),
        (Strategy.ROUND_ROBIN, BEN),
        (Strategy.LEAST_BUSY, BEN),
        (Strategy.PACK_TIGHTLY, ANA),
    ],
)
def test_the_strategy_chooses_among_all_lengths(strategy, first):
    snapshot = snapshot_of(person(ANA), person(BEN), rows=[(ANA, at(9), at(10), 1)])
    ledger = {ANA: LedgerEntry(turns=3)}

    found = list(list_candidates(snapshot, visit_of(UNEVEN), at(10), strategy=strategy, ledger=ledger))

    assert [one.assignments[0].resource_id for one in found] == [first, BEN if first == ANA else ANA]
    minutes = {one.assignments[0].resource_id: one.visit.duration_minutes for one in found}
    assert minutes == {ANA: 60, BEN: 30}


def test_whoever_was_chosen_comes_first_and_excluded_ones_not_at_all():
    snapshot = snapshot_of(person(ANA), person(BEN), person(CHAIR))
    visit = visit_of(service(PAIR, Requirement((ANA, BEN, CHAIR)), durations=((BEN, 30),)))

    chosen = next(list_candidates(snapshot, choose_resources(visit, [BEN]), at(10)))
    without = list(list_candidates(snapshot, visit, at(10), excluding={ANA}))

    assert BEN in {each.resource_id for each in chosen.assignments}
    assert [[each.resource_id for each in one.assignments] for one in without] == [[BEN, CHAIR]]


def test_a_group_is_joined_with_its_own_length():
    sessions = (Session(1, at(10), 1, ((BEN, at(10), at(10, 30)),)),)
    snapshot = snapshot_of(person(ANA), person(BEN), sessions=sessions)
    visit = visit_of(service(PAIR, seats=2, durations=((BEN, 30),)))

    found = list(list_candidates(snapshot, visit, at(10)))

    assert [(one.joins_session, one.visit.duration_minutes) for one in found] == [(True, 30), (False, 60)]
    assert find_offered(snapshot, visit, at(10), at(11)) == Offered([at(10)], [2], [60])


def test_united_offers_have_the_most_of_each():
    one, other = Offered([1, 3], [2, 2], [60, 60]), Offered([2, 3], [1, 4], [30, 30])

    assert unite_offered([one, other]) == Offered([1, 2, 3], [2, 1, 4], [60, 30, 60])
    assert unite_offered([Offered([2], None), Offered([1], None)]) == Offered([1, 2], None)


def test_what_is_known_of_who_serves_narrows_the_lengths():
    visit = visit_of(UNEVEN)

    assert lengths(keep_resources(visit, [BEN])) == [(30, [(BEN,)])]
    assert keep_filling(visit, [(0, BEN)]).duration_minutes == 30
    assert fill_in_order(visit, [BEN]) == [(0, BEN)]
    assert fill_in_order(visit, [CHAIR]) is None
    assert settle_length(visit, [(0, CHAIR)]) == visit
    with pytest.raises(EngineInputError):
        keep_resources(visit, [CHAIR])
    assert needed_range(visit_of(service(PAIR, durations=((BEN, 90),))), 0, 1) == (0, 91)


def test_explanation_names_what_keeps_each():
    snapshot = snapshot_of(person(ANA), person(BEN), rows=[(ANA, at(10, 30), at(11), 1), (BEN, at(10), at(12), 1)])

    explanation = explain(snapshot, visit_of(UNEVEN), at(10))

    assert explanation.reasons == (
        Reason(ReasonCode.BUSY, part_index=0, resource_id=BEN, until_minute=at(12)),
        Reason(ReasonCode.BUSY, part_index=0, resource_id=ANA, until_minute=at(11)),
    )
    assert explain(snapshot, visit_of(UNEVEN), at(12)).is_offered


def test_minutes_of_a_rule_are_those_of_who_begins():
    key = bucket_key(RulePeriod.DAY, MADRID, at(10))
    rule = CapacityRule(1, RulePeriod.DAY, 100, MADRID, Measure.MINUTES, {key: 60})
    snapshot = snapshot_of(person(ANA), person(BEN), rules=(rule,))

    assert find_offered(snapshot, visit_of(UNEVEN), at(10), at(11)) == Offered([at(10)], None, [30])


def list_people(snapshot, visit, start):
    return [candidate.assignments[0].resource_id for candidate in list_candidates(snapshot, visit, start)]


def test_a_rule_that_has_room_for_the_quicker_alone_leaves_the_others_out():
    key = bucket_key(RulePeriod.DAY, MADRID, at(9))
    rule = CapacityRule(1, RulePeriod.DAY, 100, MADRID, Measure.MINUTES, {key: 60})
    people = person(ANA), person(BEN)

    assert list_people(snapshot_of(*people), visit_of(UNEVEN), at(9)) == [ANA, BEN]
    assert list_people(snapshot_of(*people, rules=(rule,)), visit_of(UNEVEN), at(9)) == [BEN]


def test_who_would_still_be_there_at_a_full_moment_is_left_out():
    rule = CapacityRule(1, RulePeriod.MOMENT, 1, MADRID, taken=((at(9, 30), at(10), 1),))
    snapshot = snapshot_of(person(ANA), person(BEN), rules=(rule,))

    assert list_people(snapshot, visit_of(UNEVEN), at(9)) == [BEN]
    assert list_people(snapshot, visit_of(UNEVEN), at(9, 30)) == []


def test_a_pair_lasts_as_long_as_the_slower_also_where_only_the_quicker_would_fit():
    key = bucket_key(RulePeriod.DAY, MADRID, at(9))
    rule = CapacityRule(1, RulePeriod.DAY, 100, MADRID, Measure.MINUTES, {key: 60})
    both = visit_of(service(Requirement((ANA, BEN, CAT), 2), durations=((BEN, 30), (CAT, 30))))
    snapshot = snapshot_of(person(ANA), person(BEN), person(CAT), rules=(rule,))

    found = list(list_candidates(snapshot, both, at(9)))

    assert [sorted(each.resource_id for each in one.assignments) for one in found] == [[BEN, CAT]]
