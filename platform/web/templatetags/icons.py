"""Lucide icons, inlined."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Return Lucide's icon ``name`` as an inline SVG, silent for screen readers.

    ``css`` adds classes to ``icon``, whose size follows the text; ``flips`` mirrors it in right-to-left text.

    Raises:
        IconDoesNotExist: Lucide has no such icon (names change between its majors).
    """
    classes = f"icon {css}".rstrip()
    return mark_safe(  # noqa: S308 - drawing from the package; class names from our templates
        f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{_get_drawing(str(name))}</svg>'
    )


@lru_cache(maxsize=256)
def _get_drawing(name: str) -> str:
    svg = lucide(name, size=None)
    return "".join(line.strip() for line in svg[svg.index(">") + 1 : svg.rindex("</svg>")].splitlines())
