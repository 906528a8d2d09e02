"""App configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and roles; its table exists in the public schema and in every tenant's."""

    name = "accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let provisioning create the owner of a new tenant; declare what is kept about people."""
        from accounts import personal  # noqa: PLC0415
        from accounts.services.owners import register  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        register()
        hooks.register_inventory(personal.INVENTORY)
