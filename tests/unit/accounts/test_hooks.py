from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts import hooks
from accounts.enums import AccountMessageKind
from accounts.types import AccountMessage, Joined, PersonChange

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
JOINED = Joined(7, "ana@example.com", "provider", None, 1, NOW)
MESSAGE = AccountMessage(kind=AccountMessageKind.UNKNOWN_ACCOUNT, email="ana@example.com", locale="es")


@pytest.fixture
def told(monkeypatch) -> list[tuple[AccountMessage, datetime]]:
    monkeypatch.setattr(hooks, "_tellers", [])
    return []


def test_every_teller_is_told_once(told):
    def tell_more(message: AccountMessage, now: datetime) -> None:
        told.append((message, now))

    for teller in (tell_more, tell_more, lambda message, now: told.append((message, now))):
        hooks.register_teller(teller)

    hooks.tell(MESSAGE, now=NOW)

    assert told == [(MESSAGE, NOW)] * 2


@pytest.mark.parametrize(
    ("kept", "register", "call", "what"),
    [
        ("_change_writers", hooks.register_change_writer, hooks.note_change, PersonChange(1, 2, {}, NOW)),
        ("_welcomers", hooks.register_welcomer, hooks.welcome, JOINED),
    ],
    ids=["changes", "joined"],
)
def test_a_room_that_plugs_in_twice_hears_once(monkeypatch, kept, register, call, what):
    monkeypatch.setattr(hooks, kept, [])
    heard: list[object] = []

    def hear(said: object) -> None:
        heard.append(said)

    register(hear)
    register(hear)
    call(what)

    assert heard == [what]
