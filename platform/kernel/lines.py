"""Texts that people typed: made safe for headers, subjects and greetings, and comparable for lists."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_LINK_LIKE = re.compile(r"://|\bwww\.|@", re.IGNORECASE)


def is_unreadable(text: str) -> bool:
    """Tell whether a text holds control characters or halves of surrogate pairs; PostgreSQL stores neither."""
    return any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text)


def drop_invisible(text: str) -> str:
    """Return ``text`` without format characters (Unicode's Cf) and without blanks around it.

    Bidi controls make a page show another text than is stored (CVE-2021-42574), zero-width
    spaces tell equal names apart. The joiners stay inside: Persian, Hindi and emoji need them.
    """
    seen = "".join(letter for letter in text if letter in _JOINERS or unicodedata.category(letter) != "Cf")
    return seen.strip() if seen.strip(_JOINERS).strip() else ""


def clean_line(text: str, *, limit: int = 200) -> str:
    """Return ``text`` as one line without control or formatting characters, at most ``limit`` long.

    A line break in a name or subject would begin a header of its own (CWE-93).
    """
    plain = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    line = " ".join(plain.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clean_name(text: str) -> str:
    """Return a person's name for a greeting, or nothing when it carries a link or an address.

    Anyone can make a booking page write to anyone: the name must not become the advertisement.
    """
    name = clean_line(text, limit=80)
    return "" if _LINK_LIKE.search(name) else name


def fold(text: str) -> str:
    """Return a text by which people search and sort: without accents, case and surrounding blanks."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
