from __future__ import annotations

import itertools
import random
import re

import pytest

from config.environment import ROOT
from kernel.colors import DEFAULT_ACCENT, get_contrast
from web.accent import MUTED, SURFACES, is_of_page, looks_like, make_stylesheet, make_tokens

STEPS = (0, 51, 102, 153, 204, 255)
COLORS = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in itertools.product(STEPS, repeat=3)]


CHANCE = random.Random(11)
ANY = [f"#{CHANCE.randrange(1 << 24):06x}" for _ in range(400)]
GRAYS = [f"#{level:02x}{level:02x}{min(255, level + blue):02x}" for level in range(0, 256, 5) for blue in (0, 12)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_chosen_looks_as_what_cannot_be_chosen(theme):
    direction = 1 if theme == "dark" else -1
    (text, line), alike = MUTED[theme], []
    for color in [*ANY, *GRAYS]:
        tokens = make_tokens(color, theme)
        if looks_like(tokens.accent_text, text, direction) or looks_like(tokens.accent_line, line, direction):
            alike.append(color)

    assert alike == []
    assert len({*ANY, *GRAYS}) >= 500


def test_black_is_brighter_in_the_dark_than_what_is_not_chosen():
    tokens = make_tokens("#1f2937", "dark")

    for chosen, muted in zip((tokens.accent_text, tokens.accent_line), MUTED["dark"], strict=True):
        assert get_contrast(chosen, SURFACES["dark"][0]) > get_contrast(muted, SURFACES["dark"][0])


def test_muted_grays_are_those_of_the_pages():
    css = (ROOT / "platform/web/static/css/core.css").read_text()
    tones = [tuple(re.findall(rf"--{name}: (#\w+);", css)) for name in ("ink-3", "line-strong")]

    assert tones == [tuple(MUTED[theme][at] for theme in ("light", "dark", "dark")) for at in (0, 1)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_color_becomes_readable(theme):
    surface, background = SURFACES[theme]
    for color in COLORS:
        tokens = make_tokens(color, theme)
        assert get_contrast(tokens.accent, tokens.on_accent) >= 4.5, color
        assert get_contrast(tokens.accent_hover, tokens.on_accent) >= 4.5, color
        for below in (surface, background, tokens.accent_tint):
            assert get_contrast(tokens.accent_text, below) >= 4.5, color
        for below in (surface, background):
            assert get_contrast(tokens.accent_line, below) >= 3, color


def test_a_brand_color_stays_as_it_is():
    assert make_tokens("#c2410c", "light").accent == "#c2410c"
    yellow = make_tokens("#FFD400", "light")
    assert (yellow.accent, yellow.on_accent) == ("#ffd400", "#101720")
    assert (yellow.accent_line, yellow.accent_text) == ("#a78a05", "#846d01")


@pytest.mark.parametrize("broken", ["", "red", "#fff", "#12345g", "}body{display:none", "#1d4ed8;}"])
def test_what_is_no_color_becomes_the_platform_s(broken):
    assert make_tokens(broken, "dark") == make_tokens(DEFAULT_ACCENT, "dark")
    assert make_stylesheet(broken) == make_stylesheet(DEFAULT_ACCENT)


def test_stylesheet_covers_both_ways_to_a_dark_page():
    css = make_stylesheet("#c2410c")

    assert css.count("--accent:#c2410c") == 3
    assert ":root[data-theme=dark]" in css
    assert "prefers-color-scheme:dark" in css


def test_only_what_looks_like_the_page_is_of_the_page():
    shown = {color: is_of_page(color) for color in ("#ffffff", "#f6f7f9", "#fefefe", "#ffff00", "#ffd400", "#e0ffff")}

    assert shown == {
        "#ffffff": True,
        "#f6f7f9": True,
        "#fefefe": True,
        "#ffff00": False,  # 1.07 to white, 1.003 to the background
        "#ffd400": False,
        "#e0ffff": False,
    }


def test_a_button_of_the_page_s_own_color_has_an_edge():
    css = (ROOT / "platform/web/static/css/components.css").read_text()
    button = css.partition(".button.primary {")[2].partition("}")[0]

    assert "--edge: var(--accent-line);" in button
    for theme, surfaces in SURFACES.items():
        for color in surfaces:
            line = make_tokens(color, theme).accent_line
            assert all(get_contrast(line, below) >= 3 for below in surfaces), (theme, color)
