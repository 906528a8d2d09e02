"""A business of the edge's tests."""

from __future__ import annotations

import pytest

from tenants.types import TenantInfo


@pytest.fixture
def english_tenant() -> TenantInfo:
    return TenantInfo(
        id=1,
        schema_name="t_1",
        slug="garage",
        name="Garage",
        vertical="automotive",
        country="US",
        timezone="America/Chicago",
        currency="USD",
        locale="en",
        status="active",
        accent="#1f5fd0",
        primary_host="garage.turnero.example",
    )
