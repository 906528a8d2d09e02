"""The deadline of a request keeps each of its promises, whatever the hours are."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.intervals import merge
from scheduling.engine import find_answer_deadline

MINUTES = st.integers(0, 6_000)
OPENINGS = st.lists(st.tuples(MINUTES, st.integers(1, 600)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1])))


def count_open(openings, begin, end):
    return sum(max(0, min(closes, end) - max(opens, begin)) for opens, closes in openings)


@settings(max_examples=500, deadline=None)
@given(MINUTES, MINUTES, st.integers(30, 3_000), st.integers(0, 3_000), OPENINGS.map(merge))
def test_deadline_keeps_its_promises(asked, start, within, ahead, openings):
    deadline = find_answer_deadline(asked, start, within_minutes=within, ahead_minutes=ahead, openings=openings)

    assert deadline > asked
    if start <= asked:
        assert deadline == asked + 1
        return
    assert deadline <= start
    has_passed = deadline >= asked + 30 and count_open(openings, asked, deadline) >= 60
    assert has_passed or deadline == start
    # No later than the earlier of both, unless the least that it waits had not passed by then.
    wanted = min(asked + within, start - ahead)
    if deadline > wanted:
        assert deadline == asked + 30 or count_open(openings, asked, deadline - 1) < 60
