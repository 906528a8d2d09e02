"""Two real tenants for every test that asks for the database; a test that shows no leak has data that could.

``tenant`` works inside a transaction that is rolled back. ``scratch_tenant`` is committed, for
tests with several connections, and dropped afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import hypothesis
import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection

from devtools.scratch.browser import HostClient
from edge.memory import settle
from keyvalue.outages import forget_outages
from scheduling.services.catalog.starter_kit import take_over_samples
from tenants.context import tenant_scope
from tenants.selectors import resolution
from tenants.selectors.resolution import forget_tenants
from tenants.services.life_cycle import drop_tenant
from tenants.services.provisioning import provision_tenant
from tenants.types import SignUpDetails, TenantInfo
from tests.harness.databases import drop_database, make_database
from tests.harness.platform import empty_platform, forget_leftovers

OWNER_PASSWORD = "un-secreto-largo"

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def make_details(slug: str, vertical: str, country: str = "MX") -> SignUpDetails:
    return SignUpDetails(
        business_name=f"Negocio {slug}",
        slug=slug,
        vertical=vertical,
        country=country,
        owner_name="Olga Owner",
        email=f"owner@{slug}.example",
        password_hash=make_password(OWNER_PASSWORD),
        locale="es",
    )


def make_tenant(slug: str, vertical: str, country: str = "MX") -> TenantInfo:
    """A business whose owner has gone through what the starter kit made up."""
    info = provision_tenant(details=make_details(slug, vertical, country), now=datetime.now(tz=UTC))
    with tenant_scope(info):
        take_over_samples()
    return info


@pytest.fixture(autouse=True)
def no_outage() -> None:
    """What one test made unreachable is no matter of the next."""
    forget_outages()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """A database of this process, also for a run whose only tests use ``scratch_tenant``: that one counts no ``db``."""
    with django_db_blocker.unblock():
        make_database()
    yield
    with django_db_blocker.unblock():
        drop_database()


@pytest.fixture(scope="session")
def tenants(django_db_setup, django_db_blocker) -> dict[str, TenantInfo]:
    with django_db_blocker.unblock():
        forget_tenants()
        return {slug: make_tenant(slug, vertical) for slug, vertical in (("taller", "automotive"), ("salon", "salon"))}


@pytest.fixture
def known_tenants(monkeypatch) -> None:
    """Keep what this process knows of a tenant until ``forget_tenants``: its age and a slow Redis change no count."""
    load = resolution._cached

    def find(key: str) -> TenantInfo | None:
        entry = resolution._entries.get(key)
        return load(key) if entry is None else entry.tenant

    monkeypatch.setattr(resolution, "_cached", find)


@pytest.fixture
def django_assert_num_queries(django_assert_num_queries, known_tenants):
    """As pytest-django's; without it a copy of a tenant that ages in between adds its own three queries."""
    return django_assert_num_queries


@pytest.fixture
def tenant(tenants, db) -> Iterator[TenantInfo]:
    """A car workshop with its starter kit; the test runs inside it, and nobody has called before."""
    cache.clear()
    forget_leftovers()
    with tenant_scope(tenants["taller"]) as info:
        yield info


@pytest.fixture
def other_tenant(tenants) -> TenantInfo:
    """A salon next door, with data of its own."""
    return tenants["salon"]


@pytest.fixture
def customer_client(tenant) -> HostClient:
    """A customer's browser at the workshop."""
    return HostClient(tenant.primary_host)


@pytest.fixture
def owner_client(tenant) -> HostClient:
    """The owner's browser at the workshop, signed in."""
    from accounts.models import User

    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.get(role="owner"))
    return client


@pytest.fixture
def lone_platform(request, tenants) -> None:
    """A platform with the two businesses only, whose log is empty; not for tests that commit."""
    if not {"scratch_tenant", "provision"} & set(request.fixturenames):
        request.getfixturevalue("db")
        empty_platform()


@pytest.fixture
def platform_client(tenants, db, settings) -> HostClient:
    """A visitor's browser at the platform's own host, which has sent nothing yet."""
    forget_leftovers()
    return HostClient(settings.PLATFORM_HOST)


@pytest.fixture
def scratch_tenant(tenants, django_db_blocker) -> Iterator[TenantInfo]:
    """A committed workshop of this test alone, not entered; for several connections at once."""
    with django_db_blocker.unblock():
        info = make_tenant(f"scratch-{secrets.token_hex(4)}", "automotive")
        try:
            yield info
        finally:
            connection.set_schema_to_public()
            drop_tenant(schema_name=info.schema_name)


def pytest_collection_finish() -> None:
    """Never walk in collections of garbage what is loaded by now."""
    settle()
