from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[3] / "platform" / "web" / "static"
KILOBYTE = 1024


def zipped(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_booking_pages_stay_within_their_budget():
    every = ("css/core.css", "css/components.css", "css/booking.css")
    css = max(zipped(*every, f"css/booking-{step}.css") for step in ("times", "visit"))
    script = zipped("js/booking.js", "js/once.js")
    font = (STATIC / "fonts" / "inter-400-700.woff2").stat().st_size

    assert css <= 8 * KILOBYTE
    assert script <= 8 * KILOBYTE
    assert font <= 25 * KILOBYTE


def test_the_widget_weighs_little_on_other_sites():
    assert zipped("js/embed.js") <= 5 * KILOBYTE
    assert zipped("js/frame.js", "css/frame.css") <= 2 * KILOBYTE


def test_both_dark_themes_are_the_same():
    css = (STATIC / "css" / "core.css").read_text()
    blocks = [
        re.search(re.escape(head) + r" \{(.*?)\}", css, re.DOTALL)[1].split()
        for head in (':root[data-theme="dark"]', ':root:not([data-theme="light"])')
    ]

    assert blocks[0] == blocks[1]


@pytest.mark.parametrize(
    "name",
    [
        "css/core.css",
        "css/components.css",
        "css/booking.css",
        "css/booking-times.css",
        "css/booking-visit.css",
        "js/booking.js",
        "js/once.js",
        "js/frame.js",
        "css/frame.css",
    ],
)
def test_nothing_is_loaded_from_elsewhere(name):
    text = (STATIC / name).read_text().replace("http://www.w3.org/2000/svg", "")

    assert "http" not in text.replace("https?", "")
    assert "@import" not in text


def test_the_font_brings_its_licence():
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "inter-LICENSE.txt").read_text()
