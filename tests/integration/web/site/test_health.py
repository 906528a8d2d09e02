"""What load balancers ask: does the process answer, do its servers."""

from __future__ import annotations

import copy

import pytest
from django.db import OperationalError, connection

CLOSED_PORT = "redis://127.0.0.1:1/0"


@pytest.fixture
def without_redis(settings):
    caches = copy.deepcopy(settings.CACHES)
    caches["default"]["LOCATION"] = CLOSED_PORT
    settings.CACHES = caches


def refuse(execute, sql, params, many, context):
    if sql == "SELECT 1":
        message = "the server is away"
        raise OperationalError(message)
    return execute(sql, params, many, context)


def test_ready_when_both_servers_answer(platform_client):
    answer = platform_client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "redis": "ok"})


def test_ready_without_redis_and_says_so(platform_client, without_redis):
    answer = platform_client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "redis": "down"})


def test_not_ready_without_postgresql(platform_client):
    with connection.execute_wrapper(refuse):
        answer = platform_client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "down", "redis": "ok"})
