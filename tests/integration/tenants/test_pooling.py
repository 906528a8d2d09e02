"""A pooler that mixes tenants up is refused in words; a direct connection is not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Self

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command

from tenants import checks
from tenants.services import pooling


class SharedConnection:
    """What a client sees of a transaction-mode pooler with one server connection."""

    def __init__(self, server) -> None:
        self.server = server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, sql):
        return self.server.execute(sql)

    @contextmanager
    def transaction(self):
        with self.server.transaction():
            yield


@pytest.fixture
def transaction_pooler(committed, monkeypatch):
    server = pooling._connect()
    monkeypatch.setattr(pooling, "_connect", lambda: SharedConnection(server))
    yield
    server.close()


def test_direct_connection_is_safe(committed):
    assert pooling.find_unsafe_pooling() == ""
    assert [each for each in run_checks(tags=[Tags.database], databases=["default"]) if each.id == "tenants.E001"] == []


def test_transaction_pooler_is_refused(transaction_pooler):
    problems = checks.check_pooling(databases=["default"])

    assert [each.id for each in problems] == ["tenants.E001"]
    assert "pool_mode = session" in problems[0].msg
    with pytest.raises(CommandError, match="pool_mode"):
        call_command("migrate_platform")
