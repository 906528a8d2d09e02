"""The operator sees every tenant and may suspend it; nobody else may."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection

from accounts.models import User
from tenants.enums import TenantStatus
from tenants.models import Tenant
from tests.conftest import HostClient
from tests.fakes.due_work import send_messages

PAGE = "/operator/"


@pytest.fixture
def operator_client(platform_client):
    operator = User.objects.create(email="op@example.com", name="Op", role="operator")
    platform_client.force_login(operator)
    return platform_client


def change(client, info, status: str):
    return client.post(f"{PAGE}tenants/{info.schema_name}/status/", {"status": status})


def test_operator_sees_tenants_with_their_status(operator_client, tenants):
    page = operator_client.get(PAGE)

    assert page.status_code == 200
    for info in tenants.values():
        assert info.name in page.content.decode()
        assert info.primary_host in page.content.decode()


def test_operator_suspends_and_reactivates(operator_client, tenants):
    info = tenants["taller"]

    suspended = change(operator_client, info, "suspended")
    then = Tenant.objects.get(pk=info.id).status
    change(operator_client, info, "active")

    assert (suspended.status_code, suspended["Location"]) == (302, PAGE)
    assert then == TenantStatus.SUSPENDED
    assert Tenant.objects.get(pk=info.id).status == TenantStatus.ACTIVE


@pytest.mark.parametrize("status", ["provisioning", "nonsense", ""])
def test_status_that_is_not_offered_is_refused(operator_client, tenants, status):
    answer = change(operator_client, tenants["taller"], status)

    assert answer.status_code == 422
    assert Tenant.objects.get(pk=tenants["taller"].id).status == TenantStatus.TRIAL


def test_unknown_tenant_is_404(operator_client, tenants):
    before = dict(Tenant.objects.values_list("schema_name", "status"))

    answer = operator_client.post(f"{PAGE}tenants/t0_nobody/status/", {"status": "suspended"})

    assert answer.status_code == 404
    assert dict(Tenant.objects.values_list("schema_name", "status")) == before


def test_strangers_are_sent_to_sign_in_and_nothing_changes(platform_client, tenants):
    page, attempt = platform_client.get(PAGE), change(platform_client, tenants["taller"], "suspended")

    assert [answer.status_code for answer in (page, attempt)] == [302, 302]
    assert page["Location"].startswith("/accounts/login/")
    assert Tenant.objects.get(pk=tenants["taller"].id).status == TenantStatus.TRIAL


def test_other_roles_are_refused(platform_client, tenants):
    platform_client.force_login(User.objects.create(email="x@example.com", name="X", role="owner"))

    assert platform_client.get(PAGE).status_code == 403
    assert change(platform_client, tenants["taller"], "suspended").status_code == 403
    assert Tenant.objects.get(pk=tenants["taller"].id).status == TenantStatus.TRIAL


def test_console_does_not_exist_on_a_tenants_host(owner_client, tenants):
    page, attempt = owner_client.get(PAGE), change(owner_client, tenants["salon"], "suspended")

    assert [answer.status_code for answer in (page, attempt)] == [404, 404]
    assert tenants["salon"].name not in page.content.decode()
    connection.set_schema_to_public()
    assert Tenant.objects.get(pk=tenants["salon"].id).status == TenantStatus.TRIAL


def test_operators_list_costs_the_same_for_more_tenants(operator_client, tenants, django_assert_num_queries):
    operator_client.get(PAGE)

    with django_assert_num_queries(5):
        page = operator_client.get(PAGE)

    assert [info.name in page.content.decode() for info in tenants.values()] == [True, True]


def test_reset_link_names_the_platforms_own_host(operator_client, settings):
    User.objects.filter(email="op@example.com").update(password=make_password("una-clave-larga"))
    visitor = HostClient(f"www.{settings.PLATFORM_HOST}:99")

    visitor.post("/accounts/password/reset/", {"email": "op@example.com"})

    send_messages("public")
    (message,) = mail.outbox
    assert re.findall(r"https?://[^/]+/", message.body) == [f"http://{settings.PLATFORM_HOST}/"]
