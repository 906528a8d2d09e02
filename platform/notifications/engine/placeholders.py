"""A tenant's own texts: ``{customer_name}`` and a few more, nothing else.

No format language: neither attributes nor calls can be reached, and what is filled in is not
read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

COMMON = frozenset({"business_name"})
"""What a text may name whatever it is about."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class BrokenText(ValueError):
    """The text names something unknown, has a stray brace, or is empty."""


def fill_placeholders(text: str, values: Mapping[str, str], *, allowed: AbstractSet[str]) -> str:
    """Return ``text`` with every placeholder replaced by its value, or by nothing when there is none.

    Raises:
        BrokenText: It cannot be sent as it is.
    """
    check_text(text, allowed=allowed)
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), text)


def check_text(text: str, *, allowed: AbstractSet[str]) -> None:
    """Check a text before it is stored or sent; it may name the words in ``allowed`` and in `COMMON`.

    Raises:
        BrokenText: It names something unknown, has a stray brace, or is empty.
    """
    if not text.strip():
        message = "the text is empty"
        raise BrokenText(message)
    unknown = sorted({name for name in _PLACEHOLDER.findall(text) if name not in allowed | COMMON})
    if unknown:
        message = f"unknown placeholders: {', '.join(unknown)}"
        raise BrokenText(message)
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        message = "a brace without its partner"
        raise BrokenText(message)
