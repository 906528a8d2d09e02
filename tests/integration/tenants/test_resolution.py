"""Hosts lead to tenants: from memory once warm, and never to what they led to before a change."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest
import redis
from django.db import connection

from config.environment import ROOT
from keyvalue.client import TIMEOUT_SECONDS
from tenants.enums import TenantStatus
from tenants.selectors import resolution
from tenants.selectors.resolution import find_tenant, forget_tenants, resolve_host
from tenants.services import life_cycle
from tenants.services.acts import suspend
from tests.integration.tenants.conftest import ask


@pytest.fixture(autouse=True)
def awake():
    forget_tenants()


@pytest.fixture
def known_tenants():
    """Nothing is kept here: keeping is what is counted."""


def test_warm_resolution_asks_no_database(tenants, db, django_assert_num_queries):
    info = tenants["taller"]
    resolve_host(info.primary_host)
    resolve_host("nobody.example")

    with django_assert_num_queries(0):
        found = [resolve_host(info.primary_host), resolve_host("nobody.example")]

    assert found == [info, None]


@pytest.mark.parametrize("shape", ["{0}", "{0}.", "{0}:8000", "{0}.:443"])
def test_port_case_and_dot_do_not_matter(tenants, db, shape):
    info = tenants["taller"]
    name = info.primary_host.partition(":")[0]

    assert [resolve_host(shape.format(each)) for each in (name, name.upper())] == [info, info]


@pytest.mark.parametrize("host", ["", ".", "127.0.0.1", "[::1]", "[::1]:80", "taller", "a" * 300, "tal'ler.x", "ñ.x"])
def test_strange_hosts_lead_nowhere(tenants, db, host):
    assert resolve_host(host) is None


ASKED = """
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.db import connection
from tenants.selectors.resolution import resolve_host
queries = 0
def count(execute, *rest):
    global queries
    queries += 1
    return execute(*rest)
with connection.execute_wrapper(count):
    for line in sys.stdin:
        before = queries
        found = resolve_host(line.strip())
        print(found.status if found else "nobody", queries - before, flush=True)
"""


@pytest.fixture
def other_process():
    child = subprocess.Popen(
        [sys.executable, "-c", ASKED, connection.settings_dict["NAME"]],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def ask(host: str) -> list[str]:
        child.stdin.write(f"{host}\n")
        child.stdin.flush()
        return child.stdout.readline().split()

    yield ask
    child.stdin.close()
    child.wait(timeout=120)


def test_change_takes_effect_at_once_in_another_process(provision, other_process):
    info = provision()
    assert other_process(info.primary_host)[0] == "trial"
    assert other_process(info.primary_host) == ["trial", "0"]
    assert other_process("own.example")[0] == "nobody"

    life_cycle.add_domain(schema_name=info.schema_name, domain="own.example")
    assert other_process("own.example")[0] == "trial"
    suspend(ask(info))
    assert other_process(info.primary_host)[0] == "suspended"
    life_cycle.remove_domain(domain="own.example")
    assert other_process("own.example")[0] == "nobody"
    life_cycle.drop_tenant(schema_name=info.schema_name)
    assert other_process(info.primary_host)[0] == "nobody"


def test_flushed_redis_revives_no_copy(provision, settings):
    info = provision()
    resolve_host(info.primary_host)
    server = redis.Redis.from_url(settings.REDIS_URL)

    suspend(ask(info))
    server.delete(resolution.GENERATION_KEY)

    assert resolve_host(info.primary_host).status == TenantStatus.SUSPENDED


@pytest.fixture
def redis_at(settings):
    def use(url: str) -> None:
        settings.REDIS_URL = url

    return use


def test_dead_redis_means_copies_of_a_second(tenants, db, redis_at, django_assert_num_queries):
    info = tenants["taller"]
    redis_at("unix:///nonexistent/redis.sock")
    resolve_host(info.primary_host)

    with django_assert_num_queries(0):
        assert resolve_host(info.primary_host) == info
    time.sleep(resolution.OUTAGE_AGE_SECONDS + 0.1)
    with django_assert_num_queries(2):
        assert resolve_host(info.primary_host) == info


def test_hanging_redis_delays_one_request_not_each(tenants, db, redis_at):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(20)
        redis_at(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        started = time.monotonic()
        for _ in range(50):
            resolve_host(tenants["taller"].primary_host)
        took = time.monotonic() - started

    assert took < 25 * TIMEOUT_SECONDS


def test_memory_is_bounded(tenants, db, monkeypatch):
    monkeypatch.setattr(resolution, "MAX_ENTRIES", 5)

    for number in range(20):
        resolve_host(f"nobody-{number}.example")

    assert len(resolution._entries) == 5


def test_find_tenant_by_schema(tenants, db):
    assert find_tenant(tenants["salon"].schema_name) == tenants["salon"]
    assert find_tenant("t0_nobody") is None
