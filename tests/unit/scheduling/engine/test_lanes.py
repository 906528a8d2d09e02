from scheduling.engine import split_into_lanes


def test_a_free_lane_is_taken_whole():
    assert split_into_lanes([(0, 0, 100)], 2, 10, 20) == [(1, 10, 20)]


def test_the_lane_that_stays_free_longest_is_taken():
    assert split_into_lanes([(0, 15, 30), (1, 18, 30)], 3, 10, 20) == [(2, 10, 20)]


def test_a_visit_changes_lanes_only_when_it_must():
    taken = [(0, 0, 10), (1, 15, 30)]

    assert split_into_lanes(taken, 2, 5, 20) == [(1, 5, 15), (0, 15, 20)]


def test_several_units_take_several_lanes():
    assert split_into_lanes([(1, 0, 12)], 3, 10, 20, units=2) == [(0, 10, 20), (2, 10, 20)]
    assert split_into_lanes([(1, 15, 18)], 3, 10, 20, units=3) is None


def test_touching_periods_do_not_collide():
    assert split_into_lanes([(0, 0, 10), (0, 20, 30)], 1, 10, 20) == [(0, 10, 20)]


def test_nothing_asked_is_no_piece():
    assert split_into_lanes([], 1, 10, 10) == []
    assert split_into_lanes([], 1, 10, 20, units=0) == []
