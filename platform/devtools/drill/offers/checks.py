"""Is what a door offers what can be booked there? Each offered time is taken, and the taking is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from devtools.drill.offers.doors import Door


@dataclass(frozen=True, slots=True)
class DoorCheck:
    """What one door said about one date.

    Attributes:
        refused: Offered, and then not given.
        hidden: Not offered, and yet given.
        tried: Times that were asked for.
    """

    name: str
    offered: tuple[datetime, ...]
    refused: tuple[datetime, ...]
    hidden: tuple[datetime, ...]
    tried: int


def check_door(
    door: Door,
    on: date,
    *,
    others: Sequence[datetime] = (),
    choose: Callable[[Sequence[datetime]], Sequence[datetime]] = tuple,
) -> DoorCheck:
    """Take the starts that a door offers on a local date (or those that are chosen), each as if it were the only one.

    ``others`` are tried as well, where the door is strict: those that are not offered must be refused.
    """
    with undone():
        offered = door.list_offered(on)
    taken = choose(offered)
    refused = tuple(starts_at for starts_at in taken if not _is_given(door, starts_at))
    rest = [starts_at for starts_at in others if door.is_strict and starts_at not in offered]
    hidden = tuple(starts_at for starts_at in rest if _is_given(door, starts_at))
    return DoorCheck(door.name, tuple(offered), refused, hidden, len(taken) + len(rest))


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and undo whatever it wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _is_given(door: Door, starts_at: datetime) -> bool:
    with undone():
        return door.take(starts_at)
