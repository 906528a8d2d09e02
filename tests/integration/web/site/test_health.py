"""What load balancers ask: does the process answer, do its servers."""

from __future__ import annotations

import copy

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tenants.enums import TenantStatus
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from web import health

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


@pytest.mark.parametrize("host", ["192.0.2.7:8000", "[2001:db8::7]:8000", "nobody.example", "under_score", "localhost"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_by_address_over_plain_http_without_a_redirect(db, settings, host, path):
    settings.SECURE_SSL_REDIRECT = True
    client = Client(headers={"host": host})

    answer, page, refused = client.get(path), client.get("/"), client.post(path)

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"Location", "Set-Cookie", "Content-Language"} & set(answer.headers)
    assert page.status_code in {301, 400, 404}  # whatever else is asked there is sent to https or refused
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("status", [TenantStatus.SUSPENDED, TenantStatus.CLOSED, TenantStatus.PROVISIONING])
def test_health_of_the_process_is_not_that_of_the_business_whose_host_was_asked(tenants, db, status):
    info = tenants["taller"]
    Tenant.objects.filter(schema_name=info.schema_name).update(status=status)
    forget_tenants()

    answer = Client(headers={"host": info.primary_host}).get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "redis": "ok"})


def test_health_asks_nothing_about_hosts_and_people(tenants, db, django_assert_num_queries):
    client = Client(headers={"host": "192.0.2.7"})

    with django_assert_num_queries(0):
        client.get("/healthz")
    with django_assert_num_queries(2):  # the search path and SELECT 1
        client.get("/readyz")


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


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_process_that_is_about_to_end_is_taken_out(path, django_assert_num_queries, db, monkeypatch):
    monkeypatch.setattr(health, "is_draining", lambda: True)

    with django_assert_num_queries(0):
        answer = Client(headers={"host": "192.0.2.7"}).get(path)

    assert (answer.status_code, answer.json()) == (503, {"status": "draining"})
