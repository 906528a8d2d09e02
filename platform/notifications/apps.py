"""App configuration of notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The outbox and messages of one tenant."""

    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        """Take on the due work of this room."""
        from notifications.services import delivery, outbox  # noqa: PLC0415

        outbox.register()
        delivery.register()
