"""App configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and roles; its table exists in the public schema and in every tenant's."""

    name = "accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let provisioning create the owner of a new tenant; declare what is kept about people."""
        from accounts import personal  # noqa: PLC0415
        from accounts.services import owners, restoring  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        owners.register()
        restoring.register()
        hooks.register_inventory(personal.INVENTORY)
        hooks.register_left_behind(
            {
                "auth.Permission": "Django's own; roles decide here (accounts.policies), and no row refers to it",
                "auth.Group": "as auth.Permission",
                "auth.Group_permissions": "as auth.Permission",
                "contenttypes.ContentType": "Django's own list of models; no row of a business refers to it",
            }
        )
