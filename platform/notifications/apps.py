"""App configuration of notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The outbox and messages of one tenant."""

    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        """Take on the due work of this room and write for the rooms below; e-mail is tried before SMS."""
        from notifications.channels import email, sms  # noqa: PLC0415
        from notifications.services import account_messages, delivery, outbox, sign_up_messages  # noqa: PLC0415

        email.register()
        sms.register()
        outbox.register()
        delivery.register()
        account_messages.register()
        sign_up_messages.register()
