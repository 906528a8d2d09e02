"""Names of people: one way to write each, whichever keyboard or program they come from."""

from __future__ import annotations

import unicodedata

from kernel.lines import JOINERS, drop_hidden, drop_invisible


def clean_person_name(typed: str) -> str:
    """Return a name as it is stored and shown: composed (NFC), without what nobody sees, with single blanks.

    Accents, apostrophes and ``ñ`` stay. Joiners between letters stay too: Persian and Hindi need them.
    """
    seen = "".join(letter for letter in typed if letter in JOINERS or drop_hidden(letter))
    blank = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in seen)
    return " ".join(filter(None, drop_invisible(blank).split(" ")))
