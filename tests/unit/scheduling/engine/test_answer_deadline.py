"""Until when a request waits, in minutes of a day that begins at 0."""

import pytest

from scheduling.engine import find_answer_deadline, find_payment_deadline

HOUR, DAY = 60, 1440
OFFICE = [(day * DAY + 9 * HOUR, day * DAY + 17 * HOUR) for day in range(10)]
CLOSED_FOR_A_WHILE = OFFICE[4:]


def find(asked, start, openings=OFFICE, within=DAY, ahead=4 * HOUR):
    return find_answer_deadline(asked, start, within_minutes=within, ahead_minutes=ahead, openings=iter(openings))


@pytest.mark.parametrize(
    ("asked", "start", "deadline"),
    [
        pytest.param(10 * HOUR, 5 * DAY, 10 * HOUR + DAY, id="a day after it was asked"),
        pytest.param(10 * HOUR, DAY + 9 * HOUR, DAY + 5 * HOUR, id="four hours before the visit"),
        pytest.param(10 * HOUR, 14 * HOUR + 20, 11 * HOUR, id="an opening hour at least"),
        pytest.param(10 * HOUR, 10 * HOUR + 40, 10 * HOUR + 40, id="never after the start"),
        pytest.param(16 * HOUR + 30, DAY + 11 * HOUR, DAY + 9 * HOUR + 30, id="half of the hour tomorrow"),
        pytest.param(20 * HOUR, DAY + 9 * HOUR, DAY + 9 * HOUR, id="nobody was there before the start"),
        pytest.param(20 * HOUR, DAY + 10 * HOUR, DAY + 10 * HOUR, id="an hour of the morning"),
        pytest.param(8 * HOUR, 9 * DAY, DAY + 8 * HOUR, id="asked before the opening"),
        pytest.param(10 * HOUR, 10 * HOUR, 10 * HOUR + 1, id="a visit that begins now"),
        pytest.param(10 * HOUR, 9 * HOUR, 10 * HOUR + 1, id="a visit that has begun"),
    ],
)
def test_request_waits_until(asked, start, deadline):
    assert find(asked, start) == deadline


def test_holidays_do_not_count_as_time_to_answer():
    assert find(10 * HOUR, 9 * DAY, CLOSED_FOR_A_WHILE) == 4 * DAY + 10 * HOUR


def test_business_without_hours_answers_until_the_start():
    assert find(10 * HOUR, 9 * DAY, []) == 9 * DAY


def test_business_that_is_always_there_has_half_an_hour():
    assert find(10 * HOUR, 11 * HOUR, [(0, 10 * DAY)], within=30, ahead=0) == 11 * HOUR
    assert find(10 * HOUR, 11 * HOUR, [(0, 10 * HOUR + 10), (10 * HOUR + 10, 10 * DAY)], within=30) == 11 * HOUR


def test_service_says_how_fast_it_answers():
    assert find(10 * HOUR, 5 * DAY, within=2 * HOUR) == 12 * HOUR
    assert find(10 * HOUR, 2 * DAY, within=5 * DAY, ahead=DAY) == DAY


def test_openings_are_read_only_as_far_as_needed():
    def openings():
        yield OFFICE[0]
        pytest.fail("read too far")

    assert find(10 * HOUR, 5 * DAY, openings()) == 10 * HOUR + DAY


@pytest.mark.parametrize(
    ("asked", "start", "deadline"),
    [
        pytest.param(10 * HOUR, 5 * DAY, 14 * HOUR, id="four hours later"),
        pytest.param(15 * HOUR, 5 * DAY, DAY + 11 * HOUR, id="two today and two tomorrow"),
        pytest.param(20 * HOUR, 5 * DAY, DAY + 13 * HOUR, id="asked at night"),
        pytest.param(10 * HOUR, 12 * HOUR, 12 * HOUR, id="never after the start"),
        pytest.param(10 * HOUR, 10 * HOUR, 10 * HOUR + 1, id="a visit that begins now"),
    ],
)
def test_deposit_is_waited_for_while_the_business_is_open(asked, start, deadline):
    assert find_payment_deadline(asked, start, opening_minutes=4 * HOUR, openings=iter(OFFICE)) == deadline
