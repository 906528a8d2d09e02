"""Django's description of the pack."""

from __future__ import annotations

from django.apps import AppConfig

from verticals.registry import register_vertical
from verticals.salon.vertical import VERTICAL


class SalonConfig(AppConfig):
    """Registers the pack when the process starts; a broken one stops it there."""

    name = "verticals.salon"
    label = "vertical_salon"

    def ready(self) -> None:
        """Register the pack."""
        register_vertical(VERTICAL)
