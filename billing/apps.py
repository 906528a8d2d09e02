"""Django's description of the room."""

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Money: what a booking costs in advance."""

    name = "billing"
    label = "billing"

    def ready(self) -> None:
        """Compute the deposits that scheduling asks for."""
        from billing.services import deposits  # noqa: PLC0415 - models are loaded by now

        deposits.register()
