from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_limits(request):
    if "db" in request.fixturenames or "tenant" in request.fixturenames:
        cache.clear()
