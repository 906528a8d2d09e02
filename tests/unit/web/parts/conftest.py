from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.utils import translation

from tenants import context
from tenants.types import TenantInfo


@pytest.fixture
def business() -> Callable[..., object]:
    """Return what makes the block one of a business; no database is needed for that."""

    @contextmanager
    def enter(country: str = "MX", currency: str = "MXN", language: str = "es") -> Iterator[None]:
        info = TenantInfo(
            id=1, schema_name="taller", slug="taller", name="Taller", vertical="automotive", country=country,
            timezone="America/Mexico_City", currency=currency, locale="es", status="active", accent="#1d4ed8",
            primary_host="taller.testserver.example",
        )  # fmt: skip
        token = context._current.set(info)
        try:
            with translation.override(language):
                yield
        finally:
            context._current.reset(token)

    return enter


@pytest.fixture
def workshop(business) -> Iterator[None]:
    """Work for a Mexican workshop, in Spanish."""
    with business():
        yield
