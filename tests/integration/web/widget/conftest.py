from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

MONDAY_MORNING = datetime(2026, 11, 23, 15, 2, tzinfo=UTC)
"""9:02 in Mexico City: today still has times before and after noon."""


@pytest.fixture(autouse=True)
def monday_morning(tenants):
    with time_machine.travel(MONDAY_MORNING, tick=True):
        yield
