"""Django's description of the room: one table in the public schema."""

from __future__ import annotations

from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    """Backs the whole platform up, and proves that it can be restored."""

    name = "recovery"
    label = "recovery"

    def ready(self) -> None:
        """Declare what is kept, and what stays with the platform when a business is copied."""
        from recovery import personal  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        hooks.register_inventory(personal.INVENTORY)
        hooks.register_left_behind({"recovery.PlatformBackup": "attempts to back up the platform as a whole"})
