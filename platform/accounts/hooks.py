"""Where rooms above plug in: the one that writes to people, the one that keeps a log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.types import AccountMessage, Joined, PersonChange, SecondStepReset

Teller = Callable[[AccountMessage, datetime], None]

ResetWriter = Callable[[SecondStepReset], None]
ChangeWriter = Callable[[PersonChange], None]
Welcomer = Callable[[Joined], None]

_tellers: list[Teller] = []
_reset_writers: list[ResetWriter] = []
_change_writers: list[ChangeWriter] = []
_welcomers: list[Welcomer] = []


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


def register_reset_writer(writer: ResetWriter) -> None:
    """Let ``writer`` keep whose second step was removed by another, in the transaction that does it.

    Registering the same function twice changes nothing.
    """
    if writer not in _reset_writers:
        _reset_writers.append(writer)


def note_reset(reset: SecondStepReset) -> None:
    """Hand a reset over to whoever keeps a log."""
    for writer in _reset_writers:
        writer(reset)


def register_change_writer(writer: ChangeWriter) -> None:
    """Let ``writer`` keep what is done to people, in the transaction that does it; twice is once."""
    if writer not in _change_writers:
        _change_writers.append(writer)


def note_change(change: PersonChange) -> None:
    """Hand what was done to a person over to whoever keeps a log."""
    for writer in _change_writers:
        writer(change)


def register_welcomer(welcomer: Welcomer) -> None:
    """Let ``welcomer`` do what is due when somebody joins, in the transaction that makes them; twice is once."""
    if welcomer not in _welcomers:
        _welcomers.append(welcomer)


def welcome(joined: Joined) -> None:
    """Let the rooms above know that somebody joined."""
    for welcomer in _welcomers:
        welcomer(joined)
