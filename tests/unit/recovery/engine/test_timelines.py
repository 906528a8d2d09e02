from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recovery.engine.timelines import find_living, leads_to, parse_history

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_history_says_where_each_timeline_was_left():
    content = b"1\t0/501D498\tbefore 2026-11-26 19:39:06+00\n# a remark\n\n2\t1/A000000\tno recovery target specified\n"

    assert parse_history(content) == {1: 0x501D498, 2: 0x10A000000}


@pytest.mark.parametrize("content", [b"", b"# a remark", b"one 0/1", b"1 place", b"\xff 0/1", b"1"])
def test_what_is_no_history_is_refused(content):
    with pytest.raises(ValueError, match=r".*"):
        parse_history(content)


@pytest.mark.parametrize(
    ("begun", "backed_up", "target", "living"),
    [
        ({}, [], None, 1),
        ({}, [3, 2], AT, 3),
        ({2: AT, 3: AT + HOUR}, [1], None, 3),
        ({2: AT, 3: AT + HOUR}, [1], AT + HOUR / 2, 2),
        ({2: AT, 3: AT + HOUR}, [1], AT, 2),
        ({2: AT, 3: AT + HOUR}, [1], AT - HOUR, 1),
        ({3: AT + HOUR}, [2], AT, 2),
    ],
)
def test_living_is_what_was_begun_last_by_then(begun, backed_up, target, living):
    assert find_living(begun, backed_up=backed_up, target=target) == living


@pytest.mark.parametrize(
    ("timeline", "end_lsn", "leads"),
    [(3, 999, True), (2, 200, True), (2, 201, False), (1, 100, True), (1, 101, False), (4, 1, False)],
)
def test_backup_of_what_was_given_up_leads_nowhere(timeline, end_lsn, leads):
    assert leads_to(3, left={1: 100, 2: 200}, timeline=timeline, end_lsn=end_lsn) is leads
