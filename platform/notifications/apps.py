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
        from notifications.services import delivery, exporting, outbox, person_rows  # noqa: PLC0415
        from notifications.services.notices import (  # noqa: PLC0415
            accounts,
            addresses,
            backups,
            leaving,
            sign_ups,
            workplaces,
        )
        from notifications.services.webhooks import restoring, sending  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        email.register()
        sms.register()
        outbox.register()
        person_rows.register()
        delivery.register()
        accounts.register()
        addresses.register()
        backups.register()
        leaving.register()
        sign_ups.register()
        workplaces.register()
        exporting.register()
        sending.register()
        restoring.register()
        hooks.register_inventory(personal.INVENTORY)
        hooks.register_left_behind(
            {
                "notifications_public.ContactCode": "a code holds for minutes, and for the schema that it was sent for",
                "notifications_public.Message": "the platform's own mail, to owners who sign up and to operators",
                "notifications_public.TakenReply": "keeps the carrier from handing an answer over twice, for days",
            }
        )
