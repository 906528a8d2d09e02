"""``manage refill_spares``: make spare schemas until enough are ready; the beat does it by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tenants.services.spares import refill_spares


class Command(BaseCommand):
    """Make spare schemas for new businesses."""

    help = "Make spare schemas until TURNERO_SPARE_SCHEMAS are ready; drop those of an older migration state."

    def handle(self, **_: Any) -> None:
        """Refill and say how many were made."""
        self.stdout.write(f"{refill_spares()} spare schemas made")
