"""What a service says in the languages beside the business's own, and how the right text is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalText:
    """What a service or an extra is called in one more language; empty: as in the business's own.

    Attributes:
        language: One of `kernel.languages`.
        description: Of a service, as ``category``.
    """

    language: str
    name: str = ""
    description: str = ""
    category: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether it says nothing."""
        return not (self.name or self.description or self.category)

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, Any]] | None) -> tuple[Self, ...]:
        """Make them of what the column holds."""
        names = [each.name for each in fields(cls)]
        return tuple(cls(**{name: row[name] for name in names if name in row}) for row in rows or ())


def find_text(texts: Sequence[LocalText], language: str, field: str, main: str) -> str:
    """Return a field's text in a language; ``main`` where nothing is said in it."""
    return next((found for each in texts if each.language == language if (found := getattr(each, field))), main)


def map_names(texts: Sequence[LocalText]) -> dict[str, str]:
    """Map languages to names: what a booking keeps of them."""
    return {each.language: each.name for each in texts if each.name}
