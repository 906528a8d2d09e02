"""The ink that can be read on a tenant's colour, without the web room."""

from __future__ import annotations

import re

DEFAULT_ACCENT = "#1d4ed8"
_LINEAR_BELOW = 0.04045


def clean_accent(color: str) -> str:
    """Return ``color`` when it is ``#rrggbb``, else the platform's."""
    return color.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else DEFAULT_ACCENT


def pick_ink(background: str) -> str:
    """Return black or white, whichever contrasts more with ``#rrggbb``; it is never below 4.5:1.

    Contrast is WCAG 2.2's; the worst background has luminance √(1.05·0.05)−0.05, where both reach 4.58.
    """
    luminance = _luminance(background)
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def _luminance(color: str) -> float:
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= _LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4 for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
