"""App configuration of the REST interface."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """REST; no tables of its own in the public schema."""

    name = "api"
    label = "api"

    def ready(self) -> None:
        """Declare what is kept about people, and erase it."""
        from api import personal  # noqa: PLC0415
        from api.services import erasing  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        erasing.register()
        hooks.register_inventory(personal.INVENTORY)
        hooks.register_export_rules(
            [
                hooks.ExportRule(
                    "api.IdempotentAnswer", left_out="keeps a request from being carried out twice, for a day"
                )
            ]
        )
