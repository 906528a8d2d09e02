"""One host, one tenant; everything else is a plain 404."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from tenants.context import current_tenant
from tenants.enums import TenantStatus
from tenants.errors import TenantUnknown
from tenants.middleware import TenantMiddleware
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.types import TenantInfo


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
def test_unknown_host_is_a_page_that_says_so_and_nothing_else(tenants, db, host):
    answer = Client(HTTP_HOST=host).get("/")

    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert {"Location", "Set-Cookie"} & answer.headers.keys() == set()
    assert "Aquí no hay ninguna página" in page
    # Nobody's name, and nothing that was sent.
    assert [name for name in ("taller", "salon", "Negocio", host) if len(name) > 1 and name in page] == []


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


def set_status(info: TenantInfo, status: TenantStatus) -> None:
    Tenant.objects.filter(pk=info.id).update(status=status)
    forget_tenants()


def test_tenant_that_is_being_prepared_says_so_and_comes_back_whole(provision):
    info = provision()
    client = Client(HTTP_HOST=info.primary_host)
    set_status(info, TenantStatus.PROVISIONING)

    spanish, english = client.get("/"), client.get("/", HTTP_ACCEPT_LANGUAGE="en-US")
    api = client.post("/api/v1/holds", {}, content_type="application/json")

    assert [each.status_code for each in (spanish, english, api)] == [503] * 3
    assert spanish.headers.get("Retry-After") == "10"
    assert b'lang="es"' in spanish.content
    assert b'lang="en"' in english.content
    assert spanish.content != english.content
    assert api.json()["code"] == "tenant_provisioning"
    set_status(info, TenantStatus.ACTIVE)
    assert client.get("/").status_code == 200


def test_open_and_unready_pages_choose_the_same_language(provision):
    info = provision()
    client = Client(HTTP_HOST=info.primary_host, headers={"Accept-Language": "en;q=0.1, es;q=0.9"})
    is_open = client.get("/", follow=True)
    set_status(info, TenantStatus.PROVISIONING)

    is_unready = client.get("/")

    assert [page.status_code for page in (is_open, is_unready)] == [200, 503]
    assert [b'<html lang="es"' in page.content for page in (is_open, is_unready)] == [True, True]


@pytest.mark.parametrize("status", sorted(set(TenantStatus.values) - {TenantStatus.PROVISIONING}))
def test_every_other_state_is_entered(provision, rf: RequestFactory, status):
    info = provision()
    set_status(info, status)
    seen = []

    TenantMiddleware(lambda request: seen.append(request.tenant.status) or HttpResponse())(
        rf.get("/", HTTP_HOST=info.primary_host)
    )

    assert seen == [status]


def test_streaming_answer_gives_its_connection_back(committed, provision, rf: RequestFactory):
    info = provision()

    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return StreamingHttpResponse(iter([b"data"]))

    TenantMiddleware(view)(rf.get("/", HTTP_HOST=info.primary_host))

    assert connection.connection is None
