"""One piece of work sees one tenant, whichever connection of the pool it gets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models.signals import post_delete

from accounts.models import User
from accounts.selectors.staff import list_staff
from tenants.context import current_tenant, tenant_scope
from tenants.errors import TenantUnknown
from tenants.jobs import call_in_tenant
from tenants.models import DueWork


def test_scope_enters_and_leaves(tenants, db):
    info = tenants["taller"]

    with tenant_scope(info):
        inside = current_tenant(), connection.schema_name, [person.email for person in list_staff()]

    assert inside == (info, info.schema_name, ["owner@taller.example"])
    assert connection.schema_name == "public"
    with pytest.raises(TenantUnknown):
        current_tenant()


def test_scope_refuses_another_tenant_inside(tenants, db):
    inner = tenant_scope(tenants["salon"])

    with tenant_scope(tenants["taller"]), pytest.raises(RuntimeError, match="already in tenant"):
        inner.__enter__()


def test_failure_inside_leaves_the_tenant(tenants, db):
    with pytest.raises(ZeroDivisionError), tenant_scope(tenants["taller"]):
        raise ZeroDivisionError

    assert connection.schema_name == "public"


def test_call_in_tenant(tenants, db):
    assert (
        call_in_tenant(tenants["salon"].schema_name, lambda **_: connection.schema_name) == tenants["salon"].schema_name
    )
    with pytest.raises(TenantUnknown):
        call_in_tenant("t0_nobody", lambda: None)


def test_pooled_connections_carry_no_tenant_over(committed, tenants):
    """Threads take connections out of the pool and give them back while they change tenants."""
    infos = [tenants["taller"], tenants["salon"]]

    def look(number: int) -> bool:
        info = infos[number % 2]
        try:
            with tenant_scope(info):
                seen = list(User.objects.values_list("email", flat=True))
            public = User.objects.count()  # in the public schema: operators, none here
        finally:
            connection.close()
        return (seen, public) == ([f"owner@{info.slug}.example"], 0)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(look, range(400)))

    assert results == [True] * 400


def test_deletes_are_fast(db, django_assert_num_queries):
    """Django fetches every row before it deletes when anybody listens to ``post_delete`` of all models."""
    for number in range(3):
        DueWork.objects.create(schema_name="x", kind="k", row_id=number, due_at="2026-01-01T00:00Z")

    assert not post_delete.has_listeners(DueWork)
    with django_assert_num_queries(1):
        DueWork.objects.filter(schema_name="x").delete()
