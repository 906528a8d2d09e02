"""A tenant's brand color → tokens whose contrast is guaranteed (WCAG 2.2 AA).

Contrast is `kernel.colors`'; steps are made in OKLCH (Björn Ottosson, 2020), so that
a darker or lighter step keeps the hue. The brand color itself stays as given wherever an ink
(white or near-black) reaches 4.5:1 on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal

from kernel.colors import clean_accent, get_contrast, to_linear

Theme = Literal["light", "dark"]
Color = str
"""``#rrggbb``, lower case."""

WHITE, INK = "#ffffff", "#101720"
SURFACES: dict[Theme, tuple[Color, Color]] = {"light": ("#ffffff", "#f6f7f9"), "dark": ("#161c24", "#0e1319")}
"""Surface and background of each theme, as in ``css/core.css``."""

TEXT_CONTRAST = 4.55
LINE_CONTRAST = 3.05
INK_CONTRAST = 4.5
FILL_CONTRAST = 1.25
"""Least of a button against the page it lies on: black on a dark page, a pale gray on a light one."""
SAME_CONTRAST, SAME_CHANNEL = 1.05, 16
"""Below both, a color is that of the page: bright yellow is as light as white, and yet nobody takes it for it."""
MUTED: dict[Theme, tuple[Color, Color]] = {"light": ("#5c6775", "#8490a0"), "dark": ("#98a5b4", "#728093")}
"""Gray of texts and gray of borders of what is not chosen, or cannot be: ``--ink-3`` and ``--line-strong``."""
SAME_HUE, CLEAR_LIGHTNESS = 0.07, 0.12
"""As far from a gray in OKLab nobody takes a color for it; a gray has to be so much lighter or darker."""
ROUNDING = 0.0001


@dataclass(frozen=True, slots=True)
class AccentTokens:
    """The six custom properties that a tenant's color sets."""

    accent: Color
    on_accent: Color
    accent_hover: Color
    accent_line: Color
    accent_text: Color
    accent_tint: Color


@lru_cache(maxsize=1024)
def make_tokens(color: str, theme: Theme) -> AccentTokens:
    """Return the tokens of ``color`` (``#rrggbb``; anything else: the platform's color) for ``theme``."""
    brand = clean_accent(color)
    surface, background = SURFACES[theme]
    direction = -1 if theme == "light" else 1
    _, chroma, hue = _to_oklch(brand)
    tint = _from_oklch(0.965, min(chroma, 0.03), hue) if theme == "light" else _from_oklch(0.29, min(chroma, 0.05), hue)
    solid = brand
    for below in (surface, background):
        solid = _step(solid, below, FILL_CONTRAST, direction)
    on_accent = WHITE if get_contrast(solid, WHITE) >= INK_CONTRAST else INK
    if get_contrast(solid, on_accent) < INK_CONTRAST:  # the small gap where neither ink is enough: move a hair
        solid, on_accent = _step(solid, WHITE, INK_CONTRAST, -1), WHITE
    text = brand
    for below in (surface, background, tint):
        text = _step(text, below, TEXT_CONTRAST, direction)
    line = _step(_step(brand, surface, LINE_CONTRAST, direction), background, LINE_CONTRAST, direction)
    muted_text, muted_line = MUTED[theme]
    lightness, chroma, hue = _to_oklch(solid)
    hover = max(0.0, lightness - 0.06) if on_accent == WHITE else min(1.0, lightness + 0.05)
    return AccentTokens(
        accent=solid,
        on_accent=on_accent,
        accent_hover=_from_oklch(hover, chroma, hue),
        accent_line=_step_clear(line, muted_line, direction),
        accent_text=_step_clear(text, muted_text, direction),
        accent_tint=tint,
    )


