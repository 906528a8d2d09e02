import pytest

from scheduling.engine import (
    Align,
    EngineInputError,
    Part,
    Requirement,
    VisitLine,
    assignment_range,
    choose_resources,
    compose_visit,
    find_starts,
    fix_length,
    keep_length,
    keep_resources,
    needed_range,
    visit_of,
)
from tests.unit.scheduling.engine.builders import at, person, service, snapshot_of


def part(pool, starts_after, duration, *, before=0, after=0, quantity=1, same_as=None):
    return Part(pool, quantity, starts_after, duration, before, after, buffers_inside_hours=False, same_as=same_as)


def test_each_part_has_its_buffers():
    color = service(
        Requirement((1,), duration_minutes=30),
        Requirement((2,), starts_after_minutes=30, duration_minutes=45),
        Requirement((1, 3), starts_after_minutes=75),
        Requirement((4,)),
        duration_minutes=95,
        buffer_before_minutes=5,
        buffer_after_minutes=10,
    )

    assert visit_of(color).parts == (
        part((1,), 0, 30, before=5, after=10),
        part((2,), 30, 45, before=5, after=10),
        part((1, 3), 75, 20, before=5, after=10),
        part((4,), 0, 95, before=5, after=10),
    )


def test_extra_minutes_lengthen_what_lasts_to_the_end():
    spec = service(Requirement((1,), duration_minutes=20), Requirement((2,)), Requirement((3,), 1, 20, 40))

    visit = visit_of(spec, extra_minutes=15)

    assert visit.duration_minutes == 75
    assert visit.parts == (part((1,), 0, 20), part((2,), 0, 75), part((3,), 20, 55))


def test_lines_follow_each_other_without_a_pause():
    cut = service(Requirement((1,)), duration_minutes=30, buffer_before_minutes=5, buffer_after_minutes=7)
    dye = service(
        Requirement((1, 2)),
        id=2,
        duration_minutes=60,
        step_minutes=15,
        buffer_before_minutes=9,
        buffer_after_minutes=10,
        minimum_notice_minutes=120,
        booking_window_days=10,
    )

    visit = compose_visit([VisitLine(cut, 10), VisitLine(dye)])

    assert visit.parts == (part((1,), 0, 40, before=5), part((1, 2), 40, 60, after=10))
    assert (visit.service_id, visit.duration_minutes, visit.step_minutes) == (1, 100, 60)
    assert (visit.notice_minutes, visit.window_days) == (120, 10)


def test_one_person_can_stay_for_both_lines():
    both = compose_visit([VisitLine(service(Requirement((1,)))), VisitLine(service(Requirement((1,)), id=2))])

    assert find_starts(snapshot_of(person(1, 9, 12)), both, at(0), at(24)) == [at(9), at(10)]


def test_where_services_meet_there_is_no_buffer_but_parts_inside_keep_theirs():
    wash = Requirement((2,), 1, 10, 10)
    first = service(Requirement((1,)), wash, duration_minutes=30, buffer_before_minutes=5, buffer_after_minutes=7)
    second = service(
        wash, Requirement((1,)), id=2, duration_minutes=20, buffer_before_minutes=3, buffer_after_minutes=4
    )

    visit = compose_visit([VisitLine(first), VisitLine(second)])

    assert visit.parts == (
        part((1,), 0, 30, before=5),
        part((2,), 10, 10, before=5, after=7),
        part((2,), 40, 10, before=3, after=4),
        part((1,), 30, 20, after=4),
    )


def test_what_is_to_be_the_same_is_counted_in_the_visit():
    color = service(Requirement((1,), 1, 0, 20), Requirement((1, 2), 1, 40, None, 0), id=2)

    visit = compose_visit([VisitLine(service()), VisitLine(color)])

    assert [piece.same_as for piece in visit.parts] == [None, None, 1]


def test_parts_that_do_not_overlap_may_have_the_same_person():
    touching = service(Requirement((1,), duration_minutes=30), Requirement((1,), starts_after_minutes=30))
    overlapping = service(Requirement((1,), duration_minutes=31), Requirement((1,), starts_after_minutes=30))

    assert find_starts(snapshot_of(person(1)), visit_of(touching), at(0), at(24))[:2] == [at(9), at(10)]
    assert find_starts(snapshot_of(person(1)), visit_of(overlapping), at(0), at(24)) == []


@pytest.mark.parametrize(("pause", "starts"), [(15, [at(10)]), (14, [])])
def test_buffers_count_between_parts_of_one_visit(pause, starts):
    spec = service(
        Requirement((1,), duration_minutes=20),
        Requirement((1,), starts_after_minutes=20 + pause),
        buffer_before_minutes=5,
        buffer_after_minutes=10,
    )

    assert find_starts(snapshot_of(person(1)), visit_of(spec), at(10), at(11)) == starts


