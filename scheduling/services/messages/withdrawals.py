"""Who wants no SMS any more, or wants them again, in the ledger of consents."""

from __future__ import annotations

from datetime import datetime

from kernel.identity.recipients import name_recipient
from notifications.hooks import register_ledger
from scheduling.enums import ConsentPurpose, ContactKind
from scheduling.models import Consent, Contact

BY_SMS = "sms"


def keep_reply(phone: str, *, words: str, proof: str, is_stop: bool, now: datetime) -> None:
    """Keep what a customer answered to an SMS: with its text, its time and the carrier's id as proof."""
    # As it stands on the record: that is to what reminders go, however the carrier writes the number.
    found = Contact.objects.filter(kind=ContactKind.PHONE, value__in={phone, name_recipient(phone)})
    contacts = found.filter(customer__erased_at=None, customer__merged_into=None).order_by("customer_id", "pk")
    Consent.objects.bulk_create(
        Consent(
            customer_id=each.customer_id,
            purpose=ConsentPurpose.REMINDERS,
            channel=BY_SMS,
            contact=each.value,
            source=BY_SMS,
            proof={"text": words, "message": proof},
            given_at=now,
            withdrawn_at=now if is_stop else None,
        )
        for each in contacts
    )


def register() -> None:
    """Keep answers to SMS."""
    register_ledger(keep_reply)
