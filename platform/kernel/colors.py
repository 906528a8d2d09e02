"""Colors as ``#rrggbb``, and whether one can be read on another (WCAG 2.2's relative luminance)."""

from __future__ import annotations

import re

DEFAULT_ACCENT = "#1d4ed8"
"""The platform's own, where a tenant has none."""
PALETTE = ("#2563eb", "#0d9488", "#c2410c", "#7c3aed", "#be185d", "#4d7c0f", "#0369a1", "#78716c")
"""What people, bays and tools can have in the calendar; told apart at a glance, in the order in which it is offered."""
_LINEAR_BELOW = 0.04045


def clean_accent(color: str) -> str:
    """Return ``color`` in lower case when it is ``#rrggbb``, else the platform's."""
    return color.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else DEFAULT_ACCENT


def pick_ink(background: str) -> str:
    """Return black or white, whichever contrasts more with ``#rrggbb``; it is never below 4.5:1.

    The worst background has luminance √(1.05·0.05)−0.05, where both reach 4.58.
    """
    return max("#ffffff", "#000000", key=lambda ink: get_contrast(ink, background))


def get_contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors, 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def to_linear(color: str) -> tuple[float, float, float]:
    """Return red, green and blue as shares of light, 0 to 1 (sRGB, IEC 61966-2-1)."""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _expand(red), _expand(green), _expand(blue)


def _expand(value: float) -> float:
    return value / 12.92 if value <= _LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4


def _luminance(color: str) -> float:
    red, green, blue = to_linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
