from __future__ import annotations

import itertools

import pytest

from kernel.colors import DEFAULT_ACCENT, clean_accent, get_contrast, pick_ink


def test_pick_ink_contrasts_on_every_color():
    steps = range(0, 256, 17)
    colors = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in itertools.product(steps, repeat=3)]

    assert [color for color in colors if get_contrast(color, pick_ink(color)) < 4.5] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [("#C2410C", "#c2410c"), ("red", DEFAULT_ACCENT), ("#fff;position:fixed", DEFAULT_ACCENT), ("", DEFAULT_ACCENT)],
)
def test_clean_accent_keeps_only_hex(given, kept):
    assert clean_accent(given) == kept
