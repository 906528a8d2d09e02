"""What is to be paid before a booking is confirmed: how much, until when, where and how."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.fields import InstantField
from api.serializers import MoneyShape
from api.views import make_money
from billing.enums import MONEY_DOORS, PaymentDoor
from billing.selectors.asking import find_asked_deposit
from billing.selectors.credits import find_proven_contact, find_spendable
from billing.types import BankData
from scheduling.services.messages.manage_tokens import make_manage_url
from scheduling.types import BookingView


class TransferShape(serializers.Serializer[Any]):
    """Where the deposit is transferred to; what the business did not say is empty."""

    holder = serializers.CharField()
    bank = serializers.CharField()
    number = serializers.CharField()
    tax_id = serializers.CharField()
    note = serializers.CharField()
    reference = serializers.CharField(help_text="What the transfer has to name.")


class PaymentShape(serializers.Serializer[Any]):
    """A deposit that is waited for; the time is free for others once ``expires_at`` has passed."""

    amount = MoneyShape()
    is_on_card = serializers.BooleanField(
        help_text="True: nothing is paid; a card is left, to which at most ``amount`` may be charged as agreed."
    )
    expires_at = InstantField()
    url = serializers.URLField(help_text="A page for the customer: pay by card, or send the receipt of a transfer.")
    ways = serializers.ListField(
        child=serializers.ChoiceField(choices=MONEY_DOORS),
        help_text="At the business, where nothing can be paid from afar.",
    )
    instructions = TransferShape(allow_null=True, help_text="For a bank transfer.")
    credit = MoneyShape(
        allow_null=True, help_text="What credit may pay of it, of the contact that was proven for this booking."
    )


def describe_payment(booking: BookingView, manage_token: str, *, now: datetime) -> dict[str, object]:
    """Return what a booking answers beside itself: nothing, unless a deposit is waited for."""
    asked = find_asked_deposit(booking, now=now)
    if asked is None:
        return {}
    bank, card = asked.doors.bank, asked.doors.card
    credit_minor = min(find_spendable(booking, find_proven_contact(booking)), asked.amount_minor)
    ways = [PaymentDoor.STRIPE] if card is not None else []
    ways += [PaymentDoor.BANK_TRANSFER] if bank is not None else []
    return {
        "payment": {
            "amount": make_money(asked.amount_minor, asked.currency),
            "is_on_card": asked.is_on_card,
            "expires_at": asked.pay_by,
            "url": make_manage_url(manage_token),
            "ways": [each.value for each in ways or [PaymentDoor.AT_BUSINESS]],
            "instructions": None if bank is None else _describe_bank(bank, booking.reference),
            "credit": make_money(credit_minor or None, asked.currency),
        }
    }


def _describe_bank(bank: BankData, reference: str) -> dict[str, object]:
    return {
        "holder": bank.holder,
        "bank": bank.bank,
        "number": bank.number,
        "tax_id": bank.tax_id,
        "note": bank.note,
        "reference": reference,
    }
