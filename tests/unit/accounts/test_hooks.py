from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts import hooks
from accounts.enums import AccountMessageKind
from accounts.types import AccountMessage

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
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
