"""Figures of a checkout's structure, on a small house of known figures and on our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.house.command import FULLEST_FOLDER, LONGEST_FILE, run_house
from devtools.house.figures import FolderFigures, Telling, compute_figures
from devtools.house.graphs import list_arrows, list_child_arrows, list_circles
from devtools.house.reading import read_house

FILES = {
    "scheduling/__init__.py": "",
    "scheduling/types.py": "class Wish:\n    pass\n\n\ndef again(wish):\n    return Wish()\n",
    "scheduling/services/__init__.py": '"""Only a sentence."""\n',
    "scheduling/services/writing/__init__.py": "",
    "scheduling/services/writing/places.py": "from scheduling.types import Wish\n\nWISH = Wish()\n",
    "scheduling/services/bookings/__init__.py": "",
    "scheduling/services/bookings/holds.py": (
        "from scheduling import types\n"
        "from scheduling.services.writing import places\n"
        "from scheduling.services.writing.places import WISH\n"
        "from . import moves\n\n\n"
        "def hold():\n"
        "    return types.Wish(WISH, places, moves)\n"
    ),
    "scheduling/services/bookings/moves.py": (
        "from notifications.services.messages import Told, pick_language, queue_message\n\n\n"
        "def move(cancel_cutoff_minutes):\n"
        "    from scheduling.services.writing.places import WISH\n\n"
        "    queue_message(pick_language(WISH), Told())\n"
    ),
    "scheduling/migrations/__init__.py": "",
    "scheduling/migrations/0001_initial.py": "cancel_cutoff_minutes = 1\n",
    "platform/notifications/__init__.py": "",
    "platform/notifications/services/__init__.py": "",
    "platform/notifications/services/messages.py": (
        '"""Messages of bookings."""\n\nKEYS = ("booking_id", "A booking, in prose")\n\n\n'
        "class Told:\n    pass\n\n\n"
        "def pick_language(booking):\n    return booking\n\n\n"
        "def queue_message(*_):\n    pass\n"
    ),
    "templates/page.html": "{{ service.cancel_cutoff_minutes }}",
    "tests/__init__.py": "",
    "tests/test_wish.py": "Wish()\ncancel_cutoff_minutes = 1\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for place, text in FILES.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
    return tmp_path


def test_arrows_are_distinct_imports_between_files(checkout: Path) -> None:
    house = read_house(checkout)

    assert list_arrows(house, "scheduling.services") == {
        ("scheduling.services.bookings.holds", "scheduling.services.writing.places"),
        ("scheduling.services.bookings.holds", "scheduling.services.bookings.moves"),
        ("scheduling.services.bookings.moves", "scheduling.services.writing.places"),
    }
    assert list_child_arrows(house, "scheduling.services") == {
        ("scheduling.services.bookings", "scheduling.services.writing")
    }


def test_circles_are_found_over_any_number_of_stations() -> None:
    arrows = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("x", "y"), ("y", "x"), ("e", "x")]

    assert list_circles(arrows) == [["a", "b", "c"], ["x", "y"]]
    assert list_circles([("a", "b"), ("b", "c"), ("a", "c")]) == []


def test_folders_are_counted_without_empty_files(checkout: Path) -> None:
    figures = compute_figures(checkout)

    assert dict(figures.folders) == {
        "scheduling.services": FolderFigures(files=3, lines=18, arrows=3, child_arrows=1),
        "notifications": FolderFigures(files=1, lines=15, arrows=0, child_arrows=0),
        "scheduling": FolderFigures(files=4, lines=24, arrows=5, child_arrows=1),
    }
    assert figures.fullest_folders["scheduling/services/bookings"] == 2
    assert figures.longest_files[0].place == "platform/notifications/services/messages.py"
    assert (figures.longest_functions[0].place, figures.longest_functions[0].lines) == (
        "scheduling/services/bookings/moves.py:move",
        4,
    )


def test_circles_of_files_folders_and_rooms(checkout: Path) -> None:
    straight = compute_figures(checkout)
    (checkout / "scheduling/services/writing/places.py").write_text("from scheduling.services.bookings import holds\n")
    (checkout / "platform/notifications/services/messages.py").write_text("import scheduling.types\n")

    round_about = compute_figures(checkout)

    assert (straight.file_circles, straight.folder_circles, straight.room_circles) == ([], [], [])
    assert round_about.file_circles == [
        [
            "scheduling.services.bookings.holds",
            "scheduling.services.bookings.moves",
            "scheduling.services.writing.places",
        ]
    ]
    assert round_about.folder_circles == [["scheduling.services.bookings", "scheduling.services.writing"]]
    assert round_about.room_circles == [["notifications", "scheduling"]]


def test_wishes_are_counted_outside_their_home_and_tests(checkout: Path) -> None:
    assert compute_figures(checkout).wish_places == [
        "scheduling/services/bookings/holds.py:8 Wish",
        "scheduling/services/writing/places.py:3 Wish",
    ]


def test_carrier_counts_where_it_spells_the_fields_of_a_wish(checkout: Path) -> None:
    (checkout / "scheduling" / "services" / "writing" / "places.py").write_text(
        "from scheduling import types\n\n"
        "OLD = types.SlotRequest(service_id=1, starts_at=NOW)\n"
        "NEW = types.SlotRequest(wish=WISH, starts_at=NOW)\n"
        "WEEK = types.AvailabilityQuery(party_size=2, from_on=TODAY)\n"
        "ELSE = types.Booking(service_id=1)\n"
    )

    assert compute_figures(checkout).wish_places[1:] == [
        "scheduling/services/writing/places.py:3 SlotRequest",
        "scheduling/services/writing/places.py:5 AvailabilityQuery",
    ]


def test_spellings_of_a_field_count_templates_but_no_migrations_and_tests(checkout: Path) -> None:
    assert compute_figures(checkout).field_places == {
        "cancel_cutoff_minutes": ["scheduling/services/bookings/moves.py", "templates/page.html"],
        "booking_window_days": [],
        "minimum_notice_minutes": [],
    }


def test_telling_is_not_asking(checkout: Path) -> None:
    assert compute_figures(checkout).telling == Telling(down=1, up=0, tells=1, asks=1, mentions=3)


def test_place_without_a_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DevtoolsError, match="name a checkout"):
        compute_figures(tmp_path)


def test_file_that_is_no_python_is_named(checkout: Path) -> None:
    (checkout / "scheduling" / "types.py").write_text("class\n")

    with pytest.raises(DevtoolsError, match=r"types\.py is no Python"):
        compute_figures(checkout)


def test_command_prints_a_column_for_each_checkout(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = checkout / "other"
    for room in ("billing", "scheduling"):
        (other / room).mkdir(parents=True)
        (other / room / "__init__.py").write_text("")
        (other / room / "page.py").write_text("def show():\n    pass\n")

    assert run_house(["--at", str(checkout), "--at", str(other)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [checkout.name, other.name]
    assert next(line for line in lines if line.startswith("  billing")).split()[1] == "–"
    assert next(line for line in lines if line.startswith("places that build")).split()[8:11] == ["2", "·", "0"]


def test_command_prints_json(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_house(["--at", str(checkout), "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)[str(checkout)]
    assert figures["telling"]["asks"] == 1
    assert figures["folders"]["scheduling.services"]["arrows"] == 3


def test_our_house_keeps_its_figures() -> None:
    figures = compute_figures(ROOT)

    assert (figures.file_circles, figures.folder_circles, figures.room_circles) == ([], [], [])
    assert [each for each in figures.longest_files if each.lines > LONGEST_FILE] == []
    assert {folder: count for folder, count in figures.fullest_folders.items() if count > FULLEST_FOLDER} == {}
    assert figures.telling.up == 0
