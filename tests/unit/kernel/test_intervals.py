from kernel.intervals import clip, contains, covered_by, intersect, merge, stretches_above, subtract


def test_merge_unites_touching_and_drops_empty_ones():
    assert merge([(5, 7), (0, 2), (2, 3), (4, 4), (6, 9)]) == [(0, 3), (5, 9)]


def test_subtract_takes_overlapping_holes():
    assert subtract([(0, 10), (20, 30)], [(2, 8), (3, 4), (9, 22), (25, 26)]) == [(0, 2), (8, 9), (22, 25), (26, 30)]


def test_intersect_keeps_what_both_have():
    one, other = [(0, 5), (6, 9), (20, 25)], [(3, 7), (8, 22)]

    assert intersect(one, other) == [(3, 5), (6, 7), (8, 9), (20, 22)]


def test_intersect_with_a_single_interval_cuts_the_edges():
    assert intersect([(0, 5), (6, 9), (20, 25)], [(3, 22)]) == [(3, 5), (6, 9), (20, 22)]
    assert intersect([(3, 4)], [(0, 10), (12, 13)]) == [(3, 4)]
    assert intersect([(5, 6)], [(0, 5), (6, 9)]) == []


def test_covered_by_counts_the_sets():
    sets = [[(0, 10)], [(5, 15)], [(9, 12)]]

    assert covered_by(sets, 1) == [(0, 15)]
    assert covered_by(sets, 2) == [(5, 12)]
    assert covered_by(sets, 3) == [(9, 10)]
    assert covered_by(sets, 4) == []


def test_stretches_above_sums_weights_and_ends_before_it_starts():
    assert stretches_above([(0, 10, 1), (10, 20, 1), (5, 12, 2), (30, 30, 9)], 2) == [(5, 12)]


def test_contains_is_half_open():
    assert [contains([(0, 2), (4, 5)], minute) for minute in range(-1, 6)] == [
        False,
        True,
        True,
        False,
        False,
        True,
        False,
    ]


def test_clip_cuts_the_outermost():
    whole = [(0, 10), (20, 30), (40, 50)]

    assert clip(whole, 5, 45) == [(5, 10), (20, 30), (40, 45)]
    assert clip(whole, 22, 28) == [(22, 28)]
    assert clip(whole, 10, 20) == []
