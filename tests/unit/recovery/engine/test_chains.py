from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recovery.engine.bases import BaseBackup, Kind
from recovery.engine.chains import (
    ParentMissing,
    choose_base,
    choose_removed,
    find_next,
    find_parent,
    list_chain,
)

START = datetime(2026, 11, 1, 7, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def make(day: int, parent: BaseBackup | None = None, **changes) -> BaseBackup:
    """A backup of a day, which took an hour."""
    began_at = START + day * DAY
    fields = {
        "label": f"{began_at:%Y%m%d}",
        "kind": Kind.INCREMENTAL if parent else Kind.FULL,
        "parent": parent.label if parent else "",
        "system": "7",
        "version": 180_001,
        "timeline": 1,
        "start_lsn": 0,
        "end_lsn": 1,
        "began_at": began_at,
        "end_at": began_at + timedelta(hours=1),
        "segment_bytes": 1 << 24,
        "raw_bytes": 1,
        "stored_bytes": 1,
        "files": 1,
        "sha256": "",
        "is_encrypted": False,
    }
    return BaseBackup(**{**fields, **changes})


def make_days(count: int) -> list[BaseBackup]:
    """Backups as nights make them."""
    there: list[BaseBackup] = []
    for day in range(count):
        parent = find_parent(there, system="7", major=18, now=START + day * DAY)
        there.append(make(day, parent))
    return there


def test_week_is_a_full_one_and_six_that_build_on_it():
    kinds = [each.kind for each in make_days(15)]

    assert [day for day, kind in enumerate(kinds) if kind == Kind.FULL] == [0, 7, 14]


def test_chain_begins_with_the_full_one():
    there = make_days(9)

    assert list_chain(there[6], there) == tuple(there[:7])
    assert list_chain(there[7], there) == (there[7],)
    with pytest.raises(ParentMissing, match=there[3].label):
        list_chain(there[6], [each for each in there if each is not there[3]])


def test_chain_in_a_circle_has_no_beginning():
    one = make(1, make(2))
    two = make(2, one)

    with pytest.raises(ParentMissing):
        list_chain(two, [one, two])


@pytest.mark.parametrize(
    ("system", "major", "days", "is_found"),
    [("7", 18, 1, True), ("8", 18, 1, False), ("7", 17, 1, False), ("7", 18, 8, False)],
)
def test_incremental_builds_on_a_young_one_of_the_same_server(system, major, days, is_found):
    full = make(0)

    found = find_parent([full], system=system, major=major, now=START + days * DAY)

    assert found == (full if is_found else None)


def test_version_without_incrementals_has_none():
    assert find_parent([make(0, version=160_004)], system="7", major=16, now=START + DAY) is None


def test_broken_chain_is_not_gone_on_with():
    there = make_days(3)

    assert find_parent(there[1:], system="7", major=18, now=START + 3 * DAY) is None


def test_base_is_the_newest_that_was_complete_at_the_instant():
    there = make_days(3)

    assert choose_base(there, target=there[1].end_at) == there[1]
    assert choose_base(there, target=there[1].end_at - timedelta(microseconds=1)) == there[0]
    assert choose_base(there, target=there[0].began_at) is None
    assert choose_base(there, target=None) == there[2]
    assert choose_base([], target=None) is None
    assert find_next(there, target=there[1].end_at) == there[2]
    assert find_next(there, target=there[2].began_at) is None


def test_chain_goes_as_a_whole_once_its_first_is_too_old():
    there = make_days(50)

    assert choose_removed(there, now=START + 33 * DAY) == []
    assert choose_removed(there, now=START + 34 * DAY) == there[6::-1]
    assert choose_removed(there, now=START + 41 * DAY) == there[13::-1]


def test_none_of_the_last_27_days_is_lost_and_none_is_ever_older_than_35():
    there: list[BaseBackup] = []
    for day in range(120):
        now = START + day * DAY + timedelta(hours=day % 5)  # some nights succeed only after hours
        assert all(now - each.began_at < 35 * DAY for each in there)  # nobody has removed anything since yesterday
        parent = find_parent(there, system="7", major=18, now=now)
        there.append(make(day, parent, began_at=now, end_at=now + timedelta(hours=1)))
        there = [each for each in there if each not in choose_removed(there, now=now)]

        if day >= 27:
            assert choose_base(there, target=now - 27 * DAY + timedelta(hours=6)) is not None
        assert [list_chain(each, there)[0].kind for each in there] == [Kind.FULL] * len(there)


def test_last_good_chain_stays_however_old_and_leftovers_go():
    there = make_days(7)
    orphan = make(-1, make(-2))

    assert choose_removed([*there, orphan], now=START + 400 * DAY) == [orphan]
    assert choose_removed([*there, orphan], now=START + 5 * DAY) == []
