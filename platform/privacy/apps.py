"""Django's description of the room."""

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Requests of persons; the tables of a business."""

    name = "privacy"
    label = "privacy"

    def ready(self) -> None:
        """Declare what is kept about people; be called when they are erased."""
        from privacy import personal  # noqa: PLC0415 - models are loaded by now
        from privacy.services import (  # noqa: PLC0415
            exporting,
            forgetting,
            links,
            merging,
            person_rows,
            retention,
            telling,
            warning,
        )
        from privacy.services.blocking import sealing  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        sealing.register()
        exporting.register()
        forgetting.register()
        links.register()
        person_rows.register()
        retention.register()
        merging.register()
        telling.register()
        warning.register()
        hooks.register_inventory(personal.INVENTORY)