def test_the_chosen_are_noted_and_pools_stay_open():
    visit = visit_of(service(Requirement((1, 2)), Requirement((3, 4))))

    chosen = choose_resources(visit, [2])

    assert (chosen.chosen, chosen.parts) == (frozenset({2}), visit.parts)


def test_keeping_some_narrows_every_pool():
    visit = visit_of(service(Requirement((1, 2)), Requirement((3, 4, 2))))

    assert [piece.pool for piece in keep_resources(visit, {2, 3}).parts] == [(2,), (3, 2)]


@pytest.mark.parametrize(
    ("minutes", "parts"),
    [
        (90, (part((1,), 0, 20), part((2,), 0, 90), part((3,), 20, 70))),
        (45, (part((1,), 0, 20), part((2,), 0, 45), part((3,), 20, 25))),
        (60, None),
        (20, None),
        (10, None),
    ],
)
def test_agreed_length_is_kept_by_what_lasts_to_the_end(minutes, parts):
    visit = visit_of(service(Requirement((1,), duration_minutes=20), Requirement((2,)), Requirement((3,), 1, 20, None)))

    kept = keep_length(visit, minutes)

    assert (kept == visit) == (parts is None)
    assert kept.parts == (parts or visit.parts)
    assert kept.duration_minutes == sum(kept.line_minutes) == (minutes if parts else 60)


def test_agreed_length_of_two_services_is_kept_by_the_last():
    cut, dye = service(duration_minutes=30), service(Requirement((2,)), id=2, duration_minutes=60)

    kept = keep_length(compose_visit((VisitLine(cut), VisitLine(dye))), 75)

    assert (kept.line_minutes, kept.parts) == ((30, 45), (part((1,), 0, 30), part((2,), 30, 45)))


def test_length_that_somebody_needs_is_theirs():
    visit = visit_of(service(Requirement((1, 2)), durations=((2, 90),)))

    assert keep_length(visit, 90) == visit
    assert keep_length(visit, 75).lengths == ()
    assert keep_length(visit, 75).duration_minutes == 75


@pytest.mark.parametrize("kept", [{1}, {2, 3}])
def test_keeping_too_few_is_refused(kept):
    visit = choose_resources(visit_of(service(Requirement((1, 2)), Requirement((3, 4)))), [1])

    with pytest.raises(EngineInputError) as caught:
        keep_resources(visit, kept)

    assert (caught.value.field, caught.value.code) == ("pool", "empty")


def test_choosing_somebody_who_is_in_no_pool_is_refused():
    with pytest.raises(EngineInputError) as caught:
        choose_resources(visit_of(service()), [9])

    assert (caught.value.field, caught.value.code) == ("chosen", "not_in_any_pool")


@pytest.mark.parametrize(
    ("lines", "code"),
    [([], "empty"), ([VisitLine(service(seats=3)), VisitLine(service())], "seats_beside_another_service")],
)
def test_lines_that_make_no_visit_are_refused(lines, code):
    with pytest.raises(EngineInputError) as caught:
        compose_visit(lines)

    assert (caught.value.field, caught.value.code) == ("lines", code)


def test_needed_range_includes_buffers_and_for_gaps_the_opening():
    spec = {"buffer_before_minutes": 5, "buffer_after_minutes": 10}

    assert needed_range(visit_of(service(**spec)), 10_000, 20_000) == (9_995, 20_070)
    assert needed_range(visit_of(service(align=Align.GAP, **spec)), 10_000, 20_000) == (5_675, 20_070)
    assert assignment_range(visit_of(service()), 10_000) == (10_000 - 2880, 10_061 + 2880)


def test_a_length_of_its_own_is_that_of_whoever_serves_it():
    visit = visit_of(service(Requirement((1, 2)), durations=((2, 90),)))

    fixed = fix_length(visit, 60)

    assert (fixed.duration_minutes, fixed.lengths, fixed.parts[0].pool) == (60, (), (1, 2))


@pytest.mark.parametrize("minutes", [0, 10, 20])
def test_a_length_that_leaves_a_part_no_time_is_refused(minutes):
    visit = visit_of(service(Requirement((1,), duration_minutes=20), Requirement((2,), 1, 20, None)))

    with pytest.raises(EngineInputError) as caught:
        fix_length(visit, minutes)

    assert (caught.value.field, caught.value.code) == ("minutes", "too_short")
