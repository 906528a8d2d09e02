"""Django's description of the pack."""

from __future__ import annotations

from django.apps import AppConfig

from verticals.automotive.vertical import VERTICAL
from verticals.registry import register_vertical


class AutomotiveConfig(AppConfig):
    """Registers the pack when the process starts; a broken one stops it there."""

    name = "verticals.automotive"
    label = "vertical_automotive"

    def ready(self) -> None:
        """Register the pack."""
        register_vertical(VERTICAL)
