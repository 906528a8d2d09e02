"""The figures are for operators: on this machine, or with the token; and they say nothing about anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from recovery.models import PlatformBackup
from telemetry.meters import note_request
from tenants.models import Backup, DueWork, Tenant
from web import figures

TOKEN = "0123456789abcdef0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def ask(*, host: str = "127.0.0.1:8000", address: str = "127.0.0.1", method: str = "get", **headers: str):
    client = Client(
        HTTP_HOST=host, REMOTE_ADDR=address, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )
    return getattr(client, method)("/metrics")


def read(answer) -> dict[str, float]:
    """Name with labels → value, as Prometheus reads them."""
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1:8000", "127.0.0.1"), ("localhost:8000", "::1"), ("[::1]:8000", "::1")]
)
def test_program_on_this_machine_reads_them_at_its_address(db, settings, host, address):
    settings.SECURE_SSL_REDIRECT = True

    answer = ask(host=host, address=address)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"Set-Cookie", "X-Request-ID", "Content-Language"} & set(answer.headers)
    assert read(answer)["turnero_database_up"] == 1


@pytest.mark.parametrize(
    ("token", "address", "headers"),
    [
        ("", "198.51.100.1", {}),
        ("", "", {}),
        ("", "198.51.100.1", BEARER),
        ("", "127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}),
        ("", "127.0.0.1", {"Forwarded": "for=203.0.113.7"}),
        (TOKEN, "127.0.0.1", {}),
        (TOKEN, "127.0.0.1", {"Authorization": TOKEN}),
        (TOKEN, "127.0.0.1", {"Authorization": f"Basic {TOKEN}"}),
        (TOKEN, "127.0.0.1", {"Authorization": f"Bearer {TOKEN[:-1]}"}),
        (TOKEN, "127.0.0.1", {"Authorization": f"Bearer {TOKEN}0"}),
        (TOKEN, "127.0.0.1", {"Authorization": "Bearer ñ"}),
        (TOKEN, "127.0.0.1", {"Authorization": ""}),
    ],
)
def test_stranger_gets_what_any_unknown_address_gets(tenants, db, settings, token, address, headers):
    settings.METRICS_TOKEN = token
    client = Client(HTTP_HOST="127.0.0.1:8000", REMOTE_ADDR=address, headers=headers)

    answer, unknown = client.get("/metrics"), client.get("/nothing")

    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert "turnero_" not in answer.content.decode()


@pytest.mark.parametrize("token", ["", TOKEN])
@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/METRICS", "/metrics?name[]=up"])
def test_at_the_name_of_a_business_or_of_ours_nobody_reads_them(tenants, db, settings, token, path):
    """Not even who may, so that no proxy that forwards names can open them."""
    settings.METRICS_TOKEN = token
    settings.SECURE_SSL_REDIRECT = False

    for host in (tenants["taller"].primary_host, "testserver.example", "nobody.example", "127.0.0.1.nobody.example"):
        answer = Client(HTTP_HOST=host, REMOTE_ADDR="127.0.0.1", headers=BEARER).get(path)

        assert 400 <= answer.status_code < 500, host
        assert b"turnero_" not in answer.content


@pytest.mark.parametrize("address", ["127.0.0.1", "198.51.100.1"])
def test_whoever_knows_the_token_reads_them_from_anywhere(db, settings, address):
    settings.METRICS_TOKEN = TOKEN

    answer = ask(address=address, **BEARER)

    assert (answer.status_code, read(answer)["turnero_database_up"]) == (200, 1)


def test_they_are_only_read(db):
    refused = ask(method="post")

    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert ask(method="head").status_code == 200
    assert ask(method="head").content == b""


def test_figures_say_how_the_platform_stands(tenants, db, settings):
    now = datetime.now(tz=UTC)
    DueWork.objects.all().delete()
    Backup.objects.all().delete()
    DueWork.objects.create(schema_name="public", kind="event", row_id=1, due_at=now - timedelta(hours=1))
    DueWork.objects.create(schema_name="public", kind="message", row_id=2, due_at=now, is_parked=True)
    Backup.objects.create(schema_name=tenants["taller"].schema_name, archive="x", began_at=now, verified_at=now)
    settings.SPARE_SCHEMAS = 4

    found = read(ask())

    assert 3600 <= found["turnero_outbox_age_seconds"] == found["turnero_due_work_lag_seconds kind=event"]
    assert (found["turnero_due_work_waiting kind=event"], found["turnero_due_work_parked kind=event"]) == (1, 0)
    assert (found["turnero_due_work_lag_seconds kind=message"], found["turnero_due_work_parked kind=message"]) == (0, 1)
    assert found["turnero_backup_newest_verified_timestamp_seconds"] == pytest.approx(now.timestamp())
    assert found["turnero_backup_oldest_verified_timestamp_seconds"] == pytest.approx(now.timestamp())
    assert (found["turnero_spares_wanted"], found["turnero_backups_failed"], found["turnero_redis_up"]) == (4, 0, 1)
    assert 1 <= found["turnero_database_connections"] < found["turnero_database_connections_limit"]


def test_figures_say_how_backups_of_the_platform_stand(db):
    now = datetime.now(tz=UTC)
    names = ("timestamp_seconds", "late", "failed")
    found = []

    for row in (None, {"label": "x", "began_at": now - timedelta(days=3)}, {"failure": "no room", "began_at": now}):
        if row is not None:
            PlatformBackup.objects.create(**row)
        said = read(ask())
        found.append([said.get(f"turnero_platform_backup_{name}") for name in names])

    made_at = pytest.approx((now - timedelta(days=3)).timestamp())
    assert found == [[None, 0, 0], [made_at, 1, 0], [made_at, 1, 1]]


def test_figures_say_for_how_long_the_log_waits_where_it_is_kept(db, monkeypatch):
    without = read(ask())
    monkeypatch.setattr(figures, "find_log_wait", lambda **_: timedelta(minutes=2))

    assert ("turnero_log_wait_seconds" in without, read(ask())["turnero_log_wait_seconds"]) == (False, 120)


def test_figures_say_for_how_long_a_business_should_have_been_gone(tenants, db):
    before = read(ask())["turnero_removal_lag_seconds"]
    closed_at = datetime.now(tz=UTC) - timedelta(days=31)
    Tenant.objects.filter(pk=tenants["salon"].id).update(status="closed", status_since=closed_at)

    assert (before, read(ask())["turnero_removal_lag_seconds"]) == (0, pytest.approx(86400, abs=60))


def test_memory_of_a_connection_is_told_where_our_user_may_ask(db, monkeypatch):
    without = read(ask())
    monkeypatch.setattr("database.pools.MAY_READ_SQL", "SELECT true")
    # What PostgreSQL lets a superuser ask, and those whom one lets; the drill of production asks it itself.
    monkeypatch.setattr("database.pools.BACKEND_SQL", "SELECT sum(total)::int8 FROM (VALUES (4096), (8192)) t (total)")

    found = read(ask())

    assert ("turnero_database_backend_bytes" in without, without["turnero_database_up"]) == (False, 1)
    assert found["turnero_database_backend_bytes"] == 12288


def test_without_postgresql_the_rest_is_told(db, caplog):
    def refuse(execute, sql, params, many, context):
        message = "canary of a row"
        raise OperationalError(message)

    note_request(route="home", part="page", method="GET", status=200, seconds=0.1)
    with connection.execute_wrapper(refuse):
        answer = ask()

    found = read(answer)
    assert (answer.status_code, found["turnero_database_up"], found["turnero_redis_up"]) == (200, 0, 1)
    assert found["turnero_requests_total method=GET route=home status=2xx"] >= 1
    assert [name for name in found if name.startswith("turnero_due_work_lag")] == []
    assert "canary" not in caplog.text


def test_without_redis_the_rest_is_told(db, monkeypatch):
    monkeypatch.setattr(figures, "is_cache_up", lambda: False)

    found = read(ask())

    assert (found["turnero_database_up"], found["turnero_redis_up"]) == (1, 0)


def test_figures_name_no_business_and_nothing_that_was_asked_for(tenants, db):
    info = tenants["taller"]
    client = Client(HTTP_HOST=info.primary_host)
    for path in ("/", "/b/canary-of-a-token/", "/nothing/canary/?q=canary", "/api/v1/manage/canary-of-a-token"):
        client.get(path, headers={"X-Note": "canary"})
    client.generic("CANARY", "/")

    text = ask().content.decode()

    assert "turnero_requests_total" in text
    known = ("canary", "CANARY", info.schema_name, info.slug, info.primary_host, info.name, str(tenants["salon"].slug))
    assert [each for each in known if each in text] == []


def test_asking_for_figures_and_health_is_no_request_of_anybody(db):
    before = read(ask())

    for path in ("/metrics", "/healthz", "/readyz"):
        Client(HTTP_HOST="127.0.0.1").get(path)

    after = read(ask())
    assert {n: v for n, v in after.items() if "requests_total" in n} == {
        n: v for n, v in before.items() if "requests_total" in n
    }
