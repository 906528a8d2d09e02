"""Changing a tenant as a whole; a name that nobody has changes nobody."""

from __future__ import annotations

import pytest

from tenants.errors import TenantUnknown
from tenants.models import Domain, Tenant
from tenants.selectors.resolution import forget_tenants, resolve_host
from tenants.services import life_cycle


@pytest.fixture(autouse=True)
def forgotten():
    """What was read inside of the rolled-back transaction is nobody's any more."""
    yield
    forget_tenants()


def list_tenants() -> list[tuple[object, ...]]:
    return sorted(Tenant.objects.values_list("schema_name", "status", "accent"))


@pytest.mark.parametrize(
    "change",
    [
        lambda name: life_cycle.change_accent(schema_name=name, accent="#102030"),
        lambda name: life_cycle.add_domain(schema_name=name, domain="citas.example"),
        lambda name: life_cycle.drop_tenant(schema_name=name),
    ],
    ids=["accent", "domain", "drop"],
)
def test_unknown_tenant_is_refused_and_nobody_changes(tenants, db, change):
    before = list_tenants(), Domain.objects.count()

    with pytest.raises(TenantUnknown):
        change("t0_nobody")

    assert (list_tenants(), Domain.objects.count()) == before


def test_accent_is_changed_for_one_tenant(tenants, db, django_capture_on_commit_callbacks):
    info = tenants["taller"]
    before = dict(Tenant.objects.values_list("slug", "accent"))

    with django_capture_on_commit_callbacks(execute=True):
        life_cycle.change_accent(schema_name=info.schema_name, accent="#102030")

    assert dict(Tenant.objects.values_list("slug", "accent")) == {**before, "taller": "#102030"}
    assert resolve_host(info.primary_host).accent == "#102030"


def test_domain_answers_for_its_tenant_until_it_is_removed(tenants, db, django_capture_on_commit_callbacks):
    info = tenants["taller"]
    with django_capture_on_commit_callbacks(execute=True):
        life_cycle.add_domain(schema_name=info.schema_name, domain="Citas.Taller.example.")
    found = resolve_host("citas.taller.example")

    with django_capture_on_commit_callbacks(execute=True):
        life_cycle.remove_domain(domain="citas.taller.EXAMPLE.")

    assert found == info
    assert resolve_host("citas.taller.example") is None
