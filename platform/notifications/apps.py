"""App configuration of notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The outbox and messages of one tenant."""

    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        """Take on this room's due work, e-mail before SMS; write for the rooms below; declare personal data."""
        from notifications import personal  # noqa: PLC0415
        from notifications.channels import email, sms  # noqa: PLC0415
        from notifications.services import delivery, outbox  # noqa: PLC0415
        from notifications.services.notices import accounts, addresses, sign_ups, workplaces  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        email.register()
        sms.register()
        outbox.register()
        delivery.register()
        accounts.register()
        addresses.register()
        sign_ups.register()
        workplaces.register()
        hooks.register_inventory(personal.INVENTORY)
