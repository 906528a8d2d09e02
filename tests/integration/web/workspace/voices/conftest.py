from __future__ import annotations

from tests.integration.web.booking.conftest import monday_morning

__all__ = ["monday_morning"]