def make_stylesheet(color: str) -> str:
    """Return the CSS that overrides the accent of ``css/core.css`` in both themes."""
    light, dark = (_declare(make_tokens(color, theme)) for theme in ("light", "dark"))
    return (
        f":root{{{light}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """How well a color is read on buttons, in links, and as a line: the lower ratio of both themes."""

    ink: float
    link: float
    line: float
    is_kept: bool


def measure(color: str) -> Measured:
    """Measure what `make_tokens` makes of a color; ``is_kept``: on light pages links and lines have it as it is."""
    inks, links, lines = [], [], []
    for theme, (surface, background) in SURFACES.items():
        tokens = make_tokens(color, theme)
        inks += [get_contrast(tokens.on_accent, tokens.accent), get_contrast(tokens.on_accent, tokens.accent_hover)]
        links += [get_contrast(tokens.accent_text, below) for below in (surface, background, tokens.accent_tint)]
        lines += [get_contrast(tokens.accent_line, below) for below in (surface, background)]
    light = make_tokens(color, "light")
    is_kept = light.accent == light.accent_text == light.accent_line
    return Measured(min(inks), min(links), min(lines), is_kept=is_kept)


def is_of_page(color: Color) -> bool:
    """Tell whether ``#rrggbb`` can hardly be told from the surface or the background of the light page."""
    return any(
        get_contrast(color, below) < SAME_CONTRAST and _get_distance(color, below) < SAME_CHANNEL
        for below in SURFACES["light"]
    )


def make_look(color: str) -> str:
    """Return the CSS of two examples beside each other, one in each theme."""
    light, dark = (_declare(make_tokens(color, theme)) for theme in ("light", "dark"))
    return f".look{{{light}}}\n.look.dark{{{dark}}}\n"


def _get_distance(one: Color, other: Color) -> int:
    """Return by how much the red, green or blue of two colors differs most, 0 to 255."""
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return max(abs(mine - theirs) for mine, theirs in pairs)


def _declare(tokens: AccentTokens) -> str:
    return ";".join(f"--{field.name.replace('_', '-')}:{getattr(tokens, field.name)}" for field in fields(tokens))


def _step(color: Color, below: Color, target: float, direction: int) -> Color:
    lightness, chroma, hue = _to_oklch(color)
    moved = color
    while get_contrast(moved, below) < target:
        lightness += direction * 0.01
        if not 0 <= lightness <= 1:
            return WHITE if direction > 0 else "#000000"
        moved = _from_oklch(lightness, chroma, hue)
    return moved


def looks_like(color: Color, muted: Color, direction: int) -> bool:
    """Tell whether a color looks like a gray that says "not chosen" where 1 is lighter, as in the dark, and -1 darker.

    A chosen thing in a gray of its own has to stand out more than what is not chosen, and not less.
    """
    (lightness, chroma, hue), (other, muted_chroma, muted_hue) = _to_oklch(color), _to_oklch(muted)
    a = chroma * math.cos(hue) - muted_chroma * math.cos(muted_hue)
    b = chroma * math.sin(hue) - muted_chroma * math.sin(muted_hue)
    return math.hypot(a, b) < SAME_HUE and (lightness - other) * direction < CLEAR_LIGHTNESS


def _step_clear(color: Color, muted: Color, direction: int) -> Color:
    lightness, chroma, hue = _to_oklch(color)
    moved = color
    while looks_like(moved, muted, direction):
        lightness += direction * 0.01
        moved = _from_oklch(lightness, chroma, hue)
    return moved


def _compress(value: float) -> float:
    value = max(0.0, min(1.0, value))
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055  # noqa: PLR2004 - sRGB


def _to_oklch(color: Color) -> tuple[float, float, float]:
    red, green, blue = to_linear(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Color:
    while True:  # less chroma until the color exists on a screen
        a, b = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
        channels = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
        )
        if chroma < ROUNDING or all(-ROUNDING <= channel <= 1 + ROUNDING for channel in channels):
            return "#" + "".join(f"{round(_compress(channel) * 255):02x}" for channel in channels)
        chroma *= 0.96
