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
    needed_range,
    visit_of,
)
from tests.unit.scheduling.engine.builders import at, person, service, snapshot_of


def part(pool, starts_after, duration, *, before=0, after=0, line=0, quantity=1):
    return Part(pool, quantity, starts_after, duration, before, after, buffers_inside_hours=False, line=line)


def test_buffers_belong_to_the_parts_at_the_edges():
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
        part((1,), 0, 30, before=5),
        part((2,), 30, 45),
        part((1, 3), 75, 20, after=10),
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

    assert visit.parts == (part((1,), 0, 40, before=5), part((1, 2), 40, 60, after=10, line=1))
    assert (visit.service_id, visit.duration_minutes, visit.step_minutes) == (1, 100, 60)
    assert (visit.notice_minutes, visit.window_days) == (120, 10)


def test_one_person_can_stay_for_both_lines():
    both = compose_visit([VisitLine(service(Requirement((1,)))), VisitLine(service(Requirement((1,)), id=2))])

    assert find_starts(snapshot_of(person(1, 9, 12)), both, at(0), at(24)) == [at(9), at(10)]


def test_within_one_line_a_resource_fills_one_place_only():
    spec = service(Requirement((1,), duration_minutes=30), Requirement((1,), starts_after_minutes=30))

    assert find_starts(snapshot_of(person(1)), visit_of(spec), at(0), at(24)) == []


def test_chosen_resources_restrict_the_pools_that_have_them():
    visit = visit_of(service(Requirement((1, 2)), Requirement((3, 4))))

    assert [piece.pool for piece in choose_resources(visit, {2}).parts] == [(2,), (3, 4)]


def test_fewer_chosen_than_needed_leaves_the_rest_open():
    visit = visit_of(service(Requirement((1, 2, 3, 4), quantity=3)))

    parts = choose_resources(visit, [3]).parts

    assert parts == (part((3,), 0, 60), part((1, 2, 4), 0, 60, quantity=2))


@pytest.mark.parametrize(
    ("pools", "pieces"),
    [
        ([(1, 2), (2, 1)], [(1,), (2, 1)]),
        ([(1, 2), (1,)], [(1, 2), (1,)]),
        ([(1, 2, 3), (2, 1)], [(1, 2, 3), (1,)]),
        ([(1, 2), (1, 2), (3,)], [(1,), (1, 2), (3,)]),
    ],
)
def test_choosing_one_of_two_that_work_together_leaves_the_other_open(pools, pieces):
    visit = visit_of(service(*(Requirement(pool) for pool in pools)))

    assert [piece.pool for piece in choose_resources(visit, {1}).parts] == pieces


def test_choosing_a_pair_for_overlapping_pools_takes_both():
    visit = visit_of(service(Requirement((1, 2, 3)), Requirement((3, 2, 1))))

    assert [piece.pool for piece in choose_resources(visit, {1, 2}).parts] == [(1, 2), (2, 1)]


def test_the_chosen_one_does_every_line():
    visit = compose_visit((VisitLine(service(Requirement((1, 2)))), VisitLine(service(Requirement((2, 1))))))

    assert [piece.pool for piece in choose_resources(visit, {1}).parts] == [(1,), (1,)]


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
