"""One host, one tenant; everything else is a plain 404."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory

from tenants.context import current_tenant
from tenants.enums import TenantStatus
from tenants.errors import TenantUnknown
from tenants.middleware import TenantMiddleware
from tenants.services import life_cycle


@pytest.mark.parametrize(
    "host",
    [
        "nobody.testserver.example",
        "example.org",
        "127.0.0.1",
        "[::1]",
        "bad host",
        "a_b",
        "x" * 300,
        "tal'ler.x",
        ".",
        "-",
    ],
)
def test_unknown_host_is_a_plain_404(tenants, db, host):
    answer = Client(HTTP_HOST=host).get("/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "Location" not in answer.headers
    assert b"<" not in answer.content


@pytest.mark.parametrize("shape", ["{}", "{}:8000", "{}.", "WWW.{}"])
def test_platform_host(tenants, db, settings, shape):
    host = shape.format(settings.PLATFORM_HOST)

    page = Client(HTTP_HOST=host.upper()).get("/sign-up/")

    assert (page.status_code, 'name="slug"' in page.content.decode()) == (200, True)


def test_request_runs_in_its_tenant_and_leaves_no_trace(tenants, db, rf: RequestFactory):
    info = tenants["taller"]
    seen = []

    def view(request):
        seen.append((request.tenant, current_tenant(), connection.schema_name))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        TenantMiddleware(view)(rf.get("/", HTTP_HOST=info.primary_host))

    assert seen == [(info, info, info.schema_name)]
    assert connection.schema_name == "public"
    with pytest.raises(TenantUnknown):
        current_tenant()


@pytest.mark.parametrize(
    ("status", "expected", "retry"),
    [(TenantStatus.SUSPENDED, 503, "3600"), (TenantStatus.CLOSED, 410, None), (TenantStatus.PROVISIONING, 503, "10")],
)
def test_closed_tenant_says_so_and_comes_back_whole(provision, status, expected, retry):
    info = provision()
    client = Client(HTTP_HOST=info.primary_host)
    life_cycle.change_status(schema_name=info.schema_name, status=status)

    spanish, english = client.get("/"), client.get("/", HTTP_ACCEPT_LANGUAGE="en-US")
    api = client.post("/api/v1/holds", {}, content_type="application/json")

    assert [each.status_code for each in (spanish, english, api)] == [expected] * 3
    assert spanish.headers.get("Retry-After") == retry
    assert b'lang="es"' in spanish.content
    assert b'lang="en"' in english.content
    assert spanish.content != english.content
    assert api.json()["code"] == f"tenant_{status}"
    life_cycle.change_status(schema_name=info.schema_name, status=TenantStatus.ACTIVE)
    assert client.get("/").status_code == 200


def test_open_and_closed_pages_choose_the_same_language(provision):
    info = provision()
    client = Client(HTTP_HOST=info.primary_host, headers={"Accept-Language": "en;q=0.1, es;q=0.9"})
    is_open = client.get("/", follow=True)
    life_cycle.change_status(schema_name=info.schema_name, status=TenantStatus.CLOSED)

    is_closed = client.get("/")

    assert [page.status_code for page in (is_open, is_closed)] == [200, 410]
    assert [b'<html lang="es"' in page.content for page in (is_open, is_closed)] == [True, True]


def test_past_due_tenant_goes_on(provision):
    info = provision()
    life_cycle.change_status(schema_name=info.schema_name, status=TenantStatus.PAST_DUE)

    page = Client(HTTP_HOST=info.primary_host).get("/")

    assert (page.status_code, info.name in page.content.decode()) == (200, True)


def test_streaming_answer_gives_its_connection_back(committed, provision, rf: RequestFactory):
    info = provision()

    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return StreamingHttpResponse(iter([b"data"]))

    TenantMiddleware(view)(rf.get("/", HTTP_HOST=info.primary_host))

    assert connection.connection is None
