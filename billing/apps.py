"""Django's description of the room."""

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Money: what a booking costs in advance."""

    name = "billing"
    label = "billing"

    def ready(self) -> None:
        """Compute the deposits that scheduling asks for; declare what is kept about people, and what travels."""
        from billing import personal  # noqa: PLC0415 - models are loaded by now
        from billing.services import (  # noqa: PLC0415
            announcing,
            deposits,
            exporting,
            following,
            forgetting,
            receipts,
            telling,
            webhooks,
        )
        from billing.services.cards import answering, comparing, events, looking, payouts, refunding, silence  # noqa: PLC0415
        from billing.services.invoices import announcing as invoices  # noqa: PLC0415
        from billing.services.invoices import ending  # noqa: PLC0415
        from billing.services.months import letters  # noqa: PLC0415
        from billing.services.moving import customers, person_rows  # noqa: PLC0415
        from billing.services.owners import mails, pausing  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        announcing.register()
        answering.register()
        comparing.register()
        deposits.register()
        ending.register()
        exporting.register()
        following.register()
        forgetting.register()
        customers.register()
        events.register()
        invoices.register()
        letters.register()
        looking.register()
        mails.register()
        person_rows.register()
        pausing.register()
        payouts.register()
        refunding.register()
        silence.register()
        receipts.register()
        telling.register()
        webhooks.register()
        hooks.register_inventory(personal.INVENTORY)
