"""The pictures of the product page: what is asked of whom, and how large they may be."""

from __future__ import annotations

import json
from datetime import date

import pytest

from config.environment import ROOT
from devtools.errors import DevtoolsError
from devtools.pictures import command
from devtools.pictures.camera import PICTURES
from samples.businesses import BUSINESSES

IMAGES = ROOT / "platform" / "web" / "static" / "img" / "product"


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 11, 30)),
    ],
)
def test_board_is_of_the_next_working_day(today, day):
    assert command.find_working_day(today) == day


def test_demo_is_found_by_its_note(tmp_path):
    (tmp_path / "demo.json").write_text(json.dumps({"url": "http://localhost:8123/", "pid": 1}))

    assert command.find_demo(tmp_path) == "localhost:8123"


@pytest.mark.parametrize("note", [None, "", "{}", "x"])
def test_without_a_demo_one_is_told_to_start_it(tmp_path, note):
    if note is not None:
        (tmp_path / "demo.json").write_text(note)

    with pytest.raises(DevtoolsError, match=r"\./dev demo"):
        command.find_demo(tmp_path)


def test_every_picture_of_the_pages_is_taken_and_none_is_left_over():
    pages = "".join(path.read_text() for path in (ROOT / "templates" / "site").glob("*.html"))
    taken = {picture.name for picture in PICTURES}

    assert {path.name for path in IMAGES.iterdir()} == taken
    assert {name for name in taken if f"img/product/{name}" not in pages} == set()
    assert {picture.business for picture in PICTURES} - {""} == {business.slug for business in BUSINESSES}


def test_pictures_are_small():
    sizes = {path.name: path.stat().st_size // 1024 for path in IMAGES.iterdir()}

    assert {name: size for name, size in sizes.items() if size > command.LARGEST_KILOBYTES} == {}
    # What a phone loads at once; the others wait until they are scrolled to.
    assert sizes["phone-time.webp"] + sizes["phone-board.webp"] + sizes["board.webp"] < 160


def test_command_tells_sizes_and_fails_when_one_is_too_large(tmp_path, monkeypatch, capsys):
    def take(host: str, *, on: date, folder, executable: str) -> None:
        for picture in PICTURES:
            (folder / picture.name).write_bytes(b"x" * (200 * 1024 if picture.name == "share.jpg" else 1024))
        assert (host, on, executable) == ("localhost:1", date(2026, 11, 30), "/usr/bin/chromium")

    monkeypatch.setattr(command, "take_pictures", take)
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(command, "find_chromium", lambda: "/usr/bin/chromium")

    assert command.run_pictures(["--host", "localhost:1", "--date", "2026-11-30"]) == 1
    assert "200 kB" in capsys.readouterr().out
    monkeypatch.setattr(command, "LARGEST_KILOBYTES", 300)
    assert command.run_pictures(["--host", "localhost:1", "--date", "2026-11-30"]) == 0


def test_without_chromium_one_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(command, "find_chromium", lambda: None)

    with pytest.raises(DevtoolsError, match="Chromium"):
        command.run_pictures([])
