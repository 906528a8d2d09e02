"""Where rooms above say which files they have, who may see and change them, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.policies import Permission
from files.engine import Target
from files.errors import FileUnknown
from files.types import Picture


def _ignore(_owner_id: int, _picture: Picture | None) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is for.

    Attributes:
        name: Part of its path in the storage.
        target: What is made of a picture.
        changed_by: Who may send and remove it.
        has_owner: Tells whether there is a row that it can belong to.
        seen_by: Who may see it; None: anyone. Only logos and photos of people and places are that public.
        is_from_visitors: People without an account send them, through a service of the room above that says who may.
        takes_pdf: A PDF is kept as it is, and only ever saved by whoever looks at it: no page shows it.
        is_single: A new one takes the place of the one before.
        owner_model: Table (``app.Model``) of the rows that it belongs to: whoever is erased there, loses it as well.
        on_change: Called with the owner's id and what it has now, in the transaction in which that begins to hold.
    """

    name: str
    target: Target
    changed_by: Permission
    has_owner: Callable[[int], bool]
    seen_by: Permission | None = Permission.SETTINGS_MANAGE
    is_from_visitors: bool = False
    takes_pdf: bool = False
    is_single: bool = True
    owner_model: str = ""
    on_change: Callable[[int, Picture | None], None] = _ignore


_kinds: dict[str, FileKind] = {}


def register_kind(kind: FileKind) -> None:
    """Take files of this kind from now on."""
    _kinds[kind.name] = kind


def get_kind(name: str) -> FileKind:
    """Return a kind by its name.

    Raises:
        FileUnknown: There are no such files.
    """
    kind = _kinds.get(name)
    if kind is None:
        raise FileUnknown
    return kind


def list_visitors_kinds() -> tuple[str, ...]:
    """Return the names of the kinds that visitors send."""
    return tuple(sorted(kind.name for kind in _kinds.values() if kind.is_from_visitors))


def list_kinds_of(owner_model: str) -> tuple[str, ...]:
    """Return the names of the kinds whose files belong to rows of a table."""
    return tuple(sorted(kind.name for kind in _kinds.values() if kind.owner_model == owner_model))
