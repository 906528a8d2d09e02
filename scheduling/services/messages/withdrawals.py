"""Who wants no SMS any more, or wants them again, in the ledger of consents."""

from __future__ import annotations

from datetime import datetime

from kernel.identity.recipients import name_recipient
from notifications.hooks import register_ledger
from scheduling.enums import ConsentPurpose, ContactKind
from scheduling.models import Consent, Customer

BY_SMS = "sms"


def keep_reply(phone: str, *, words: str, proof: str, is_stop: bool, now: datetime) -> None:
    """Keep what a customer answered to an SMS: with its text, its time and the carrier's id as proof."""
    found = {"contacts__kind": ContactKind.PHONE, "contacts__value__in": {phone, name_recipient(phone)}}
    customers = Customer.objects.filter(**found).distinct().order_by("pk")
    Consent.objects.bulk_create(
        Consent(
            customer=customer,
            purpose=ConsentPurpose.REMINDERS,
            channel=BY_SMS,
            contact=phone,
            source=BY_SMS,
            proof={"text": words, "message": proof},
            given_at=now,
            withdrawn_at=now if is_stop else None,
        )
        for customer in customers
    )


def register() -> None:
    """Keep answers to SMS."""
    register_ledger(keep_reply)
