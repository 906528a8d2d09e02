from __future__ import annotations

import pytest

from recovery.engine.wal import (
    find_gap,
    follow,
    has_whole_between,
    list_needed,
    list_past,
    name_segment,
    parse_lsn,
    read_segment,
)

SIZE = 16 << 20


def names(*numbers: int, timeline: int = 1) -> list[str]:
    return [f"{timeline:08X}{0:08X}{number:08X}" for number in numbers]


@pytest.mark.parametrize(
    ("lsn", "name"),
    [
        ("0/0", "000000010000000000000000"),
        ("0/2000028", "000000010000000000000002"),
        ("0/FFFFFFFF", "0000000100000000000000FF"),
        ("1/0", "000000010000000100000000"),
        ("16/B374D848", "0000000100000016000000B3"),
    ],
)
def test_segment_is_named_as_postgresql_names_it(lsn, name):
    assert name_segment(1, parse_lsn(lsn), segment_bytes=SIZE) == name


@pytest.mark.parametrize("text", ["", "16", "x/1", "1/", "/1"])
def test_place_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_lsn(text)


def test_segment_is_read_and_followed_over_the_end_of_its_lower_half():
    last = "0000000300000001000000FF"

    assert read_segment(last, segment_bytes=SIZE) == (3, (1 << 32) + 255 * SIZE)
    assert follow(last, segment_bytes=SIZE) == "000000030000000200000000"
    assert follow("000000010000000000000003", segment_bytes=1 << 30) == "000000010000000100000000"


@pytest.mark.parametrize(
    ("archived", "current", "is_whole"),
    [
        ("", names(9)[0], False),
        ("00000002.history", names(9, timeline=2)[0], False),
        (names(4)[0], names(4)[0], False),
        (names(4)[0], names(5)[0], False),
        (names(4)[0], names(6)[0], True),
        (names(4)[0], names(5, timeline=2)[0], False),
        (names(4)[0], names(6, timeline=2)[0], True),
        (f"{names(4)[0]}.00000028.backup", names(6)[0], True),
        ("0000000100000001000000FF", "000000010000000200000000", False),
        ("0000000100000001000000FF", "000000010000000200000001", True),
    ],
)
def test_whole_segment_between_the_last_handed_on_and_the_one_that_is_written(archived, current, is_whole):
    assert has_whole_between(archived, current, segment_bytes=SIZE) is is_whole


def test_needed_is_from_the_first_to_the_last_in_order_with_histories():
    there = [*reversed(names(1, 2, 3, 4, 5)), "00000002.history", *names(4, 5, timeline=2), "junk"]

    assert list_needed(there, first=names(2)[0], last=names(4)[0]) == ["00000002.history", *names(2, 3, 4)]
    assert list_needed(there, first=names(4)[0]) == ["00000002.history", *names(4, 5), *names(4, 5, timeline=2)]
    assert list_needed(there, first=names(4, timeline=2)[0]) == ["00000002.history", *names(4, 5, timeline=2)]
    assert list_needed(there, first=names(4)[0], last=names(5, timeline=2)[0])[-1] == names(5, timeline=2)[0]
    assert list_needed([], first=names(1)[0]) == []


@pytest.mark.parametrize(
    ("there", "gap"),
    [
        ([], None),
        (names(2, 3, 4), None),
        (names(3, 4), (names(2)[0], "the backup itself")),
        (names(2, 4), (names(3)[0], names(2)[0])),
        ([*names(2, 3), *names(3, 4, timeline=2)], None),
        ([*names(2, 3), *names(3, 5, timeline=2)], (names(4, timeline=2)[0], names(3, timeline=2)[0])),
        ([*names(2, 3), "00000002.history"], None),
    ],
)
def test_gap_is_the_first_segment_that_is_missing(there, gap):
    assert find_gap(there, first=names(2)[0], segment_bytes=SIZE) == gap


def test_past_is_what_lies_before_on_every_timeline_but_no_history():
    there = [*names(1, 2, 3), *names(2, 3, timeline=2), "00000002.history"]

    assert list_past(there, first_needed=names(3, timeline=2)[0]) == [*names(1, 2), *names(2, timeline=2)]
