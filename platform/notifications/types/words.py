"""What a message says, and about what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Words = Mapping[str, Mapping[str, str]]
"""Language → word → plain text, in every language of `kernel.languages`: which one is read is decided here."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of messages about one kind of thing.

    Attributes:
        rows: The details of an e-mail, in order: word → label, a msgid; ``<word>_title`` among the
            words gives another label.
        links: Addresses below the button, in order: word → label, a msgid.
        notes: Words that follow the button, a paragraph each.
        terms: As ``notes``, in small print.
        dispensable: Words that a short message leaves out first, in this order.
        names: Words that a short message shortens then.
        placeholders: What a tenant may name in texts of its own (``{when}``).
    """

    rows: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    dispensable: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    placeholders: frozenset[str] = frozenset()


NO_WORDS = Vocabulary(rows={})
