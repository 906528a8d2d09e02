from __future__ import annotations

import tomllib

import pytest

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.testing.coverage import FLOORS, Room, count_rooms, find_falls, find_rises, list_lines, load_floors


def summary(**values: int) -> dict[str, dict[str, int]]:
    return {"summary": {"covered_lines": 0, "num_statements": 0, "missing_lines": 0, **values}}


def make_room(covered: int, total: int = 10_000) -> Room:
    return Room("api", covered, total, 0, 0)


REPORT = {
    "files": {
        "scheduling/apps.py": summary(
            covered_lines=8, num_statements=10, missing_lines=2, covered_branches=1, num_branches=2
        ),
        "scheduling/errors.py": summary(covered_lines=4, num_statements=4),
        "scheduling/engine/lanes.py": summary(covered_lines=5, num_statements=5),
        "scheduling/engine_room.py": summary(covered_lines=0, num_statements=4, missing_lines=4),
    }
}


def test_file_counts_for_the_innermost_room():
    rooms = count_rooms(REPORT, ["scheduling", "scheduling/engine", "api"])

    assert rooms == [
        Room("api", 0, 0, 0, 0),
        Room("scheduling", 13, 20, 6, 2),
        Room("scheduling/engine", 5, 5, 0, 0),
    ]
    assert [room.percent for room in rooms] == [100.0, 65.0, 100.0]


def test_file_outside_of_every_room_is_refused():
    with pytest.raises(DevtoolsError, match=r"scheduling/apps.py lies in no room of coverage.toml"):
        count_rooms(REPORT, ["scheduling/engine"])


@pytest.mark.parametrize(
    ("covered", "floor", "fall", "rise"),
    [
        (9_499, 95, "api fell to 94.99 %, its floor is 95 %: test what was added", None),
        (9_500, 95, None, None),
        (9_599, 95, None, None),
        (9_600, 95, None, "api rose to 96.00 %: raise its floor from 95 to 96"),
        (9_999, 99, None, None),
        (10_000, 99, None, "api rose to 100.00 %: raise its floor from 99 to 100"),
        (10_000, 100, None, None),
        (9_999, 100, "api fell to 99.99 %, its floor is 100 %: test what was added", None),
    ],
)
def test_room_holds_its_floor_and_the_floor_can_be_raised(covered, floor, fall, rise):
    room, floors = make_room(covered), {"api": floor}

    assert find_falls([room], floors) == ([fall] if fall else [])
    assert find_rises([room], floors) == ([f"{rise} in tests/coverage.toml, so that it stays there"] if rise else [])


def test_table_names_room_figure_floor_and_what_is_missing():
    rooms = [make_room(10_000), Room("scheduling", 13, 20, 6, 2)]

    assert list_lines(rooms, {"api": 100, "scheduling": 7}) == [
        "room                       covered  floor  lines not run",
        "api                       100.00 %  100 %",
        "scheduling                 65.00 %    7 %  6 in 2 files",
    ]


def test_every_room_has_a_floor_and_a_low_floor_has_a_reason():
    shelf = [path.parent for path in (ROOT / "platform").glob("*/__init__.py")]
    rooms = [path.parent for path in ROOT.glob("*/__init__.py")]
    expected = {path.relative_to(ROOT).as_posix() for path in (*shelf, *rooms)}
    engines = {path.relative_to(ROOT).as_posix() for room in (*shelf, *rooms) for path in room.glob("engine")}
    floors = load_floors()
    reasons = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["reasons"]

    assert set(floors) >= expected | engines
    assert [room for room in floors if not (ROOT / room).is_dir()] == []
    assert sorted(reasons) == sorted(room for room, floor in floors.items() if floor < 95)
    assert {room: floors[room] for room in engines} == dict.fromkeys(engines, 100)
