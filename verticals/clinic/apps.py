"""Django's description of the pack."""

from __future__ import annotations

from django.apps import AppConfig

from verticals.clinic.vertical import VERTICAL
from verticals.registry import register_vertical


class ClinicConfig(AppConfig):
    """Registers the pack when the process starts; a broken one stops it there."""

    name = "verticals.clinic"
    label = "vertical_clinic"

    def ready(self) -> None:
        """Register the pack."""
        register_vertical(VERTICAL)
