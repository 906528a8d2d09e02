"""App configuration of scheduling."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """What can be booked, and the bookings of one tenant."""

    name = "scheduling"
    label = "scheduling"

    def ready(self) -> None:
        """Plug into provisioning, due work and events; declare what is kept about people."""
        from scheduling import personal  # noqa: PLC0415
        from scheduling.selectors.catalog import photos  # noqa: PLC0415
        from scheduling.services import closing, erasing, person_rows, webhooks  # noqa: PLC0415
        from scheduling.services import photos as visit_photos  # noqa: PLC0415
        from scheduling.services.aftercare import asking, notices  # noqa: PLC0415
        from scheduling.services.bulk import forgetting  # noqa: PLC0415
        from scheduling.services.bulk import working as bulk  # noqa: PLC0415
        from scheduling.services.catalog import staff, starter_kit  # noqa: PLC0415
        from scheduling.services.customers import consents, merging  # noqa: PLC0415
        from scheduling.services.imports import working as imports  # noqa: PLC0415
        from scheduling.services.messages import (  # noqa: PLC0415
            deposits,
            exporting,
            leaving,
            managers,
            relinking,
            reminders,
            waitlist,
            withdrawals,
            words,
        )
        from scheduling.services.messages import events as booking_messages  # noqa: PLC0415
        from scheduling.services.messages.feeds import links as feeds  # noqa: PLC0415
        from scheduling.services.visits import telling as visits_links  # noqa: PLC0415
        from scheduling.services.waitlist import matching  # noqa: PLC0415
        from scheduling.services.writing import expiry  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        photos.register()
        visit_photos.register()
        starter_kit.register()
        staff.register()
        expiry.register()
        reminders.register()
        asking.register()
        notices.register()
        relinking.register()
        exporting.register()
        feeds.register()
        leaving.register()
        withdrawals.register()
        managers.register()
        deposits.register()
        words.register()
        waitlist.register()
        matching.register()
        booking_messages.register()
        closing.register()
        imports.register()
        bulk.register()
        forgetting.register()
        merging.register()
        consents.register()
        erasing.register()
        person_rows.register()
        visits_links.register()
        webhooks.register()
        hooks.register_inventory(personal.INVENTORY)
