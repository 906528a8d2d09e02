"""Where the room that writes to people plugs in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.types import AccountMessage

Teller = Callable[[AccountMessage, datetime], None]

_tellers: list[Teller] = []


def register_teller(teller: Teller) -> None:
    """Let ``teller(message, now)`` write to people about their accounts.

    It runs inside a request, in the schema of the account: it may write rows, never call the
    network. Registering the same function twice changes nothing.
    """
    if teller not in _tellers:
        _tellers.append(teller)


def tell(message: AccountMessage, *, now: datetime) -> None:
    """Hand a message over to whoever writes to people."""
    for teller in _tellers:
        teller(message, now)
